/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <sys/stat.h>
#include <utime.h>

#include "kernel/interpreter.h"

static void refuse(const char *path, int error, const char *expected)
{
        const struct entry e = any_entry("x", path, 0);
        const char *reason = "";

        assert_int_equal(interpreter_check(path, &e, &reason), error);
        assert_non_null(strstr(reason, expected));
}

static void test_good(void **state)
{
        (void)state;
        const struct entry e = any_entry("x", "/bin/true", 0);
        const char *reason;

        assert_int_equal(interpreter_check("/bin/true", &e, &reason), 0);
        put_file("script", "#!/bin/sh\n");
        assert_int_equal(chmod("script", 0755), 0);
        assert_int_equal(interpreter_check("script", &e, &reason), 0);
}

static void test_bad(void **state)
{
        (void)state;
        put_file("file", "\177ELF and so on");
        put_file("garbage", "\001\002\003\004");
        put_file("empty", "");
        put_file("itself", "\177TEST");
        assert_int_equal(chmod("garbage", 0755), 0);
        assert_int_equal(chmod("empty", 0755), 0);
        assert_int_equal(mkdir("dir", 0755), 0);
        assert_int_equal(mkfifo("fifo", 0755), 0);
        assert_int_equal(symlink("loop", "loop"), 0);
        assert_int_equal(symlink("nowhere", "dangling"), 0);

        refuse("none", -ENOENT, "not installed");
        refuse("dangling", -ENOENT, "not installed");
        refuse("file/below", -ENOTDIR, "not a directory");
        refuse("loop", -ELOOP, "loop of symbolic links");
        refuse("dir", -EISDIR, "directory");
        refuse("fifo", -EACCES, "not a regular file");
        refuse("file", -EACCES, "not executable");
        refuse("/proc/self/comm", -EACCES, "not executable");
        refuse("garbage", -ENOEXEC, "neither an ELF program nor a script");
        refuse("empty", -ENOEXEC, "neither an ELF program nor a script");
}

/* An interpreter that its own entry matches would be its own interpreter, which the kernel calls ELOOP. */
static void test_itself(void **state)
{
        (void)state;
        struct entry e = any_entry("x", "elf", 0);
        const char *reason = "";

        e.magic = (uint8_t *)"\177ELF\7";
        put_file("elf", "\177ELF\7 and so on");
        assert_int_equal(chmod("elf", 0755), 0);
        assert_int_equal(interpreter_check("elf", &e, &reason), -ELOOP);
        assert_non_null(strstr(reason, "itself a program of this format"));
}

static void test_fingerprint(void **state)
{
        (void)state;
        _cleanup_free_ char *a = NULL, *b = NULL, *c = NULL, *d = NULL;

        put_file("i", "one");
        assert_int_equal(interpreter_fingerprint("i", &a), 0);
        assert_int_equal(interpreter_fingerprint("i", &b), 0);
        assert_string_equal(a, b);
        put_file("new", "two");
        assert_int_equal(rename("new", "i"), 0);
        assert_int_equal(interpreter_fingerprint("i", &c), 0);
        assert_string_not_equal(a, c);
        assert_int_equal(utime("i", &(struct utimbuf){ .modtime = 1 }), 0);
        assert_int_equal(interpreter_fingerprint("i", &d), 0);
        assert_string_not_equal(c, d);
        assert_int_equal(interpreter_fingerprint("none", &d), -ENOENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = { TEST(test_good), TEST(test_bad), TEST(test_itself), TEST(test_fingerprint) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
