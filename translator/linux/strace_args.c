/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments and errors as -strace prints them. Tables hold their names as characters: pointers would have to be
 * relocated at each start. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "abi.h"
#include "open_flags.h"
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

void text_add(struct text *out, const char *format, ...)
{
        __builtin_va_list ap;

        __builtin_va_start(ap, format);
        int n = rt_vsnprintf(out->buf + out->n, sizeof(out->buf) - out->n, format, ap);
        __builtin_va_end(ap);
        out->n += (size_t)n;
        if (out->n >= sizeof(out->buf))
                out->n = sizeof(out->buf) - 1;
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

static void add_byte(struct text *out, uint8_t c)
{
        switch (c) {
        case '\n': text_add(out, "\\n"); return;
        case '\t': text_add(out, "\\t"); return;
        case '\r': text_add(out, "\\r"); return;
        case '"':
        case '\\': text_add(out, "\\%c", c); return;
        }
        if (c >= ' ' && c < 127)
                text_add(out, "%c", c);
        else
                text_add(out, "\\%o", c);
}

/* A quoted string: `length` bytes, or up to the NUL when it is ~0. What is long is cut. */
static void add_string(struct text *out, uint64_t at, uint64_t length)
{
        const unsigned limit = length == ~0ull ? 200 : 32;
        uint8_t c;

        if (!at) {
                text_add(out, "NULL");
                return;
        }
        if (length && guest_read(&c, at, 1) < 0) {
                text_add(out, "%#lx", at);
                return;
        }
        text_add(out, "\"");
        for (unsigned i = 0; i < length; i++) {
                if (guest_read(&c, at + i, 1) < 0 || (c == 0 && length == ~0ull))
                        break;
                if (i == limit) {
                        text_add(out, "\"...");
                        return;
                }
                add_byte(out, c);
        }
        text_add(out, "\"");
}

static void add_vector(struct text *out, uint64_t at)
{
        enum { LIMIT = 16 };
        uint64_t p;

        if (!at) {
                text_add(out, "NULL");
                return;
        }
        text_add(out, "[");
        for (unsigned i = 0; guest_get_word(&p, at, i) >= 0 && p; i++) {
                if (i == LIMIT) {
                        text_add(out, ", ...");
                        break;
                }
                text_add(out, i ? ", " : "");
                add_string(out, p, ~0ull);
        }
        text_add(out, "]");
}

static void add_set(struct text *out, uint64_t set)
{
        /* as strace does it: a nearly full set (sigfillset has the last signal) is the complement of a short one */
        bool complement = set >> 63;
        char buf[16];
        bool any = false;

        text_add(out, complement ? "~[" : "[");
        set = complement ? ~set : set;
        for (int sig = 1; sig <= GSIG_COUNT; sig++)
                if (set & SIGNAL_BIT(sig)) {
                        text_add(out, "%s%s", any ? " " : "", signal_name(sig, buf) + 3);
                        any = true;
                }
        text_add(out, "]");
}

static void add_sigset_at(struct text *out, uint64_t at)
{
        uint64_t set;

        if (at && guest_read(&set, at, sizeof(set)) >= 0)
                add_set(out, set);
        else
                text_add(out, at ? "%#lx" : "NULL", at);
}

static void add_sigaction(struct text *out, uint64_t at)
{
        static const struct name flags[] = {
                N("SA_", NOCLDSTOP, 1),         N("SA_", NOCLDWAIT, 2),          N("SA_", SIGINFO, 4),
                N("SA_", RESTORER, 0x04000000), N("SA_", ONSTACK, 0x08000000),   N("SA_", RESTART, 0x10000000),
                N("SA_", NODEFER, 0x40000000),  N("SA_", RESETHAND, 0x80000000),
        };
        struct guest_sigaction act;

        if (!at || guest_get(sigaction, &act, at) < 0) {
                text_add(out, at ? "%#lx" : "NULL", at);
                return;
        }
        if (act.handler <= GUEST_SIG_IGN)
                text_add(out, "{sa_handler=%s", act.handler == GUEST_SIG_DFL ? "SIG_DFL" : "SIG_IGN");
        else
                text_add(out, "{sa_handler=%#lx", act.handler);
        text_add(out, ", sa_mask=");
        add_set(out, act.mask);
        text_add(out, ", sa_flags=");
        add_flags(out, act.flags, flags, COUNT(flags), false);
        text_add(out, "}");
}

static void add_timespec(struct text *out, uint64_t at)
{
        int64_t ts[2];

        if (at && guest_get(timespec, &ts, at) >= 0)
                text_add(out, "{tv_sec=%ld, tv_nsec=%ld}", (long)ts[0], (long)ts[1]);
        else
                text_add(out, at ? "%#lx" : "NULL", at);
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

/* Letters that stand for a table of names. Returns false for others. */
static bool add_named(struct text *out, char letter, uint64_t v)
{
        switch (letter) {
        case 'o':
                if ((v & 3) == 0)
                        text_add(out, "O_RDONLY");
                add_flags(out, open_flags_to_host((uint32_t)v), open_flags, COUNT(open_flags), (v & 3) == 0);
                return true;
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

void strace_argument(struct text *out, char letter, const uint64_t a[6], unsigned i)
{
        enum { AT_FDCWD_ = -100 };
        uint64_t v = a[i];
        char buf[16];

        if (add_named(out, letter, v))
                return;
        switch (letter) {
        case 'd': return text_add(out, "%ld", v == (uint32_t)v ? (long)(int32_t)v : (long)v);
        case 'f':
        case 'T': return (int)v == AT_FDCWD_ ? text_add(out, "AT_FDCWD") : text_add(out, "%d", (int)v);
        case 'u': return text_add(out, "%lu", v);
        case 'm': return text_add(out, "0%o", (unsigned)v);
        case 'p':
        case 'g':
        case 'G':
        case 'e':
        case 'Q':
        case 'i':
        case 'j':
        case 'J':
        case 'V': return v ? text_add(out, "%#lx", v) : text_add(out, "NULL");
        case 's':
        case 'n': return add_string(out, v, ~0ull);
        case 'b': return add_string(out, v, a[i + 1]);
        case 'v': return add_vector(out, v);
        case 'S': return text_add(out, "%s", signal_name((int)v, buf));
        case 'k': return add_sigset_at(out, v);
        case 'A': return add_sigaction(out, v);
        case 't': return add_timespec(out, v);
        case 'C': return add_clone_flags(out, v);
        default: return text_add(out, "%#lx", v);
        }
}
