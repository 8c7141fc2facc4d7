/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "kernel/match.h"
#include "kernel/shebang.h"

static struct entry magic(unsigned offset, const char *bytes, const char *mask, size_t size)
{
        return (struct entry){
                .name = (char *)"x", .offset = offset, .magic = (uint8_t *)bytes, .mask = (uint8_t *)mask, .magic_size = size
        };
}

static void test_bytes(void **state)
{
        (void)state;
        const struct entry e = magic(1, "AB\0", "\xff\xdf\xff", 3);
        _cleanup_(match_done) struct match good = {}, bad = {}, short_file = {};

        assert_int_equal(match_entry(&e, (const uint8_t *)"xAb\0", 4, "f", &good), 0);
        assert_true(good.matches);
        assert_int_equal(good.n, 3);
        assert_int_equal(good.bytes[1].offset, 2);
        assert_int_equal(good.bytes[1].file, 'b');
        assert_int_equal(good.bytes[1].mask, 0xdf);
        assert_int_equal(good.bytes[1].magic, 'B');
        assert_true(good.bytes[1].equal);

        assert_int_equal(match_entry(&e, (const uint8_t *)"xAC\0", 4, "f", &bad), 0);
        assert_false(bad.matches);
        assert_int_equal(bad.first_difference, 1);

        /* The kernel compares zeros behind the end of a file. */
        assert_int_equal(match_entry(&e, (const uint8_t *)"xAB", 3, "f", &short_file), 0);
        assert_true(short_file.matches);
        assert_false(short_file.bytes[2].in_file);
}

static void test_near(void **state)
{
        (void)state;
        const struct entry e = magic(0, "\177ELF\2\1", NULL, 6), masked = magic(0, "ABCDE", "\0\0\xff\xff\xff", 5);
        _cleanup_(match_done) struct match near = {}, far = {}, few = {};

        assert_int_equal(match_entry(&e, (const uint8_t *)"\177ELF\1\1", 6, "f", &near), 0);
        assert_true(match_is_near(&near));
        assert_int_equal(match_entry(&e, (const uint8_t *)"\177ELX\1\1", 6, "f", &far), 0);
        assert_false(match_is_near(&far));
        /* Bytes that the mask hides do not make a file near. */
        assert_int_equal(match_entry(&masked, (const uint8_t *)"ABCDX", 5, "f", &few), 0);
        assert_false(match_is_near(&few));
}

static bool extension_matches(const char *extension, const char *path)
{
        const struct entry e = { .type = ENTRY_EXTENSION, .extension = (char *)extension };
        _cleanup_(match_done) struct match m = {};

        assert_int_equal(match_entry(&e, (const uint8_t *)"", 0, path, &m), 0);
        return m.matches;
}

static void test_extension(void **state)
{
        (void)state;
        assert_true(extension_matches("foo", "/a/b.foo"));
        assert_true(extension_matches("foo", "b.bar.foo"));
        assert_false(extension_matches("foo", "b.foo.bar"));
        assert_false(extension_matches("foo", "b.FOO"));
        assert_false(extension_matches("foo", "foo"));
        assert_false(extension_matches("foo", "a.foo/b"));
}

static void test_overlap(void **state)
{
        (void)state;
        const struct entry elf = magic(0, "\177ELF", NULL, 4), arm = magic(0, "\177ELF\1", NULL, 5),
                           any = magic(4, "\2", NULL, 1), masked = magic(3, "G", "\xfe", 1);

        assert_true(entries_overlap(&elf, &arm));
        assert_true(entries_overlap(&arm, &elf));
        assert_false(entries_overlap(&arm, &any));
        assert_true(entries_overlap(&elf, &any));
        assert_true(entries_overlap(&elf, &masked));
}

static void test_covers(void **state)
{
        (void)state;
        const struct entry elf = magic(0, "\177ELF", NULL, 4), arm = magic(0, "\177ELF\1", NULL, 5),
                           later = magic(1, "ELF", NULL, 3), masked = magic(0, "\177ELF\1", "\377\377\377\377\0", 5),
                           loose = magic(0, "\177ELF", "\377\377\377\376", 4);
        const struct entry foo = { .type = ENTRY_EXTENSION, .extension = (char *)"foo" };
        const struct entry bar = { .type = ENTRY_EXTENSION, .extension = (char *)"bar" };

        assert_true(entry_covers(&elf, &elf));
        assert_true(entry_covers(&elf, &arm));
        assert_false(entry_covers(&arm, &elf));
        assert_true(entry_covers(&later, &elf));
        assert_false(entry_covers(&elf, &later));
        assert_true(entry_covers(&masked, &elf));
        assert_true(entry_covers(&loose, &elf));
        assert_false(entry_covers(&elf, &loose));
        assert_true(entry_covers(&foo, &foo));
        assert_false(entry_covers(&foo, &bar));
        assert_false(entry_covers(&foo, &elf));
        assert_false(entry_covers(&elf, &foo));
}

static void check_shebang(const char *head, int expected, const char *interpreter, const char *argument)
{
        _cleanup_free_ char *i = NULL, *a = NULL;

        assert_int_equal(shebang_parse((const uint8_t *)head, strlen(head), &i, &a), expected);
        assert_true(streq_null(i, interpreter));
        assert_true(streq_null(a, argument));
}

/* The scripts that the kernel runs are also run by the end-to-end tests. */
static void test_shebang(void **state)
{
        (void)state;
        char long_path[300] = "#!/", long_argument[300] = "#!/x ";

        check_shebang("#!/bin/sh\necho", 0, "/bin/sh", NULL);
        check_shebang("#! \t/bin/sh \t a  b\t\n", 0, "/bin/sh", "a  b");
        check_shebang("#!/bin/sh", 0, "/bin/sh", NULL);
        check_shebang("#!/bin/sh\r\n", 0, "/bin/sh\r", NULL);
        check_shebang("#!\n", -ENOENT, NULL, NULL);
        check_shebang("#!   ", -ENOENT, NULL, NULL);
        check_shebang("#", -ENOEXEC, NULL, NULL);
        check_shebang("\n#!/bin/sh", -ENOEXEC, NULL, NULL);
        memset(long_path + 3, 'x', 296);
        check_shebang(long_path, -ENAMETOOLONG, NULL, NULL);
        memset(long_argument + 5, 'x', 294);
        _cleanup_free_ char *cut = strndup(long_argument + 5, 256 - 5);
        check_shebang(long_argument, 0, "/x", cut);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_bytes),   cmocka_unit_test(test_near),   cmocka_unit_test(test_extension),
                cmocka_unit_test(test_overlap), cmocka_unit_test(test_covers), cmocka_unit_test(test_shebang),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
