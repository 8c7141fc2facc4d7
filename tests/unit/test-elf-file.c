/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "base/elf-machine.h"
#include "elf-maker.h"

static const struct elf_maker full = {
        .machine = EM_AARCH64,
        .type = ET_DYN,
        .is64 = true,
        .interpreter = "/lib/ld-linux-aarch64.so.1",
        .rpath = "/old",
        .runpath = "$ORIGIN/../lib:/opt",
        .needed = { "libone.so.1", "libtwo.so" },
};

/* Replaces pread(2) in libbinfmt as well: fails with read_error unless that is 0. */
static int read_error;

ssize_t pread(int fd, void *buf, size_t size, off_t offset)
{
        errno = read_error;
        return read_error ? -1 : syscall(SYS_pread64, fd, buf, size, offset);
}

static int read_bytes(const uint8_t *bytes, size_t size, struct elf_file *ret)
{
        /* The bytes are copied into memory of just this size, so that AddressSanitizer notices a read behind them. */
        _cleanup_free_ uint8_t *copy = malloc(size + !size);
        const char *reason = NULL;

        memcpy(copy, bytes, size);
        int r = elf_file_read(&(struct elf_source){ .fd = -1, .bytes = copy, .size = size }, ret, &reason);
        if (r == -EBADMSG)
                assert_non_null(reason);
        return r;
}

static void test_good(void **state)
{
        (void)state;
        uint8_t buf[MADE_ELF_MAX];

        for (unsigned i = 0; i < 4; i++) {
                _cleanup_(elf_file_done) struct elf_file f = {};
                struct elf_maker m = full;
                m.is64 = i & 1;
                m.big_endian = i & 2;
                m.type = i == 2 ? ET_EXEC : ET_DYN;
                assert_int_equal(read_bytes(buf, make_elf(&m, buf), &f), 0);
                assert_int_equal(f.machine, EM_AARCH64);
                assert_int_equal(f.type, m.type);
                assert_true(f.lowest == (m.type == ET_EXEC ? 0x10000 : UINT64_MAX));
                assert_int_equal(f.is64, m.is64);
                assert_int_equal(f.big_endian, m.big_endian);
                assert_string_equal(f.interpreter, full.interpreter);
                assert_int_equal(f.n_needed, 2);
                assert_string_equal(f.needed[0], "libone.so.1");
                assert_string_equal(f.needed[1], "libtwo.so");
                assert_string_equal(f.rpath, "/old");
                assert_string_equal(f.runpath, "$ORIGIN/../lib:/opt");
        }
}

/* A real program of this machine, read through a file descriptor. */
static void test_real(void **state)
{
        (void)state;
        _cleanup_(elf_file_done) struct elf_file f = {};
        _cleanup_close_ int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        const char *reason;
        bool has_libc = false;

        assert_int_equal(elf_file_read(&(struct elf_source){ .fd = fd }, &f, &reason), 0);
        assert_true(elf_machine_is_native(&f));
        assert_int_equal(access(f.interpreter, X_OK), 0);
        for (size_t i = 0; i < f.n_needed; i++)
                has_libc = has_libc || streq(f.needed[i], "libc.so.6");
        assert_true(has_libc);
}

static void test_no_elf(void **state)
{
        (void)state;
        struct elf_file f;

        assert_int_equal(read_bytes((const uint8_t *)"", 0, &f), -ENOEXEC);
        assert_int_equal(read_bytes((const uint8_t *)"\177EL", 3, &f), -ENOEXEC);
        assert_int_equal(read_bytes((const uint8_t *)"#!/bin/sh\n", 10, &f), -ENOEXEC);
        assert_int_equal(read_bytes((const uint8_t *)"\177ELF", 4, &f), -EBADMSG);
        assert_int_equal(read_bytes((const uint8_t *)"\177ELF\3\1\1\0\0\0\0\0\0\0\0\0", 16, &f), -EBADMSG);
        assert_int_equal(read_bytes((const uint8_t *)"\177ELF\2\3\1\0\0\0\0\0\0\0\0\0", 16, &f), -EBADMSG);
}

/* Every file that is cut off before its last string is malformed. */
static void test_cut_off(void **state)
{
        (void)state;
        uint8_t buf[MADE_ELF_MAX];
        size_t size = make_elf(&full, buf);

        for (size_t n = 4; n < size; n++) {
                struct elf_file f = {};
                assert_int_equal(read_bytes(buf, n, &f), -EBADMSG);
        }
}

/* Each field of the made file at these offsets is replaced by ones: the largest number that it can have. */
static void test_hostile(void **state)
{
        (void)state;
        static const struct {
                size_t offset, size;
        } fields[] = {
                { 32, 8 },           /* e_phoff */
                { 54, 2 },           /* e_phentsize */
                { 56, 2 },           /* e_phnum */
                { 64 + 56 + 8, 8 },  /* offset of PT_INTERP */
                { 64 + 56 + 32, 8 }, /* its size */
                { 64 + 112 + 8, 8 }, /* offset of PT_DYNAMIC */
                { 64 + 112 + 32, 8 },
                { 0x808, 8 },              /* index of the first library's name */
                { 0x800 + 4 * 16 + 8, 8 }, /* address of the strings */
        };
        uint8_t buf[MADE_ELF_MAX];

        for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
                struct elf_file f = {};
                size_t size = make_elf(&full, buf);
                memset(buf + fields[i].offset, 0xff, fields[i].size);
                assert_int_equal(read_bytes(buf, size, &f), -EBADMSG);
        }
}

/* Whatever is in a file, reading it neither crashes nor reads outside of it. */
static void test_random(void **state)
{
        (void)state;
        uint8_t buf[MADE_ELF_MAX];
        unsigned refused = 0;

        srandom(1);
        for (unsigned i = 0; i < 20000; i++) {
                _cleanup_(elf_file_done) struct elf_file f = {};
                size_t size = make_elf(&full, buf);
                for (unsigned k = 0; k < 8; k++)
                        buf[random() % (k & 1 ? 256 : (long)size)] = (uint8_t)random();
                refused += read_bytes(buf, size, &f) < 0;
        }
        assert_between(refused, 1000, 19999);
}

/* Names as uname(1) and dpkg --print-architecture have them; heads as the magics of QEMU's binfmt.d files begin. */
static void test_names(void **state)
{
        static const struct {
                const char *name, *other;
                uint8_t class, data, machine[2];
        } cases[] = {
                { "aarch64", "arm64", 2, 1, { 0xb7, 0 } }, { "arm", "armhf", 1, 1, { 0x28, 0 } },
                { "x86_64", "amd64", 2, 1, { 0x3e, 0 } },  { "ppc64le", "ppc64el", 2, 1, { 0x15, 0 } },
                { "s390x", "s390x", 2, 2, { 0, 0x16 } },   { "riscv64", "riscv64", 2, 1, { 0xf3, 0 } },
        };
        (void)state;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                const struct elf_machine *m = elf_machine_by_name(cases[i].name);
                uint8_t head[ELF_HEAD_SIZE];
                assert_non_null(m);
                assert_ptr_equal(m, elf_machine_by_name(cases[i].other));
                elf_machine_make_head(m, head);
                assert_memory_equal(head, "\177ELF", 4);
                assert_int_equal(head[4], cases[i].class);
                assert_int_equal(head[5], cases[i].data);
                assert_int_equal(head[cases[i].data == 2 ? 17 : 16], 2);
                assert_memory_equal(head + 18, cases[i].machine, 2);
        }
        static const char *const none[] = { "unheard-of", "", "armhf,armel", "armh", "hf", "armv7l,", ",armel" };
        static const char *const arms[] = { "armhf", "armel", "armv5tel", "armv6l", "armv7l", "armv8l" };
        for (size_t i = 0; i < ARRAY_SIZE(none); i++)
                assert_null(elf_machine_by_name(none[i]));
        for (size_t i = 0; i < ARRAY_SIZE(arms); i++)
                assert_ptr_equal(elf_machine_by_name(arms[i]), elf_machine_by_name("arm"));
}

/* -EBADMSG says that the file makes no sense, and comes with a reason. A file system sets the same errno where a checksum is
 * wrong, and that becomes -EIO. */
static void test_damaged_file_system(void **state)
{
        (void)state;
        _cleanup_(elf_file_done) struct elf_file f = {};
        const char *reason = NULL;

        _cleanup_close_ int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        read_error = EBADMSG;
        int r = elf_file_read(&(struct elf_source){ .fd = fd }, &f, &reason);
        read_error = 0;
        assert_int_equal(r, -EIO);
        assert_null(reason);
        assert_int_equal(elf_file_read(&(struct elf_source){ .fd = fd }, &f, &reason), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_good),    cmocka_unit_test(test_real),
                cmocka_unit_test(test_no_elf),  cmocka_unit_test(test_cut_off),
                cmocka_unit_test(test_hostile), cmocka_unit_test(test_random),
                cmocka_unit_test(test_names),   cmocka_unit_test(test_damaged_file_system),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
