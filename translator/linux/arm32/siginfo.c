/* SPDX-License-Identifier: GPL-2.0-or-later */
/* siginfo_t and struct sigevent. Which members of siginfo's union are there, signal and code tell (siginfo_layout() of
 * kernel/signal.c). */
#include "arm32.h"
#include "linux/signal.h"
#include "rt/rt.h"

/* The union of 64-bit machines (asm-generic/siginfo.h): what is in linux_siginfo.bytes. */
union host_fields {
        struct {
                int32_t pid;
                uint32_t uid;
                uint64_t value;
        } rt;
        struct {
                int32_t tid, overrun;
                uint64_t value;
        } timer;
        struct {
                int32_t pid;
                uint32_t uid;
                int32_t status, pad;
                int64_t utime, stime;
        } child;
        struct {
                uint64_t addr;
                union {
                        int16_t addr_lsb;
                        struct {
                                uint64_t pad, lower, upper;
                        } bound;
                        struct {
                                uint64_t pad;
                                uint32_t pkey;
                        } key;
                        struct {
                                uint64_t data;
                                uint32_t type, flags;
                        } perf;
                };
        } fault;
        struct {
                int64_t band;
                int32_t fd;
        } poll;
        struct {
                uint64_t call_addr;
                int32_t syscall;
                uint32_t arch;
        } sys;
        uint8_t bytes[112];
};

enum layout { KILL, RT, TIMER, CHILD, FAULT, FAULT_MCEERR, FAULT_BOUND, FAULT_KEY, FAULT_PERF, POLL, SYS };

/* Signals that the kernel itself sends, with a code of its own for each: the highest of these codes, and what goes with it. */
static const struct {
        uint8_t sig, codes, layout;
} kernels[] = {
        { GSIG_ILL, 11, FAULT }, { GSIG_FPE, 15, FAULT }, { GSIG_SEGV, 10, FAULT },      { GSIG_BUS, 5, FAULT },
        { GSIG_TRAP, 6, FAULT }, { GSIG_CHLD, 6, CHILD }, { 29 /* SIGPOLL */, 6, POLL }, { 31 /* SIGSYS */, 2, SYS },
};
enum { CODES_OF_POLL = 6 };

/* What goes with codes of faults that say more than an address. */
static enum layout fault_layout(int sig, int code)
{
        enum { BUS_MCEERR_AR = 4, BUS_MCEERR_AO = 5, SEGV_BNDERR = 3, SEGV_PKUERR = 4, TRAP_PERF = 6 };

        if (sig == GSIG_BUS && (code == BUS_MCEERR_AR || code == BUS_MCEERR_AO))
                return FAULT_MCEERR;
        if (sig == GSIG_SEGV && code == SEGV_BNDERR)
                return FAULT_BOUND;
        if (sig == GSIG_SEGV && code == SEGV_PKUERR)
                return FAULT_KEY;
        return sig == GSIG_TRAP && code == TRAP_PERF ? FAULT_PERF : FAULT;
}

static enum layout layout_of(int sig, int code)
{
        enum { FROM_USER = 0, FROM_KERNEL = 0x80, FROM_TIMER = -2, FROM_SIGIO = -5 };

        if (code > FROM_USER && code < FROM_KERNEL) {
                for (unsigned k = 0; k < sizeof(kernels) / sizeof(kernels[0]); k++)
                        if (kernels[k].sig == sig && code <= kernels[k].codes)
                                return kernels[k].layout == FAULT ? fault_layout(sig, code) : kernels[k].layout;
                return code <= CODES_OF_POLL ? POLL : KILL;
        }
        if (code == FROM_TIMER)
                return TIMER;
        if (code == FROM_SIGIO)
                return POLL;
        return code < 0 ? RT : KILL;
}

static void fault_to_guest(struct arm32_siginfo *g, const union host_fields *h, enum layout layout)
{
        g->fault.addr = (uint32_t)h->fault.addr;
        switch (layout) {
        case FAULT_MCEERR: g->fault.addr_lsb = h->fault.addr_lsb; break;
        case FAULT_BOUND:
                g->fault.bound.lower = (uint32_t)h->fault.bound.lower;
                g->fault.bound.upper = (uint32_t)h->fault.bound.upper;
                break;
        case FAULT_KEY: g->fault.key.pkey = h->fault.key.pkey; break;
        case FAULT_PERF:
                g->fault.perf.data = (uint32_t)h->fault.perf.data;
                g->fault.perf.type = h->fault.perf.type;
                g->fault.perf.flags = h->fault.perf.flags;
                break;
        default: break;
        }
}

void arm32_siginfo_to_guest(void *restrict guest, const void *restrict host)
{
        const struct linux_siginfo *info = host;
        const union host_fields *h = (const union host_fields *)info->bytes;
        struct arm32_siginfo *g = guest;
        enum layout layout = layout_of(info->signo, info->code);

        *g = (struct arm32_siginfo){ .signo = info->signo, .err = info->err, .code = info->code };
        switch (layout) {
        case KILL:
                g->rt.pid = h->rt.pid;
                g->rt.uid = h->rt.uid;
                break;
        case RT:
        case TIMER: /* a timer's members are where these are */
                g->rt.pid = h->rt.pid;
                g->rt.uid = h->rt.uid;
                g->rt.value = (uint32_t)h->rt.value;
                break;
        case CHILD:
                g->child.pid = h->child.pid;
                g->child.uid = h->child.uid;
                g->child.status = h->child.status;
                g->child.utime = (int32_t)h->child.utime;
                g->child.stime = (int32_t)h->child.stime;
                break;
        case POLL:
                g->poll.band = (int32_t)h->poll.band;
                g->poll.fd = h->poll.fd;
                break;
        case SYS:
                g->sys.call_addr = (uint32_t)h->sys.call_addr;
                g->sys.syscall = h->sys.syscall;
                g->sys.arch = h->sys.arch;
                break;
        default: fault_to_guest(g, h, layout); break;
        }
}

static void fault_to_host(union host_fields *h, const struct arm32_siginfo *g, enum layout layout)
{
        h->fault.addr = g->fault.addr;
        switch (layout) {
        case FAULT_MCEERR: h->fault.addr_lsb = g->fault.addr_lsb; break;
        case FAULT_BOUND:
                h->fault.bound.lower = g->fault.bound.lower;
                h->fault.bound.upper = g->fault.bound.upper;
                break;
        case FAULT_KEY: h->fault.key.pkey = g->fault.key.pkey; break;
        case FAULT_PERF:
                h->fault.perf.data = g->fault.perf.data;
                h->fault.perf.type = g->fault.perf.type;
                h->fault.perf.flags = g->fault.perf.flags;
                break;
        default: break;
        }
}

void arm32_siginfo_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_siginfo *g = guest;
        struct linux_siginfo *info = host;
        union host_fields *h = (union host_fields *)info->bytes;
        enum layout layout = layout_of(g->signo, g->code);

        *info = (struct linux_siginfo){ .signo = g->signo, .err = g->err, .code = g->code };
        memset(info->bytes, 0, sizeof(info->bytes));
        switch (layout) {
        case KILL:
                h->rt.pid = g->rt.pid;
                h->rt.uid = g->rt.uid;
                break;
        case RT:
        case TIMER:
                h->rt.pid = g->rt.pid;
                h->rt.uid = g->rt.uid;
                h->rt.value = g->rt.value;
                break;
        case CHILD:
                h->child.pid = g->child.pid;
                h->child.uid = g->child.uid;
                h->child.status = g->child.status;
                h->child.utime = g->child.utime;
                h->child.stime = g->child.stime;
                break;
        case POLL:
                h->poll.band = g->poll.band;
                h->poll.fd = g->poll.fd;
                break;
        case SYS:
                h->sys.call_addr = g->sys.call_addr;
                h->sys.syscall = g->sys.syscall;
                h->sys.arch = g->sys.arch;
                break;
        default: fault_to_host(h, g, layout); break;
        }
}

void arm32_sigevent_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_sigevent *g = guest;
        struct { /* struct sigevent of 64-bit machines (asm-generic/siginfo.h) */
                uint64_t value;
                int32_t signo, notify, tid, pad[11];
        } h = { .value = g->value, .signo = g->signo, .notify = g->notify, .tid = g->tid };

        _Static_assert(sizeof(h) == 64, "struct sigevent");
        memcpy(host, &h, sizeof(h));
}
