/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "cache/store.h"
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_put, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_trim, enter_directory, leave_directory),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
