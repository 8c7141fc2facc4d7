/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explain-json.h"

#include <errno.h>

#include "cli.h"
#include "output.h"

static int fill_step(struct json_object *o, const void *element)
{
        const struct step *s = element;

        if (json_add_string(o, "path", s->path) < 0 || json_add_string(o, "kind", step_kind_to_string(s->kind)) < 0 ||
            json_add_string(o, "what", s->what) < 0 || json_add_boolean(o, "pinned", s->pinned) < 0 ||
            json_add_string(o, "entry", s->entry) < 0 || json_add_string(o, "interpreter", s->interpreter) < 0 ||
            json_add_string(o, "argument", s->argument) < 0)
                return -ENOMEM;
        return 0;
}

static int fill_byte(struct json_object *o, const void *element)
{
        const struct match_byte *b = element;

        if (json_add_number(o, "offset", b->offset) < 0 ||
            (b->in_file ? json_add_number(o, "file", b->file) : json_add(o, "file", NULL)) < 0 ||
            json_add_number(o, "mask", b->mask) < 0 || json_add_number(o, "magic", b->magic) < 0 ||
            json_add_boolean(o, "equal", b->equal) < 0)
                return -ENOMEM;
        return 0;
}

static int fill_comparison(struct json_object *o, const void *element)
{
        const struct comparison *c = element;
        const struct match *m = &c->match;
        char flags[ENTRY_FLAGS_MAX];

        if (json_add_string(o, "name", c->entry.name) < 0 || json_add_string(o, "outcome", outcome_to_string(c->outcome)) < 0 ||
            json_add_string(o, "interpreter", c->entry.interpreter) < 0 ||
            json_add_string(o, "flags", entry_format_flags(c->entry.flags, flags)) < 0 ||
            json_add_string(o, "extension", c->entry.extension) < 0 ||
            (m->first_difference < m->n ? json_add_number(o, "first_difference", m->bytes[m->first_difference].offset)
                                        : json_add(o, "first_difference", NULL)) < 0)
                return -ENOMEM;
        return json_add_array(o, "bytes", m->bytes, m->n, sizeof(*m->bytes), fill_byte);
}

static int fill_finding(struct json_object *o, const void *element)
{
        const struct finding *f = element;

        if (json_add_string(o, "cause", cause_to_string(f->cause)) < 0 ||
            json_add_string(o, "severity", severity_to_string(cause_severity(f->cause))) < 0 ||
            json_add_string(o, "subject", f->subject) < 0 || json_add_string(o, "text", f->text) < 0 ||
            json_add_string(o, "remedy", f->remedy) < 0)
                return -ENOMEM;
        return 0;
}

static int fill(struct json_object *o, const struct explanation *x, const char *file)
{
        const struct finding *worst = findings_worst(&x->findings);
        bool unknown = worst && cause_severity(worst->cause) == SEVERITY_UNKNOWN;

        if (json_add_string(o, "file", file) < 0 ||
            (unknown ? json_add(o, "runs", NULL) : json_add_boolean(o, "runs", explanation_runs(x))) < 0 ||
            json_add_string(o, "error", x->error ? strerrorname_np(-x->error) : NULL) < 0 ||
            json_add_misc_state(o, &x->misc) < 0 ||
            json_add_array(o, "steps", x->steps, x->n_steps, sizeof(*x->steps), fill_step) < 0 ||
            json_add_array(o, "entries", x->comparisons, x->n_comparisons, sizeof(*x->comparisons), fill_comparison) < 0 ||
            json_add_array(o, "findings", x->findings.items, x->findings.n, sizeof(*x->findings.items), fill_finding) < 0)
                return -ENOMEM;
        return json_add_string(o, "remedy", explanation_remedy(x));
}

int explanation_print_json(const struct explanation *x, const char *file)
{
        _cleanup_(json_putp) struct json_object *o = json_document();

        if (!o || fill(o, x, file) < 0)
                return fail("out of memory");
        return json_print(o);
}
