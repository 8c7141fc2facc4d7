/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "formats/catalog.h"

static void examination_done(struct examination *e)
{
        trial_done(&e->trial);
        free(e->cause);
        free(e->text);
        free(e->remedy);
}

void diagnosis_done(struct diagnosis *d)
{
        for (size_t i = 0; i < d->n; i++) {
                struct architecture *a = &d->architectures[i];
                for (int p = 0; p < TRIAL_PLACE_COUNT; p++)
                        examination_done(&a->places[p]);
                free(a->cause);
                free(a->text);
                free(a->remedy);
        }
        free(d->architectures);
        *d = (struct diagnosis){};
}

/* Makes a directory of our own, where programs can be executed, and the program in it. */
static int make_directory(char *path, size_t size)
{
        static const char *const parents[] = { "/tmp", "/var/tmp", "/run", "/dev/shm" };
        const char *wanted = secure_getenv("TMPDIR");
        int error = -EACCES;

        for (size_t i = 0; i <= ARRAY_SIZE(parents); i++) {
                const char *parent = i > 0 ? parents[i - 1] : wanted;
                struct statvfs fs;
                if (!parent || parent[0] != '/' || statvfs(parent, &fs) < 0 || fs.f_flag & ST_NOEXEC)
                        continue;
                if (snprintf(path, size, "%s/binfmtctl-XXXXXX", parent) >= (int)size)
                        continue;
                if (mkdtemp(path))
                        return chmod(path, 0755) < 0 ? -errno : 0;
                error = -errno;
        }
        path[0] = '\0';
        return error;
}

static int put_program(const char *directory, const struct guest_program *p)
{
        uint8_t bytes[GUEST_PROGRAM_MAX];
        size_t size = guest_program_make(p, bytes);

        _cleanup_close_ int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir < 0)
                return -errno;
        (void)unlinkat(dir, TRIAL_PROGRAM, 0);
        _cleanup_close_ int fd = openat(dir, TRIAL_PROGRAM, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
        if (fd < 0 || fchmod(fd, 0755) < 0)
                return -errno;
        ssize_t n = write(fd, bytes, size);
        return n < 0 ? -errno : (size_t)n == size ? 0 : -EIO;
}

static void remove_directory(const char *directory)
{
        _cleanup_free_ char *program = NULL;

        if (string_format(&program, "%s/%s", directory, TRIAL_PROGRAM) >= 0)
                (void)unlink(program);
        (void)rmdir(directory);
}

/* Whether an entry that is switched off is so by somebody's choice. It is not where its format is to be registered switched on.
 * Returns 1 or 0, or a negative errno. */
static int is_chosen(const struct paths *paths, const char *entry)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};

        int r = catalog_load(paths, &catalog, &ignored);
        const struct format *f = r < 0 ? NULL : catalog_find(&catalog, entry);
        return r < 0 ? r : !f || !f->enabled || f->entry.flags & ENTRY_START_DISABLED;
}

/* Finds out whether an architecture is expected to work: where it does not by choice, or usually does not, that is no failure.
 * Returns 0 or a negative errno. */
static int find_expectation(const struct paths *paths, struct architecture *a, const struct explanation *x)
{
        const struct finding *f = findings_worst(&x->findings);
        int chosen =
                f && f->cause == CAUSE_ENTRY_DISABLED ? is_chosen(paths, f->subject) : f && f->cause == CAUSE_FORMAT_DISABLED;
        if (chosen < 0)
                return chosen;
        bool absent = f && (f->cause == CAUSE_NO_ENTRY || f->cause == CAUSE_FORMAT_NO_INTERPRETER);

        a->expected = !chosen && !(absent && a->program->optional);
        if (a->expected)
                return 0;
        if (string_set(&a->cause, cause_to_string(f->cause)) < 0 || string_set(&a->remedy, f->remedy) < 0)
                return -ENOMEM;
        if (f->cause == CAUSE_FORMAT_NO_INTERPRETER)
                return string_format(&a->text, _("the format %s is there, but no interpreter of it is installed"), f->subject);
        if (chosen)
                return string_format(&a->text, _("the format %s is disabled"), f->subject);
        return string_format(&a->text, _("no format is for programs of this architecture"));
}

/* Finds the entry that takes the program here, or would if binfmt_misc was enabled. Returns 0, -ENOENT where there is none, or
 * another negative errno. */
static int find_entry(const struct paths *paths, const struct explanation *x, const struct guest_program *p, struct entry *ret)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        uint8_t bytes[GUEST_PROGRAM_MAX];
        size_t size = guest_program_make(p, bytes);
        const struct candidate *candidate;

        for (size_t i = 0; i < x->n_comparisons; i++)
                if (x->comparisons[i].match.matches && x->comparisons[i].entry.enabled)
                        return entry_copy(&x->comparisons[i].entry, ret);
        int r = catalog_load(paths, &catalog, &ignored);
        if (r < 0)
                return r;
        for (size_t i = 0; i < catalog.n; i++) {
                const struct format *f = &catalog.formats[i];
                if (f->enabled && entry_matches(&f->entry, bytes, size) && format_choose(f, &candidate, &ignored) >= 0)
                        return format_make_entry(f, candidate, ret);
        }
        return -ENOENT;
}

struct doctor {
        const struct paths *paths;
        unsigned seconds;
        const char *directory;
        char *file; /* the program */
};

static int examine(const struct doctor *d, struct architecture *a, enum trial_place place, const struct entry *entry,
                   const struct explanation *here)
{
        const struct trial_request request = {
                .program = a->program, .place = place, .directory = d->directory, .entry = entry, .seconds = d->seconds
        };
        const struct explain_request question = { .paths = d->paths, .root = d->directory, .file = "/" TRIAL_PROGRAM };
        _cleanup_(explanation_done) struct explanation there = {};
        struct examination *e = &a->places[place];
        const struct explanation *x = here;
        const char *reason;

        int r = trial_run(&request, &e->trial);
        if (r < 0)
                return r;
        e->tried = true;
        if (e->trial.outcome == TRIAL_FAILS && (place == TRIAL_CHROOT || place == TRIAL_CONTAINER))
                x = explain(&question, &there, &reason) < 0 ? NULL : &there;
        /* The explanation from here is right for a place with entries of its own only if an entry takes the program here. */
        if (place == TRIAL_OWN_ENTRIES && !here->steps[0].entry)
                x = NULL;
        return examination_find_cause(e, place, x);
}

static int examine_architecture(const struct doctor *d, struct architecture *a, const char **ret_reason)
{
        const struct explain_request question = { .paths = d->paths, .file = d->file };
        _cleanup_(explanation_done) struct explanation x = {};
        _cleanup_(entry_done) struct entry entry = {};

        int r = put_program(d->directory, a->program);
        if (r >= 0)
                r = explain(&question, &x, ret_reason);
        if (r >= 0)
                r = find_expectation(d->paths, a, &x);
        if (r < 0 || !a->expected)
                return r;
        int found = find_entry(d->paths, &x, a->program, &entry);
        if (found < 0 && found != -ENOENT)
                return found;
        for (int place = 0; place < TRIAL_PLACE_COUNT && r >= 0; place++)
                if (place != TRIAL_OWN_ENTRIES || found >= 0)
                        r = examine(d, a, place, &entry, &x);
        return r;
}

int diagnose(const struct paths *paths, unsigned seconds, struct diagnosis *ret, const char **ret_reason)
{
        _cleanup_(diagnosis_done) struct diagnosis d = {};
        _cleanup_free_ char *file = NULL;
        char directory[256];

        *ret_reason = _("no directory for a program can be made; TMPDIR names one that is not mounted noexec");
        int r = make_directory(directory, sizeof(directory));
        if (r < 0)
                return r;
        *ret_reason = _("it cannot be examined");
        r = string_format(&file, "%s/%s", directory, TRIAL_PROGRAM);
        const struct doctor doctor = { .paths = paths, .seconds = seconds, .directory = directory, .file = file };
        for (size_t i = 0; i < n_guest_programs && r >= 0; i++) {
                r = array_grow(&d.architectures, d.n, sizeof(*d.architectures));
                if (r < 0)
                        break;
                d.architectures[d.n] = (struct architecture){ .program = &guest_programs[i] };
                r = examine_architecture(&doctor, &d.architectures[d.n++], ret_reason);
        }
        remove_directory(directory);
        if (r < 0)
                return r;
        *ret = d;
        d = (struct diagnosis){};
        return 0;
}

bool diagnosis_all_well(const struct diagnosis *d)
{
        bool some = false;

        for (size_t i = 0; i < d->n; i++)
                for (int p = 0; p < TRIAL_PLACE_COUNT && d->architectures[i].expected; p++) {
                        const struct examination *e = &d->architectures[i].places[p];
                        if (e->tried && e->trial.outcome == TRIAL_FAILS)
                                return false;
                        some |= e->tried && e->trial.outcome == TRIAL_WORKS;
                }
        return some;
}

const char *diagnosis_remedy(const struct diagnosis *d)
{
        const char *otherwise = NULL;

        for (size_t i = 0; i < d->n; i++) {
                const struct architecture *a = &d->architectures[i];
                for (int p = 0; p < TRIAL_PLACE_COUNT && a->expected; p++)
                        if (a->places[p].trial.outcome == TRIAL_FAILS && a->places[p].remedy)
                                return a->places[p].remedy;
                if (!otherwise)
                        otherwise = a->remedy;
        }
        if (diagnosis_all_well(d))
                return _("There is nothing to do: all that is expected to run does.");
        return otherwise ? otherwise : _("What is to be done is not known.");
}
