/* SPDX-License-Identifier: GPL-2.0-or-later */
/* execve(2), execveat(2). */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/elf.h>
#include <linux/fcntl.h>
#include "abi.h"
#include "descriptors.h"
#include "execve.h"
#include "image.h"
#include "limits.h"
#include "proc.h"
#include "share_fd.h"
#include "signal.h"
#include "syscalls.h"
#include "run/exec.h"
#include "run/thread.h"

static struct {
        bool by_hand;
        const char *path; /* AT_EXECFN */
        char *argv0;
        char **options;
        size_t n_options;
} self;

void execve_by_hand(const char *path, char **argv, int first)
{
        self.by_hand = true;
        self.path = path;
        self.argv0 = argv[0];
        self.options = argv + 1;
        for (int i = 1; i < first; i++) {
                const char *name = argv[i] + 1 + (argv[i][1] == '-');
                static const char of_one_program[][8] = { "0", "comm", "execfn", "E", "U" };
                bool one_program = false;
                for (unsigned k = 0; k < sizeof(of_one_program) / sizeof(of_one_program[0]); k++)
                        one_program |= !strcmp(name, of_one_program[k]);
                int words = *name && strcmp(name, "strace") ? 2 : 1; /* all others take an argument */

                for (int k = i; k < i + words && k < first && !one_program && *name; k++)
                        self.options[self.n_options++] = argv[k];
                i += words - 1;
        }
}

enum {
        HEADER = 256, /* BINPRM_BUF_SIZE: what the kernel looks at */
        PATH_SIZE = 4096,
        MAX_SCRIPTS = 4, /* how deep the kernel lets interpreters be scripts */
        MAX_WORDS = 1 << 20,
};

/* ---- the call itself ---- */

/* Makes the host ignore those synchronous signals (SIGFPE and the like) that the guest ignores although they have our handler:
 * the new program must find them ignored. Almost no program ignores any. With `on` false gives them back to our handler. */
static void ignore_sync(struct thread *t, bool on)
{
        struct sighand *h = t->os->sighand;

        for (int sig = 1; sig <= GSIG_SEGV; sig++)
                if ((SYNC_MASK & SIGNAL_BIT(sig)) && h->action[sig - 1].handler == GUEST_SIG_IGN)
                        host_signal_sync(sig, on);
}

/* Executes, with signals as the guest has them: the synchronous ones are blocked too if the guest blocks them. */
static long do_exec(struct thread *t, int dirfd, const char *path, uint64_t argv, uint64_t envp, int flags)
{
        enum { HOW_SETMASK = 2 };
        uint64_t mask = t->os->sigmask;
        bool moved = mask & SYNC_MASK;
        long r;

        if (moved) {
                r = safe_syscall(__NR_rt_sigprocmask, HOW_SETMASK, (uint64_t)&mask, 0, sizeof(mask), 0, 0);
                if (r < 0)
                        return r;
                signal_host_keeps_held(t);
        }
        ignore_sync(t, true);
        limits_for_exec(dirfd, path);
        if (dirfd == AT_FDCWD && flags == 0)
                r = safe_syscall(__NR_execve, (uint64_t)path, argv, envp, 0, 0, 0);
        else
                r = safe_syscall(__NR_execveat, (uint64_t)dirfd, (uint64_t)path, argv, envp, (uint64_t)flags, 0);
        limits_for_exec_off();
        ignore_sync(t, false);
        if (moved) { /* the mask goes back at the poll, which knows what came in meanwhile */
                t->os->mask_stale = true;
                __atomic_store_n(&t->cpu.poll, 1, __ATOMIC_RELEASE);
        }
        return r;
}

/* ---- what shall run: asked where we were started by hand and have to execute ourselves, and because guest programs share
 * translations ---- */

enum target { FOREIGN_TO_US, GUEST_PROGRAM, SCRIPT };

/* A program for one of our guests, as the registered magic has it: little-endian ELF, executable or shared object. */
static bool is_guest_elf(const uint8_t *p, size_t n)
{
        if (n < 20 || memcmp(p, ELFMAG, SELFMAG) || p[EI_DATA] != ELFDATA2LSB || p[EI_VERSION] != EV_CURRENT)
                return false;
        unsigned type = p[16] | p[17] << 8, machine = p[18] | p[19] << 8;
        return (type == ET_EXEC || type == ET_DYN) && abi_of_elf(p[EI_CLASS], machine);
}

/* Tells by its first bytes what a file is. One that cannot be read or executed is left to the kernel, which refuses it. */
static enum target classify(int dirfd, const char *path, int flags, uint8_t header[HEADER + 1])
{
        char own[64];

        if ((flags & AT_EMPTY_PATH) && !path[0]) {
                rt_snprintf(own, sizeof(own), "/proc/self/fd/%d", dirfd);
                dirfd = AT_FDCWD;
                path = own;
        }
        enum { X_OK = 1 };
        if (sys_call4(__NR_faccessat2, dirfd, path, X_OK, AT_EACCESS) == -EACCES)
                return FOREIGN_TO_US;
        long fd = sys_call3(__NR_openat, dirfd, path, O_CLOEXEC | O_NONBLOCK);
        if (fd < 0)
                return FOREIGN_TO_US;
        long n = sys_call3(__NR_pread64, fd, header, HEADER);
        (void)sys_call1(__NR_close, fd);
        if (n < 2)
                return FOREIGN_TO_US;
        header[n] = 0;
        if (is_guest_elf(header, (size_t)n))
                return GUEST_PROGRAM;
        return header[0] == '#' && header[1] == '!' ? SCRIPT : FOREIGN_TO_US;
}

/* Splits `#! interpreter [argument]` in place (fs/binfmt_script.c). Returns false when no interpreter is named. */
static bool parse_script(char *line, char **ret_interpreter, char **ret_argument)
{
        char *p = line + 2, *end = p;

        while (*end && *end != '\n')
                end++;
        while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
                end--;
        *end = 0;
        while (*p == ' ' || *p == '\t')
                p++;
        if (!*p)
                return false;
        *ret_interpreter = p;
        while (*p && *p != ' ' && *p != '\t')
                p++;
        *ret_argument = NULL;
        if (*p) {
                *p++ = 0;
                while (*p == ' ' || *p == '\t')
                        p++;
                *ret_argument = p;
        }
        return true;
}

/* A command line under construction. */
struct plan {
        char script[MAX_SCRIPTS][HEADER + 1];
        const char *front[2 * MAX_SCRIPTS + 1]; /* what comes before the script's path, in order; the program first */
        unsigned n_front;
        const char *program;
        bool is_script;
        char filename[PATH_SIZE + 24]; /* AT_EXECFN */
};

/* Follows interpreters of scripts to the program that runs in the end. Returns true when that is a guest program. */
static bool follow(struct plan *plan, int dirfd, const char *path, int flags)
{
        unsigned depth = 0;

        plan->program = path;
        plan->n_front = 0;
        plan->is_script = false;
        for (;;) {
                uint8_t header[HEADER + 1];
                char *interpreter, *argument;

                switch (classify(dirfd, plan->program, flags, header)) {
                case FOREIGN_TO_US: return false;
                case GUEST_PROGRAM: return true;
                case SCRIPT: break;
                }
                if (depth == MAX_SCRIPTS)
                        return false;
                memcpy(plan->script[depth], header, sizeof(header));
                if (!parse_script(plan->script[depth], &interpreter, &argument))
                        return false;
                /* The newer interpreter stands before the older one, which becomes its first operand. */
                unsigned add = argument ? 2 : 1;
                memmove(plan->front + add, plan->front, plan->n_front * sizeof(plan->front[0]));
                plan->front[0] = interpreter;
                if (argument)
                        plan->front[1] = argument;
                plan->n_front += add;
                plan->program = interpreter;
                plan->is_script = true;
                depth++;
                dirfd = AT_FDCWD;
                flags = 0;
        }
}

/* Writes the name that the kernel has for the executed file (alloc_bprm() of fs/exec.c). */
static void name_executed(struct plan *plan, int dirfd, const char *path)
{
        if (path[0] == '/' || dirfd == AT_FDCWD)
                rt_snprintf(plan->filename, sizeof(plan->filename), "%s", path);
        else
                rt_snprintf(plan->filename, sizeof(plan->filename), "/dev/fd/%d%s%s", dirfd, path[0] ? "/" : "", path);
}

/* Asks the kernel whether it would open the file to execute it, which it does not when the file is open for writing (ETXTBSY) or
 * on a file system that is mounted noexec. From Linux 6.8 on it says so before it looks at the other arguments; older kernels
 * cannot be asked. Returns 0 or a negative errno. */
static long ask_kernel(int dirfd, const char *path, int flags)
{
        const uint64_t no_address = UINT64_MAX - 7;
        long r = sys_call5(__NR_execveat, dirfd, path, no_address, 0, flags);

        return r == -EFAULT || r == -ENOSYS ? 0 : r;
}

/* Arrays of pointers are the host's from here on: widen() has made them. */
static int get_pointer(uint64_t *ret, uint64_t array, uint64_t k)
{
        return guest_read(ret, array + k * sizeof(*ret), sizeof(*ret));
}

/* Number of pointers of `word` bytes up to NULL, -EFAULT or -E2BIG. */
static long count_words(uint64_t array, unsigned word)
{
        uint64_t p = 0;

        if (!array)
                return 0;
        for (long n = 0; n < MAX_WORDS; n++) {
                if (guest_read(&p, array + (uint64_t)n * word, word) < 0)
                        return -EFAULT;
                if (!p)
                        return n;
        }
        return -E2BIG;
}

/* Executes the translator. Returns -ENOENT when there is neither /proc nor a file of the translator's name, which may be so in a
 * root file system of the guest's own; any other negative errno when the kernel refuses. */
static long exec_self(struct thread *t, uint64_t argv, uint64_t envp)
{
        long r = do_exec(t, AT_FDCWD, "/proc/self/exe", argv, envp, 0);

        if (r == -ENOENT && self.path[0] == '/')
                r = do_exec(t, AT_FDCWD, self.path, argv, envp, 0);
        return r;
}

/* Starts the translator itself: [its name, options, -comm, the script's name, -execfn, what was executed, -0, the program's
 * argv[0], the program, arguments]. */
static long exec_self_with(struct thread *t, const struct plan *plan, const char *path, uint64_t argv, uint64_t envp)
{
        long n = count_words(argv, sizeof(uint64_t));

        if (n < 0)
                return n;
        size_t words = self.n_options + plan->n_front + (size_t)n + 13, at = 0;
        uint64_t *v = rt_alloc(words * sizeof(*v));
        uint64_t argv0 = (uint64_t) "";
        long r = 0;

        if (!v)
                return -ENOMEM;
        v[at++] = (uint64_t)self.argv0;
        for (size_t i = 0; i < self.n_options; i++)
                v[at++] = (uint64_t)self.options[i];
        if (n > 0 && get_pointer(&argv0, argv, 0) < 0)
                r = -EFAULT;
        if (plan->is_script) { /* it is what the process is called, not its interpreter */
                const char *base = strrchr(path, '/');
                v[at++] = (uint64_t) "-comm";
                v[at++] = (uint64_t)(base ? base + 1 : path);
        }
        v[at++] = (uint64_t) "-execfn";
        v[at++] = (uint64_t)plan->filename;
        v[at++] = (uint64_t) "-0";
        v[at++] = plan->is_script ? (uint64_t)plan->front[0] : argv0;
        if (plan->program[0] == '-')
                v[at++] = (uint64_t) "--";
        v[at++] = (uint64_t)plan->program;
        for (unsigned i = 1; i < plan->n_front; i++)
                v[at++] = (uint64_t)plan->front[i];
        if (plan->is_script)
                v[at++] = (uint64_t)path;
        for (long i = 1; i < n; i++)
                if (get_pointer(&v[at + (size_t)i - 1], argv, (uint64_t)i) < 0)
                        r = -EFAULT;
        v[at + (n > 1 ? (size_t)n - 1 : 0)] = 0;
        if (r == 0)
                r = exec_self(t, (uint64_t)v, envp);
        rt_free(v);
        return r;
}

/* ---- programs named by a descriptor ----
 *
 * binfmt_misc refuses a program that is named by a descriptor which exec closes (ENOENT), because its interpreter could not open
 * that. And a file without a name, such as a memfd, cannot be opened by name. Both are executed by a copy of the descriptor that
 * stays open and has a number of its own (EXECVE_FD). The new process recognises the copy by its path and closes it. */
#define COPY_PATH "/dev/fd/" DESCRIPTOR_TEXT(EXECVE_FD)

/* Makes the copy. Returns EXECVE_FD, or a negative errno. Makes none where others use the same table of descriptors, because a
 * program that they execute meanwhile would inherit it. */
static int open_copy(const struct thread *t, int fd)
{
        if (t->os->shares_files)
                return -EBUSY;
        long r = sys_call3(__NR_fcntl, fd, F_DUPFD, EXECVE_FD);

        if (r > EXECVE_FD) { /* the guest has that number */
                (void)sys_call1(__NR_close, r);
                return -EBUSY;
        }
        return (int)r;
}

static void close_copy(int copy)
{
        if (copy >= 0)
                (void)sys_call1(__NR_close, copy);
}

void execve_take_copy(struct program *p)
{
        size_t n = strlen(COPY_PATH);

        if (strncmp(p->path, COPY_PATH, n) != 0 || (p->path[n] && p->path[n] != '/'))
                return;
        bool is_program = p->fd < 0 && !p->path[n];
        long flags = sys_call2(__NR_fcntl, EXECVE_FD, F_GETFL);
        if (is_program && flags >= 0 && !(flags & O_PATH)) {
                p->fd = EXECVE_FD; /* closed when it is loaded */
                return;
        }
        if (is_program) /* one that cannot be read from */
                p->fd = (int)sys_call2(__NR_open, "/proc/self/fd/" DESCRIPTOR_TEXT(EXECVE_FD), O_RDONLY | O_CLOEXEC);
        (void)sys_call1(__NR_close, EXECVE_FD);
}

static bool is_closed_on_exec(int dirfd, const char *path)
{
        long flags = path[0] == '/' || dirfd < 0 ? 0 : sys_call2(__NR_fcntl, dirfd, F_GETFD);

        return flags > 0 && (flags & FD_CLOEXEC);
}

/* Returns a path that names the file in the next program too: for a descriptor, which may be close-on-exec, the name of its file;
 * where that has none, the path of a copy, whose number is then in *ret_copy. Returns NULL without /proc. */
static const char *lasting_path(const struct thread *t, int dirfd, const char *path, char buf[PATH_SIZE], int *ret_copy)
{
        enum { F_OK = 0 };
        char link[64];

        if (path[0] == '/' || (dirfd == AT_FDCWD && path[0]))
                return path;
        rt_snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
        long n = sys_call3(__NR_readlink, link, buf, PATH_SIZE - 1);
        if (n < 0)
                return NULL;
        buf[n] = 0;
        if (path[0])
                rt_snprintf(buf + n, PATH_SIZE - (size_t)n, "/%s", path);
        else if (sys_call3(__NR_faccessat, AT_FDCWD, buf, F_OK) < 0 && (*ret_copy = open_copy(t, dirfd)) >= 0)
                return COPY_PATH;
        return buf;
}

/* ---- entry points ---- */

/* Returns true when the name leads to /proc/PID/exe, and writes the name of that process's program to `program`. With privileges,
 * any name that leads to the translator is taken for one, because the translator would run what the arguments say. */
static bool is_program(int dirfd, uint64_t path_at, const char *path, int flags, char program[PROC_PATH])
{
        struct stat s;

        if (!(flags & AT_SYMLINK_NOFOLLOW) && proc_program(dirfd, path_at, program))
                return true;
        return guest_image.secure && sys_call4(__NR_newfstatat, dirfd, path, &s, flags & AT_EMPTY_PATH) == 0 &&
               proc_is_translator(s.st_dev, s.st_ino, (uint64_t)s.st_size) &&
               proc_program(AT_FDCWD, (uint64_t) "/proc/self/exe", program);
}

/* Executes the program of this process again, with privileges. It is named by a descriptor, because another file can have its
 * name a moment later. */
static long exec_privileged(struct thread *t, const char *program, uint64_t argv, uint64_t envp)
{
        long fd = sys_call3(__NR_open, program, O_PATH | O_CLOEXEC, 0), r = -ENOENT;
        int copy = fd >= 0 && proc_may_be_program((int)fd) ? open_copy(t, (int)fd) : -1;

        if (copy >= 0)
                r = do_exec(t, copy, "", argv, envp, AT_EMPTY_PATH);
        close_copy(copy);
        if (fd >= 0)
                (void)sys_call1(__NR_close, fd);
        return r;
}

static long exec_path(struct thread *t, int dirfd, uint64_t path_at, uint64_t argv, uint64_t envp, int flags)
{
        char path[PATH_SIZE], lasting[PATH_SIZE], program[PROC_PATH];
        struct plan plan;
        long n = guest_read_str(path, sizeof(path), path_at);

        if (n < 0)
                return n;
        const char *name = is_program(dirfd, path_at, path, flags, program) ? program : path;
        if (name == program && guest_image.secure)
                return exec_privileged(t, program, argv, envp);
        if (!follow(&plan, dirfd, name, flags))
                return do_exec(t, dirfd, name, argv, envp, flags);
        if (self.by_hand) {
                name_executed(&plan, dirfd, path);
                n = ask_kernel(dirfd, name, flags);
                if (n >= 0 && plan.is_script)
                        n = ask_kernel(AT_FDCWD, plan.program, 0);
                if (n < 0)
                        return n;
        }

        int copy = -1;
        const char *last = self.by_hand ? lasting_path(t, dirfd, name, lasting, &copy) : NULL;
        bool inherited = share_fd_inherit(t);
        if (last) {
                if (!plan.is_script)
                        plan.program = last;
                n = exec_self_with(t, &plan, last, argv, envp);
        }
        if (!last || n == -ENOENT) {
                if (!plan.is_script && is_closed_on_exec(dirfd, name))
                        copy = open_copy(t, dirfd);
                n = do_exec(t, copy >= 0 ? copy : dirfd, name, argv, envp, flags);
        }
        close_copy(copy);
        if (inherited)
                share_fd_keep(t);
        return n;
}

/* Writes the host's form of an array of n pointers to *to, which is moved behind it. One that cannot be read is left for the kernel
 * to find out, which may have to say something else first. */
static uint64_t widen(uint64_t array, long n, uint64_t **to)
{
        uint64_t *wide = *to;

        if (!array || n < 0)
                return array ? UNREADABLE : 0;
        for (long k = 0; k < n; k++)
                if (guest_get_word(&wide[k], array, (uint64_t)k) < 0)
                        return UNREADABLE;
        wide[n] = 0;
        *to += n + 1;
        return (uint64_t)wide;
}

/* A vfork child that has started another program leaves no memory behind in its parent's: few pointers are on the stack, and many
 * where the parent finds them. */
static long exec_widened(struct thread *t, int dirfd, uint64_t path_at, uint64_t argv, uint64_t envp, int flags)
{
        enum { FEW = 2048 };
        uint64_t few[FEW], *at = few;
        long argc = count_words(argv, guest_abi->word), envc = count_words(envp, guest_abi->word);

        if (argc == -E2BIG || envc == -E2BIG)
                return -E2BIG;
        size_t n = (size_t)(argc < 0 ? 0 : argc) + (size_t)(envc < 0 ? 0 : envc) + 2;
        if (n > FEW && !(at = t->os->exec_words = rt_alloc(n * sizeof(*at))))
                return -ENOMEM;
        argv = widen(argv, argc, &at);
        envp = widen(envp, envc, &at);
        long r = exec_path(t, dirfd, path_at, argv, envp, flags);
        rt_free(t->os->exec_words);
        t->os->exec_words = NULL;
        return r;
}

static long exec_any(struct thread *t, int dirfd, uint64_t path_at, uint64_t argv, uint64_t envp, int flags)
{
        bool narrow = guest_abi->word < sizeof(uint64_t);

        return (narrow ? exec_widened : exec_path)(t, dirfd, path_at, argv, envp, flags);
}

long sys_execve(struct thread *t, const uint64_t a[6])
{
        return exec_any(t, AT_FDCWD, a[0], a[1], a[2], 0);
}

long sys_execveat(struct thread *t, const uint64_t a[6])
{
        int flags = (int)a[4];

        if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) /* newer ones (AT_EXECVE_CHECK) do not execute */
                return safe_syscall(__NR_execveat, a[0], a[1], a[2], a[3], a[4], 0);
        return exec_any(t, (int)a[0], a[1], a[2], a[3], flags);
}
