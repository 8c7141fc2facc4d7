/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What -strace prints by name: flags, commands and other constants among the arguments, and errors. Tables hold their names as
 * characters: pointers would have to be relocated at each start. */
#include "abi.h"
#include "open_flags.h"
#include "rt/rt.h"
#include "signal.h"
#include "strace.h"

struct name {
        uint32_t value;
        char name[28]; /* with a NUL */
};
/* clang-format off */
#define N(prefix, name, value) { value, prefix #name }
/* clang-format on */

/* Values of the host (asm/fcntl.h) */
static const struct name open_flags[] = {
        N("O_", WRONLY, 01),         N("O_", RDWR, 02),           N("O_", CREAT, 0100),    N("O_", EXCL, 0200),
        N("O_", NOCTTY, 0400),       N("O_", TRUNC, 01000),       N("O_", APPEND, 02000),  N("O_", NONBLOCK, 04000),
        N("O_", DIRECTORY, 0200000), N("O_", NOFOLLOW, 0400000),  N("O_", DIRECT, 040000), N("O_", LARGEFILE, 0100000),
        N("O_", NOATIME, 01000000),  N("O_", CLOEXEC, 02000000),  N("O_", SYNC, 04010000), N("O_", DSYNC, 010000),
        N("O_", PATH, 010000000),    N("O_", TMPFILE, 020200000),
};
static const struct name at_flags[] = {
        N("AT_", SYMLINK_NOFOLLOW, 0x100), N("AT_", REMOVEDIR, 0x200),   N("AT_", SYMLINK_FOLLOW, 0x400),
        N("AT_", NO_AUTOMOUNT, 0x800),     N("AT_", EMPTY_PATH, 0x1000),
};
static const struct name access_modes[] = { N("", X_OK, 1), N("", W_OK, 2), N("", R_OK, 4) };
static const struct name prot_flags[] = {
        N("PROT_", READ, 1), N("PROT_", WRITE, 2), N("PROT_", EXEC, 4), N("PROT_", BTI, 0x10), N("PROT_", MTE, 0x20),
};
static const struct name map_flags[] = {
        N("MAP_", SHARED, 1),
        N("MAP_", PRIVATE, 2),
        N("MAP_", FIXED, 0x10),
        N("MAP_", ANONYMOUS, 0x20),
        N("MAP_", GROWSDOWN, 0x100),
        N("MAP_", DENYWRITE, 0x800),
        N("MAP_", LOCKED, 0x2000),
        N("MAP_", NORESERVE, 0x4000),
        N("MAP_", POPULATE, 0x8000),
        N("MAP_", NONBLOCK, 0x10000),
        N("MAP_", STACK, 0x20000),
        N("MAP_", HUGETLB, 0x40000),
        N("MAP_", FIXED_NOREPLACE, 0x100000),
};
static const struct name clone_flags[] = {
        N("CLONE_", VM, 0x100),
        N("CLONE_", FS, 0x200),
        N("CLONE_", FILES, 0x400),
        N("CLONE_", SIGHAND, 0x800),
        N("CLONE_", PIDFD, 0x1000),
        N("CLONE_", PTRACE, 0x2000),
        N("CLONE_", VFORK, 0x4000),
        N("CLONE_", PARENT, 0x8000),
        N("CLONE_", THREAD, 0x10000),
        N("CLONE_", NEWNS, 0x20000),
        N("CLONE_", SYSVSEM, 0x40000),
        N("CLONE_", SETTLS, 0x80000),
        N("CLONE_", PARENT_SETTID, 0x100000),
        N("CLONE_", CHILD_CLEARTID, 0x200000),
        N("CLONE_", DETACHED, 0x400000),
        N("CLONE_", UNTRACED, 0x800000),
        N("CLONE_", CHILD_SETTID, 0x1000000),
        N("CLONE_", NEWCGROUP, 0x2000000),
        N("CLONE_", NEWUTS, 0x4000000),
        N("CLONE_", NEWIPC, 0x8000000),
        N("CLONE_", NEWUSER, 0x10000000),
        N("CLONE_", NEWPID, 0x20000000),
        N("CLONE_", NEWNET, 0x40000000),
        N("CLONE_", IO, 0x80000000),
};
static const struct name wait_options[] = {
        N("W", NOHANG, 1),       N("W", STOPPED, 2),          N("W", EXITED, 4),      N("W", CONTINUED, 8),
        N("W", NOWAIT, 1 << 24), N("__W", NOTHREAD, 1 << 29), N("__W", ALL, 1 << 30), N("__W", CLONE, 1u << 31),
};
static const struct name socket_types[] = {
        N("SOCK_", STREAM, 1),
        N("SOCK_", DGRAM, 2),
        N("SOCK_", RAW, 3),
        N("SOCK_", SEQPACKET, 5),
};
static const struct name socket_flags[] = { N("SOCK_", NONBLOCK, 04000), N("SOCK_", CLOEXEC, 02000000) };
static const struct name domains[] = {
        N("AF_", UNIX, 1), N("AF_", INET, 2), N("AF_", INET6, 10), N("AF_", NETLINK, 16), N("AF_", PACKET, 17),
};
static const struct name hows[] = { N("SIG_", BLOCK, 0), N("SIG_", UNBLOCK, 1), N("SIG_", SETMASK, 2) };
static const struct name whences[] = {
        N("SEEK_", SET, 0), N("SEEK_", CUR, 1), N("SEEK_", END, 2), N("SEEK_", DATA, 3), N("SEEK_", HOLE, 4),
};
static const struct name clocks[] = {
        N("CLOCK_", REALTIME, 0),          N("CLOCK_", MONOTONIC, 1),     N("CLOCK_", PROCESS_CPUTIME_ID, 2),
        N("CLOCK_", THREAD_CPUTIME_ID, 3), N("CLOCK_", MONOTONIC_RAW, 4), N("CLOCK_", REALTIME_COARSE, 5),
        N("CLOCK_", MONOTONIC_COARSE, 6),  N("CLOCK_", BOOTTIME, 7),
};
static const struct name futex_ops[] = {
        N("FUTEX_", WAIT, 0),
        N("FUTEX_", WAKE, 1),
        N("FUTEX_", FD, 2),
        N("FUTEX_", REQUEUE, 3),
        N("FUTEX_", CMP_REQUEUE, 4),
        N("FUTEX_", WAKE_OP, 5),
        N("FUTEX_", LOCK_PI, 6),
        N("FUTEX_", UNLOCK_PI, 7),
        N("FUTEX_", TRYLOCK_PI, 8),
        N("FUTEX_", WAIT_BITSET, 9),
        N("FUTEX_", WAKE_BITSET, 10),
        N("FUTEX_", WAIT_REQUEUE_PI, 11),
        N("FUTEX_", CMP_REQUEUE_PI, 12),
        N("FUTEX_", LOCK_PI2, 13),
};
static const struct name futex_flags[] = { N("FUTEX_", PRIVATE_FLAG, 128), N("FUTEX_", CLOCK_REALTIME, 256) };
static const struct name fcntl_commands[] = {
        N("F_", DUPFD, 0),
        N("F_", GETFD, 1),
        N("F_", SETFD, 2),
        N("F_", GETFL, 3),
        N("F_", SETFL, 4),
        N("F_", GETLK, 5),
        N("F_", SETLK, 6),
        N("F_", SETLKW, 7),
        N("F_", SETOWN, 8),
        N("F_", GETOWN, 9),
        N("F_", OFD_GETLK, 36),
        N("F_", OFD_SETLK, 37),
        N("F_", OFD_SETLKW, 38),
        N("F_", SETLEASE, 1024),
        N("F_", GETLEASE, 1025),
        N("F_", NOTIFY, 1026),
        N("F_", DUPFD_CLOEXEC, 1030),
        N("F_", SETPIPE_SZ, 1031),
        N("F_", GETPIPE_SZ, 1032),
        N("F_", ADD_SEALS, 1033),
        N("F_", GET_SEALS, 1034),
};
static const struct name epoll_ops[] = { N("EPOLL_CTL_", ADD, 1), N("EPOLL_CTL_", DEL, 2), N("EPOLL_CTL_", MOD, 3) };

static const char errno_names[][16] = {
        [1] = "EPERM",
        [2] = "ENOENT",
        [3] = "ESRCH",
        [4] = "EINTR",
        [5] = "EIO",
        [6] = "ENXIO",
        [7] = "E2BIG",
        [8] = "ENOEXEC",
        [9] = "EBADF",
        [10] = "ECHILD",
        [11] = "EAGAIN",
        [12] = "ENOMEM",
        [13] = "EACCES",
        [14] = "EFAULT",
        [15] = "ENOTBLK",
        [16] = "EBUSY",
        [17] = "EEXIST",
        [18] = "EXDEV",
        [19] = "ENODEV",
        [20] = "ENOTDIR",
        [21] = "EISDIR",
        [22] = "EINVAL",
        [23] = "ENFILE",
        [24] = "EMFILE",
        [25] = "ENOTTY",
        [26] = "ETXTBSY",
        [27] = "EFBIG",
        [28] = "ENOSPC",
        [29] = "ESPIPE",
        [30] = "EROFS",
        [31] = "EMLINK",
        [32] = "EPIPE",
        [33] = "EDOM",
        [34] = "ERANGE",
        [35] = "EDEADLK",
        [36] = "ENAMETOOLONG",
        [37] = "ENOLCK",
        [38] = "ENOSYS",
        [39] = "ENOTEMPTY",
        [40] = "ELOOP",
        [42] = "ENOMSG",
        [43] = "EIDRM",
        [44] = "ECHRNG",
        [45] = "EL2NSYNC",
        [46] = "EL3HLT",
        [47] = "EL3RST",
        [48] = "ELNRNG",
        [49] = "EUNATCH",
        [50] = "ENOCSI",
        [51] = "EL2HLT",
        [52] = "EBADE",
        [53] = "EBADR",
        [54] = "EXFULL",
        [55] = "ENOANO",
        [56] = "EBADRQC",
        [57] = "EBADSLT",
        [59] = "EBFONT",
        [60] = "ENOSTR",
        [61] = "ENODATA",
        [62] = "ETIME",
        [63] = "ENOSR",
        [64] = "ENONET",
        [65] = "ENOPKG",
        [66] = "EREMOTE",
        [67] = "ENOLINK",
        [68] = "EADV",
        [69] = "ESRMNT",
        [70] = "ECOMM",
        [71] = "EPROTO",
        [72] = "EMULTIHOP",
        [73] = "EDOTDOT",
        [74] = "EBADMSG",
        [75] = "EOVERFLOW",
        [76] = "ENOTUNIQ",
        [77] = "EBADFD",
        [78] = "EREMCHG",
        [79] = "ELIBACC",
        [80] = "ELIBBAD",
        [81] = "ELIBSCN",
        [82] = "ELIBMAX",
        [83] = "ELIBEXEC",
        [84] = "EILSEQ",
        [85] = "ERESTART",
        [86] = "ESTRPIPE",
        [87] = "EUSERS",
        [88] = "ENOTSOCK",
        [89] = "EDESTADDRREQ",
        [90] = "EMSGSIZE",
        [91] = "EPROTOTYPE",
        [92] = "ENOPROTOOPT",
        [93] = "EPROTONOSUPPORT",
        [94] = "ESOCKTNOSUPPORT",
        [95] = "EOPNOTSUPP",
        [96] = "EPFNOSUPPORT",
        [97] = "EAFNOSUPPORT",
        [98] = "EADDRINUSE",
        [99] = "EADDRNOTAVAIL",
        [100] = "ENETDOWN",
        [101] = "ENETUNREACH",
        [102] = "ENETRESET",
        [103] = "ECONNABORTED",
        [104] = "ECONNRESET",
        [105] = "ENOBUFS",
        [106] = "EISCONN",
        [107] = "ENOTCONN",
        [108] = "ESHUTDOWN",
        [109] = "ETOOMANYREFS",
        [110] = "ETIMEDOUT",
        [111] = "ECONNREFUSED",
        [112] = "EHOSTDOWN",
        [113] = "EHOSTUNREACH",
        [114] = "EALREADY",
        [115] = "EINPROGRESS",
        [116] = "ESTALE",
        [117] = "EUCLEAN",
        [118] = "ENOTNAM",
        [119] = "ENAVAIL",
        [120] = "EISNAM",
        [121] = "EREMOTEIO",
        [122] = "EDQUOT",
        [123] = "ENOMEDIUM",
        [124] = "EMEDIUMTYPE",
        [125] = "ECANCELED",
        [126] = "ENOKEY",
        [127] = "EKEYEXPIRED",
        [128] = "EKEYREVOKED",
        [129] = "EKEYREJECTED",
        [130] = "EOWNERDEAD",
        [131] = "ENOTRECOVERABLE",
        [132] = "ERFKILL",
        [133] = "EHWPOISON",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *errno_name(int e, char buf[16])
{
        if (e >= 0 && e < (int)COUNT(errno_names) && errno_names[e][0])
                return errno_names[e];
        rt_snprintf(buf, 16, "%d", e);
        return buf;
}

/* One value out of a table, else a number. */
static void add_value(struct text *out, uint64_t v, const struct name *table, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (table[i].value == v) {
                        text_add(out, "%s", table[i].name);
                        return;
                }
        text_add(out, "%ld", (long)v);
}

/* Bits out of a table, then the rest as a number; `any`: something was printed before. */
static void add_flags(struct text *out, uint64_t v, const struct name *table, size_t n, bool any)
{
        for (size_t i = 0; i < n; i++)
                if ((v & table[i].value) == table[i].value) {
                        text_add(out, "%s%s", any ? "|" : "", table[i].name);
                        v &= ~(uint64_t)table[i].value;
                        any = true;
                }
        if (v)
                text_add(out, "%s%#lx", any ? "|" : "", v);
        else if (!any)
                text_add(out, "0");
}

void strace_sa_flags(struct text *out, uint64_t v)
{
        static const struct name flags[] = {
                N("SA_", NOCLDSTOP, 1),         N("SA_", NOCLDWAIT, 2),          N("SA_", SIGINFO, 4),
                N("SA_", RESTORER, 0x04000000), N("SA_", ONSTACK, 0x08000000),   N("SA_", RESTART, 0x10000000),
                N("SA_", NODEFER, 0x40000000),  N("SA_", RESETHAND, 0x80000000),
        };

        add_flags(out, v, flags, COUNT(flags), false);
}

static void add_clone_flags(struct text *out, uint64_t v)
{
        char buf[16];
        unsigned sig = v & 0xff;

        add_flags(out, (uint32_t)v & ~0xffu, clone_flags, COUNT(clone_flags), false);
        if (sig)
                text_add(out, "|%s", signal_name((int)sig, buf));
}

#define VALUE(table) add_value(out, v, table, COUNT(table))
#define FLAGS(table) add_flags(out, v, table, COUNT(table), false)

bool strace_named(struct text *out, char letter, uint64_t v)
{
        switch (letter) {
        case 'o':
                if ((v & 3) == 0)
                        text_add(out, "O_RDONLY");
                add_flags(out, open_flags_to_host((uint32_t)v), open_flags, COUNT(open_flags), (v & 3) == 0);
                return true;
        case 'C': return add_clone_flags(out, v), true;
        case 'a': return FLAGS(at_flags), true;
        case 'r': return v ? FLAGS(access_modes) : text_add(out, "F_OK"), true;
        case 'P': return v ? FLAGS(prot_flags) : text_add(out, "PROT_NONE"), true;
        case 'M': return FLAGS(map_flags), true;
        case 'w': return FLAGS(wait_options), true;
        case 'l': return VALUE(whences), true;
        case 'h': return VALUE(hows), true;
        case 'c': return VALUE(clocks), true;
        case 'D': return VALUE(domains), true;
        case 'E': return VALUE(epoll_ops), true;
        case 'N': return VALUE(fcntl_commands), true;
        case 'F':
                add_value(out, v & 0x7f, futex_ops, COUNT(futex_ops));
                if (v & ~0x7full)
                        text_add(out, "|"), add_flags(out, v & ~0x7full, futex_flags, COUNT(futex_flags), false);
                return true;
        case 'y':
                add_value(out, v & 0xf, socket_types, COUNT(socket_types));
                if (v & ~0xfull)
                        text_add(out, "|"), add_flags(out, v & ~0xfull, socket_flags, COUNT(socket_flags), false);
                return true;
        }
        return false;
}
