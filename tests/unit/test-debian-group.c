/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several formats of Debian's database together, and formats that are disabled for a while. */
#include "support.h"

#include <errno.h>
#include <sys/stat.h>

#include "formats/catalog.h"
#include "debian/debian-group.h"
#include "formats/override.h"
#include "formats/pause.h"

/* name, type, magic, mask, detector */
static const char *const texts[][5] = {
        { "a", "magic", "AB", "", "" },           { "b", "magic", "\\x41B", "\\xff\\xff", "" },
        { "c", "magic", "AC", "", "/bin/true" },  { "d", "magic", "AD", "", "" },
        { "e", "extension", "AB", "", "" },       { "f", "magic", "A?", "\\xff\\x00", "/bin/false" },
        { "g", "magic", "A?", "\\xff\\x00", "" }, { "broken", "magic", "AB", "x", "" },
};

static void make_formats(struct debian_formats *ret)
{
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                enum debian_field missing;
                _cleanup_free_ char *text = NULL;
                assert_int_equal(array_grow(&ret->items, ret->n, sizeof(*ret->items)), 0);
                assert_int_equal(string_format(&text, ":\n%s\n0\n%s\n%s\n/bin/%s\n%s\n", texts[i][1], texts[i][2], texts[i][3],
                                               texts[i][0], texts[i][4]),
                                 0);
                assert_int_equal(debian_db_parse(text, texts[i][0], &ret->items[ret->n++], &missing), 0);
        }
}

/* The helper is the interpreter of formats with a detector, and of formats for the same files, whatever their magics look like as
 * text. */
static void test_helper(void **state)
{
        (void)state;
        _cleanup_(debian_formats_done) struct debian_formats all = {};
        static const char *const expected[] = { "/helper", "/helper", "/helper", "/bin/d", "/bin/e", "/helper", "/helper" };
        enum debian_field field;
        const char *reason;

        make_formats(&all);
        for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
                _cleanup_(entry_done) struct entry e = {};
                assert_int_equal(debian_formats_make_entry(&all, &all.items[i], "/helper", &e, &field, &reason), 0);
                assert_string_equal(e.interpreter, expected[i]);
                assert_int_equal(e.flags, streq(expected[i], "/helper") ? ENTRY_PRESERVE_ARGV0 | ENTRY_OPEN_BINARY : 0);
        }
        _cleanup_(entry_done) struct entry e = {};
        const struct debian_format *broken = debian_formats_find(&all, "broken");
        assert_int_equal(debian_formats_make_entry(&all, broken, "/helper", &e, &field, &reason), -EINVAL);
        assert_int_equal(field, DEBIAN_MASK);
        assert_null(debian_formats_find(&all, "nope"));
}

static void assert_matches(const struct debian_formats *all, const char *head, const char *path, const char *names)
{
        _cleanup_(debian_matches_done) struct debian_matches m = {};
        _cleanup_(problems_done) struct problems problems = {};
        char got[40] = "";

        assert_int_equal(debian_formats_match(all, (const uint8_t *)head, strlen(head), path, &m, &problems), 0);
        assert_int_equal(problems.n, 0);
        for (size_t i = 0; i < m.n; i++)
                strcat(got, m.items[i]->name);
        assert_string_equal(got, names);
}

/* A format whose detector says yes comes first; one whose detector says no does not come at all. */
static void test_match(void **state)
{
        (void)state;
        _cleanup_(debian_formats_done) struct debian_formats all = {};

        make_formats(&all);
        assert_matches(&all, "AB...", "file", "abg");
        assert_matches(&all, "AC", "file", "cg");
        assert_matches(&all, "AD", "x.AB", "deg");
        assert_matches(&all, "A", "file", "g");
        assert_matches(&all, "", "file.ab", "");
}

/* A detector that gives no answer accepts nothing, and that is noted. A script needs no #!. */
static void test_detectors_that_fail(void **state)
{
        (void)state;
        _cleanup_(debian_formats_done) struct debian_formats all = {};
        _cleanup_(debian_matches_done) struct debian_matches m = {};
        _cleanup_(problems_done) struct problems problems = {};
        static const char *const detectors[] = { "/nonexistent", "/", "/proc/self/cwd/killed", "/proc/self/cwd/script" };

        put_file("killed", "#!/bin/sh\nkill -9 $$\n");
        put_file("script", "test \"$1\" = file");
        assert_int_equal(chmod("killed", 0755), 0);
        assert_int_equal(chmod("script", 0755), 0);
        make_formats(&all);
        for (size_t i = 0; i < ARRAY_SIZE(detectors); i++)
                assert_int_equal(debian_format_set(&all.items[i], DEBIAN_DETECTOR, detectors[i]), 0);
        assert_int_equal(debian_format_set(&all.items[2], DEBIAN_MAGIC, "AB"), 0);
        assert_int_equal(debian_format_set(&all.items[3], DEBIAN_MAGIC, "AB"), 0);
        assert_int_equal(debian_formats_match(&all, (const uint8_t *)"AB", 2, "file", &m, &problems), 0);
        assert_int_equal(m.n, 2);
        assert_string_equal(m.items[0]->name, "d");
        assert_string_equal(m.items[1]->name, "g");
        assert_problem(&problems, 0, 3, "can't execute /nonexistent: No such file or directory");
        assert_problem(&problems, 1, 3, "can't execute /: Permission denied");
        assert_problem(&problems, 2, 3, "/proc/self/cwd/killed: Killed");
}

static bool is_enabled(const struct paths *paths)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog catalog = {};

        assert_int_equal(catalog_load(paths, &catalog, &problems), 0);
        const struct format *f = catalog_find(&catalog, "x");
        assert_non_null(f);
        return f->enabled;
}

static void test_pause(void **state)
{
        (void)state;
        _cleanup_(paths_done) struct paths paths = {};
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        struct stat st;

        assert_int_equal(paths_init(&paths), 0);
        assert_int_equal(paths_set_confdirs(&paths, "vendor:run:etc"), 0);
        assert_int_equal(string_set(&paths.admindir, "none"), 0);
        assert_int_equal(paths_set_binfmt_d(&paths, ""), 0);
        put_file("vendor/x.conf", ANY_INI);

        assert_int_equal(pause_remove(&paths, "x"), 0);
        assert_int_equal(pause_write(&paths, "x"), 0);
        assert_false(is_enabled(&paths));
        assert_int_equal(pause_remove(&paths, "x"), 0);
        assert_true(is_enabled(&paths));
        assert_int_equal(stat("run/x.conf.d", &st), -1);

        /* Where the administrator enables the format, that ends. */
        assert_int_equal(pause_write(&paths, "x"), 0);
        assert_int_equal(catalog_load(&paths, &catalog, &problems), 0);
        assert_int_equal(override_choose(&paths, catalog_find(&catalog, "x"), true), 0);
        assert_true(is_enabled(&paths));
        assert_int_equal(stat("etc/x.conf.d", &st), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = { TEST(test_helper), TEST(test_match), TEST(test_detectors_that_fail),
                                            TEST(test_pause) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
