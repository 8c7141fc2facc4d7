/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: reading of tables. */
#include "gendec.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The parts of an encoding's line or a format's. Those that are not there are NULL or "". */
struct format {
        char name[MAX_NAME];
        char *uses; /* name of a format */
        char *pattern;
        char *lifter, *set;
        char *value[MAX_FIELDS]; /* "argument=expression" */
        unsigned nvalues;
        char *feature, *constraint;
};

static char *trim(char *s)
{
        while (isspace((unsigned char)*s))
                s++;
        char *end = s + strlen(s);
        while (end > s && isspace((unsigned char)end[-1]))
                end--;
        *end = 0;
        return s;
}

/* ---- lines ---- */

/* Cuts s at the next bar that is behind a blank (others are operators). Returns what is behind it, or NULL. */
static char *cut(char *s)
{
        for (char *bar = s; bar && (bar = strchr(bar, '|')); bar++)
                if (bar == s || isspace((unsigned char)bar[-1])) {
                        *bar = 0;
                        return bar + 1;
                }
        return NULL;
}

/* Takes a token from behind "->". Returns what is wrong with it, or NULL. */
static const char *take_target(struct format *f, char *tok)
{
        char **single = tok[0] == '&' ? &f->set : &f->lifter;
        if (strchr(tok, '=')) {
                if (f->nvalues == MAX_FIELDS)
                        return "too many values";
                f->value[f->nvalues++] = tok;
                return NULL;
        }
        if (*single)
                return tok[0] == '&' ? "a second argument set" : "a second lifter";
        *single = tok + (tok[0] == '&');
        return NULL;
}

/* Splits the text s, in which the parts stay. Complains, and returns false, when something is wrong with them. */
static bool split(struct table *t, const struct enc *e, char *s, struct format *f)
{
        char *feature = cut(s), *constraint = cut(feature), *save;
        f->feature = feature && *trim(feature) ? trim(feature) : NULL;
        f->constraint = constraint && *trim(constraint) ? trim(constraint) : NULL;
        f->pattern = xalloc(strlen(s) + 1);
        bool target = false;
        for (char *tok = strtok_r(s, " \t", &save); tok; tok = strtok_r(NULL, " \t", &save)) {
                const char *wrong = NULL;
                if (!strcmp(tok, "->")) {
                        target = true;
                } else if (target) {
                        wrong = take_target(f, tok);
                } else if (tok[0] == '@') {
                        wrong = f->uses ? "a second format" : NULL;
                        f->uses = tok + 1;
                } else {
                        strcat(strcat(f->pattern, " "), tok);
                }
                if (wrong) {
                        complain(t, e, "%s: %s", tok, wrong);
                        return false;
                }
        }
        return true;
}

/* ---- encodings ---- */

static const char *type_of(const struct field *f)
{
        static const char *const types[2][3] = { { "uint8_t", "uint16_t", "uint32_t" }, { "int8_t", "int16_t", "int32_t" } };
        return types[f->is_signed][f->width <= 8 ? 0 : f->width <= 16 ? 1 : 2];
}

static int find_argument(const struct args *a, const char *name, size_t n)
{
        for (unsigned i = 0; i < a->n; i++)
                if (strlen(a->arg[i].name) == n && !memcmp(a->arg[i].name, name, n))
                        return (int)i;
        return -1;
}

static int find_args(const struct table *t, const char *name)
{
        for (unsigned i = 0; i < t->nargs; i++)
                if (!t->args[i].own && !strcmp(t->args[i].name, name))
                        return (int)i;
        return -1;
}

/* Sets *a to the arguments of a lifter that has no set: the fields of e. */
static void args_of_fields(const struct enc *e, const char *lifter, struct args *a)
{
        *a = (struct args){ .own = true, .n = e->nfields };
        strcpy(a->name, lifter);
        for (unsigned i = 0; i < e->nfields; i++) {
                strcpy(a->arg[i].name, e->fields[i].name);
                strcpy(a->arg[i].type, type_of(&e->fields[i]));
        }
}

static bool same_args(const struct args *a, const struct args *b)
{
        if (!a->own || a->n != b->n)
                return false;
        for (unsigned i = 0; i < a->n; i++) {
                int k = find_argument(b, a->arg[i].name, strlen(a->arg[i].name));
                if (k < 0 || strcmp(a->arg[i].type, b->arg[k].type))
                        return false;
        }
        return true;
}

/* Sets e->lifter to the lifter with this name, which is new or has been used before. set: index of its argument set, or -1. */
static void set_lifter(struct table *t, struct enc *e, const char *name, int set)
{
        struct args own;
        unsigned i = 0;
        args_of_fields(e, name, &own);
        while (i < t->nlifters && strcmp(t->lifter[i].name, name))
                i++;
        e->lifter = i;
        if (i < t->nlifters) {
                unsigned a = t->lifter[i].args;
                if (set < 0 ? !same_args(&t->args[a], &own) : (unsigned)set != a)
                        complain(t, e, "lifter %s has other arguments above", name);
                return;
        }
        if (set < 0) {
                if (strcmp(t->prefix, t->lifters))
                        complain(t, e, "no argument set");
                t->args = grow(t->args, t->nargs, sizeof *t->args);
                t->args[t->nargs] = own;
                set = (int)t->nargs++;
        }
        t->lifter = grow(t->lifter, t->nlifters, sizeof *t->lifter);
        strcpy(t->lifter[t->nlifters].name, name);
        t->lifter[t->nlifters++].args = (unsigned)set;
}

/* Takes those values of f for arguments that have none yet. foreign: f is a format for another lifter, so that this one may lack
 * arguments. */
static void set_values(struct table *t, struct enc *e, const struct format *f, bool foreign)
{
        const struct args *a = &t->args[t->lifter[e->lifter].args];
        for (unsigned i = 0; i < f->nvalues; i++) {
                size_t n = strcspn(f->value[i], "=");
                int k = a->own ? -1 : find_argument(a, f->value[i], n);
                const char *wrong = NULL;
                if (k < 0 && foreign)
                        continue;
                if (k < 0)
                        complain(t, e, "%.*s: not an argument of %s", (int)n, f->value[i], a->own ? "a set" : a->name);
                else if (!e->values[k])
                        e->values[k] = expr_value(e, f->value[i] + n + 1, &wrong);
                if (wrong)
                        complain(t, e, "%s: %s", f->value[i], wrong);
        }
}

/* Complains about arguments without a value. */
static void check_values(struct table *t, const struct enc *e)
{
        const struct args *a = &t->args[t->lifter[e->lifter].args];
        for (unsigned i = 0; i < a->n; i++) {
                unsigned k = 0;
                while (k < e->nfields && strcmp(e->fields[k].name, a->arg[i].name))
                        k++;
                if (!e->values[i] && k == e->nfields)
                        complain(t, e, "argument %s has no value", a->arg[i].name);
        }
}

static void parse_target(struct table *t, struct enc *e, const struct format *f, const struct format *used)
{
        const char *lifter = f->lifter ? f->lifter : used && used->lifter ? used->lifter : e->name;
        const char *named = f->set ? f->set : used ? used->set : NULL;
        int set = find_args(t, named ? named : lifter);
        char name[MAX_NAME];
        if (named && set < 0)
                complain(t, e, "&%s: no such argument set", named);
        else if (!copy_name(name, lifter, strlen(lifter)))
                complain(t, e, "bad name of a lifter '%s'", lifter);
        else {
                set_lifter(t, e, name, set);
                set_values(t, e, f, false);
                if (used)
                        set_values(t, e, used, f->lifter || f->set);
                check_values(t, e);
        }
}

static void add_constraint(struct table *t, struct enc *e, const char *text)
{
        const char *wrong;
        struct expr *x = expr_constraint(e, text, &wrong);
        if (wrong)
                complain(t, e, "constraint: %s", wrong);
        else
                e->constraint = expr_and(e->constraint, x);
}

static const struct format *find_format(const struct table *t, const char *name)
{
        for (unsigned i = 0; i < t->nformats; i++)
                if (!strcmp(t->format[i].name, name))
                        return &t->format[i];
        return NULL;
}

static void parse_encoding(struct table *t, struct enc *e, const struct format *f)
{
        const struct format *used = f->uses ? find_format(t, f->uses) : NULL;
        for (unsigned i = 0; i < t->n; i++)
                if (!strcmp(t->enc[i].name, e->name))
                        complain(t, e, "name used before, in %s:%u", t->enc[i].file, t->enc[i].line);
        if (f->uses && !used)
                complain(t, e, "@%s: no such format", f->uses);
        if (used)
                parse_pattern(t, e, used->pattern, f->pattern);
        else
                parse_pattern(t, e, f->pattern, NULL);
        const char *feature = f->feature ? f->feature : used ? used->feature : NULL;
        if (!feature || !copy_name(e->feature, feature, strlen(feature)))
                complain(t, e, "no or bad feature name");
        if (used && used->constraint)
                add_constraint(t, e, used->constraint);
        if (f->constraint)
                add_constraint(t, e, f->constraint);
        parse_target(t, e, f, used);
}

/* ---- other lines ---- */

static void parse_set(struct table *t, const struct enc *e, char *s)
{
        struct args a = { .n = 0 };
        char *save, *name = strtok_r(s, " \t", &save);
        if (!name || !copy_name(a.name, name, strlen(name)) || find_args(t, a.name) >= 0) {
                complain(t, e, "bad name of an argument set, or one that was used before");
                return;
        }
        for (char *tok = strtok_r(NULL, " \t", &save); tok; tok = strtok_r(NULL, " \t", &save)) {
                size_t n = strcspn(tok, ":");
                const char *type = tok[n] ? tok + n + 1 : "uint32_t";
                if (a.n == MAX_FIELDS || !copy_name(a.arg[a.n].name, tok, n) || strlen(type) >= MAX_NAME || !*type) {
                        complain(t, e, "%s: bad argument, or too many", tok);
                        return;
                }
                strcpy(a.arg[a.n++].type, type);
        }
        t->args = grow(t->args, t->nargs, sizeof *t->args);
        t->args[t->nargs++] = a;
}

static void parse_group(struct table *t, const struct enc *e, char c)
{
        if (c == '{' || c == '[') {
                t->group = grow(t->group, t->ngroups, sizeof *t->group);
                t->group[t->ngroups] = (struct group){ .parent = t->in_group, .first_match = c == '{' };
                t->in_group = t->ngroups++;
        } else if (t->in_group == 0 || t->group[t->in_group].first_match != (c == '}')) {
                complain(t, e, "%c without its beginning", c);
        } else {
                t->in_group = t->group[t->in_group].parent;
        }
}

static void parse_directive(struct table *t, const struct enc *e, char *s)
{
        size_t n = strcspn(s, " \t");
        char *rest = trim(s + n);
        struct second x = { .file = e->file, .line = e->line };
        if (n == 8 && !strncmp(s, "%include", n)) {
                t->include = grow(t->include, t->nincludes, sizeof *t->include);
                t->include[t->nincludes++] = xstrdup(rest);
        } else if (n != 7 || strncmp(s, "%second", n)) {
                complain(t, e, "%.*s: unknown directive", (int)n, s);
        } else if (t->width != 16 || t->nseconds == MAX_SECONDS || !parse_unit(rest, &x.mask, &x.match)) {
                complain(t, e, "%s: not a unit of 16 bits, or too many", s);
        } else {
                t->second[t->nseconds++] = x;
        }
}

/* Returns false when the format cannot be taken. When it is, the text that its parts are in is the table's. */
static bool add_format(struct table *t, const struct enc *e, const struct format *f)
{
        if (find_format(t, f->name) || f->uses) {
                complain(t, e, "a format that was defined before, or uses another one");
                return false;
        }
        t->format = grow(t->format, t->nformats, sizeof *t->format);
        t->format[t->nformats++] = *f;
        return true;
}

static void add_encoding(struct table *t, struct enc *e, struct format *f)
{
        parse_encoding(t, e, f);
        t->enc = grow(t->enc, t->n, sizeof *t->enc);
        t->enc[t->n++] = *e;
}

/* Takes the line of an encoding or a format. */
static void parse_item(struct table *t, struct enc *e, char *s)
{
        struct format f = { .nvalues = 0 };
        bool is_format = *s == '@', kept = false;
        char *start = s + is_format;
        size_t n = strcspn(start, " \t|");
        if (n == 0)
                complain(t, e, "no encoding");
        else if (!copy_name(f.name, start, n) || !strcmp(f.name, "none"))
                complain(t, e, "bad name '%.*s'", (int)n, start);
        if (!f.name[0])
                return;
        strcpy(e->name, f.name);
        char *text = xstrdup(start + n);
        if (split(t, e, text, &f)) {
                if (is_format)
                        kept = add_format(t, e, &f);
                else
                        add_encoding(t, e, &f);
        }
        if (!kept) {
                free(f.pattern);
                free(text);
        }
}

static void parse_line(struct table *t, const char *path, unsigned line, char *s)
{
        struct enc e = { .file = path, .line = line, .group = t->in_group };
        s = trim(s);
        if (!*s)
                return;
        if (*s == '&')
                parse_set(t, &e, s + 1);
        else if (*s == '%')
                parse_directive(t, &e, s);
        else if (strchr("{}[]", *s) && !s[1])
                parse_group(t, &e, *s);
        else
                parse_item(t, &e, s);
}

/* Removes the comment and the `\` at the end of a line. Returns true when there was a `\`, so that the next line belongs to it.
 * */
static bool is_continued(char *s)
{
        char *hash = strchr(s, '#');
        if (hash)
                *hash = 0;
        size_t n = strlen(trim(s));
        s = trim(s);
        if (n == 0 || s[n - 1] != '\\')
                return false;
        s[n - 1] = ' ';
        return true;
}

static void parse_lines(struct table *t, const char *path, FILE *f)
{
        char *s = NULL, text[4096] = "";
        size_t cap = 0;
        unsigned first = 1; /* line of the text's beginning */
        for (unsigned line = 1; getline(&s, &cap, f) >= 0; line++) {
                bool more = is_continued(s);
                if (!text[0])
                        first = line;
                if (strlen(text) + strlen(s) >= sizeof text) {
                        struct enc e = { .file = path, .line = line };
                        complain(t, &e, "the line is too long");
                        break;
                }
                strcat(text, s);
                if (more)
                        continue;
                parse_line(t, path, first, text);
                text[0] = 0;
        }
        free(s);
}

int parse_file(struct table *t, const char *path)
{
        FILE *f = fopen(path, "r");
        if (!f)
                return -errno;
        if (!t->ngroups) {
                t->group = grow(t->group, 0, sizeof *t->group);
                t->ngroups = 1;
        }
        parse_lines(t, path, f);
        if (t->in_group) {
                struct enc e = { .file = path };
                complain(t, &e, "a group has no end");
                t->in_group = 0;
        }
        int r = ferror(f) ? -EIO : 0;
        fclose(f);
        return r;
}
