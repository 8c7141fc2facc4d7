/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native also=armhf seconds=60 */
/* Structures and flags that are others on arm64 than on x86-64, in system calls that syscalls.c does not make. What this program
 * prints must be what it prints when it is compiled for this machine. */
#define _GNU_SOURCE
#include "show.h"
#include <fcntl.h>
#include <inttypes.h>
#include <linux/loop.h>
#include <mqueue.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define BAD ((void *)8)
/* The kernel's O_LARGEFILE. In the C library it is 0. */
#if defined(__aarch64__) || defined(__arm__)
#define LARGEFILE 0400000
#else
#define LARGEFILE 0100000
#endif

/* What a command of semctl(2) has beside its number, as the kernel sees it: IPC_64, which 64-bit machines do not know. */
#ifdef __arm__
#define VERSION 0x100
#define NO_VERSION 0x200
#else
#define VERSION 0
#define NO_VERSION 0x100
#endif

static void show_flags(int fd)
{
        int f = fcntl(fd, F_GETFL);
        printf("flags: mode %d directory %d nofollow %d direct %d largefile %d nonblock %d\n", f & O_ACCMODE, !!(f & O_DIRECTORY),
               !!(f & O_NOFOLLOW), !!(f & O_DIRECT), !!(f & LARGEFILE), !!(f & O_NONBLOCK));
}

/* Returns the address of `size` bytes that can be read and written, with a page behind them that cannot. */
static void *last_bytes(size_t size)
{
        char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mprotect(p + 4096, 4096, PROT_NONE);
        return p + 4096 - size;
}

/* Sets up a loop device for `file`. Returns its descriptor and stores its number; -1: there is none. */
static int loop_device(int file, int *ret_number)
{
        char name[40];
        int control = (int)DO(open("/dev/loop-control", O_RDWR));
        for (int k = 0; control >= 0 && k < 20; k++) {
                *ret_number = ioctl(control, LOOP_CTL_GET_FREE);
                snprintf(name, sizeof(name), "/dev/loop%d", *ret_number);
                int fd = open(name, O_RDWR);
                if (fd >= 0 && ioctl(fd, LOOP_SET_FD, file) == 0)
                        return fd;
                if (fd < 0)
                        break;
                close(fd); /* somebody else took it in between */
        }
        return -1;
}

static void loop(void)
{
        struct loop_info *i = last_bytes(sizeof(*i));
        struct stat file_is, device_is;
        int number, file = open("image", O_RDWR | O_CREAT, 0600), fd;
        SHOW(ftruncate(file, 1 << 20));
        SHOW(ioctl(file, LOOP_SET_STATUS, i));
        SHOW(ioctl(file, LOOP_GET_STATUS, i));
        SHOW(ioctl(-1, LOOP_SET_STATUS, BAD));
        fd = loop_device(file, &number);
        printf("device %d\n", fd >= 0);
        if (fd < 0)
                return;
        fstat(file, &file_is);
        fstat(fd, &device_is);
        memset(i, 0, sizeof(*i));
        i->lo_offset = 4096;
        i->lo_flags = LO_FLAGS_AUTOCLEAR;
        i->lo_device = 77; /* the kernel ignores it */
        i->lo_inode = 78;
        strcpy(i->lo_name, "a name");
        i->lo_init[0] = (unsigned long)0x1122334411223344;
        i->lo_init[1] = 5;
        SHOW(ioctl(fd, LOOP_SET_STATUS, i));
        memset(i, 0x55, sizeof(*i));
        SHOW(ioctl(fd, LOOP_GET_STATUS, i));
        printf("number %d device %d inode %d rdevice %lx offset %d type %d size %d flags %x name %s init %lx %x %lx reserved %d\n",
               i->lo_number == number, i->lo_device == file_is.st_dev, i->lo_inode == file_is.st_ino, (long)i->lo_rdevice,
               i->lo_offset, i->lo_encrypt_type, i->lo_encrypt_key_size, i->lo_flags, i->lo_name,
               i->lo_init[0] >> (8 * sizeof(long) - 32), (uint32_t)i->lo_init[0], i->lo_init[1], i->reserved[0]);
        SHOW(ioctl(fd, LOOP_SET_STATUS, BAD));
        SHOW(ioctl(fd, LOOP_GET_STATUS, BAD));
        SHOW(ioctl(fd, LOOP_GET_STATUS, (char *)i + 8));
        i->lo_encrypt_type = 99;
        SHOW(ioctl(fd, LOOP_SET_STATUS, i));
        i->lo_encrypt_type = LO_CRYPT_NONE;
        i->lo_encrypt_key_size = 1000;
        SHOW(ioctl(fd, LOOP_SET_STATUS, i));
        SHOW(ioctl(fd, LOOP_CLR_FD));
        SHOW(ioctl(fd, LOOP_GET_STATUS, i));
}

/* Opens a file of XFS by its handle, if an XFS file system can be made here. */
static void handles(void)
{
        struct {
                uint32_t fd;
                const char *path;
                uint32_t oflags;
                void *ihandle;
                uint32_t ihandlen;
                void *ohandle;
                uint32_t *ohandlen;
        } *req = last_bytes(sizeof(*req));
        static char handle[64];
        uint32_t length = sizeof(handle);
        if (SHOW(unshare(CLONE_NEWNS)) < 0)
                return;
        mkdir("xfs", 0700);
        if (SHOW(system(
                    "truncate -s 301M xfs-image && mkfs.xfs -q xfs-image && mount --make-rprivate / && mount xfs-image xfs && echo text >xfs/file")) !=
            0)
                return;
        int at = (int)DO(open("xfs", O_RDONLY));
        *req = (typeof(*req)){ .path = "xfs/file", .ohandle = handle, .ohandlen = &length };
        SHOW(ioctl(at, _IOWR('X', 105, typeof(*req)), req)); /* XFS_IOC_PATH_TO_HANDLE */
        static const uint32_t flags[] = { O_RDONLY, O_RDWR | O_DIRECT, O_RDONLY | O_NOFOLLOW, O_RDONLY | O_NONBLOCK | LARGEFILE };
        for (unsigned k = 0; k < sizeof(flags) / sizeof(flags[0]); k++) {
                *req = (typeof(*req)){ .oflags = flags[k], .ihandle = handle, .ihandlen = length };
                int fd = (int)DO(ioctl(at, _IOWR('X', 107, typeof(*req)), req));
                show_flags(fd);
                close(fd);
        }
        SHOW(ioctl(at, _IOWR('X', 107, typeof(*req)), BAD));
        close(at);
        SHOW(umount("xfs"));
}

static void terminal(void)
{
        int m = (int)DO(posix_openpt(O_RDWR | O_NOCTTY)), on = 0;
        SHOW(ioctl(m, TIOCSPTLCK, &on));
        show_flags((int)DO(ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY)));
        show_flags((int)DO(ioctl(m, TIOCGPTPEER, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)));
        show_flags((int)DO(ioctl(m, TIOCGPTPEER, O_RDONLY | O_NOCTTY | LARGEFILE)));
        DO(ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_DIRECT));
}

static void queues(void)
{
        mq_unlink("/binfmtd-structures");
        long fd = DO(syscall(SYS_mq_open, "binfmtd-structures", O_RDWR | O_CREAT | O_NOFOLLOW | LARGEFILE, 0600, NULL));
        show_flags((int)fd);
        DO(syscall(SYS_mq_open, "binfmtd-structures", O_RDWR | O_DIRECT, 0600, NULL));
        show_flags((int)DO(syscall(SYS_mq_open, "binfmtd-structures", O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0600, NULL)));
        SHOW(syscall(SYS_mq_unlink, "binfmtd-structures"));
}

/* By its number, because 32-bit C libraries look at the structure themselves. */
static long semctl_by_number(int id, long command, void *ds)
{
        return syscall(SYS_semctl, id, 0, command | VERSION, ds);
}

static void semaphores(void)
{
        struct semid_ds *ds = last_bytes(sizeof(*ds));
        int id = (int)DO(semget(IPC_PRIVATE, 2, 0600 | IPC_CREAT));
        SHOW(semctl_by_number(id, IPC_STAT, ds));
        SHOW(semctl_by_number(id, IPC_SET, ds));
        SHOW(semctl_by_number(id, IPC_STAT, BAD));
        SHOW(semctl_by_number(id, IPC_SET, BAD));
        SHOW(semctl_by_number(-1, IPC_STAT, BAD));
        SHOW(semctl_by_number(-1, IPC_SET, BAD));
        SHOW(semctl_by_number(0x7fffffff, IPC_SET, BAD));
        SHOW(semctl_by_number(0x7fffffff, IPC_SET, ds));
        SHOW(semctl_by_number(id, IPC_STAT | NO_VERSION, ds));
        SHOW(semctl_by_number(id, (long)(IPC_STAT | 1ll << 40), ds));
        SHOW(semctl_by_number(id, SEM_INFO, BAD));
        SHOW(semctl_by_number(id, IPC_RMID, NULL));
}

/* epoll_pwait by its number: the compiler would complain of such arguments. */
static long wait_for(int ep, void *events, int max)
{
        return syscall(SYS_epoll_pwait, ep, events, max, 0, NULL, 0);
}

static void events(void)
{
        struct epoll_event *e = last_bytes(sizeof(*e)), got[3];
        int ep = (int)DO(epoll_create1(0)), fd = eventfd(1, 0);
        memset(got, 0, sizeof(got));
        *e = (struct epoll_event){ .events = EPOLLIN, .data.u64 = 0x123456789abcdef0 };
        SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, fd, e));
        SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, fd, e));
        SHOW(epoll_ctl(ep, EPOLL_CTL_MOD, fd, BAD));
        SHOW(epoll_ctl(-1, EPOLL_CTL_MOD, fd, BAD));
        SHOW(epoll_ctl(-1, EPOLL_CTL_DEL, fd, BAD));
        SHOW(wait_for(ep, got, 3));
        printf("%x %" PRIx64 "\n", got[0].events, got[0].data.u64);
        SHOW(wait_for(ep, e, 1));
        SHOW(wait_for(ep, got, 0));
        SHOW(wait_for(ep, got, -1));
        SHOW(wait_for(-1, got, 0x7fffffff));
        SHOW(wait_for(ep, BAD, 1));
}

int main(void)
{
        setvbuf(stdout, NULL, _IOLBF, 0);
        loop();
        handles();
        terminal();
        queues();
        semaphores();
        events();
        return 0;
}
