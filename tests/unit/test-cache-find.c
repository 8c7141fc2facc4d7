/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is found to be translated: programs and shared objects of the translator's guests, below a directory and nowhere else. */
#include "support.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "cache/find.h"
#include "elf-maker.h"

static const struct elf_maker arm64 = { .machine = EM_AARCH64, .type = ET_DYN, .is64 = true },
                              arm = { .machine = EM_ARM, .type = ET_EXEC };

static bool found(const struct cache_finds *f, const char *name)
{
        for (size_t i = 0; i < f->n; i++) {
                _cleanup_free_ char *is = NULL;
                assert_int_equal(cache_found_name(f, i, &is), 0);
                if (streq(is, name))
                        return true;
        }
        return false;
}

static void test_kinds(void **state)
{
        const struct {
                const char *path;
                struct elf_maker elf;
                int result;
        } cases[] = {
                { "arm64", arm64, 0 },
                { "arm", arm, 0 },
                { "arm64-exec", { .machine = EM_AARCH64, .type = ET_EXEC, .is64 = true }, 0 },
                { "arm64-object", { .machine = EM_AARCH64, .type = ET_REL, .is64 = true }, -ENOEXEC },
                { "arm64-core", { .machine = EM_AARCH64, .type = ET_CORE, .is64 = true }, -ENOEXEC },
                { "arm64-big", { .machine = EM_AARCH64, .type = ET_DYN, .is64 = true, .big_endian = true }, -ENOEXEC },
                { "arm64-ilp32", { .machine = EM_AARCH64, .type = ET_DYN }, -ENOEXEC },
                { "arm-big", { .machine = EM_ARM, .type = ET_EXEC, .big_endian = true }, -ENOEXEC },
                { "arm-64", { .machine = EM_ARM, .type = ET_EXEC, .is64 = true }, -ENOEXEC },
                { "riscv", { .machine = EM_RISCV, .type = ET_DYN, .is64 = true }, -ENOEXEC },
                { "native", { .machine = EM_X86_64, .type = ET_DYN, .is64 = true }, -ENOEXEC },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_(cache_finds_done) struct cache_finds f = {};
                put_elf(cases[i].path, &cases[i].elf);
                assert_int_equal(cache_find(&f, cases[i].path), cases[i].result);
                assert_int_equal(f.n, cases[i].result == 0);
        }
        _cleanup_(cache_finds_done) struct cache_finds f = {};
        put_file("text", "#!/bin/sh\n");
        put_file("empty", "");
        assert_int_equal(cache_find(&f, "text"), -ENOEXEC);
        assert_int_equal(cache_find(&f, "empty"), -ENOEXEC);
        assert_int_equal(cache_find(&f, "none"), -ENOENT);
        assert_int_equal(f.n, 0);
}

/* What is in the tree is found, also through no execute permission; links are not followed, in the tree or out of it; and a pipe is not
 * waited for. */
static void test_tree(void **state)
{
        _cleanup_(cache_finds_done) struct cache_finds f = {};

        (void)state;
        put_elf("outside/secret", &arm64);
        put_elf("root/usr/bin/one", &arm64);
        put_elf("root/usr/lib/two.so", &arm);
        put_file("root/etc/passwd", "x");
        assert_int_equal(chmod("root/usr/lib/two.so", 0444), 0);
        assert_int_equal(symlink("../../outside", "root/usr/out"), 0);
        assert_int_equal(symlink("../outside/secret", "root/secret"), 0);
        assert_int_equal(symlink("usr/bin", "root/bin"), 0);
        assert_int_equal(symlink("..", "root/usr/loop"), 0);
        assert_int_equal(mkfifo("root/pipe", 0600), 0);
        assert_int_equal(link("root/usr/bin/one", "root/usr/bin/same"), 0);
        assert_int_equal(cache_find(&f, "root"), 0);
        assert_int_equal(f.n, 3);
        cache_finds_sort(&f);
        assert_int_equal(f.n, 2);
        assert_true(found(&f, "root/usr/bin/one") || found(&f, "root/usr/bin/same"));
        assert_true(found(&f, "root/usr/lib/two.so"));
        assert_false(f.incomplete);
        for (size_t i = 0; i < f.n; i++) {
                _cleanup_close_ int fd = cache_found_open(&f, i);
                assert_true(fd >= 0);
        }
}

/* Between finding and opening a container may put something else in the place of a file, or of a directory above it. */
static void test_replaced(void **state)
{
        _cleanup_(cache_finds_done) struct cache_finds f = {};

        (void)state;
        put_elf("outside/one", &arm64);
        put_elf("root/d/one", &arm64);
        assert_int_equal(cache_find(&f, "root"), 0);
        assert_int_equal(f.n, 1);
        assert_int_equal(rename("root/d", "root/old"), 0);
        assert_int_equal(symlink("../outside", "root/d"), 0);
        assert_int_equal(cache_found_open(&f, 0), -ELOOP);
        assert_int_equal(unlink("root/d"), 0);
        put_file("root/d/one", "text");
        assert_int_equal(cache_found_open(&f, 0), -ENOEXEC);
        assert_int_equal(unlink("root/d/one"), 0);
        assert_int_equal(mkfifo("root/d/one", 0600), 0);
        assert_int_equal(cache_found_open(&f, 0), -ENOEXEC);
}

/* A tree that is too deep is searched as far as it may be, and that is said. */
static void test_deep(void **state)
{
        _cleanup_(cache_finds_done) struct cache_finds f = {};
        int top = open(".", O_PATH | O_CLOEXEC);

        (void)state;
        assert_int_equal(mkdir("deep", 0755), 0);
        assert_int_equal(chdir("deep"), 0);
        for (int i = 0; i < CACHE_FIND_DEPTH + 10; i++) {
                put_elf("one", &arm64);
                assert_int_equal(mkdir("d", 0755), 0);
                assert_int_equal(chdir("d"), 0);
        }
        assert_int_equal(fchdir(top), 0);
        close(top);
        assert_int_equal(cache_find(&f, "deep"), 0);
        assert_true(f.incomplete);
        assert_int_equal(f.n, CACHE_FIND_DEPTH + 1);
}

/* What this very process has mapped, whether it may open that as it is mapped or only by its path. */
static void test_process(void **state)
{
        _cleanup_(cache_finds_done) struct cache_finds f = {};

        (void)state;
        assert_int_equal(cache_find_process(&f, "/proc", 0), -ESRCH);
        put_elf("mapped", &arm64);
        put_elf("not-mapped", &arm64);
        _cleanup_close_ int fd = open("mapped", O_RDONLY | O_CLOEXEC);
        void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0), *q = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
        assert_true(p != MAP_FAILED && q != MAP_FAILED);
        assert_int_equal(cache_find_process(&f, "/proc", getpid()), 0);
        (void)munmap(p, 4096);
        cache_finds_sort(&f);
        assert_int_equal(f.n, 1); /* the others are this machine's */
        _cleanup_close_ int found = cache_found_open(&f, 0);
        struct stat a, b;
        assert_true(found >= 0 && fstat(found, &a) == 0 && fstat(fd, &b) == 0);
        assert_int_equal(a.st_ino, b.st_ino);
        (void)munmap(q, 4096);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_kinds, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_tree, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_replaced, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_deep, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_process, enter_directory, leave_directory),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
