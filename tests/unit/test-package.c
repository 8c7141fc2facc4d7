/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The package that is named for an interpreter is the one that the distributions' own lists of files name. */
#include "support.h"

#include "formats/package.h"

static void assert_package(const char *os_release, const char *path, const char *expected)
{
        _cleanup_free_ char *package = NULL;

        assert_int_equal(package_find_for(os_release, path, &package), 0);
        if (expected)
                assert_string_equal(package ? package : "(none)", expected);
        else
                assert_null(package);
}

#define DEBIAN "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nVERSION_ID=\"13\"\nID=debian\n"

static void test_distributions(void **state)
{
        (void)state;
        assert_package(DEBIAN, "/usr/bin/qemu-arm-static", "qemu-user-static");
        assert_package(DEBIAN, "/usr/bin/qemu-aarch64", "qemu-user");
        assert_package(DEBIAN, "/usr/bin/binfmt-translator", "binfmt-translator");
        assert_package("ID=fedora\n", "/usr/bin/qemu-arm-static", "qemu-user-static");
        assert_package("ID=arch\n", "/usr/bin/qemu-arm-static", "qemu-user-static");
        assert_package("ID=alpine\n", "/usr/bin/qemu-aarch64", "qemu-aarch64");
        assert_package("ID=gentoo\n", "/usr/bin/qemu-aarch64", "app-emulation/qemu");
        /* Where nothing is known, nothing is guessed. */
        assert_package(DEBIAN, "/opt/qemu-arm-static", NULL);
        assert_package(DEBIAN, "/usr/bin/qemu-", NULL);
        assert_package(DEBIAN, "/usr/bin/qemu-a/b-static", NULL);
        assert_package(DEBIAN, "/usr/bin/python3", NULL);
        assert_package("ID=alpine\n", "/usr/bin/qemu-arm-static", NULL);
        assert_package("ID=unheard-of\n", "/usr/bin/qemu-arm-static", NULL);
        assert_package("", "/usr/bin/qemu-arm-static", NULL);
}

/* The syntax of os-release(5): quotes; several words in ID_LIKE, the nearest distribution first. */
static void test_os_release(void **state)
{
        (void)state;
        assert_package("ID=ubuntu\nID_LIKE=debian\n", "/usr/bin/qemu-arm-static", "qemu-user-static");
        assert_package("NAME=\"x\"\nID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", "/usr/bin/qemu-arm",
                       "qemu-linux-user");
        assert_package("ID_LIKE='suse opensuse'\nID='opensuse-leap'", "/usr/bin/qemu-arm-static", NULL);
        assert_package("ID=pop\nID_LIKE=\"ubuntu debian\"\n", "/usr/bin/qemu-arm", "qemu-user");
        assert_package("ID=one\nID_LIKE=\"  alpine   debian \"", "/usr/bin/qemu-arm", "qemu-arm");
        assert_package("VERSION_ID=debian\nXID=debian\nID=\nID_LIKE=\n", "/usr/bin/qemu-arm", NULL);
        assert_package("#ID=debian\nID=\"debian", "/usr/bin/qemu-arm", "qemu-user");
        assert_package("ID=debian2\nID_LIKE=debia", "/usr/bin/qemu-arm", NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_distributions), cmocka_unit_test(test_os_release) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
