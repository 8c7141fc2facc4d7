/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's interface against a real binfmt_misc, in a user namespace of its own. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "kernel/kernel.h"

static void test_register_and_read(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        _cleanup_(entry_done) struct entry back = {};
        struct entry e = any_entry("x", "/bin/true", ENTRY_CREDENTIALS | ENTRY_FIX_BINARY);
        const char *reason = "";

        e.offset = 3;
        e.mask = (uint8_t *)"\xff\x00:\n\xfe";
        assert_int_equal(kernel_register(fd, &e, &reason), 0);
        assert_int_equal(kernel_read(fd, "x", &back), 0);
        assert_true(entry_equal(&e, &back));
        assert_true(back.enabled);
        /* C reads back as OC. */
        assert_int_equal(back.flags, ENTRY_OPEN_BINARY | ENTRY_CREDENTIALS | ENTRY_FIX_BINARY);

        assert_int_equal(kernel_register(fd, &e, &reason), -EEXIST);
        assert_string_equal(reason, "an entry of this name exists");
        assert_int_equal(kernel_read(fd, "y", &back), -ENOENT);
        assert_int_equal(kernel_read(fd, "status", &back), -ENOENT);
}

static void test_every_byte(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        _cleanup_(entry_done) struct entry back = {};
        struct entry e = any_entry("x:y z\xc3\xa9", "/bin/true", 0);
        uint8_t all[256];
        const char *reason = "";

        for (size_t i = 0; i < sizeof(all); i++)
                all[i] = (uint8_t)i;
        e.magic = all;
        e.magic_size = sizeof(all);
        assert_int_equal(kernel_register(fd, &e, &reason), 0);
        assert_int_equal(kernel_read(fd, e.name, &back), 0);
        assert_int_equal(back.magic_size, sizeof(all));
        assert_memory_equal(back.magic, all, sizeof(all));
}

static void test_extension(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        _cleanup_(entry_done) struct entry back = {};
        struct entry e = { .name = (char *)"x",
                           .type = ENTRY_EXTENSION,
                           .extension = (char *)"foo.bar",
                           .interpreter = (char *)"/bin/true",
                           .flags = ENTRY_PRESERVE_ARGV0 };
        const char *reason = "";

        assert_int_equal(kernel_register(fd, &e, &reason), 0);
        assert_int_equal(kernel_read(fd, "x", &back), 0);
        assert_true(entry_equal(&e, &back));
}

static void test_states(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        _cleanup_(entries_done) struct entries list = {};
        struct entry x = any_entry("x", "/bin/true", 0), y = any_entry("y", "/bin/true", 0);
        const char *reason = "";

        assert_int_equal(kernel_register(fd, &x, &reason), 0);
        assert_int_equal(kernel_register(fd, &y, &reason), 0);
        assert_int_equal(kernel_set_enabled(fd, "x", false), 0);
        assert_int_equal(kernel_list(fd, &list), 0);
        assert_int_equal(list.n, 2);
        assert_false(entries_find(&list, "x")->enabled);
        assert_true(entries_find(&list, "y")->enabled);
        assert_int_equal(kernel_set_enabled(fd, "x", true), 0);
        assert_int_equal(kernel_set_enabled(fd, "z", true), -ENOENT);
        assert_int_equal(kernel_remove(fd, "x"), 0);
        assert_int_equal(kernel_remove(fd, "x"), 0);
        assert_int_equal(faccessat(fd, "x", F_OK, 0), -1);
        assert_int_equal(faccessat(fd, "y", F_OK, 0), 0);
}

/* Commands that remove or disable an entry would do so to all entries if they were written to the wrong file. */
static void test_status_is_never_written(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        struct entry x = any_entry("x", "/bin/true", 0);
        const char *reason = "";

        assert_int_equal(kernel_register(fd, &x, &reason), 0);
        assert_int_equal(kernel_remove(fd, "status"), -EINVAL);
        assert_int_equal(kernel_remove(fd, "register"), -EINVAL);
        assert_int_equal(kernel_remove(fd, "../bm/status"), -EINVAL);
        assert_int_equal(kernel_set_enabled(fd, "status", false), -EINVAL);
        assert_int_equal(faccessat(fd, "x", F_OK, 0), 0);
        assert_int_equal(kernel_enabled(fd), 1);
}

static void test_replace(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        _cleanup_(entries_done) struct entries before = {}, after = {};
        struct entry old = any_entry("x", "/bin/true", ENTRY_FIX_BINARY);
        struct entry new = any_entry("x", "/bin/false", ENTRY_FIX_BINARY);
        struct entry missing = any_entry("x", "/bin/no-such-file", ENTRY_FIX_BINARY);
        struct entry left_over = any_entry(ENTRY_TEMPORARY_NAME, "/bin/true", 0);
        const char *reason = "";

        assert_int_equal(kernel_register(fd, &old, &reason), 0);
        assert_int_equal(kernel_register(fd, &left_over, &reason), 0);

        /* A replacement that the kernel refuses leaves the old one, and nothing else. */
        assert_int_equal(kernel_replace(fd, &missing, &reason), -ENOENT);
        assert_string_equal(reason, "the interpreter does not exist");
        assert_int_equal(kernel_list(fd, &before), 0);
        assert_int_equal(before.n, 1);
        assert_true(entry_equal(&before.items[0], &old));

        assert_int_equal(kernel_replace(fd, &new, &reason), 0);
        assert_int_equal(kernel_list(fd, &after), 0);
        assert_int_equal(after.n, 1);
        assert_true(entry_equal(&after.items[0], &new));
}

static int enter_image(void *userdata)
{
        return chroot(userdata) < 0 || chdir("/") < 0 ? -errno : 0;
}

static int run_once(const char *path);

/* The entry shows one path, and executes what another root has there. */
static void test_replace_from(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        struct entry e = any_entry("x", "/bin/true", ENTRY_FIX_BINARY), loose = any_entry("x", "/bin/true", 0);
        _cleanup_(entry_done) struct entry have = {};
        const char *reason = "";

        put_file("root/bin/true", "#!/bin/false\n");
        put_file("program", "\177TEST");
        assert_int_equal(chmod("root/bin/true", 0755) | chmod("program", 0755), 0);
        assert_int_equal(kernel_register(fd, &e, &reason), 0);
        assert_int_equal(run_once("./program"), 0);
        assert_int_equal(kernel_replace_from(fd, &loose, enter_image, (char *)"root", &reason), -EINVAL);
        assert_int_equal(kernel_replace_from(fd, &e, enter_image, (char *)"no-root", &reason), -ENOENT);
        assert_int_equal(run_once("./program"), 0);
        assert_int_equal(kernel_replace_from(fd, &e, enter_image, (char *)"root", &reason), 0);
        assert_int_equal(run_once("./program"), 1);
        assert_int_equal(kernel_read(fd, "x", &have), 0);
        assert_true(entry_equal(&e, &have));
        assert_int_equal(faccessat(fd, ENTRY_TEMPORARY_NAME, F_OK, 0), -1);
        /* What somebody has removed does not come back. */
        assert_int_equal(kernel_remove(fd, "x"), 0);
        assert_int_equal(kernel_replace_from(fd, &e, enter_image, (char *)"root", &reason), -ESTALE);
        assert_int_equal(faccessat(fd, "x", F_OK, 0), -1);
        assert_int_equal(faccessat(fd, ENTRY_TEMPORARY_NAME, F_OK, 0), -1);
}

static int run_once(const char *path)
{
        int status = 0;
        pid_t pid = vfork();

        if (pid == 0) {
                execl(path, path, NULL);
                _exit(126);
        }
        assert_true(waitpid(pid, &status, 0) == pid);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* While one process replaces the entry over and over, another never fails to execute what it is for. */
static void test_replace_leaves_no_gap(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        struct entry e = any_entry("x", "/bin/true", ENTRY_FIX_BINARY);
        const char *reason = "";
        int status;

        put_file("program", "\177TEST");
        assert_int_equal(chmod("program", 0755), 0);
        assert_int_equal(kernel_register(fd, &e, &reason), 0);

        pid_t pid = fork();
        if (pid == 0) {
                for (;;)
                        if (kernel_replace(fd, &e, &reason) < 0)
                                _exit(1);
        }
        for (int i = 0; i < 300; i++)
                assert_int_equal(run_once("program"), 0);
        assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
}

/* The same with images: 1,000 replacements, and each of two images is executed again and again. */
static void test_images_leave_no_gap(void **state)
{
        (void)state;
        _cleanup_close_ int fd = own_binfmt_misc();
        struct entry e = any_entry("x", "/bin/true", ENTRY_FIX_BINARY);
        const char *reason = "", *const roots[] = { "one", "two" };
        int status;

        put_file("program", "\177TEST");
        put_file("one/bin/true", "#!/bin/true\n");
        put_file("two/bin/true", "#!/bin/true --\n");
        assert_int_equal(chmod("program", 0755) | chmod("one/bin/true", 0755) | chmod("two/bin/true", 0755), 0);
        assert_int_equal(kernel_register(fd, &e, &reason), 0);

        pid_t pid = fork();
        if (pid == 0) {
                while (run_once("program") == 0)
                        ;
                _exit(1);
        }
        for (int i = 0; i < 1000; i++)
                assert_int_equal(kernel_replace_from(fd, &e, enter_image, (char *)roots[i % 2], &reason), 0);
        assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_register_and_read),
                TEST(test_every_byte),
                TEST(test_extension),
                TEST(test_states),
                TEST(test_status_is_never_written),
                TEST(test_replace),
                TEST(test_replace_from),
                TEST(test_replace_leaves_no_gap),
                TEST(test_images_leave_no_gap),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
