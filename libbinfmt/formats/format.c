/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format.h"

#include <errno.h>

#include "kernel/interpreter.h"
#include "package.h"

static void candidate_done(struct candidate *c)
{
        if (c->spec)
                entry_done(c->spec);
        free(c->spec);
        free(c->path);
        free(c->package);
        free(c->detector);
        free(c->helper);
        free(c->file);
        *c = (struct candidate){};
}

static int candidate_copy(const struct candidate *c, struct candidate *ret)
{
        _cleanup_(candidate_done) struct candidate copy = { .priority = c->priority, .source = c->source, .line = c->line };

        if (string_set(&copy.path, c->path) < 0 || string_set(&copy.package, c->package) < 0 ||
            string_set(&copy.detector, c->detector) < 0 || string_set(&copy.helper, c->helper) < 0 ||
            string_set(&copy.file, c->file) < 0)
                return -ENOMEM;
        if (c->spec) {
                copy.spec = calloc(1, sizeof(*copy.spec));
                if (!copy.spec || entry_copy(c->spec, copy.spec) < 0)
                        return -ENOMEM;
        }
        *ret = copy;
        copy = (struct candidate){};
        return 0;
}

void format_clear_candidates(struct format *f)
{
        for (size_t i = 0; i < f->n_candidates; i++)
                candidate_done(&f->candidates[i]);
        free(f->candidates);
        f->candidates = NULL;
        f->n_candidates = 0;
}

void format_forget_followed(struct format *f)
{
        if (!f->follows)
                return;
        format_clear_candidates(f);
        f->entry.flags = 0;
        entry_done(&f->followed);
        free(f->use);
        free(f->use_file);
        f->use = f->use_file = NULL;
        f->use_line = 0;
}

void format_done(struct format *f)
{
        format_clear_candidates(f);
        entry_done(&f->entry);
        free(f->description);
        free(f->package);
        free(f->file);
        free(f->follows);
        free(f->follows_file);
        entry_done(&f->followed);
        free(f->use);
        free(f->use_file);
        *f = (struct format){};
}

int format_add_candidate(struct format *f, const struct candidate *c)
{
        struct candidate copy;
        size_t i = f->n_candidates;

        if (array_grow(&f->candidates, f->n_candidates, sizeof(*f->candidates)) < 0 || candidate_copy(c, &copy) < 0)
                return -ENOMEM;

        for (; i > 0 && f->candidates[i - 1].priority < c->priority; i--)
                f->candidates[i] = f->candidates[i - 1];
        f->candidates[i] = copy;
        f->n_candidates++;
        return 0;
}

const struct candidate *format_find_candidate(const struct format *f, const char *path)
{
        for (size_t i = 0; i < f->n_candidates; i++)
                if (streq(f->candidates[i].path, path))
                        return &f->candidates[i];
        return NULL;
}

int format_copy(const struct format *f, struct format *ret)
{
        _cleanup_(format_done) struct format copy = {
                .enabled = f->enabled, .held = f->held, .follows_line = f->follows_line, .use_line = f->use_line
        };

        memcpy(copy.lines, f->lines, sizeof(copy.lines));
        if (entry_copy(&f->entry, &copy.entry) < 0 || string_set(&copy.description, f->description) < 0 ||
            string_set(&copy.package, f->package) < 0 || string_set(&copy.file, f->file) < 0 ||
            string_set(&copy.follows, f->follows) < 0 || string_set(&copy.follows_file, f->follows_file) < 0 ||
            entry_copy(&f->followed, &copy.followed) < 0 || string_set(&copy.use, f->use) < 0 ||
            string_set(&copy.use_file, f->use_file) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < f->n_candidates; i++)
                if (format_add_candidate(&copy, &f->candidates[i]) < 0)
                        return -ENOMEM;

        *ret = copy;
        copy = (struct format){};
        return 0;
}

int format_make_entry(const struct format *f, const struct candidate *c, struct entry *ret)
{
        _cleanup_(entry_done) struct entry e = {};

        if (entry_copy(format_spec(f, c), &e) < 0 || string_set(&e.name, f->entry.name) < 0 ||
            string_set(&e.interpreter, c->helper ? c->helper : c->path) < 0)
                return -ENOMEM;
        *ret = e;
        e = (struct entry){};
        return 0;
}

static int check_with(const struct format *f, const struct candidate *c, struct problems *problems)
{
        _cleanup_(entry_done) struct entry e = {};
        enum entry_field field;
        const char *reason;

        int r = format_make_entry(f, c, &e);
        if (r < 0)
                return r;
        r = entry_check(&e, &field, &reason);
        if (r == -EINVAL && (field == ENTRY_FIELD_INTERPRETER || c->spec))
                return problems_add(problems, r, c->file, c->line, "%s", reason);
        if (r == -EINVAL)
                return problems_add(problems, r, f->file, f->lines[field], "%s", reason);
        return r;
}

int format_check(const struct format *f, struct problems *problems)
{
        const struct candidate any = { .path = (char *)"/any" };
        int r = 0;

        for (size_t i = 0; i < f->n_candidates && r >= 0; i++)
                r = check_with(f, &f->candidates[i], problems);
        if (r < 0)
                return r;
        if (f->n_candidates == 0 && f->follows)
                return check_with(f, &any, problems);
        if (f->n_candidates == 0)
                return problems_add(problems, -EINVAL, f->file, 0, "no interpreter is given (Interpreter=)");
        return 0;
}

int format_check_candidate(const struct format *f, const struct candidate *c, struct problems *problems)
{
        const char *reason;

        int r = interpreter_check(c->path, format_spec(f, c), &reason);
        if (r >= 0 && f->followed.name) /* what that one refuses is not taken for the files of this one */
                r = interpreter_check(c->path, &f->followed, &reason);
        if (r < 0 && r != -ENOENT)
                return problems_add(problems, r, c->file, c->line, "%s: interpreter %s: %s", f->entry.name, c->path, reason);
        if (r < 0 || !c->helper)
                return r;
        r = interpreter_check(c->helper, format_spec(f, c), &reason);
        if (r < 0)
                return problems_add(problems, r, c->file, c->line, "%s: %s: %s", f->entry.name, c->helper, reason);
        return 0;
}

/* The candidate that is to be taken, or NULL where there is none that could be. */
static const struct candidate *chosen_by_hand(const struct format *f, struct problems *problems)
{
        const struct candidate *c = f->use ? format_find_candidate(f, f->use) : NULL;

        if (!f->use)
                return NULL;
        int r = c ? format_check_candidate(f, c, problems) : 0;
        if (!c)
                (void)problems_add(problems, 0, f->use_file, f->use_line, "%s: %s is to be used, but is none of its interpreters",
                                   f->entry.name, f->use);
        else if (r == -ENOENT)
                (void)problems_add(problems, 0, f->use_file, f->use_line, "%s: %s is to be used, but is not installed",
                                   f->entry.name, f->use);
        return r < 0 ? NULL : c;
}

int format_choose(const struct format *f, const struct candidate **ret, struct problems *problems)
{
        const struct candidate *by_hand = chosen_by_hand(f, problems);
        int result = -ENOENT;

        if (by_hand) {
                *ret = by_hand;
                return 0;
        }
        for (size_t i = 0; i < f->n_candidates; i++) {
                int r = format_check_candidate(f, &f->candidates[i], problems);
                if (r == 0) {
                        *ret = &f->candidates[i];
                        return 0;
                }
                if (r != -ENOENT)
                        result = r;
        }
        return result;
}

bool format_is_missing(const struct format *f, const struct candidate *c)
{
        const char *reason;

        return interpreter_check(c->path, format_spec(f, c), &reason) == -ENOENT;
}

char *format_list_candidates(const struct format *f)
{
        char *list = strdup(""), *longer;

        for (size_t i = 0; i < f->n_candidates && list; i++) {
                _cleanup_free_ char *one = package_describe(f->candidates[i].path);
                longer = NULL;
                if (one)
                        (void)string_format(&longer, "%s%s%s", list, *list ? ", " : "", one);
                free(list);
                list = longer;
        }
        return list;
}

static bool may_be_missing(const struct format *f, const struct candidate *c)
{
        const char *reason;

        return c->source != SOURCE_OWN && !(format_spec(f, c)->flags & ENTRY_FIX_BINARY) &&
               (!c->helper || interpreter_check(c->helper, format_spec(f, c), &reason) == 0);
}

int format_choose_to_register(const struct format *f, const struct candidate **ret, struct problems *problems)
{
        int r = format_choose(f, ret, problems);

        for (size_t i = 0; i < f->n_candidates && r == -ENOENT; i++)
                if (may_be_missing(f, &f->candidates[i])) {
                        *ret = &f->candidates[i];
                        r = 0;
                }
        return r;
}
