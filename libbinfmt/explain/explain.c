/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explain.h"

#include <errno.h>
#include <limits.h>

#include "explain-internal.h"
#include "reconcile/record.h"

const char *step_kind_to_string(enum step_kind k)
{
        static const char *const names[] = { [STEP_NATIVE] = "native",
                                             [STEP_ENTRY] = "entry",
                                             [STEP_SCRIPT] = "script",
                                             [STEP_REFUSED] = "refused",
                                             [STEP_UNKNOWN] = "unknown" };

        return names[k];
}

const char *outcome_to_string(enum outcome o)
{
        static const char *const names[] = { [OUTCOME_WINS] = "wins",
                                             [OUTCOME_LOSES] = "loses",
                                             [OUTCOME_DISABLED] = "disabled",
                                             [OUTCOME_NEAR] = "near",
                                             [OUTCOME_NO] = "no" };

        return names[o];
}

void explanation_done(struct explanation *x)
{
        for (size_t i = 0; i < x->n_steps; i++) {
                free(x->steps[i].path);
                free(x->steps[i].what);
                free(x->steps[i].entry);
                free(x->steps[i].interpreter);
                free(x->steps[i].argument);
        }
        free(x->steps);
        for (size_t i = 0; i < x->n_comparisons; i++) {
                entry_done(&x->comparisons[i].entry);
                match_done(&x->comparisons[i].match);
        }
        free(x->comparisons);
        findings_done(&x->findings);
        misc_state_done(&x->misc);
        *x = (struct explanation){};
}

static enum severity worst(const struct explanation *x)
{
        const struct finding *f = findings_worst(&x->findings);

        return f ? cause_severity(f->cause) : SEVERITY_NOTE;
}

bool explanation_runs(const struct explanation *x)
{
        return worst(x) < SEVERITY_UNKNOWN;
}

const char *explanation_remedy(const struct explanation *x)
{
        const struct finding *f = findings_worst(&x->findings);

        if (f && f->remedy)
                return f->remedy;
        return explanation_runs(x) ? _("There is nothing to do: it runs.") : _("What is to be done is not known.");
}

int refuse(struct look *l, int error, enum cause cause, const char *subject, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        int r = findings_add_list(&l->x->findings, cause, subject, format, ap);
        va_end(ap);
        if (r < 0)
                return r;
        if (l->x->error == 0)
                l->x->error = error;
        last_step(l)->kind = cause_severity(cause) == SEVERITY_UNKNOWN ? STEP_UNKNOWN : STEP_REFUSED;
        return 0;
}

static int add_step(struct look *l, const char *path, bool pinned)
{
        struct explanation *x = l->x;

        if (array_grow(&x->steps, x->n_steps, sizeof(*x->steps)) < 0)
                return -ENOMEM;
        x->steps[x->n_steps] = (struct step){ .kind = STEP_REFUSED, .pinned = pinned };
        return string_set(&x->steps[x->n_steps++].path, path);
}

/* Looks at one file, and leaves in l->next what comes after it. */
static int take_step(struct look *l, const char *path, bool pinned)
{
        _cleanup_(subject_done) struct subject s = {
                .path = path, .first = l->x->n_steps == 0, .pinned = pinned, .stale = l->next_stale, .fd = -1
        };

        l->next_stale = NULL;
        int r = add_step(l, path, pinned);
        if (r >= 0)
                r = subject_open(l, &s);
        if (r <= 0)
                return r;
        r = explain_entries(l, &s);
        if (r == 0)
                r = explain_native(l, &s);
        return r < 0 ? r : 0;
}

static int follow(struct look *l, const char *file)
{
        int r = take_step(l, file, false);

        while (r >= 0 && l->next) {
                _cleanup_free_ char *path = TAKE_PTR(l->next);
                if (l->x->n_steps > INTERPRETERS_MAX) {
                        r = refuse(l, -ELOOP, CAUSE_CHAIN_TOO_LONG, path,
                                   "the kernel follows %d interpreters that are run by another, and no more", INTERPRETERS_MAX);
                        return r < 0 ? r
                                     : findings_remedy(&l->x->findings, "Name a real program instead of %s on the way.", path);
                }
                r = take_step(l, path, l->next_pinned);
        }
        return r;
}

/* Notes what is worth knowing about binfmt_misc however the file is run. */
static int note_state(struct look *l)
{
        static const char *const owners[] = {
                [MISC_OWNER_SELF] = N_("this user namespace has entries of its own, and the machine's do not apply"),
                [MISC_OWNER_ANCESTOR] = N_("this user namespace has no entries of its own; those of the one above it "
                                           "apply"),
                [MISC_OWNER_UNKNOWN] = N_("this is a user namespace, which from Linux 6.7 on may have entries of its "
                                          "own"),
        };
        const struct misc_state *m = &l->x->misc;
        int r = 0;

        if (m->autofs && m->mount == MISC_MOUNTED)
                r = findings_add(&l->x->findings, CAUSE_MISC_AUTOFS, NULL,
                                 "binfmt_misc is an automount that nothing had touched yet; this has mounted it");
        if (r >= 0 && owners[m->owner])
                r = findings_add(&l->x->findings, CAUSE_NAMESPACE, NULL, "%s", _(owners[m->owner]));
        return r;
}

/* Finds the path in the root of the file that was given. People also write a path outside of the root that leads into it. */
static int find_file(const struct look *l, const char *file, char **ret)
{
        char resolved[PATH_MAX];
        size_t n = strlen(l->root.path);

        if (n > 0 && realpath(file, resolved) && strncmp(resolved, l->root.path, n) == 0 && resolved[n] == '/')
                return string_set(ret, resolved + n);
        if (n > 0 && file[0] != '/')
                return string_format(ret, "/%s", file);
        return string_set(ret, file);
}

static void look_done(struct look *l)
{
        root_done(&l->root);
        catalog_done(&l->catalog);
        free(l->next);
        closep(&l->record);
}

int explain(const struct explain_request *request, struct explanation *ret, const char **ret_reason)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(explanation_done) struct explanation x = {};
        _cleanup_(look_done) struct look l = { .root.fd = -1, .x = &x, .record = -1 };
        _cleanup_free_ char *file = NULL;

        int r = root_open(request->root, &l.root);
        if (r < 0) {
                *ret_reason = _("the root directory cannot be opened");
                return r;
        }
        *ret_reason = _("it cannot be examined");
        l.record = record_open_existing(request->paths->statedir);
        r = catalog_load(request->paths, &l.catalog, &ignored);
        if (r >= 0)
                r = misc_state_read(request->paths->procdir, &x.misc);
        if (r >= 0)
                r = find_file(&l, request->file, &file);
        if (r >= 0)
                r = note_state(&l);
        if (r >= 0)
                r = follow(&l, file);
        if (r < 0)
                return r;
        *ret = x;
        x = (struct explanation){};
        return 0;
}
