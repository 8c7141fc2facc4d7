/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/elf-machine.h"
#include "kernel/kernel.h"
#include "doctor/trial.h"

static void put_executable(const char *path, const void *bytes, size_t size)
{
        put_bytes(path, bytes, size);
        assert_int_equal(chmod(path, 0755), 0);
}

/* Registers an interpreter, which is a script, for the program, and tries it. */
static void try_script(const char *script, unsigned seconds, struct trial *ret)
{
        const struct guest_program *p = &guest_programs[0];
        _cleanup_close_ int fd = own_binfmt_misc();
        _cleanup_free_ char *here = getcwd(NULL, 0), *interpreter = NULL;
        uint8_t bytes[GUEST_PROGRAM_MAX];
        const char *reason = NULL;

        put_executable("script", script, strlen(script));
        put_executable(TRIAL_PROGRAM, bytes, guest_program_make(p, bytes));
        assert_int_equal(string_format(&interpreter, "%s/script", here), 0);
        const struct entry e = {
                .name = (char *)"trial", .magic = bytes, .magic_size = ELF_HEAD_SIZE, .interpreter = interpreter
        };
        assert_int_equal(kernel_register(fd, &e, &reason), 0);

        const struct trial_request request = { .program = p, .place = TRIAL_HOST, .directory = here, .seconds = seconds };
        assert_int_equal(trial_run(&request, ret), 0);
}

/* The files are what ELF readers take for programs of these machines. */
static void test_programs(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_guest_programs; i++) {
                const struct guest_program *p = &guest_programs[i];
                uint8_t bytes[GUEST_PROGRAM_MAX];
                _cleanup_(elf_file_done) struct elf_file f = {};
                const char *reason;
                size_t size = guest_program_make(p, bytes);
                assert_true(size < 200);
                assert_int_equal(elf_file_read(&(struct elf_source){ .fd = -1, .bytes = bytes, .size = size }, &f, &reason), 0);
                assert_int_equal(f.type, ET_EXEC);
                assert_ptr_equal(elf_machine_find(&f), elf_machine_by_name(p->architecture));
                assert_string_equal(elf_machine_name(&f), p->machine);
                assert_null(f.interpreter);
        }
}

/* A script that does what the program would do. */
static void test_works(void **state)
{
        (void)state;
        _cleanup_(trial_done) struct trial t = {};
        try_script("#!/bin/sh\necho ok arm64\nread x\nexit 0\n", 10, &t);
        assert_int_equal(t.outcome, TRIAL_WORKS);
        assert_non_null(t.interpreter);
        assert_between(t.microseconds, 1, 10000000);
        assert_null(t.said);
}

static void test_wrong_status(void **state)
{
        (void)state;
        _cleanup_(trial_done) struct trial t = {};
        try_script("#!/bin/sh\necho ok arm64\necho oh\\\tno\nexit 1\n", 10, &t);
        assert_int_equal(t.outcome, TRIAL_FAILS);
        assert_int_equal(t.stage, TRIAL_STAGE_RUN);
        assert_int_equal(t.wait_status, 1 << 8);
        assert_string_equal(t.said, "oh?no");
}

static void test_says_nothing(void **state)
{
        (void)state;
        _cleanup_(trial_done) struct trial t = {};
        try_script("#!/bin/sh\nexit 0\n", 10, &t);
        assert_int_equal(t.outcome, TRIAL_FAILS);
        assert_int_equal(t.wait_status, 0);
        assert_false(t.timed_out);
}

/* Whether a process has ended, even if its parent has not noticed. */
static bool is_dead(int pid)
{
        _cleanup_free_ char *text = NULL;
        char path[64], state = 'X';

        snprintf(path, sizeof(path), "/proc/%d/stat", pid);
        if (file_read_at(AT_FDCWD, path, 4096, &text, NULL) < 0)
                return true;
        return sscanf(text, "%*d (sleep) %c", &state) != 1 || state == 'Z' || state == 'X';
}

/* Neither endless output nor processes that stay behind keep a trial from ending. */
static void test_hangs(void **state)
{
        (void)state;
        _cleanup_(trial_done) struct trial t = {};
        _cleanup_free_ char *pid = NULL;

        uint64_t before = trial_now();
        try_script("#!/bin/sh\ntrap '' TERM INT HUP\nsleep 1000 &\necho $! >pid\nyes &\nwhile :; do sleep 1000; done\n", 1, &t);
        assert_between(trial_now() - before, 900000, 8000000);
        assert_int_equal(t.outcome, TRIAL_FAILS);
        assert_true(t.timed_out);
        assert_string_equal(t.said, "y");
        assert_int_equal(file_read_at(AT_FDCWD, "pid", 100, &pid, NULL), 0);
        for (int i = 0; i < 250 && !is_dead(atoi(pid)); i++)
                usleep(20000);
        assert_true(is_dead(atoi(pid)));
}

/* A program that cannot be executed is a failure, with the kernel's reason. */
static void test_refused(void **state)
{
        (void)state;
        _cleanup_(trial_done) struct trial t = {};
        try_script("#!/none\n", 10, &t);
        assert_int_equal(t.outcome, TRIAL_FAILS);
        assert_int_equal(t.stage, TRIAL_STAGE_EXECUTE);
        assert_int_equal(t.error, -ENOENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_programs), TEST(test_works), TEST(test_wrong_status),
                TEST(test_says_nothing),         TEST(test_hangs), TEST(test_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
