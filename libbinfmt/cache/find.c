/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "find.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/util.h"

#define IN_TREE (RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV)

/* How many names are looked at between two calls of tell. */
#define TELL_EVERY 256

/* Whether the file is a program or shared object of a guest of the translator's: AArch64, or ARM with 32 bits, both little-endian.
 * All that is read is what these have alike at the beginning. */
static bool is_guest(int fd)
{
        uint8_t head[20];

        if (pread(fd, head, sizeof(head), 0) != sizeof(head) || memcmp(head, ELFMAG, SELFMAG) != 0 ||
            head[EI_DATA] != ELFDATA2LSB)
                return false;
        unsigned type = head[16] | head[17] << 8, machine = head[18] | head[19] << 8;
        if (type != ET_EXEC && type != ET_DYN)
                return false;
        return (machine == EM_AARCH64 && head[EI_CLASS] == ELFCLASS64) || (machine == EM_ARM && head[EI_CLASS] == ELFCLASS32);
}

/* Opens a file below a directory, without waiting for whoever is at the other end of a pipe. */
static int open_below(int dir, const char *path, uint64_t flags, uint64_t resolve)
{
        struct open_how how = { .flags = flags | O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, .resolve = resolve };

        long fd = syscall(SYS_openat2, dir < 0 ? AT_FDCWD : dir, path, &how, sizeof(how));
        return fd < 0 ? -errno : (int)fd;
}

static int add_root(struct cache_finds *f, int fd, uint64_t resolve, const char *path)
{
        _cleanup_free_ char *copy = strdup(path);

        if (!copy || array_grow(&f->roots, f->n_roots, sizeof(*f->roots)) < 0)
                return -ENOMEM;
        f->roots[f->n_roots++] = (struct cache_find_root){ .fd = fd, .resolve = resolve, .path = TAKE_PTR(copy) };
        return 0;
}

/* Adds the open file, if it is a guest's, as a file of the last place. Returns 0, -ENOEXEC or -ENOMEM. */
static int add(struct cache_finds *f, int fd, const char *path)
{
        struct stat st;

        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !is_guest(fd))
                return -ENOEXEC;
        if (f->n >= CACHE_FIND_FILES) {
                f->incomplete = true;
                return 0;
        }
        _cleanup_free_ char *copy = strdup(path);
        if (!copy || array_grow(&f->items, f->n, sizeof(*f->items)) < 0)
                return -ENOMEM;
        f->items[f->n++] =
                (struct cache_found){ .root = f->n_roots - 1, .path = TAKE_PTR(copy), .device = st.st_dev, .inode = st.st_ino };
        return 0;
}

static int walk(struct cache_finds *f, int dir, const char *path, unsigned depth);

static int enter(struct cache_finds *f, int dir, const char *name, const char *path, unsigned depth)
{
        _cleanup_close_ int fd = depth < CACHE_FIND_DEPTH ? open_below(dir, name, O_DIRECTORY, IN_TREE) : -ELOOP;

        if (fd >= 0)
                return walk(f, fd, path, depth + 1);
        /* Another file system, which was not asked for, is nothing that lacks. */
        if (fd != -EXDEV && fd != -ENOENT)
                f->incomplete = true;
        return 0;
}

static int look_at(struct cache_finds *f, int dir, const struct dirent *e, const char *path, unsigned depth)
{
        struct stat st;
        mode_t type = DTTOIF(e->d_type);

        if (e->d_type == DT_UNKNOWN)
                type = fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : st.st_mode & S_IFMT;
        if (type == S_IFDIR)
                return enter(f, dir, e->d_name, path, depth);
        if (type != S_IFREG)
                return 0;
        _cleanup_close_ int fd = open_below(dir, e->d_name, 0, IN_TREE);
        int r = fd < 0 ? -ENOEXEC : add(f, fd, path);
        return r == -ENOEXEC ? 0 : r;
}

/* Looks at what is in a directory, whose path in its place this is. Returns 0 or -ENOMEM. */
static int walk(struct cache_finds *f, int dir, const char *path, unsigned depth)
{
        _cleanup_closedir_ DIR *d = NULL;
        const struct dirent *e;
        int r = 0;

        if (directory_open(dir, &d) < 0) {
                f->incomplete = true;
                return 0;
        }
        while (r >= 0 && (e = readdir(d))) {
                _cleanup_free_ char *below = NULL;
                if (streq(e->d_name, ".") || streq(e->d_name, ".."))
                        continue;
                if (f->n_entries >= CACHE_FIND_ENTRIES) {
                        f->incomplete = true;
                        break;
                }
                if (++f->n_entries % TELL_EVERY == 0 && f->tell)
                        f->tell(f, f->userdata);
                r = string_format(&below, "%s%s%s", path, *path ? "/" : "", e->d_name);
                if (r >= 0)
                        r = look_at(f, dir, e, below, depth);
        }
        return r;
}

int cache_find(struct cache_finds *f, const char *path)
{
        _cleanup_close_ int fd = open_below(-1, path, 0, 0);
        struct stat st;

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        int r = add_root(f, -1, S_ISDIR(st.st_mode) ? IN_TREE : 0, path);
        if (r < 0)
                return r;
        if (!S_ISDIR(st.st_mode))
                return add(f, fd, path);
        int dir = TAKE_FD(fd);
        f->roots[f->n_roots - 1].fd = dir;
        return walk(f, dir, "", 0);
}

/* Opens a file of the directory of a process, and makes it the last place. Returns a descriptor, which belongs to the place, or a negative
 * errno. */
static int open_of_process(struct cache_finds *f, const char *procdir, pid_t pid, const char *name, uint64_t resolve)
{
        _cleanup_free_ char *path = NULL;

        if (string_format(&path, "%s/%d/%s", procdir, (int)pid, name) < 0)
                return -ENOMEM;
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? -ESRCH : -errno;
        int r = add_root(f, fd, resolve, resolve ? "" : path);
        if (r < 0)
                close(fd);
        return r < 0 ? r : fd;
}

/* Adds the very files that are mapped, which the kernel opens for root alone. */
static int find_mapped(struct cache_finds *f, const char *procdir, pid_t pid)
{
        _cleanup_closedir_ DIR *d = NULL;
        const struct dirent *e;

        int dir = open_of_process(f, procdir, pid, "map_files", 0);
        int r = dir < 0 ? dir : directory_open(dir, &d);
        while (r >= 0 && (e = readdir(d))) {
                _cleanup_close_ int fd = e->d_name[0] == '.' ? -ENOENT : open_below(dir, e->d_name, 0, 0);
                if (fd == -EPERM || fd == -EACCES)
                        return fd;
                r = fd < 0 ? 0 : add(f, fd, e->d_name);
                r = r == -ENOEXEC ? 0 : r;
        }
        return r;
}

/* Adds the files that have the paths of those that are mapped, in the root directory of the process. If one is another file by now, that one
 * is translated. */
static int find_by_path(struct cache_finds *f, const char *procdir, pid_t pid)
{
        _cleanup_free_ char *path = NULL, *line = NULL;
        size_t size = 0;
        int r = 0;

        if (string_format(&path, "%s/%d/maps", procdir, (int)pid) < 0)
                return -ENOMEM;
        _cleanup_fclose_ FILE *maps = fopen(path, "re");
        if (!maps)
                return errno == ENOENT ? -ESRCH : -errno;
        int root = open_of_process(f, procdir, pid, "root", RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
        if (root < 0)
                return root;
        while (r >= 0 && getline(&line, &size, maps) >= 0) {
                const char *file = strchr(line, '/');
                line[strcspn(line, "\n")] = '\0';
                _cleanup_close_ int fd = file ? open_below(root, file, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS) : -ENOENT;
                r = fd < 0 ? 0 : add(f, fd, file + 1);
                r = r == -ENOEXEC ? 0 : r;
        }
        return r;
}

/* A translator maps the program's code to be read, not to be executed, so that says nothing. */
int cache_find_process(struct cache_finds *f, const char *procdir, pid_t pid)
{
        int r = find_mapped(f, procdir, pid);

        return r == -EPERM || r == -EACCES ? find_by_path(f, procdir, pid) : r;
}

static int compare(const void *a, const void *b)
{
        const struct cache_found *x = a, *y = b;

        if (x->device != y->device)
                return x->device < y->device ? -1 : 1;
        if (x->inode != y->inode)
                return x->inode < y->inode ? -1 : 1;
        return x->root < y->root ? -1 : x->root > y->root;
}

void cache_finds_sort(struct cache_finds *f)
{
        size_t n = 0;

        if (f->n > 0)
                qsort(f->items, f->n, sizeof(*f->items), compare);
        for (size_t i = 0; i < f->n; i++) {
                struct cache_found *one = &f->items[i];
                if (n > 0 && f->items[n - 1].device == one->device && f->items[n - 1].inode == one->inode)
                        free(one->path);
                else
                        f->items[n++] = *one;
        }
        f->n = n;
}

int cache_found_open(const struct cache_finds *f, size_t i)
{
        const struct cache_find_root *root = &f->roots[f->items[i].root];
        _cleanup_close_ int fd = open_below(root->fd, f->items[i].path, 0, root->resolve);
        struct stat st;

        if (fd < 0)
                return fd;
        return fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !is_guest(fd) ? -ENOEXEC : TAKE_FD(fd);
}

int cache_found_name(const struct cache_finds *f, size_t i, char **ret)
{
        const struct cache_find_root *root = &f->roots[f->items[i].root];
        size_t n = strlen(root->path);

        if (root->fd < 0)
                return string_set(ret, root->path);
        return string_format(ret, "%s%s%s", root->path, n > 0 && root->path[n - 1] == '/' ? "" : "/", f->items[i].path);
}

void cache_finds_done(struct cache_finds *f)
{
        for (size_t i = 0; i < f->n; i++)
                free(f->items[i].path);
        for (size_t i = 0; i < f->n_roots; i++) {
                closep(&f->roots[i].fd);
                free(f->roots[i].path);
        }
        free(f->items);
        free(f->roots);
        *f = (struct cache_finds){};
}
