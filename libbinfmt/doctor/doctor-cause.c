/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out why a trial did not work, and puts into words what the kernel or the interpreter said. */
#include "doctor.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "kernel/namespace.h"

static int say(struct examination *e, const char *cause, const char *remedy, const char *format, ...) _printf_(4, 5);

static int say(struct examination *e, const char *cause, const char *remedy, const char *format, ...)
{
        va_list ap;

        if (string_set(&e->cause, cause) < 0 || string_set(&e->remedy, remedy) < 0)
                return -ENOMEM;
        va_start(ap, format);
        int r = string_format_list(&e->text, format, ap);
        va_end(ap);
        return r;
}

static int say_impossible(struct examination *e)
{
        const struct trial *t = &e->trial;
        const char *stage = _(trial_stage_to_string(t->stage));

        if (t->stage == TRIAL_STAGE_NAMESPACE)
                return say(e, "no-namespaces", _("To try it all the same, call this as root."), "%s: %s", stage,
                           namespace_reason(t->error));
        if (t->stage == TRIAL_STAGE_MISC && t->error == -EPERM)
                return say(e, "no-own-entries", _("Use Linux 6.7 or newer, if namespaces should have entries of their own."),
                           _("%s: this kernel has one binfmt_misc for all namespaces; from Linux 6.7 on each may have its own"),
                           stage);
        if (t->stage == TRIAL_STAGE_PROC && t->error == -EPERM)
                return say(e, "proc-not-permitted", _("Call this outside of a container, or as root."),
                           _("%s: not permitted, because parts of the /proc here are hidden or read-only"), stage);
        return say(e, "not-possible", NULL, "%s: %s", stage, strerror(-t->error));
}

static int say_ended(struct examination *e)
{
        const struct trial *t = &e->trial;
        _cleanup_free_ char *how = NULL;
        const char *cause = "interpreter-fails", *said = t->said;
        int r, s = t->wait_status;

        if (t->timed_out) {
                cause = "timeout";
                r = string_format(&how, _("it was not done in time and was killed"));
        } else if (WIFSIGNALED(s)) {
                cause = "interpreter-killed";
                r = string_format(&how, _("it was killed by SIG%s (%s)"),
                                  sigabbrev_np(WTERMSIG(s)) ? sigabbrev_np(WTERMSIG(s)) : "?", strsignal(WTERMSIG(s)));
        } else if (WEXITSTATUS(s) == 0) {
                r = string_format(&how, _("it ended without doing what it is to do"));
        } else {
                r = string_format(&how, _("it ended with exit status %d"), WEXITSTATUS(s));
        }
        if (r < 0)
                return r;
        return say(e, cause, _("Get the interpreter anew, or choose another: what it was to run makes but three system calls."),
                   _("the program was started, but %s%s%s"), how, said ? _("; it said: ") : "", said ? said : "");
}

/* Says that the interpreter is missing in a root that has nothing but the program. There it always is, without the flag F. */
static int say_not_fixed(struct examination *e, const struct step *program)
{
        _cleanup_free_ char *remedy = NULL;

        if (string_format(&remedy,
                          _("Register the format %s with the flag F: then the kernel opens the interpreter beforehand, "
                            "and no chroot or container needs one of its own."),
                          program->entry) < 0)
                return -ENOMEM;
        return say(e, "not-fixed", remedy, _("the interpreter %s is looked for in there, because the entry %s lacks the flag F"),
                   program->interpreter, program->entry);
}

/* Says that the interpreter is found, but not something that it needs itself: its own interpreter, dynamic linker or library. */
static int say_not_alone(struct examination *e, const struct step *program)
{
        return say(e, "not-self-contained", _("Use an interpreter that is a statically linked program."),
                   _("the interpreter %s needs other files, which are looked for in there"), program->interpreter);
}

static bool is_missing_file(enum cause c)
{
        return c == CAUSE_INTERPRETER_MISSING || c == CAUSE_LINKER_MISSING || c == CAUSE_LIBRARY_MISSING;
}

static int say_refused(struct examination *e, enum trial_place place, const struct explanation *x)
{
        const struct finding *f = x ? findings_worst(&x->findings) : NULL;
        const char *error = strerror(-e->trial.error), *stage = _(trial_stage_to_string(e->trial.stage));

        if (e->trial.stage == TRIAL_STAGE_REGISTER)
                return say(e, "not-registered", _("Repair the interpreter, or install another."), "%s: %s", stage, error);
        if (!f || cause_severity(f->cause) < SEVERITY_UNKNOWN)
                return say(e, "unexplained", NULL, "%s: %s", stage, error);
        if (is_missing_file(f->cause) && (place == TRIAL_CHROOT || place == TRIAL_CONTAINER) && x->steps[0].entry)
                return x->n_steps > 1 && x->steps[1].pinned ? say_not_alone(e, &x->steps[0]) : say_not_fixed(e, &x->steps[0]);
        return say(e, cause_to_string(f->cause), f->remedy, "%s", f->text);
}

int examination_find_cause(struct examination *e, enum trial_place place, const struct explanation *x)
{
        switch (e->trial.outcome) {
        case TRIAL_WORKS: return 0;
        case TRIAL_IMPOSSIBLE: return say_impossible(e);
        case TRIAL_FAILS: break;
        }
        return e->trial.error < 0 ? say_refused(e, place, x) : say_ended(e);
}
