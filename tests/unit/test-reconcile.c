/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <sys/stat.h>

#include "kernel/kernel.h"
#include "reconcile/reconcile.h"

static void test_decide(void **state)
{
        (void)state;
        struct entry on = any_entry("x", "/i", 0), off = on, other = any_entry("x", "/j", 0);
        struct entry fixed = any_entry("x", "/i", ENTRY_FIX_BINARY), fixed_on = fixed;

        on.enabled = other.enabled = fixed_on.enabled = true;
        const struct {
                struct situation s;
                enum reconcile_drift drift;
                enum reconcile_action action;
        } cases[] = {
                { { .want = &on }, DRIFT_MISSING, RECONCILE_REGISTER },
                { { .want = &on, .have = &on }, DRIFT_NONE, RECONCILE_NOTHING },
                { { .want = &on, .have = &off }, DRIFT_DISABLED, RECONCILE_ENABLE },
                { { .want = &on, .have = &other }, DRIFT_CHANGED, RECONCILE_REPLACE },
                { { .want = &on, .have = &other, .ours = true }, DRIFT_CHANGED, RECONCILE_REPLACE },
                { { .want = &fixed, .have = &fixed_on, .fresh = true }, DRIFT_NONE, RECONCILE_NOTHING },
                { { .want = &fixed, .have = &fixed_on }, DRIFT_STALE, RECONCILE_REPLACE },
                { { .want = &fixed, .have = &fixed_on, .shared = true }, DRIFT_NONE, RECONCILE_NOTHING },
                { { .want = &on, .have = &other, .shared = true }, DRIFT_CHANGED, RECONCILE_REPLACE },
                { { .want = &on, .have = &on, .shadowed = true }, DRIFT_SHADOWED, RECONCILE_REPLACE },
                { { .want = &on, .have = &off, .shadowed = true }, DRIFT_DISABLED, RECONCILE_ENABLE },
                { { .want = &on, .have = &other, .shadowed = true }, DRIFT_CHANGED, RECONCILE_REPLACE },
                { { .have = &on }, DRIFT_NONE, RECONCILE_NOTHING },
                { { .have = &on, .ours = true }, DRIFT_LEFT_OVER, RECONCILE_REMOVE },
                { { .have = &on, .ours = true, .keep = true }, DRIFT_NONE, RECONCILE_NOTHING },
                { { .ours = true }, DRIFT_NONE, RECONCILE_NOTHING },
                { { .keep = true }, DRIFT_NONE, RECONCILE_NOTHING },
        };
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                assert_int_equal(reconcile_find_drift(&cases[i].s), cases[i].drift);
                assert_int_equal(reconcile_decide(&cases[i].s), cases[i].action);
        }
}

/* Reconciles with the files in ./conf, and checks what is done about the format x. */
static void check(int fd, const char *only, enum reconcile_action action, bool active, size_t n_problems)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};
        _cleanup_(paths_done) struct paths paths = {};

        assert_int_equal(paths_set_confdirs(&paths, "conf"), 0);
        assert_int_equal(string_set(&paths.statedir, "state"), 0);
        assert_int_equal(string_set(&paths.procdir, "bm"), 0);
        assert_int_equal(catalog_load(&paths, &catalog, &problems), 0);
        assert_int_equal(reconcile(&paths, fd, &catalog, only, &report, &problems), 0);
        for (size_t i = 0; i < problems.n && problems.n != n_problems; i++)
                print_message("%s\n", problems.items[i].text);
        assert_int_equal(problems.n, n_problems);
        for (size_t i = 0; i < report.n; i++) {
                if (!streq(report.items[i].name, "x"))
                        continue;
                assert_int_equal(report.items[i].action, action);
                assert_int_equal(report.items[i].active, active);
                return;
        }
        assert_int_equal(action, RECONCILE_NOTHING);
        assert_false(active);
}

#define FIXED_INI(i) "[Format]\nMagic=" ANY_MAGIC "\nFlags=F\nInterpreter=1 " i "\n"

static void test_life(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();

        put_file("conf/x.conf", FIXED_INI("/bin/true"));
        check(fd, NULL, RECONCILE_REGISTER, true, 0);
        check(fd, NULL, RECONCILE_NOTHING, true, 0);
        assert_int_equal(kernel_set_enabled(fd, "x", false), 0);
        check(fd, NULL, RECONCILE_ENABLE, true, 0);
        put_file("conf/x.conf", FIXED_INI("/bin/sh"));
        check(fd, NULL, RECONCILE_REPLACE, true, 0);
        check(fd, NULL, RECONCILE_NOTHING, true, 0);
        put_file("conf/x.conf", FIXED_INI("/bin/sh") "Enabled=no\n");
        check(fd, NULL, RECONCILE_REMOVE, false, 0);
        check(fd, NULL, RECONCILE_NOTHING, false, 0);
        /* Another program removes all entries. */
        put_file("conf/x.conf", FIXED_INI("/bin/sh"));
        check(fd, NULL, RECONCILE_REGISTER, true, 0);
        assert_int_equal(kernel_remove(fd, "x"), 0);
        check(fd, NULL, RECONCILE_REGISTER, true, 0);
        /* The format goes. */
        assert_int_equal(unlink("conf/x.conf"), 0);
        check(fd, NULL, RECONCILE_REMOVE, false, 0);
        check(fd, NULL, RECONCILE_NOTHING, false, 0);
}

/* A file that has become unusable takes nothing away that works. */
static void test_broken_file(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();

        put_file("conf/x.conf", ANY_INI);
        check(fd, NULL, RECONCILE_REGISTER, true, 0);
        put_file("conf/x.conf", ANY_INI "rubbish\n");
        check(fd, NULL, RECONCILE_NOTHING, false, 1);
        assert_int_equal(faccessat(fd, "x", F_OK, 0), 0);
}

static void test_interpreter_comes_and_goes(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        _cleanup_free_ char *here = realpath(".", NULL), *ini = NULL;

        assert_int_equal(string_format(&ini, "[Format]\nMagic=" ANY_MAGIC "\nFlags=F\nInterpreter=1 %s/i\n", here), 0);
        put_file("conf/x.conf", ini);
        check(fd, NULL, RECONCILE_NOTHING, false, 0);
        put_file("i", "#!/bin/sh\n");
        assert_int_equal(chmod("i", 0755), 0);
        check(fd, NULL, RECONCILE_REGISTER, true, 0);

        /* Upgraded by rename, as packages do: the old file is pinned until the entry is made anew. */
        put_file("new", "#!/bin/sh\nexit 1\n");
        assert_int_equal(chmod("new", 0755), 0);
        assert_int_equal(rename("new", "i"), 0);
        check(fd, NULL, RECONCILE_REPLACE, true, 0);
        check(fd, NULL, RECONCILE_NOTHING, true, 0);

        /* An interpreter that is there and no good is a problem, and the entry that works is kept. That there is none is no
         * problem. */
        put_file("new", "garbage");
        assert_int_equal(chmod("new", 0755), 0);
        assert_int_equal(rename("new", "i"), 0);
        check(fd, NULL, RECONCILE_NOTHING, true, 1);
        assert_int_equal(unlink("i"), 0);
        check(fd, NULL, RECONCILE_REMOVE, false, 0);
}

static void test_other_peoples_entries(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        struct entry foreign = any_entry("y", "/bin/true", 0), same_name = any_entry("x", "/bin/true", 0);
        const char *reason = "";

        assert_int_equal(kernel_register(fd, &foreign, &reason), 0);
        assert_int_equal(kernel_register(fd, &same_name, &reason), 0);
        /* An entry with the name of a format, that we neither want nor registered, stays unless the user says otherwise. */
        put_file("conf/x.conf", FIXED_INI("/bin/true") "Enabled=no\n");
        check(fd, NULL, RECONCILE_NOTHING, true, 0);
        check(fd, "x", RECONCILE_REMOVE, false, 0);
        assert_int_equal(kernel_register(fd, &same_name, &reason), 0);
        put_file("conf/x.conf", FIXED_INI("/bin/true"));
        check(fd, NULL, RECONCILE_REPLACE, true, 0);
        assert_int_equal(unlink("conf/x.conf"), 0);
        check(fd, NULL, RECONCILE_REMOVE, false, 0);
        assert_int_equal(faccessat(fd, "y", F_OK, 0), 0);
}

/* An entry that another program made in the place of ours is not ours to remove. */
static void test_taken_over(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        struct entry theirs = any_entry("x", "/bin/sh", 0);
        const char *reason = "";

        put_file("conf/x.conf", FIXED_INI("/bin/true"));
        check(fd, NULL, RECONCILE_REGISTER, true, 0);
        assert_int_equal(kernel_remove(fd, "x"), 0);
        assert_int_equal(kernel_register(fd, &theirs, &reason), 0);
        assert_int_equal(unlink("conf/x.conf"), 0);
        check(fd, NULL, RECONCILE_NOTHING, true, 0);
        assert_int_equal(faccessat(fd, "x", F_OK, 0), 0);
}

static void test_without_records(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();

        put_file("state", "a file where the directory should be");
        put_file("conf/x.conf", ANY_INI);
        check(fd, NULL, RECONCILE_REGISTER, true, 1);
        check(fd, NULL, RECONCILE_NOTHING, true, 1);
}

/* A plan says what would be done, and does nothing. */
static void test_plan(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};
        _cleanup_(paths_done) struct paths paths = {};

        put_file("conf/x.conf", ANY_INI);
        assert_int_equal(paths_set_confdirs(&paths, "conf"), 0);
        assert_int_equal(string_set(&paths.statedir, "state"), 0);
        assert_int_equal(catalog_load(&paths, &catalog, &problems), 0);
        assert_int_equal(reconcile_plan(&paths, fd, &catalog, NULL, &report, &problems), 0);
        assert_int_equal(problems.n, 0);
        assert_int_equal(report.n, 1);
        assert_int_equal(report.items[0].drift, DRIFT_MISSING);
        assert_int_equal(report.items[0].action, RECONCILE_REGISTER);
        assert_false(report.items[0].active);
        assert_int_equal(faccessat(fd, "x", F_OK, 0), -1);
        assert_int_equal(access("state", F_OK), -1);
}

/* The temporary entry that a killed replacement left goes, but not before the entry itself is there. */
static void test_interrupted_replacement(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        struct entry temporary = any_entry(ENTRY_TEMPORARY_NAME, "/bin/true", 0);
        const char *reason = "";

        assert_int_equal(kernel_register(fd, &temporary, &reason), 0);
        put_file("conf/x.conf", "[Format]\nMagic=" ANY_MAGIC "\nInterpreter=1 /etc\n");
        check(fd, NULL, RECONCILE_NOTHING, false, 1);
        assert_int_equal(faccessat(fd, ENTRY_TEMPORARY_NAME, F_OK, 0), 0);
        put_file("conf/x.conf", ANY_INI);
        check(fd, NULL, RECONCILE_REGISTER, true, 0);
        assert_int_equal(faccessat(fd, ENTRY_TEMPORARY_NAME, F_OK, 0), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_decide),
                TEST(test_life),
                TEST(test_broken_file),
                TEST(test_interpreter_comes_and_goes),
                TEST(test_other_peoples_entries),
                TEST(test_taken_over),
                TEST(test_without_records),
                TEST(test_plan),
                TEST(test_interrupted_replacement),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
