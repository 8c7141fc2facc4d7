/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "formats/catalog.h"
#include "formats/override.h"
#include "formats/verify.h"

static void load(struct catalog *ret, struct problems *problems)
{
        _cleanup_(paths_done) struct paths paths = {};

        assert_int_equal(paths_set_confdirs(&paths, "usr:run:etc"), 0);
        assert_int_equal(catalog_load(&paths, ret, problems), 0);
}

static void test_order_and_replacement(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        put_file("usr/b.conf", ANY_INI);
        put_file("usr/a.conf", ANY_INI);
        put_file("etc/a.conf", ANY_INI "Package=mine\n");
        put_file("usr/README", "not one of ours");
        put_file("usr/.hidden.conf", "nor this");
        put_file("usr/.conf", "nor this");
        load(&c, &problems);
        assert_int_equal(problems.n, 0);
        assert_int_equal(c.n, 2);
        assert_string_equal(c.formats[0].entry.name, "a");
        assert_string_equal(c.formats[0].package, "mine");
        assert_string_equal(c.formats[1].entry.name, "b");
        assert_ptr_equal(catalog_find(&c, "b"), &c.formats[1]);
        assert_null(catalog_find(&c, "README"));
}

static void test_masked(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        put_file("usr/a.conf", ANY_INI);
        put_file("etc/other.conf", ANY_INI);
        assert_int_equal(symlink("/dev/null", "etc/a.conf"), 0);
        load(&c, &problems);
        assert_int_equal(c.n, 1);
        assert_null(catalog_find(&c, "a"));
        assert_int_equal(problems.n, 0);
}

static void test_bad_file_harms_no_other(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        put_file("usr/a.conf", ANY_INI);
        put_file("usr/b.conf", "[Format]\nMagic=\\n\n");
        put_file("usr/c.conf", ANY_INI);
        put_file("usr/status.conf", ANY_INI);
        assert_int_equal(symlink("nowhere", "usr/d.conf"), 0);
        load(&c, &problems);
        assert_int_equal(c.n, 2);
        assert_problem(&problems, 0, 3, "usr/b.conf:2: Magic=");
        assert_problem(&problems, 1, 3, "usr/d.conf: No such file");
        assert_problem(&problems, 2, 3, "usr/status.conf: the names register and status");
        assert_true(catalog_is_broken(&c, "b"));
        assert_true(catalog_is_broken(&c, "d"));
        assert_false(catalog_is_broken(&c, "a"));
}

static void test_drop_ins(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        put_file("usr/a.conf", ANY_INI);
        put_file("usr/a.conf.d/10.conf", "[Format]\nPackage=ten\nFlags=P\n");
        put_file("run/a.conf.d/20.conf", "[Format]\nPackage=twenty\n");
        put_file("etc/a.conf.d/20.conf", "[Format]\nPackage=mine\n");
        put_file("etc/a.conf.d/30.conf", "[Format]\nPackage=\nFlags=nonsense\n");
        load(&c, &problems);
        assert_int_equal(c.n, 1);
        assert_string_equal(c.formats[0].package, "mine");
        assert_int_equal(c.formats[0].entry.flags, ENTRY_PRESERVE_ARGV0);
        assert_problem(&problems, 0, 1, "etc/a.conf.d/30.conf:3: Flags=");
}

static void test_override(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog off = {}, on = {};
        _cleanup_(paths_done) struct paths paths = {};

        put_file("usr/a.conf", ANY_INI);
        assert_int_equal(paths_set_confdirs(&paths, "usr:etc/sub"), 0);
        assert_int_equal(override_remove(&paths, "a"), 0);
        assert_int_equal(override_write(&paths, "a", false), 0);
        assert_int_equal(catalog_load(&paths, &off, &problems), 0);
        assert_false(off.formats[0].enabled);
        assert_int_equal(override_remove(&paths, "a"), 0);
        assert_int_equal(access("etc/sub/a.conf.d", F_OK), -1);
        assert_int_equal(catalog_load(&paths, &on, &problems), 0);
        assert_true(on.formats[0].enabled);
        assert_int_equal(problems.n, 0);
}

/* The directories that exist only have what they should; none at all is no error. */
static void test_nothing(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        load(&c, &problems);
        assert_int_equal(c.n, 0);
        assert_int_equal(problems.n, 0);
}

#define FOLLOWS(name) "[Format]\nMagic=OTHER\nFollows=" name "\n"

static const struct format *find(const struct catalog *c, const char *name)
{
        const struct format *f = catalog_find(c, name);

        assert_non_null(f);
        return f;
}

/* A format that follows another, directly or by way of a third, has interpreters, flags and choice from that one, as drop-ins
 * have made them. */
static void test_follows(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {}, off = {}, copy_of = {};
        _cleanup_(format_done) struct format copy = {};
        static const char *const names[] = { "a", "c" };

        put_file("usr/b.conf", "[Format]\nMagic=OURS\nFlags=C\nInterpreter=1 /bin/true\n");
        put_file("usr/a.conf", FOLLOWS("b"));
        put_file("usr/c.conf", FOLLOWS("a"));
        put_file("etc/b.conf.d/1.conf", "[Format]\nFlags=PF\nInterpreter=2 /bin/false\nUse=/bin/true\n");
        load(&c, &problems);
        assert_int_equal(problems.n, 0);
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                const struct format *f = find(&c, names[i]);
                assert_true(f->enabled && !f->held);
                assert_int_equal(f->entry.flags, ENTRY_PRESERVE_ARGV0 | ENTRY_FIX_BINARY);
                assert_int_equal(f->n_candidates, 2);
                assert_string_equal(f->candidates[0].path, "/bin/false");
                assert_string_equal(f->use, "/bin/true");
                assert_memory_equal(f->entry.magic, "OTHER", 5);
                assert_string_equal(f->followed.name, "b");
                assert_true(catalog_follows(&c, f, "b"));
        }
        assert_true(catalog_follows(&c, find(&c, "c"), "a"));
        assert_false(catalog_follows(&c, find(&c, "a"), "c"));
        assert_false(catalog_follows(&c, find(&c, "b"), "b"));
        assert_int_equal(format_copy(find(&c, "c"), &copy), 0);
        assert_string_equal(copy.follows, "a");
        assert_string_equal(copy.followed.name, "b");

        put_file("etc/a.conf.d/1.conf", "[Format]\nEnabled=no\n");
        load(&off, &problems);
        assert_true(find(&off, "b")->enabled);
        assert_false(format_is_chosen(find(&off, "a")));
        assert_true(find(&off, "c")->held && !find(&off, "c")->enabled);

        put_file("etc/a.conf.d/1.conf", "[Format]\nFollows=\nInterpreter=1 /bin/true\n");
        load(&copy_of, &problems);
        assert_int_equal(problems.n, 0);
        assert_null(find(&copy_of, "a")->follows);
        assert_int_equal(find(&copy_of, "c")->n_candidates, 1);
        assert_int_equal(find(&copy_of, "c")->entry.flags, 0);
}

static void test_follows_nothing(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {}, more = {};
        _cleanup_(catalog_done) struct catalog c = {}, later = {};

        put_file("usr/a.conf", FOLLOWS("b"));
        put_file("usr/b.conf", FOLLOWS("a"));
        put_file("usr/itself.conf", FOLLOWS("itself"));
        put_file("usr/of-a-loop.conf", FOLLOWS("a"));
        put_file("usr/of-none.conf", FOLLOWS("none"));
        put_file("usr/of-that.conf", FOLLOWS("of-none"));
        put_file("usr/of-masked.conf", FOLLOWS("masked"));
        put_file("usr/masked.conf", ANY_INI);
        put_file("etc/x.conf", ANY_INI);
        assert_int_equal(symlink("/dev/null", "etc/masked.conf"), 0);
        load(&c, &problems);
        assert_int_equal(c.n, 1);
        assert_string_equal(c.formats[0].entry.name, "x");
        assert_problem(&problems, 0, 6, "usr/a.conf:3: Follows=: a follows itself, by way of b");
        assert_problem(&problems, 1, 6, "usr/b.conf:3: Follows=: b follows itself, by way of a");
        assert_problem(&problems, 2, 6, "usr/itself.conf:3: Follows=: itself follows itself, by way of itself");
        assert_problem(&problems, 3, 6, "usr/of-a-loop.conf:3: Follows=: of-a-loop follows itself, by way of a");
        assert_problem(&problems, 4, 6, "usr/of-none.conf:3: Follows=: there is no format none");
        assert_problem(&problems, 5, 6, "usr/of-that.conf:3: Follows=: there is no format none");
        assert_true(catalog_is_broken(&c, "a") && catalog_is_broken(&c, "b") && catalog_is_broken(&c, "itself"));
        /* It is known what these formats would be: nothing. */
        assert_false(catalog_is_broken(&c, "of-none") || catalog_is_broken(&c, "of-masked"));

        /* Here it is not known. */
        put_file("usr/none.conf", "[Format]\n");
        load(&later, &more);
        assert_true(catalog_is_broken(&later, "of-none") && catalog_is_broken(&later, "of-that"));
}

/* A format that cannot be used with what it follows takes those with it that follow it, as when it could not be read. */
static void test_follows_unusable(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};
        _cleanup_free_ char *leader = NULL, *bytes = NULL, *follower = NULL;
        char name[160], line[28 * 4 + 1] = "";

        for (size_t i = 0; i + 1 < sizeof(line); i += 4)
                memcpy(line + i, "\\x01", 4);
        memset(name, 'i', sizeof(name) - 1);
        name[sizeof(name) - 1] = '\0';
        assert_int_equal(string_format(&leader, "[Format]\nMagic=B\nInterpreter=1 /%s\n", name), 0);
        for (int i = 0; i < 8; i++) {
                _cleanup_free_ char *before = bytes;
                assert_int_equal(string_format(&bytes, "%s  %s\n", before ? before : "\n", line), 0);
        }
        /* This is short enough for the kernel with a short path of an interpreter. */
        assert_int_equal(string_format(&follower, "[Format]\nFollows=b\nMagic=%sMask=%s", bytes, bytes), 0);
        put_file("usr/b.conf", leader);
        put_file("usr/a.conf", follower);
        put_file("usr/c.conf", FOLLOWS("a"));
        load(&c, &problems);
        assert_problem(&problems, 0, 1, "together exceed the 1920 bytes");
        assert_int_equal(c.n, 1);
        assert_true(catalog_is_broken(&c, "a") && catalog_is_broken(&c, "c"));
}

/* What a format has from the one that it follows is not there any more when a drop-in ends that: reading and verifying agree. */
static void test_follows_no_more(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {}, verified = {};
        _cleanup_(catalog_done) struct catalog c = {};
        _cleanup_(paths_done) struct paths paths = {};
        enum file_kind kind;

        put_file("usr/b.conf", ANY_INI "Flags=P\n");
        put_file("usr/a.conf", FOLLOWS("b"));
        put_file("etc/a.conf.d/1.conf", "[Format]\nFollows=\n");
        load(&c, &problems);
        assert_problem(&problems, 0, 1, "etc/a.conf.d/1.conf: no interpreter is given");
        assert_string_equal(find(&c, "a")->follows, "b");
        assert_int_equal(paths_set_confdirs(&paths, "usr:etc"), 0);
        assert_int_equal(verify_file(&paths, "etc/a.conf.d/1.conf", &kind, &verified), -EINVAL);
        assert_int_equal(kind, FILE_DROP_IN);
        assert_problem(&verified, 0, 1, "etc/a.conf.d/1.conf: no interpreter is given");
}

static void test_follows_and_has(void **state)
{
        (void)state;
        static const char *const theirs[] = { "Flags=P", "Interpreter=1 /bin/true", "Use=/bin/true" };

        put_file("usr/b.conf", ANY_INI);
        put_file("usr/handler.conf", "[Format]\nHandler=x\n");
        for (size_t i = 0; i <= ARRAY_SIZE(theirs); i++) {
                _cleanup_(problems_done) struct problems problems = {};
                _cleanup_(catalog_done) struct catalog c = {};
                _cleanup_free_ char *text = NULL;
                bool more = i < ARRAY_SIZE(theirs);
                assert_int_equal(string_format(&text, FOLLOWS("%s") "%s\n", more ? "b" : "handler", more ? theirs[i] : ""), 0);
                put_file("usr/a.conf", text);
                load(&c, &problems);
                assert_problem(&problems, 0, 1,
                               more ? "a format that follows another (Follows=b) has this from there"
                                    : "usr/a.conf:3: Follows=: handler has a BPF handler");
                assert_true(catalog_is_broken(&c, "a"));
        }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_order_and_replacement),
                TEST(test_masked),
                TEST(test_bad_file_harms_no_other),
                TEST(test_drop_ins),
                TEST(test_override),
                TEST(test_nothing),
                TEST(test_follows),
                TEST(test_follows_nothing),
                TEST(test_follows_and_has),
                TEST(test_follows_unusable),
                TEST(test_follows_no_more),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
