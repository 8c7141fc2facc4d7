/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fault looks like to the guest (arch/arm64/mm/fault.c, for 32-bit programs). Frames tell of it
 * the address, and in error_code whether it was a write, a bit of Arm's fault status register. */
#include <asm/errno.h>
#include <asm/siginfo.h>
#include "arm.h"
#include "linux/fetch_obstacle.h"
#include "linux/mm.h"
#include "linux/signal.h"
#include "guest/a32/thumb.h"
#include "guest/guest.h"
#include "run/thread.h"

enum { FSR_WRITE = 1 << 11 };

/* Bits of the host's page fault (Intel SDM volume 3, 4.7). */
enum { TRAP_PAGE_FAULT = 14, ERR_WRITE = 2 };

/* The host tells it of a page. That an address is misaligned has been found before the host has seen the access. */
static bool is_write(const struct thread *t, const struct linux_siginfo *info)
{
        if (info->signo == GSIG_BUS && info->code == BUS_ADRALN)
                return the_guest->describe_fault(&t->cpu).kind == ACCESS_STORE;
        return t->os->fault_trap == TRAP_PAGE_FAULT && (t->os->fault_error & ERR_WRITE);
}

void arm_describe_fault(struct thread *t, struct linux_siginfo *info)
{
        t->os->fault_address = 0;
        t->os->fault_syndrome = 0;
        if (info->signo != GSIG_SEGV && info->signo != GSIG_BUS)
                return;
        info->fault.addr = (uint32_t)info->fault.addr; /* an access that wraps has reached beyond */
        t->os->fault_address = info->fault.addr;
        t->os->fault_syndrome = is_write(t, info) ? FSR_WRITE : 0;
}

/* ---- instructions that cannot be fetched ---- */

/* Returns the address that could not be read: that of the second unit where a Thumb instruction begins at the end of a page. */
static uint64_t unfetched(uint64_t pc)
{
        uint64_t addr = guest_address(pc);
        uint16_t unit;
        bool at_end = (pc & 1) && addr % PAGE_SIZE == PAGE_SIZE - 2;

        if (at_end && mm_may_exec(addr) && guest_read(&unit, addr, sizeof(unit)) >= 0 && a32_thumb_units(unit) == 2)
                addr += 2;
        return addr;
}

void arm_fetch_fault(struct thread *t)
{
        uint64_t addr = unfetched(t->cpu.pc);
        struct linux_siginfo info = { .signo = GSIG_SEGV, .fault.addr = addr };
        bool present;

        t->os->fault_address = addr;
        t->os->fault_syndrome = 0;
        if (!(t->cpu.pc & 1) && (addr & 2)) {
                info.signo = GSIG_BUS;
                info.code = BUS_ADRALN;
                t->os->fault_address = 0; /* arm64_notify_die(): only aborts leave one */
        } else {
                switch (fetch_obstacle(addr, &present)) {
                case FETCH_UNMAPPED: info.code = SEGV_MAPERR; break;
                case FETCH_FORBIDDEN: info.code = SEGV_ACCERR; break;
                case FETCH_BEHIND_FILE:
                        info.signo = GSIG_BUS;
                        info.code = BUS_ADRERR;
                        break;
                }
        }
        signal_force_info(t, &info);
}
