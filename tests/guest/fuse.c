/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native also=armhf seconds=60 */
/* A FUSE server, and a client that opens the server's files. The server is told the flags of open, which are other numbers on
 * arm64 than on x86. It takes requests with read, with readv in two parts, and with splice into a pipe. What this program prints
 * must be what it prints when it is compiled for this machine. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024, ROOT = 1, FILE_NODE = 2 };

static int dev, through[2], closed[2]; /* /dev/fuse; a pipe for splice; a pipe with a byte for each file that was closed */
static enum { READ, READV, SPLICE } way;
static char *request;

static ssize_t take(void)
{
        struct iovec v[2] = { { request, sizeof(struct fuse_in_header) },
                              { request + sizeof(struct fuse_in_header), BUFFER - sizeof(struct fuse_in_header) } };
        if (way == READ)
                return read(dev, request, BUFFER);
        if (way == READV)
                return readv(dev, v, 2);
        ssize_t n = splice(dev, NULL, through[1], NULL, BUFFER, 0);
        return n <= 0 ? n : read(through[0], request, BUFFER);
}

static void answer(uint64_t unique, int error, const void *data, size_t n)
{
        struct fuse_out_header head = { (uint32_t)(sizeof(head) + n), error, unique };
        struct iovec v[2] = { { &head, sizeof(head) }, { (void *)data, n } };
        if (writev(dev, v, 2) < 0 && errno != ENOENT)
                printf("writev: %s\n", strerrorname_np(errno));
}

/* Prints open flags by their names, because their numbers are others on other machines. */
static void show(const char *what, uint32_t flags)
{
        static const struct {
                uint32_t bit;
                const char *name;
        } names[] = { { O_DIRECTORY, "directory" }, { O_NOFOLLOW, "nofollow" }, { O_DIRECT, "direct" }, { O_APPEND, "append" },
                      { O_NONBLOCK, "nonblock" },   { O_TRUNC, "trunc" },       { O_SYNC, "sync" } };
#if defined(__aarch64__) || defined(__arm__)
        const uint32_t largefile = 0400000;
#else
        const uint32_t largefile = 0100000;
#endif
        printf("%s: access %d%s", what, flags & O_ACCMODE, flags & largefile ? " largefile" : "");
        for (unsigned k = 0; k < sizeof(names) / sizeof(names[0]); k++)
                if ((flags & names[k].bit) == names[k].bit)
                        printf(" %s", names[k].name);
        printf("\n");
}

static struct fuse_attr attributes(uint64_t node)
{
        return (struct fuse_attr){
                .ino = node, .mode = node == ROOT ? S_IFDIR | 0755 : S_IFREG | 0644, .nlink = 1, .size = 4096, .blksize = 4096
        };
}

static void answer_create(const struct fuse_in_header *h)
{
        struct {
                struct fuse_entry_out entry;
                struct fuse_open_out open;
        } out = { .entry = { .nodeid = FILE_NODE + 1, .attr = attributes(FILE_NODE + 1) } };
        show("create", ((struct fuse_create_in *)(h + 1))->flags);
        answer(h->unique, 0, &out, sizeof(out));
}

static void answer_read(const struct fuse_in_header *h)
{
        static const char zeros[4096];
        const struct fuse_read_in *in = (void *)(h + 1);
        show(h->opcode == FUSE_READ ? "read" : "readdir", in->flags);
        answer(h->unique, 0, zeros, h->opcode == FUSE_READ && in->offset == 0 ? 4096 : 0);
}

static void answer_write(const struct fuse_in_header *h)
{
        const struct fuse_write_in *in = (void *)(h + 1);
        struct fuse_write_out out = { .size = in->size };
        show("write", in->flags);
        printf("written: %u %.8s\n", in->size, (const char *)(in + 1));
        answer(h->unique, 0, &out, sizeof(out));
}

static bool serve(void)
{
        ssize_t n = take();
        if (n < 0)
                return errno == EINTR || errno == ENOENT;
        const struct fuse_in_header *h = (void *)request;
        const void *in = h + 1;
        struct fuse_init_out init = {
                .major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 65536, .flags = FUSE_ATOMIC_O_TRUNC
        };
        struct fuse_entry_out entry = { .nodeid = FILE_NODE, .attr = attributes(FILE_NODE) };
        struct fuse_attr_out attr = { .attr = attributes(h->nodeid) };
        struct fuse_open_out open_out = { .open_flags = h->opcode == FUSE_OPEN ? FOPEN_DIRECT_IO : 0 };
        switch (h->opcode) {
        case FUSE_INIT: answer(h->unique, 0, &init, sizeof(init)); break;
        case FUSE_LOOKUP:
                answer(h->unique, strcmp(in, "file") ? -ENOENT : 0, &entry, strcmp(in, "file") ? 0 : sizeof(entry));
                break;
        case FUSE_GETATTR:
        case FUSE_SETATTR: answer(h->unique, 0, &attr, sizeof(attr)); break;
        case FUSE_OPEN:
        case FUSE_OPENDIR:
                show(h->opcode == FUSE_OPEN ? "open" : "opendir", ((struct fuse_open_in *)in)->flags);
                answer(h->unique, 0, &open_out, sizeof(open_out));
                break;
        case FUSE_CREATE: answer_create(h); break;
        case FUSE_READ:
        case FUSE_READDIR: answer_read(h); break;
        case FUSE_WRITE: answer_write(h); break;
        case FUSE_RELEASE:
        case FUSE_RELEASEDIR:
                show(h->opcode == FUSE_RELEASE ? "release" : "releasedir", ((struct fuse_release_in *)in)->flags);
                answer(h->unique, 0, NULL, 0);
                return write(closed[1], "", 1) == 1;
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
        case FUSE_INTERRUPT: break;
        default: answer(h->unique, -ENOSYS, NULL, 0);
        }
        return true;
}

/* The client: opens and closes files, each one only after the server was told that the last one is closed. */
static void client(void)
{
        static const struct {
                const char *name;
                int flags;
        } files[] = {
                { "mount/file", O_RDONLY },
                { "mount/file", O_RDWR | O_DIRECT },
                { "mount/file", O_RDONLY | O_NOFOLLOW },
                { "mount/file", O_WRONLY | O_APPEND | O_NONBLOCK },
                { "mount/file", O_WRONLY | O_TRUNC | O_SYNC },
                { "mount", O_RDONLY | O_DIRECTORY },
                { "mount", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC },
                { "mount/new", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW },
                { "mount/other", O_WRONLY | O_CREAT },
        };
        static char data[4096] __attribute__((aligned(4096))) = "contents";
        for (unsigned k = 0; k < sizeof(files) / sizeof(files[0]); k++) {
                int fd = open(files[k].name, files[k].flags, 0600);
                if (fd < 0) {
                        printf("%u: %s\n", k, strerrorname_np(errno));
                        continue;
                }
                ssize_t n = files[k].flags & O_DIRECTORY               ? getdents64(fd, data, sizeof(data))
                            : (files[k].flags & O_ACCMODE) == O_WRONLY ? write(fd, "written", 8)
                                                                       : read(fd, data, sizeof(data));
                printf("%u: %ld\n", k, (long)n);
                close(fd);
                if (read(closed[0], data, 1) != 1)
                        break;
        }
}

static void session(const char *name)
{
        char options[100];
        printf("---- %s\n", name);
        dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
        snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", dev);
        if (dev < 0 || mount("server", "mount", "fuse.test", MS_NOSUID | MS_NODEV, options) < 0) {
                printf("mount: %s\n", strerrorname_np(errno));
                return;
        }
        fflush(stdout);
        pid_t server = fork();
        if (server == 0) {
                alarm(20);
                while (serve())
                        ;
                _exit(0);
        }
        close(dev);
        client();
        umount2("mount", MNT_DETACH);
        waitpid(server, NULL, 0);
}

int main(void)
{
        setvbuf(stdout, NULL, _IOLBF, 0);
        request = malloc(BUFFER);
        mkdir("mount", 0700);
        alarm(60);
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                printf("unshare: %s\n", strerrorname_np(errno));
        if (pipe(through) < 0 || pipe(closed) < 0 || fcntl(through[1], F_SETPIPE_SZ, BUFFER) < 0)
                return 1;
        session("read");
        way = READV;
        session("readv");
        way = SPLICE;
        session("splice");
        return 0;
}
