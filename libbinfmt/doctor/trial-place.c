/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The side of a trial that runs in the place. It makes the namespaces, and a process in them that becomes the program. */
#include "trial-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kernel/kernel.h"
#include "kernel/mount.h"
#include "kernel/namespace.h"

/* Enters a place from a process that is in its namespaces already. Returns 0, or a negative errno with the stage. */
typedef int enter_t(const struct trial_request *r, enum trial_stage *stage);

static int enter_nothing(const struct trial_request *r, enum trial_stage *stage)
{
        (void)stage;
        return chdir(r->directory) < 0 ? -errno : 0;
}

/* Mounts an empty file system over the directory, and puts only the program into it. */
static int make_root(const struct trial_request *r)
{
        uint8_t bytes[GUEST_PROGRAM_MAX];
        size_t size = guest_program_make(r->program, bytes);

        if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", r->directory, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m") < 0 || chdir(r->directory) < 0)
                return -errno;
        _cleanup_close_ int fd = open(TRIAL_PROGRAM, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
        if (fd < 0 || fchmod(fd, 0755) < 0)
                return -errno;
        ssize_t n = write(fd, bytes, size);
        return n < 0 ? -errno : (size_t)n == size ? 0 : -EIO;
}

static int enter_chroot(const struct trial_request *r, enum trial_stage *stage)
{
        *stage = TRIAL_STAGE_ROOT;
        int e = make_root(r);
        if (e < 0)
                return e;
        return chroot(".") < 0 || chdir("/") < 0 ? -errno : 0;
}

static int enter_own_entries(const struct trial_request *r, enum trial_stage *stage)
{
        _cleanup_(problems_done) struct problems ignored = {};
        const char *reason;

        *stage = TRIAL_STAGE_ROOT;
        int e = make_root(r);
        if (e >= 0 && mkdir("misc", 0755) < 0)
                e = -errno;
        if (e < 0)
                return e;
        *stage = TRIAL_STAGE_MISC;
        e = binfmt_misc_mount("misc");
        if (e < 0)
                return e;
        _cleanup_close_ int fd = binfmt_misc_open("misc", false, &ignored);
        if (fd < 0)
                return fd;
        *stage = TRIAL_STAGE_REGISTER;
        return kernel_register(fd, r->entry, &reason);
}

/* Paths below /proc that container managers hide, and that they make read-only. */
static const char *const hidden[] = { "proc/acpi",        "proc/asound",        "proc/kcore",
                                      "proc/keys",        "proc/latency_stats", "proc/timer_list",
                                      "proc/timer_stats", "proc/sched_debug",   "proc/scsi" };
static const char *const read_only[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger" };

static int hide(const char *path)
{
        struct stat st;

        if (stat(path, &st) < 0)
                return errno == ENOENT ? 0 : -errno;
        if (S_ISDIR(st.st_mode))
                return mount("tmpfs", path, "tmpfs", MS_RDONLY, "size=0k") < 0 ? -errno : 0;
        return mount("/dev/null", path, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int make_read_only(const char *path, unsigned long flags)
{
        if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0)
                return errno == ENOENT ? 0 : -errno;
        return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) < 0 ? -errno : 0;
}

static int mount_proc(void)
{
        const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
        int e = 0;

        if (mkdir("proc", 0755) < 0 || mount("proc", "proc", "proc", flags, NULL) < 0)
                return -errno;
        for (size_t i = 0; i < ARRAY_SIZE(hidden) && e >= 0; i++)
                e = hide(hidden[i]);
        for (size_t i = 0; i < ARRAY_SIZE(read_only) && e >= 0; i++)
                e = make_read_only(read_only[i], flags);
        return e;
}

/* Makes the current directory the root. The old root then lies on top of the new one, and is taken away from there: see
 * pivot_root(2). An initramfs cannot be taken away like that, but can be covered. */
static int change_root(void)
{
        if (syscall(SYS_pivot_root, ".", ".") == 0) {
                if (umount2(".", MNT_DETACH) < 0)
                        return -errno;
        } else if (errno != EINVAL || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0) {
                return -errno;
        }
        if (chdir("/") < 0 || mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
                return -errno;
        return 0;
}

static int drop_privileges(void)
{
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};

        for (unsigned long c = 0; prctl(PR_CAPBSET_DROP, c, 0, 0, 0) == 0; c++)
                ;
        if (errno != EINVAL) /* there is no capability of that number */
                return -errno;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_capset, &header, none) < 0)
                return -errno;
        return 0;
}

static int enter_container(const struct trial_request *r, enum trial_stage *stage)
{
        *stage = TRIAL_STAGE_ROOT;
        int e = make_root(r);
        if (e < 0)
                return e;
        *stage = TRIAL_STAGE_PROC;
        e = mount_proc();
        if (e < 0)
                return e;
        *stage = TRIAL_STAGE_ROOT;
        e = change_root();
        if (e < 0)
                return e;
        *stage = TRIAL_STAGE_PRIVILEGES;
        return drop_privileges();
}

static const struct place {
        int namespaces;
        bool user; /* it takes a user namespace in any case */
        enter_t *enter;
} places[TRIAL_PLACE_COUNT] = {
        [TRIAL_HOST] = { 0, false, enter_nothing },
        [TRIAL_CHROOT] = { CLONE_NEWNS, false, enter_chroot },
        [TRIAL_NAMESPACE] = { CLONE_NEWNS, true, enter_nothing },
        [TRIAL_OWN_ENTRIES] = { CLONE_NEWNS, true, enter_own_entries },
        [TRIAL_CONTAINER] = { CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWIPC, false, enter_container },
};

static void report_error(int fd, enum trial_stage stage, int error)
{
        const struct trial_report r = { .stage = stage, .error = error };

        (void)!write(fd, &r, sizeof(r));
        _exit(EXIT_FAILURE);
}

static void become_program(const struct trial_request *request, int report)
{
        char program[] = "./" TRIAL_PROGRAM;
        char *const argv[] = { program, NULL };
        enum trial_stage stage = TRIAL_STAGE_NAMESPACE;

        int e = places[request->place].enter(request, &stage);
        if (e < 0)
                report_error(report, stage, e);
        const struct trial_report begin = { .stage = TRIAL_STAGE_EXECUTE, .now = trial_now() };
        (void)!write(report, &begin, sizeof(begin));
        execve(program, argv, environ);
        report_error(report, TRIAL_STAGE_EXECUTE, -errno);
}

static int enter_namespaces(const struct place *p)
{
        if (p->user)
                return namespace_enter(p->namespaces, 0, 0);
        return p->namespaces ? namespace_enter_if_needed(p->namespaces) : 0;
}

void trial_process(const struct trial_request *request, int report)
{
        const struct place *place = &places[request->place];
        struct trial_report end = { .stage = TRIAL_STAGE_END };

        int e = enter_namespaces(place);
        if (e < 0)
                report_error(report, TRIAL_STAGE_NAMESPACE, e);
        pid_t pid = fork();
        if (pid < 0)
                report_error(report, TRIAL_STAGE_PROCESS, -errno);
        if (pid == 0)
                become_program(request, report);

        const struct trial_report started = { .stage = TRIAL_STAGE_PROCESS, .pid = pid, .user_namespace = !place->user && e > 0 };
        (void)!write(report, &started, sizeof(started));
        while (waitpid(pid, &end.wait_status, 0) < 0 && errno == EINTR)
                ;
        (void)!write(report, &end, sizeof(end));
        _exit(EXIT_SUCCESS);
}
