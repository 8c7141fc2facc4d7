/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kernel/mount.h"

int enter_directory(void **state)
{
        char *dir = strdup("/tmp/binfmtd-test-XXXXXX");

        if (!dir || !mkdtemp(dir) || chdir(dir) < 0)
                return -1;
        *state = dir;
        return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st;
        (void)type;
        (void)ftw;
        (void)remove(path);
        return 0;
}

int leave_directory(void **state)
{
        (void)umount2("bm", MNT_DETACH);
        if (chdir("/") < 0)
                return -1;
        (void)nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
        free(*state);
        return 0;
}

void put_bytes(const char *path, const void *bytes, size_t size)
{
        _cleanup_free_ char *dir = strdup(path);
        char *slash = strrchr(dir, '/');

        if (slash) {
                *slash = '\0';
                assert_int_equal(mkdir_parents(dir), 0);
        }
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, bytes, size), size);
}

void put_file(const char *path, const char *text)
{
        put_bytes(path, text, strlen(text));
}

void assert_problem(const struct problems *p, size_t i, size_t n, const char *contains)
{
        assert_int_equal(p->n, n);
        _cleanup_free_ char *text = problem_to_string(&p->items[i]);
        assert_non_null(text);
        if (!strstr(text, contains))
                fail_msg("\"%s\" does not say \"%s\"", text, contains);
}

static int map_root(unsigned uid, unsigned gid)
{
        _cleanup_close_ int proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const struct {
                const char *file;
                unsigned id;
        } maps[] = { { "setgroups", 0 }, { "uid_map", uid }, { "gid_map", gid } };

        for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
                _cleanup_close_ int fd = openat(proc, maps[i].file, O_WRONLY | O_CLOEXEC);
                if (fd < 0)
                        return -errno;
                int n = i == 0 ? dprintf(fd, "deny") : dprintf(fd, "0 %u 1", maps[i].id);
                if (n < 0)
                        return -errno;
        }
        return 0;
}

/* Makes the namespace. It lasts as long as the process, so this is done once. Returns 0 or a negative errno. */
static int enter_namespace(void)
{
        static bool done;
        unsigned uid = geteuid(), gid = getegid();

        if (done)
                return 0;
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
                return -errno;
        done = true;
        return map_root(uid, gid);
}

int own_binfmt_misc(void)
{
        _cleanup_(problems_done) struct problems problems = {};
        int r = enter_namespace();

        if (r < 0) {
                print_message("SKIP user namespaces: this machine does not allow them (%s)\n", strerror(-r));
                skip();
        }
        assert_int_equal(mkdir("bm", 0755), 0);
        int fd = binfmt_misc_open("bm", true, &problems);
        if (fd == -EPERM) {
                print_message("SKIP binfmt_misc: before Linux 6.7 a user namespace has none of its own\n");
                skip();
        }
        assert_true(fd >= 0);
        return fd;
}

struct entry any_entry(const char *name, const char *interpreter, unsigned flags)
{
        return (struct entry){
                .name = (char *)name,
                .interpreter = (char *)interpreter,
                .flags = flags,
                .magic = (uint8_t *)"\177TEST",
                .magic_size = 5,
        };
}
