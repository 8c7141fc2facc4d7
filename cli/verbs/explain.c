/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

#include "explain/explain.h"
#include "ui/explain-json.h"
#include "ui/output.h"

/* As many bytes of a comparison as go into a line. */
#define BYTES_PER_LINE 16

static enum colour severity_colour(enum severity s)
{
        static const enum colour colours[] = { [SEVERITY_NOTE] = COLOUR_DIM,
                                               [SEVERITY_WARNING] = COLOUR_YELLOW,
                                               [SEVERITY_UNKNOWN] = COLOUR_YELLOW,
                                               [SEVERITY_ERROR] = COLOUR_RED };

        return colours[s];
}

static void print_verdict(const struct explanation *x, const char *file)
{
        const struct finding *worst = findings_worst(&x->findings);
        bool unknown = worst && cause_severity(worst->cause) == SEVERITY_UNKNOWN;

        printf("%s%s%s: ", colour(COLOUR_BOLD), file, colour(COLOUR_NONE));
        if (explanation_runs(x))
                printf("%s%s%s", colour(COLOUR_GREEN), _("runs"), colour(COLOUR_NONE));
        else if (unknown)
                printf("%s%s%s", colour(COLOUR_YELLOW), _("not known"), colour(COLOUR_NONE));
        else
                printf("%s%s%s", colour(COLOUR_RED), _("does not run"), colour(COLOUR_NONE));
        if (x->error)
                printf(" (%s)", strerror(-x->error));
        putchar('\n');
}

static void print_state(const struct misc_state *m)
{
        printf("\nbinfmt_misc: %s%s\n", _(misc_mount_to_string(m->mount)),
               m->mount != MISC_MOUNTED ? ""
               : m->enabled             ? _(", enabled")
                                        : _(", disabled as a whole"));
}

static void make_all_printable(char *const *texts, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (texts[i])
                        string_make_printable(texts[i]);
}

/* Replaces what a terminal would obey in all that is printed: texts and names of entries may come from anywhere. */
static void make_printable(struct explanation *x)
{
        for (size_t i = 0; i < x->n_steps; i++) {
                const struct step *s = &x->steps[i];
                char *texts[] = { s->path, s->what, s->entry, s->interpreter, s->argument };
                make_all_printable(texts, ARRAY_SIZE(texts));
        }
        for (size_t i = 0; i < x->n_comparisons; i++) {
                const struct entry *e = &x->comparisons[i].entry;
                char *texts[] = { e->name, e->extension, e->interpreter };
                make_all_printable(texts, ARRAY_SIZE(texts));
        }
}

static void print_steps(const struct explanation *x)
{
        puts(_("\nWhat the kernel does:"));
        for (size_t i = 0; i < x->n_steps; i++) {
                const struct step *s = &x->steps[i];
                printf("  %zu. %s%s%s\n", i + 1, s->path, s->what ? ": " : "", s->what ? s->what : "");
                if (s->kind == STEP_ENTRY)
                        printf(_("     the entry %s takes it, with the interpreter %s%s\n"), s->entry, s->interpreter,
                               i + 1 < x->n_steps && x->steps[i + 1].pinned ? _(" (opened when it was registered)") : "");
                else if (s->kind == STEP_SCRIPT)
                        printf(_("     its first line names the interpreter %s%s%s\n"), s->interpreter,
                               s->argument ? _(" with the argument ") : "", s->argument ? s->argument : "");
                else if (s->kind == STEP_NATIVE)
                        puts(_("     this machine runs it itself"));
        }
}

static void print_bytes_row(const struct match *m, size_t from, size_t to, const char *title, int width,
                            void (*print)(const struct match_byte *b))
{
        printf("      %-*s", field_width(title, width), title);
        for (size_t i = from; i < to; i++) {
                const struct match_byte *b = &m->bytes[i];
                printf(" %s", b->equal ? "" : colour(COLOUR_RED));
                print(b);
                printf("%s", b->equal ? "" : colour(COLOUR_NONE));
        }
        putchar('\n');
}

static void print_offset(const struct match_byte *b)
{
        printf("%3u", b->offset);
}

static void print_file_byte(const struct match_byte *b)
{
        if (b->in_file)
                printf(" %02x", b->file);
        else
                printf("  -");
}

static void print_mask(const struct match_byte *b)
{
        printf(" %02x", b->mask);
}

static void print_magic(const struct match_byte *b)
{
        printf(" %02x", b->magic);
}

static void print_differs(const struct match_byte *b)
{
        printf("  %c", b->equal ? ' ' : '^');
}

static void print_bytes(const struct match *m)
{
        static const struct {
                const char *title;
                void (*print)(const struct match_byte *b);
        } rows[] = { { N_("offset"), print_offset },
                     { N_("file"), print_file_byte },
                     { N_("mask"), print_mask },
                     { N_("magic"), print_magic } };
        int width = 0;

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                width = wider(width, _(rows[i].title));
        for (size_t from = 0; from < m->n; from += BYTES_PER_LINE) {
                size_t to = m->n < from + BYTES_PER_LINE ? m->n : from + BYTES_PER_LINE;
                for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                        print_bytes_row(m, from, to, _(rows[i].title), width, rows[i].print);
                if (!m->matches)
                        print_bytes_row(m, from, to, "", width, print_differs);
        }
}

/* True when an entry's bytes are shown: those of entries that take the file or would, and where none takes it, of the entries
 * that come nearest. */
static bool is_worth_its_bytes(const struct explanation *x, const struct comparison *c)
{
        if (c->outcome == OUTCOME_NEAR) {
                for (size_t i = 0; i < x->n_comparisons; i++) {
                        const struct comparison *other = &x->comparisons[i];
                        if (other->outcome == OUTCOME_WINS ||
                            (other->outcome == OUTCOME_NEAR && other->match.first_difference > c->match.first_difference))
                                return false;
                }
        }
        return c->outcome != OUTCOME_NO;
}

static void print_comparison(const struct comparison *c, int width, bool bytes)
{
        static const char *const texts[] = {
                [OUTCOME_WINS] = N_("takes it"),
                [OUTCOME_LOSES] = N_("matches too, but is tried later"),
                [OUTCOME_DISABLED] = N_("matches, but is disabled"),
        };
        const struct match *m = &c->match;

        printf("  %-*s  ", field_width(c->entry.name, width), c->entry.name);
        if (m->matches) {
                puts(_(texts[c->outcome]));
        } else if (c->entry.type == ENTRY_HANDLER) {
                puts(_("a BPF program decides, which cannot be asked"));
        } else if (c->entry.type == ENTRY_EXTENSION) {
                printf(_("the name does not end with .%s\n"), c->entry.extension);
        } else {
                const struct match_byte *b = &m->bytes[m->first_difference];
                printf(_("differs at byte %u: "), b->offset);
                if (b->in_file)
                        printf(_("the file has %02x, the magic %02x (mask %02x)\n"), b->file, b->magic, b->mask);
                else
                        printf(_("the file has ended, the magic has %02x (mask %02x)\n"), b->magic, b->mask);
        }
        if (bytes)
                print_bytes(m);
}

static void print_comparisons(const struct explanation *x, bool all)
{
        int width = 0;

        if (x->n_comparisons == 0)
                return;
        for (size_t i = 0; i < x->n_comparisons; i++)
                width = wider(width, x->comparisons[i].entry.name);
        puts(_("\nEntries; the one on top was registered last, and is tried first:"));
        for (size_t i = 0; i < x->n_comparisons; i++)
                print_comparison(&x->comparisons[i], width, all || is_worth_its_bytes(x, &x->comparisons[i]));
}

static const char *severity_text(const struct finding *f)
{
        return _(severity_to_string(cause_severity(f->cause)));
}

static void print_findings(const struct findings *f)
{
        int width = 0;

        if (f->n == 0)
                return;
        for (size_t i = 0; i < f->n; i++)
                width = wider(width, severity_text(&f->items[i]));
        puts(_("\nFound:"));
        for (size_t i = 0; i < f->n; i++) {
                const char *severity = severity_text(&f->items[i]);
                printf("  %s%-*s%s  %s\n", colour(severity_colour(cause_severity(f->items[i].cause))),
                       field_width(severity, width), severity, colour(COLOUR_NONE), f->items[i].text);
        }
}

int verb_explain(const struct call *call)
{
        _cleanup_(explanation_done) struct explanation x = {};
        const struct explain_request request = { .paths = &call->paths,
                                                 .root = call->option[OPTION_ROOT],
                                                 .file = call->args[0] };
        const char *reason;

        int r = explain(&request, &x, &reason);
        if (r < 0)
                return fail("%s: %s: %s", call->args[0], reason, strerror(-r));
        if (call->option[OPTION_JSON]) {
                int status = explanation_print_json(&x, call->args[0]);
                return status != EXIT_OK ? status : explanation_runs(&x) ? EXIT_OK : EXIT_FAILED;
        }
        make_printable(&x);
        print_verdict(&x, call->args[0]);
        print_state(&x.misc);
        print_steps(&x);
        print_comparisons(&x, call->option[OPTION_ALL]);
        print_findings(&x.findings);
        printf("\n%s%s%s\n", colour(COLOUR_BOLD), explanation_remedy(&x), colour(COLOUR_NONE));
        return explanation_runs(&x) ? EXIT_OK : EXIT_FAILED;
}
