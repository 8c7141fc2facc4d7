/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "cache/store.h"
#include "cache/sum.h"
#include "unit-maker.h"

static const char a_id[] = "aaaaaaaa00000000aaaaaaaa00000000aaaaaaaa00000000aaaaaaaa00000000";
static const char b_id[] = "bbbbbbbb00000000aaaaaaaa00000000aaaaaaaa00000000aaaaaaaa00000000";
static const char c_id[] = "cccccccc00000000aaaaaaaa00000000aaaaaaaa00000000aaaaaaaa00000000";

/* Adds a unit of three pages. */
static int put(int fd, const char *id, char *path)
{
        static uint8_t guest[3 * CACHE_PAGE];
        struct store_file f = { .machine = 183, .file_bytes = 12345, .paths = &path, .n_paths = 1 };
        size_t size;

        _cleanup_free_ uint8_t *unit = unit_make(guest, sizeof(guest), 0, 3, 1, &size);
        put_bytes("unit", unit, size);
        _cleanup_close_ int file = open("unit", O_RDONLY | O_CLOEXEC);
        memcpy(f.id, id, sizeof(f.id));
        return store_put(fd, &f, file);
}

static void set_used(const char *id, time_t when)
{
        char name[200];

        snprintf(name, sizeof(name), "cache/units/%s", id);
        assert_int_equal(utimensat(AT_FDCWD, name, (struct timespec[2]){ { .tv_sec = when }, { .tv_sec = when } }, 0), 0);
}

static void test_put(void **state)
{
        _cleanup_(store_files_done) struct store_files files = {};
        struct stat st;

        (void)state;
        assert_int_equal(store_open("cache", false), -ENOENT);
        _cleanup_close_ int fd = store_open("cache", true);
        assert_true(fd >= 0);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0700);
        assert_false(store_has(fd, a_id));
        assert_int_equal(put(fd, a_id, (char *)"/bin/\nx"), 0);
        assert_true(store_has(fd, a_id));
        assert_int_equal(store_add_path(fd, a_id, "/usr/bin/x"), 0);
        assert_int_equal(store_add_path(fd, a_id, "/usr/bin/x"), 0);
        assert_int_equal(store_add_path(fd, b_id, "/usr/bin/x"), -ENOENT);
        assert_int_equal(put(fd, "short", (char *)"x"), -EINVAL);
        assert_int_equal(put(fd, "../../../aaaaa00000000aaaaaaaa00000000aaaaaaaa00000000aaaaaaaa000", (char *)"x"), -EINVAL);
        assert_int_equal(store_list(fd, &files), 0);
        assert_int_equal(files.n, 1);
        assert_string_equal(files.items[0].id, a_id);
        assert_int_equal(files.items[0].pages, 3);
        assert_int_equal(files.items[0].machine, 183);
        assert_int_equal(files.items[0].file_bytes, 12345);
        assert_int_equal(files.items[0].n_paths, 2);
        assert_string_equal(files.items[0].paths[0], "/bin/?x");
        assert_string_equal(files.items[0].paths[1], "/usr/bin/x");
        assert_true(store_is_named(&files.items[0], "/usr/bin/x") && store_is_named(&files.items[0], "aaaaaaaa0"));
        assert_false(store_is_named(&files.items[0], "aaaaaaa") || store_is_named(&files.items[0], "/usr/bin"));
        /* The paths of a file that thousands of containers have are not remembered without end. */
        for (int i = 0; i < 20; i++) {
                char path[40];
                snprintf(path, sizeof(path), "/%d", i);
                assert_int_equal(store_add_path(fd, a_id, path), 0);
        }
        store_files_done(&files);
        assert_int_equal(store_list(fd, &files), 0);
        assert_int_equal(files.items[0].n_paths, STORE_PATHS);
}

static void test_trim(void **state)
{
        _cleanup_(store_files_done) struct store_files files = {};
        _cleanup_close_ int fd = store_open("cache", true);
        time_t now = time(NULL);

        (void)state;
        assert_int_equal(put(fd, a_id, (char *)"/a"), 0);
        assert_int_equal(put(fd, b_id, (char *)"/b"), 0);
        assert_int_equal(put(fd, c_id, (char *)"/c"), 0);
        put_file("cache/units/new", "half of a unit");
        put_file("cache/units/.#123", "half of a record");
        put_file("cache/units/dddddddd00000000aaaaaaaa00000000aaaaaaaa00000000aaaaaaaa00000000.info", "size 1\n");
        put_file("cache/units/README", "somebody's");
        set_used(a_id, now - 20000);
        set_used(b_id, now - 30000);
        set_used(c_id, now - 10000);
        store_touch(fd, b_id);
        assert_int_equal(store_list(fd, &files), 0);
        assert_int_equal(files.n, 3);
        assert_string_equal(files.items[0].id, b_id);
        assert_string_equal(files.items[2].id, a_id);
        uint64_t one = files.items[0].bytes;
        assert_int_equal(store_trim(fd, files.bytes), 0);
        assert_int_equal(store_trim(fd, one), 2);
        assert_true(store_has(fd, b_id) && !store_has(fd, a_id) && !store_has(fd, c_id));
        assert_int_not_equal(access("cache/units/new", F_OK), 0);
        assert_int_not_equal(access("cache/units/.#123", F_OK), 0);
        assert_int_not_equal(access("cache/units/dddddddd00000000aaaaaaaa00000000aaaaaaaa00000000aaaaaaaa00000000.info", F_OK),
                             0);
        assert_int_equal(access("cache/units/README", F_OK), 0);
        assert_int_equal(store_drop(fd, a_id), -ENOENT);
        assert_int_equal(store_clear(fd), 0);
        store_files_done(&files);
        assert_int_equal(store_list(fd, &files), 0);
        assert_int_equal(files.n, 0);
        assert_int_equal(access("cache/units/README", F_OK), 0);
}

static uint64_t sum_of(const void *bytes, size_t size)
{
        uint64_t sum = 0;

        put_bytes("summed", bytes, size);
        _cleanup_close_ int fd = open("summed", O_RDONLY | O_CLOEXEC);
        assert_int_equal(lseek(fd, (off_t)(size / 2), SEEK_SET), size / 2); /* it does not matter how far the file was read */
        assert_int_equal(sum_file(fd, &sum), 0);
        assert_int_not_equal(sum, 0);
        return sum;
}

/* Lengths around a word, and around what is read at a time. */
static void test_sum(void **state)
{
        static const size_t lengths[] = { 1, 7, 8, 9, 4096, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, (512 << 10) + 5 };
        static uint8_t bytes[(512 << 10) + 6];
        uint64_t any = 0;

        (void)state;
        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (uint8_t)(i * i >> 3);
        for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
                size_t n = lengths[i];
                uint64_t sum = sum_of(bytes, n);
                assert_int_equal(sum_of(bytes, n), sum);
                assert_int_not_equal(sum_of(bytes, n - 1), sum);
                bytes[n] = 0; /* zeros count, also where they complete a word */
                assert_int_not_equal(sum_of(bytes, n + 1), sum);
                const size_t places[] = { 0, n / 2, n - 1 };
                for (size_t k = 0; k < 3; k++) {
                        bytes[places[k]] ^= 0x80;
                        assert_int_not_equal(sum_of(bytes, n), sum);
                        bytes[places[k]] ^= 0x80;
                }
        }
        memset(bytes, 0, sizeof(bytes));
        assert_int_not_equal(sum_of(bytes, 4096), sum_of(bytes, 8192));
        assert_true(sum_file(-1, &any) == -EBADF);
}

/* Changes a unit's last byte. */
static void damage_unit(const char *id, uint64_t size)
{
        char path[200], byte;

        snprintf(path, sizeof(path), "cache/units/%s", id);
        _cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
        assert_int_equal(pread(fd, &byte, 1, (off_t)size - 1), 1);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, (off_t)size - 1), 1);
}

static void truncate_unit(const char *id, const char *suffix, off_t size)
{
        char path[200];

        snprintf(path, sizeof(path), "cache/units/%s%s", id, suffix);
        assert_int_equal(truncate(path, size), 0);
}

static uint64_t state_of(int fd)
{
        uint64_t state = 0;

        assert_int_equal(store_state(fd, &state), 0);
        return state;
}

/* The state says which units there are, whatever the order in which they came and whatever else is there. */
static void test_state(void **state)
{
        _cleanup_close_ int fd = store_open("cache", true), other = store_open("other", true);

        (void)state;
        uint64_t none = state_of(fd);
        assert_int_equal(put(fd, a_id, (char *)"/a"), 0);
        uint64_t a = state_of(fd);
        assert_int_not_equal(a, none);
        assert_int_equal(put(fd, b_id, (char *)"/b"), 0);
        uint64_t both = state_of(fd);
        assert_int_not_equal(both, a);
        assert_int_equal(put(other, b_id, (char *)"/b"), 0);
        assert_int_not_equal(state_of(other), a);
        assert_int_equal(put(other, a_id, (char *)"/a"), 0);
        assert_int_equal(state_of(other), both);
        set_used(a_id, 1000);
        assert_int_equal(store_add_path(fd, a_id, "/x"), 0);
        put_file("cache/units/new", "half of a unit");
        assert_int_equal(state_of(fd), both);
        truncate_unit(b_id, "", 5000);
        assert_int_not_equal(state_of(fd), both);
        assert_int_equal(store_drop(fd, b_id), 0);
        assert_int_equal(state_of(fd), a);
        assert_int_equal(store_clear(fd), 0);
        assert_int_equal(state_of(fd), none);
}

/* Units are removed that are not what was kept, or of which that is not known, and no others. */
static void test_check(void **state)
{
        _cleanup_(store_files_done) struct store_files files = {};
        _cleanup_close_ int fd = store_open("cache", true);
        static const char d_id[] = "dddddddd00000000aaaaaaaa00000000aaaaaaaa00000000aaaaaaaa00000000";

        (void)state;
        assert_int_equal(store_check(fd), 0);
        assert_int_equal(put(fd, a_id, (char *)"/a"), 0);
        assert_int_equal(store_add_path(fd, a_id, "/sum 1"), 0); /* what is written again has the sum still */
        assert_int_equal(store_check(fd), 0);
        assert_true(store_has(fd, a_id));
        assert_int_equal(put(fd, b_id, (char *)"/b"), 0);
        assert_int_equal(put(fd, c_id, (char *)"/c"), 0);
        assert_int_equal(put(fd, d_id, (char *)"/d"), 0);
        assert_int_equal(store_list(fd, &files), 0);
        assert_int_equal(files.n, 4);
        assert_int_equal(files.items[0].sum, files.items[3].sum);
        damage_unit(b_id, files.items[0].size);
        truncate_unit(c_id, "", 0);
        truncate_unit(d_id, ".info", 0);
        assert_int_equal(store_check(fd), 3);
        assert_true(store_has(fd, a_id));
        assert_false(store_has(fd, b_id) || store_has(fd, c_id) || store_has(fd, d_id));
        assert_int_equal(store_check(fd), 0);
        /* What is damaged can be kept anew. */
        assert_int_equal(put(fd, b_id, (char *)"/b"), 0);
        assert_int_equal(store_check(fd), 0);
        assert_true(store_has(fd, b_id));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_put, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_trim, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_sum, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_state, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_check, enter_directory, leave_directory),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
