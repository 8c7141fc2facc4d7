/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interpreters that vanish, come back or are replaced end the pause of their format, and nothing else does. */
#include "support.h"

#include "interpreters.h"

#define SECOND 1000000ULL

/* A state with one format, x, that has the interpreters /a and /b; what identifies their files is given, NULL where there is none. */
struct one_format {
        struct candidate candidates[2];
        char *files[2];
        struct format format;
        struct format_state format_state;
        struct state state;
};

static void make(struct one_format *f, const char *a, const char *b, bool enabled)
{
        *f = (struct one_format){ .candidates = { { .path = (char *)"/a" }, { .path = (char *)"/b" } },
                                  .files = { (char *)a, (char *)b } };
        f->format =
                (struct format){ .entry.name = (char *)"x", .enabled = enabled, .candidates = f->candidates, .n_candidates = 2 };
        f->format_state = (struct format_state){ .format = &f->format, .files = f->files, .n_files = 2 };
        f->state = (struct state){ .catalog = { .formats = &f->format, .n = 1 }, .formats = &f->format_state, .n_formats = 1 };
}

/* Whether a pause of x is over after its interpreters' files have changed like this. */
static bool ends_pause(const struct one_format *before, const struct one_format *now)
{
        _cleanup_(repairs_done) struct repairs repairs = {};
        const struct log log = {};
        bool begins;

        for (uint64_t i = 0; i < REPAIRS_LIMIT; i++)
                assert_int_equal(repairs_note(&repairs, "x", "/a", i * SECOND), 0);
        assert_false(repairs_allow(&repairs, "x", REPAIRS_LIMIT * SECOND, &begins));
        interpreters_compare(&before->state, &now->state, &repairs, &log);
        return !repairs_paused(&repairs, "x", REPAIRS_LIMIT * SECOND);
}

static void test_pause(void **state)
{
        (void)state;
        static const struct {
                const char *before[2], *now[2];
                bool ends;
        } cases[] = {
                { { "1", "2" }, { "1", "2" }, false }, { { "1", NULL }, { "1", NULL }, false },
                { { "1", "2" }, { "1", NULL }, true }, { { NULL, "2" }, { "1", "2" }, true },
                { { "1", "2" }, { "1", "3" }, true },  { { "1", "2" }, { NULL, NULL }, true },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                struct one_format before, now;
                make(&before, cases[i].before[0], cases[i].before[1], true);
                make(&now, cases[i].now[0], cases[i].now[1], true);
                assert_int_equal(ends_pause(&before, &now), cases[i].ends);
        }
}

/* A format that is disabled, or that there was not before, has nothing to compare. A path that is named twice is compared once. */
static void test_not_compared(void **state)
{
        (void)state;
        const struct one_format nothing = {};
        struct one_format before, now;

        make(&before, "1", "2", true);
        make(&now, "1", NULL, false);
        assert_false(ends_pause(&before, &now));
        make(&now, "1", NULL, true);
        assert_false(ends_pause(&nothing, &now));
        now.candidates[1].path = before.candidates[1].path = (char *)"/a";
        assert_false(ends_pause(&before, &now));
        now.files[0] = (char *)"3";
        assert_true(ends_pause(&before, &now));
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_pause), cmocka_unit_test(test_not_compared) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
