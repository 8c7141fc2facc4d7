/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the entry of binfmt_misc that takes a file. The kernel tries entries first, before it looks whether it can run the file
 * itself. */
#include "explain-internal.h"

#include <elf.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/elf-machine.h"
#include "formats/package.h"
#include "reconcile/record.h"

static enum outcome judge(const struct look *l, const struct entry *e, const struct match *m, bool taken)
{
        if (!m->matches)
                return match_is_near(m) ? OUTCOME_NEAR : OUTCOME_NO;
        if (!e->enabled || !l->x->misc.enabled)
                return OUTCOME_DISABLED;
        return taken ? OUTCOME_LOSES : OUTCOME_WINS;
}

static int add_comparison(struct explanation *x, const struct entry *e, struct match *m, enum outcome outcome)
{
        if (array_grow(&x->comparisons, x->n_comparisons, sizeof(*x->comparisons)) < 0)
                return -ENOMEM;
        struct comparison *c = &x->comparisons[x->n_comparisons];
        *c = (struct comparison){ .outcome = outcome };
        int r = entry_copy(e, &c->entry);
        if (r < 0)
                return r;
        c->match = *m;
        *m = (struct match){};
        x->n_comparisons++;
        return 0;
}

/* Says how the entry that loses becomes the one that is tried first. Only the entry of a format can be disabled or registered
 * anew. */
static int overlap_remedy(struct look *l, const struct entry *wins, const struct entry *loses)
{
        const struct format *f = catalog_find(&l->catalog, loses->name);

        if (catalog_find(&l->catalog, wins->name))
                return findings_remedy(&l->x->findings, "If %s is to run it instead: binfmtctl disable %s", loses->name,
                                       wins->name);
        if (f && f->enabled && entry_covers(wins, loses))
                return findings_remedy(&l->x->findings, "If %s is to run it instead: binfmtctl enable %s", loses->name,
                                       loses->name);
        return findings_remedy(&l->x->findings, "If %s is to run it instead: echo -1 >/proc/sys/fs/binfmt_misc/%s", loses->name,
                               wins->name);
}

/* Notes that two entries are for one file, which is seldom what somebody wanted. */
static int note_overlap(struct look *l, const struct entry *wins, const struct entry *loses)
{
        int r = findings_add(&l->x->findings, CAUSE_ENTRIES_OVERLAP, loses->name,
                             "the entry %s matches too; %s was registered after it and is tried first, going by the "
                             "order of the directory, which the kernel does not promise",
                             loses->name, wins->name);
        return r < 0 ? r : overlap_remedy(l, wins, loses);
}

/* Compares a file with all entries. *ret is the one that takes the file, or NULL. Returns 0 or -ENOMEM. */
static int compare_all(struct look *l, const struct subject *s, const struct entry **ret)
{
        const struct entries *entries = &l->x->misc.entries;
        const struct entry *winner = NULL;

        for (size_t i = 0; i < entries->n; i++) {
                _cleanup_(match_done) struct match m = {};
                const struct entry *e = &entries->items[i];
                int r = match_entry(e, s->head, s->size, s->path, &m);
                if (r < 0)
                        return r;
                enum outcome outcome = judge(l, e, &m, winner != NULL);
                if (outcome == OUTCOME_WINS)
                        winner = e;
                if (s->first && outcome == OUTCOME_LOSES)
                        r = note_overlap(l, winner, e);
                if (s->first && r >= 0)
                        r = add_comparison(l->x, e, &m, outcome);
                if (r < 0)
                        return r;
        }
        *ret = winner;
        return 0;
}

/* The loop of interpreters must come to an end, and the kernel hands an open program on only once. */
int go_on(struct look *l, const struct subject *s, const char *interpreter, bool pinned)
{
        int r = string_set(&last_step(l)->interpreter, interpreter);

        for (size_t i = 0; i < l->x->n_steps && r >= 0; i++) {
                if (!streq(l->x->steps[i].path, interpreter))
                        continue;
                r = refuse(l, l->execfd ? -ENOEXEC : -ELOOP, CAUSE_INTERPRETER_LOOP, interpreter,
                           "%s would be its own interpreter: the kernel treats an interpreter like the program", interpreter);
                return r < 0 ? r
                             : findings_remedy(&l->x->findings,
                                               "Name an interpreter that the machine runs itself instead "
                                               "of %s.",
                                               interpreter);
        }
        if (r >= 0 && l->execfd) {
                r = refuse(l, -ENOEXEC, CAUSE_OPEN_BINARY_CHAIN, s->path,
                           "%s needs an interpreter itself, which the kernel refuses for an entry with the flag O or C", s->path);
                return r < 0 ? r
                             : findings_remedy(&l->x->findings,
                                               "Name a real program instead of %s, or register the format "
                                               "without the flags O and C.",
                                               s->path);
        }
        if (r >= 0 && interpreter[0] != '/' && !pinned)
                r = findings_add(&l->x->findings, CAUSE_INTERPRETER_RELATIVE, interpreter,
                                 "the interpreter %s has no absolute path: it is looked for in the current directory of "
                                 "whoever runs the program",
                                 interpreter);
        if (r < 0)
                return r;
        l->next_pinned = pinned;
        return string_set(&l->next, interpreter);
}

static int note_set_uid(struct look *l, const struct subject *s, const struct entry *e)
{
        struct stat st;

        if (!s->first || e->flags & ENTRY_CREDENTIALS || fstat(s->fd, &st) < 0 || !(st.st_mode & (S_ISUID | S_ISGID)))
                return 0;
        int r = findings_add(&l->x->findings, CAUSE_SET_UID_IGNORED, s->path,
                             "%s is set-uid or set-gid, which has no effect: the entry %s lacks the flag C", s->path, e->name);
        return r < 0 ? r : findings_remedy(&l->x->findings, "Register the format %s with the flag C.", e->name);
}

/* Notes that what the kernel runs is a copy of the interpreter with translations in it. */
static int note_image(struct look *l, const struct entry *e)
{
        _cleanup_free_ char *image = record_is_ours(l->record, e) ? record_image(l->record, e->name) : NULL;

        if (!image)
                return 0;
        return findings_add(&l->x->findings, CAUSE_INTERPRETER_CACHED, e->interpreter,
                            "the entry %s is registered with translations in it, with which programs start faster", e->name);
}

int explain_entries(struct look *l, const struct subject *s)
{
        const struct entry *e = NULL;

        int r = compare_all(l, s, &e);
        if (r < 0 || !e)
                return r;
        last_step(l)->kind = STEP_ENTRY;
        r = string_set(&last_step(l)->entry, e->name);
        if (r >= 0)
                r = note_set_uid(l, s, e);
        if (r >= 0)
                r = note_image(l, e);
        if (r >= 0)
                r = go_on(l, s, e->interpreter, e->flags & ENTRY_FIX_BINARY);
        if (e->flags & ENTRY_FIX_BINARY && record_is_ours(l->record, e) && !record_is_fresh(l->record, e))
                l->next_stale = e;
        if (e->flags & (ENTRY_OPEN_BINARY | ENTRY_CREDENTIALS))
                l->execfd = true;
        if (r >= 0)
                r = explain_needs(l, s);
        return r < 0 ? r : 1;
}

/* Says where entries are to be changed, for the middle of a sentence: a command that is called in a namespace without entries of
 * its own cannot change those that apply there. */
static const char *where(const struct look *l)
{
        return l->x->misc.owner == MISC_OWNER_ANCESTOR ? _(" in the namespace above, whose entries apply here") : "";
}

/* Says that an entry is disabled. It is for another program to switch on where no format is for it, or where the format has it
 * registered switched off. */
static int refuse_disabled(struct look *l, const struct entry *e)
{
        const struct format *f = catalog_find(&l->catalog, e->name);

        int r = refuse(l, -ENOEXEC, CAUSE_ENTRY_DISABLED, e->name, "the entry %s matches, but is disabled", e->name);
        if (r < 0)
                return r;
        if (f && !(f->entry.flags & ENTRY_START_DISABLED))
                return findings_remedy(&l->x->findings, "Enable it%s: binfmtctl enable %s", where(l), e->name);
        return findings_remedy(&l->x->findings, "Enable it%s: echo 1 >/proc/sys/fs/binfmt_misc/%s", where(l), e->name);
}

static int explain_state(struct look *l, const struct subject *s)
{
        const struct misc_state *m = &l->x->misc;
        int r;

        switch (m->mount) {
        case MISC_ABSENT:
                r = refuse(l, -ENOEXEC, CAUSE_MISC_ABSENT, s->path,
                           "there is no binfmt_misc: the kernel lacks it, or /proc is not "
                           "mounted");
                return r < 0 ? r
                             : findings_remedy(&l->x->findings, "Load it (modprobe binfmt_misc) and mount it: systemctl "
                                                                "start binfmtd");
        case MISC_NOT_MOUNTED:
                r = refuse(l, -ENOEXEC, CAUSE_MISC_NOT_MOUNTED, s->path,
                           "binfmt_misc is not mounted, so what may have been "
                           "registered cannot be seen");
                return r < 0 ? r : findings_remedy(&l->x->findings, "Mount it and register all formats: binfmtctl enable");
        case MISC_DEAD_AUTOMOUNT:
                r = refuse(l, -ENOEXEC, CAUSE_MISC_DEAD_AUTOMOUNT, s->path,
                           "binfmt_misc is not mounted: an automount is in its place, and the process that serves it is "
                           "gone or out of reach");
                return r < 0 ? r
                             : findings_remedy(&l->x->findings, "Mount it over the automount and register all formats, as root: "
                                                                "binfmtctl enable");
        case MISC_UNREADABLE:
                r = refuse(l, 0, CAUSE_MISC_UNREADABLE, s->path, "binfmt_misc cannot be read: %s", strerror(-m->error));
                return r < 0 ? r : findings_remedy(&l->x->findings, "Ask again as root.");
        case MISC_MOUNTED: break;
        }
        for (size_t i = 0; s->first && i < l->x->n_comparisons; i++) {
                const struct entry *e = &l->x->comparisons[i].entry;
                if (l->x->comparisons[i].outcome != OUTCOME_DISABLED || e->enabled)
                        continue;
                return refuse_disabled(l, e);
        }
        return 0;
}

/* Says why a configured format that would take the file does not. */
static int explain_format(struct look *l, const struct subject *s, const struct format *f)
{
        _cleanup_(problems_done) struct problems problems = {};
        const char *name = f->entry.name;
        const struct candidate *candidate;
        int r;

        if (f->held) {
                r = refuse(l, -ENOEXEC, CAUSE_FORMAT_DISABLED, name,
                           "the format %s would take %s, but follows the format %s, which is not enabled", name, s->path,
                           f->follows);
                return r < 0 ? r : findings_remedy(&l->x->findings, "Enable that%s: binfmtctl enable %s", where(l), f->follows);
        }
        if (!f->enabled) {
                r = refuse(l, -ENOEXEC, CAUSE_FORMAT_DISABLED, name, "the format %s would take %s, but is not enabled", name,
                           s->path);
                return r < 0 ? r : findings_remedy(&l->x->findings, "Enable it%s: binfmtctl enable %s", where(l), name);
        }
        int chosen = format_choose(f, &candidate, &problems);
        if (chosen == -ENOENT) {
                r = refuse(l, -ENOEXEC, CAUSE_FORMAT_NO_INTERPRETER, name,
                           "the format %s would take %s, but no interpreter of it is installed", name, s->path);
                _cleanup_free_ char *best = package_describe(f->candidates[0].path);
                return r < 0 ? r
                             : findings_remedy(&l->x->findings, "Install %s, then: binfmtctl enable %s",
                                               best ? best : f->candidates[0].path, name);
        }
        if (chosen < 0 && problems.n > 0) {
                r = refuse(l, -ENOEXEC, CAUSE_FORMAT_NO_INTERPRETER, name, "%s", problems.items[0].text);
                return r < 0 ? r : findings_remedy(&l->x->findings, "Repair the interpreter, then: binfmtctl enable %s", name);
        }
        r = refuse(l, -ENOEXEC, CAUSE_FORMAT_NOT_REGISTERED, name, "the format %s would take %s, but is not registered", name,
                   s->path);
        return r < 0 ? r : findings_remedy(&l->x->findings, "Register it%s: binfmtctl enable %s", where(l), name);
}

/* Finds the configured format that would take the file, or NULL. Returns 0 or -ENOMEM. */
static int find_format(const struct look *l, const struct subject *s, const struct format **ret)
{
        *ret = NULL;
        for (size_t i = 0; i < l->catalog.n && !*ret; i++) {
                _cleanup_(match_done) struct match m = {};
                int r = match_entry(&l->catalog.formats[i].entry, s->head, s->size, s->path, &m);
                if (r < 0)
                        return r;
                if (m.matches)
                        *ret = &l->catalog.formats[i];
        }
        return 0;
}

static bool some_entry_matches(const struct explanation *x)
{
        for (size_t i = 0; i < x->n_comparisons; i++)
                if (x->comparisons[i].match.matches)
                        return true;
        return false;
}

/* Whether Linux ignores a byte of the ELF identification when it executes a program (fs/binfmt_elf.c). It ignores the OS, the
 * version of its ABI and the padding; but on 32-bit ARM the OS tells it that a program is FDPIC (arch/arm/include/asm/elf.h). */
static bool is_ignored_byte(const struct subject *s, unsigned offset)
{
        enum { OSABI_ARM_FDPIC = 65 };

        if (offset == EI_OSABI && s->elf.machine == EM_ARM && s->head[EI_OSABI] == OSABI_ARM_FDPIC)
                return false;
        return offset >= EI_OSABI && offset < EI_NIDENT;
}

/* An entry that would take a file if it were not for bytes that the kernel ignores. */
struct near {
        const struct entry *entry; /* NULL: there is none */
        unsigned first, last;      /* the first and the last of these bytes */
};

/* Whether an entry would take a file if it were not for bytes that the kernel ignores. Returns 1 or 0, or -ENOMEM. */
static int is_near(const struct entry *e, const struct subject *s, struct near *ret)
{
        _cleanup_(match_done) struct match m = {};

        int r = match_entry(e, s->head, s->size, s->path, &m);
        if (r < 0 || !e->enabled || m.first_difference >= m.n)
                return r < 0 ? r : 0;
        *ret = (struct near){ .entry = e, .first = m.bytes[m.first_difference].offset };
        for (size_t i = m.first_difference; i < m.n; i++) {
                if (m.bytes[i].equal)
                        continue;
                if (!is_ignored_byte(s, m.bytes[i].offset))
                        return 0;
                ret->last = m.bytes[i].offset;
        }
        return 1;
}

static int find_near(const struct look *l, const struct subject *s, struct near *ret)
{
        const struct entries *entries = &l->x->misc.entries;

        for (size_t i = 0; i < entries->n; i++) {
                int r = is_near(&entries->items[i], s, ret);
                if (r != 0)
                        return r < 0 ? r : 0;
        }
        *ret = (struct near){};
        return 0;
}

static int refuse_near(struct look *l, const struct subject *s, const struct near *n)
{
        const char *machine = elf_machine_name(&s->elf), *name = n->entry->name;

        int r = n->first == n->last
                        ? refuse(l, -ENOEXEC, CAUSE_IGNORED_BYTES, s->path,
                                 "%s is a program for %s, and only byte %u of its ELF header keeps it from the entry %s; "
                                 "a kernel for %s does not look at that",
                                 s->path, machine, n->first, name, machine)
                        : refuse(l, -ENOEXEC, CAUSE_IGNORED_BYTES, s->path,
                                 "%s is a program for %s, and only bytes among %u to %u of its ELF header keep it from "
                                 "the entry %s; a kernel for %s does not look at those",
                                 s->path, machine, n->first, n->last, name, machine);
        if (r < 0)
                return r;
        if (catalog_find(&l->catalog, name))
                return findings_remedy(&l->x->findings,
                                       "Describe a format that takes such files, with Follows=%s: see binfmtd.conf(5).", name);
        return findings_remedy(&l->x->findings,
                               "Describe a format that takes such files, with the interpreter %s: see binfmtd.conf(5).",
                               n->entry->interpreter);
}

/* Refuses a program for another machine that nothing runs: the one that was asked about, a script's interpreter, or an
 * entry's. */
static int refuse_machine(struct look *l, const struct subject *s)
{
        const char *machine = elf_machine_name(&s->elf);
        const char *entry = s->first ? NULL : l->x->steps[l->x->n_steps - 2].entry;
        struct near near;

        int r = find_near(l, s, &near);
        if (r < 0 || near.entry)
                return r < 0 ? r : refuse_near(l, s, &near);
        if (entry) {
                r = refuse(l, -ENOEXEC, CAUSE_INTERPRETER_WRONG_MACHINE, s->path,
                           "the interpreter %s is itself a program for %s, which this machine does not run", s->path, machine);
                return r < 0 ? r
                             : findings_remedy(&l->x->findings,
                                               "Install %s as a program for this machine, or name another "
                                               "interpreter for the entry %s.",
                                               s->path, entry);
        }
        r = refuse(l, -ENOEXEC, CAUSE_NO_ENTRY, s->path, "%s is a program for %s, and no entry takes it", s->path, machine);
        return r < 0 ? r
                     : findings_remedy(&l->x->findings,
                                       "Install an interpreter for %s and describe the format as "
                                       "binfmtd.conf(5) says.",
                                       machine);
}

int explain_no_entry(struct look *l, const struct subject *s)
{
        const struct findings *findings = &l->x->findings;
        const struct format *f = NULL;
        size_t before = findings->n;

        int r = find_format(l, s, &f);
        /* The state of binfmt_misc matters only for a file that could be its business. */
        if (r < 0 || (!s->is_elf && !f && !(s->first && some_entry_matches(l->x))))
                return r;
        r = explain_state(l, s);
        if (r < 0 || findings->n > before)
                return r;
        if (!l->x->misc.enabled) {
                r = refuse(l, -ENOEXEC, CAUSE_MISC_DISABLED, s->path, "binfmt_misc is disabled as a whole");
                return r < 0 ? r
                             : findings_remedy(&l->x->findings, "Enable it%s: echo 1 >/proc/sys/fs/binfmt_misc/status", where(l));
        }
        if (f)
                return explain_format(l, s, f);
        return refuse_machine(l, s);
}
