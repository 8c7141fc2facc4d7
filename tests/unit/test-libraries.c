/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "elf-maker.h"
#include "explain/libraries.h"

#define LINKER "/lib/ld-linux-aarch64.so.1"

static struct elf_maker library(const char *needs)
{
        return (struct elf_maker){
                .machine = EM_AARCH64, .type = ET_DYN, .is64 = true, .interpreter = LINKER, .needed = { needs }
        };
}

static void put_library(const char *path, const char *needs)
{
        const struct elf_maker m = library(needs);

        put_elf(path, &m);
}

/* Examines root/bin/program, which needs this library, and checks that one finding is the result; "" for none. */
static void check_program(const struct elf_maker *m, const char *expected)
{
        _cleanup_(findings_done) struct findings findings = {};
        struct root root;

        put_elf("root/bin/program", m);
        assert_int_equal(root_open("root", &root), 0);
        _cleanup_close_ int fd = root_open_file(&root, "/bin/program", O_RDONLY);
        assert_true(fd >= 0);
        assert_int_equal(libraries_check(&root, fd, "/bin/program", &findings), 0);
        root_done(&root);
        assert_int_equal(findings.n, *expected ? 1 : 0);
        if (*expected)
                assert_string_equal(cause_to_string(findings.items[0].cause), expected);
}

static void check_needs(const char *needs, const char *expected)
{
        const struct elf_maker m = library(needs);

        check_program(&m, expected);
}

static void test_linker(void **state)
{
        (void)state;
        const struct elf_maker foreign = { .machine = EM_X86_64, .type = ET_DYN, .is64 = true };
        const struct elf_maker fixed = { .machine = EM_AARCH64, .type = ET_EXEC, .is64 = true };

        check_program(&fixed, "");
        check_needs(NULL, "dynamic-linker-missing");
        put_elf("root" LINKER, &foreign);
        check_needs(NULL, "dynamic-linker-unusable");
        put_library("root" LINKER, NULL);
        check_needs(NULL, "");
        check_needs("ld-linux-aarch64.so.1", "");
}

/* As with the interpreter, a directory that is set counts first, and the one that it knows itself only where none is set. */
static void test_other_root(void **state)
{
        (void)state;
        const struct elf_maker native = { .machine = EM_X86_64, .type = ET_DYN, .is64 = true, .interpreter = "/lib/ld.so" };

        put_library("root/cross" LINKER, NULL);
        put_library("root/cross/lib/libx.so.1", NULL);
        check_needs("libx.so.1", "dynamic-linker-missing");
        setenv("QEMU_LD_PREFIX", "/cross", 1);
        check_needs("libx.so.1", "");
        check_needs("liby.so.1", "library-missing");
        setenv("BINFMT_LD_PREFIX", "/none", 1);
        check_needs("libx.so.1", "dynamic-linker-missing");
        unsetenv("BINFMT_LD_PREFIX");
        put_elf("root/cross/lib/ld.so", &native);
        check_program(&native, "dynamic-linker-missing");

        put_file("root/etc/qemu-binfmt/x", "");
        assert_int_equal(symlink("/cross", "root/etc/qemu-binfmt/aarch64"), 0);
        setenv("QEMU_LD_PREFIX", "/none", 1);
        check_needs("libx.so.1", "dynamic-linker-missing");
        unsetenv("QEMU_LD_PREFIX");
        check_needs("libx.so.1", "");
        put_library("root" LINKER, NULL);
        check_needs("libx.so.1", "library-missing");
}

/* The link leads somewhere only in the root. */
static void test_link_stays_in_root(void **state)
{
        (void)state;
        put_library("root/elsewhere/ld.so", NULL);
        assert_int_equal(mkdir("root/lib", 0755), 0);
        assert_int_equal(symlink("/elsewhere/ld.so", "root" LINKER), 0);
        check_needs(NULL, "");
        put_file("outside", "x");
        assert_int_equal(unlink("root" LINKER), 0);
        assert_int_equal(symlink("../../../../../../../../../../../../../../bin/true", "root" LINKER), 0);
        check_needs(NULL, "dynamic-linker-missing");
}

static void test_default_directories(void **state)
{
        (void)state;
        static const char *const dirs[] = { "/lib", "/usr/lib", "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
                                            "/lib64" };

        put_library("root" LINKER, NULL);
        check_needs("libx.so.1", "library-missing");
        for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
                _cleanup_free_ char *path = NULL;
                assert_int_equal(string_format(&path, "root%s/libx.so.1", dirs[i]), 0);
                put_library(path, NULL);
                check_needs("libx.so.1", "");
                assert_int_equal(unlink(path), 0);
        }
        check_needs("libx.so.1", "library-missing");
        put_library("root/usr/lib/x86_64-linux-gnu/libx.so.1", NULL);
        check_needs("libx.so.1", "library-missing");
}

static void test_wrong_machine(void **state)
{
        (void)state;
        const struct elf_maker foreign = { .machine = EM_ARM, .type = ET_DYN };

        put_library("root" LINKER, NULL);
        put_elf("root/lib/libx.so.1", &foreign);
        check_needs("libx.so.1", "library-wrong-machine");
        /* A library of no use is passed over, and the search goes on behind it. */
        put_library("root/usr/lib/libx.so.1", NULL);
        check_needs("libx.so.1", "");
}

/* What a library needs is needed too; two that need each other come to an end. */
static void test_indirect(void **state)
{
        (void)state;
        put_library("root" LINKER, NULL);
        put_library("root/lib/liba.so", "libb.so");
        check_needs("liba.so", "library-missing");
        put_library("root/lib/libb.so", "liba.so");
        check_needs("liba.so", "");
}

static void test_rpath(void **state)
{
        (void)state;
        struct elf_maker m = library("libx.so");

        put_library("root" LINKER, NULL);
        put_library("root/opt/lib/libx.so", "liby.so");
        put_library("root/opt/lib/liby.so", NULL);
        m.rpath = "$ORIGIN/../opt/lib";
        check_program(&m, "");
        m.rpath = "/none:${ORIGIN}/../opt/lib";
        check_program(&m, "");
        m.rpath = "/none:/opt/none";
        check_program(&m, "library-missing");

        /* DT_RUNPATH does not count for what a library needs, and has DT_RPATH ignored. */
        m.runpath = "/opt/lib";
        check_program(&m, "library-missing");
        put_library("root/opt/lib/libx.so", NULL);
        check_program(&m, "");
        m.rpath = "/opt/lib";
        m.runpath = "/none";
        check_program(&m, "library-missing");
}

static void test_conf(void **state)
{
        (void)state;
        put_library("root" LINKER, NULL);
        put_library("root/opt/lib/libx.so", NULL);
        put_file("root/etc/ld.so.conf", "# comment\ninclude /etc/ld.so.conf.d/*.conf\ninclude ld.so.conf\n");
        put_file("root/etc/ld.so.conf.d/x.off", "/opt/lib\n");
        put_file("root/etc/ld.so.cache", "");
        check_needs("libx.so", "library-missing");
        put_file("root/etc/ld.so.conf.d/x.conf", " /opt/lib/ # x\n");
        check_needs("libx.so", "");
        assert_int_equal(unlink("root/etc/ld.so.cache"), 0);
        check_needs("libx.so", "library-not-in-cache");
}

static void test_musl(void **state)
{
        (void)state;
        struct elf_maker m = library("libc.musl-aarch64.so.1");

        m.interpreter = "/lib/ld-musl-aarch64.so.1";
        m.needed[1] = "libx.so";
        put_library("root/lib/ld-musl-aarch64.so.1", NULL);
        check_program(&m, "library-missing");
        put_library("root/usr/local/lib/libx.so", NULL);
        check_program(&m, "");
        put_file("root/etc/ld-musl-aarch64.path", "/lib:/opt\n");
        check_program(&m, "library-missing");
        put_library("root/opt/libx.so", NULL);
        check_program(&m, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_linker),
                TEST(test_link_stays_in_root),
                TEST(test_default_directories),
                TEST(test_wrong_machine),
                TEST(test_indirect),
                TEST(test_rpath),
                TEST(test_conf),
                TEST(test_musl),
                TEST(test_other_root),
        };

        unsetenv("LD_LIBRARY_PATH");
        unsetenv("BINFMT_LD_PREFIX");
        unsetenv("QEMU_LD_PREFIX");
        return cmocka_run_group_tests(tests, NULL, NULL);
}
