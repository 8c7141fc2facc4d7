/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format.h"

#include <errno.h>

#include "interpreter.h"

void format_clear_candidates(struct format *f)
{
        for (size_t i = 0; i < f->n_candidates; i++) {
                free(f->candidates[i].path);
                free(f->candidates[i].file);
        }
        free(f->candidates);
        f->candidates = NULL;
        f->n_candidates = 0;
}

void format_done(struct format *f)
{
        format_clear_candidates(f);
        entry_done(&f->entry);
        free(f->description);
        free(f->package);
        free(f->file);
        *f = (struct format){};
}

int format_add_candidate(struct format *f, const struct candidate *c)
{
        _cleanup_free_ char *path = strdup(c->path), *file = NULL;
        size_t i = f->n_candidates;

        if (!path || string_set(&file, c->file) < 0 ||
            array_grow(&f->candidates, f->n_candidates, sizeof(*f->candidates)) < 0)
                return -ENOMEM;

        for (; i > 0 && f->candidates[i - 1].priority < c->priority; i--)
                f->candidates[i] = f->candidates[i - 1];
        f->candidates[i] = (struct candidate){
                .path = TAKE_PTR(path), .priority = c->priority, .file = TAKE_PTR(file), .line = c->line
        };
        f->n_candidates++;
        return 0;
}

int format_copy(const struct format *f, struct format *ret)
{
        _cleanup_(format_done) struct format copy = { .enabled = f->enabled };

        memcpy(copy.lines, f->lines, sizeof(copy.lines));
        if (entry_copy(&f->entry, &copy.entry) < 0 || string_set(&copy.description, f->description) < 0 ||
            string_set(&copy.package, f->package) < 0 || string_set(&copy.file, f->file) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < f->n_candidates; i++)
                if (format_add_candidate(&copy, &f->candidates[i]) < 0)
                        return -ENOMEM;

        *ret = copy;
        copy = (struct format){};
        return 0;
}

int format_make_entry(const struct format *f, const char *interpreter, struct entry *ret)
{
        _cleanup_(entry_done) struct entry e = {};

        if (entry_copy(&f->entry, &e) < 0 || string_set(&e.interpreter, interpreter) < 0)
                return -ENOMEM;
        *ret = e;
        e = (struct entry){};
        return 0;
}

int format_check(const struct format *f, struct problems *problems)
{
        for (size_t i = 0; i < f->n_candidates; i++) {
                const struct candidate *c = &f->candidates[i];
                _cleanup_(entry_done) struct entry e = {};
                enum entry_field field;
                const char *reason;

                int r = format_make_entry(f, c->path, &e);
                if (r < 0)
                        return r;
                r = entry_check(&e, &field, &reason);
                if (r == -EINVAL && field == ENTRY_FIELD_INTERPRETER)
                        return problems_add(problems, r, c->file, c->line, "%s", reason);
                if (r == -EINVAL)
                        return problems_add(problems, r, f->file, f->lines[field], "%s", reason);
                if (r < 0)
                        return r;
        }
        if (f->n_candidates == 0)
                return problems_add(problems, -EINVAL, f->file, 0, "no interpreter is given (Interpreter=)");
        return 0;
}

int format_choose(const struct format *f, const char **ret, struct problems *problems)
{
        int result = -ENOENT;

        for (size_t i = 0; i < f->n_candidates; i++) {
                const struct candidate *c = &f->candidates[i];
                const char *reason;

                int r = interpreter_check(c->path, &f->entry, &reason);
                if (r == 0) {
                        *ret = c->path;
                        return 0;
                }
                if (r == -ENOENT)
                        continue;
                result = problems_add(problems, r, c->file, c->line, "%s: interpreter %s: %s", f->entry.name, c->path,
                                      reason);
        }
        return result;
}
