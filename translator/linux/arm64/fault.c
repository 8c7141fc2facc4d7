/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fault looks like to the guest. Address and syndrome, which Linux makes of what the hardware tells
 * (arch/arm64/mm/fault.c), are made of what the host's hardware tells and of the guest's instruction. */
#include <asm/errno.h>
#include <asm/siginfo.h>
#include <asm/unistd.h>
#include "arm64.h"
#include "linux/fetch_obstacle.h"
#include "linux/signal.h"
#include "linux/tagged.h"
#include "guest/guest.h"
#include "run/thread.h"

/* Syndromes of exceptions from EL0 (Arm ARM, ESR_ELx): class, length of the instruction, and of aborts the write, cache
 * maintenance and fault status bits. */
#define ESR_EC (0x3fu << 26)
#define EC_INSN_ABORT (0x20u << 26)
#define EC_PC_ALIGNMENT (0x22u << 26)
#define EC_DATA_ABORT (0x24u << 26)
#define ESR_IL (1u << 25)
#define ESR_CM (1u << 8)
#define ESR_WNR (1u << 6)
enum { FSC_TRANSLATION_L0 = 0x04, FSC_TRANSLATION_L3 = 0x07, FSC_PERMISSION_L3 = 0x0f, FSC_ALIGNMENT = 0x21 };

/* Bits of the host's page fault (Intel SDM volume 3, 4.7). */
enum { TRAP_PAGE_FAULT = 14, ERR_PRESENT = 1, ERR_WRITE = 2 };

/* Where one table of user addresses ends (is_ttbr0_addr()). */
#define USER_END (UINT64_C(1) << 48)

/* Returns the fault status of an address without a page: there is no table for addresses that are not the user's. */
static uint32_t translation_status(uint64_t addr)
{
        return addr < the_guest->address_limit ? FSC_TRANSLATION_L3 : FSC_TRANSLATION_L0;
}

/* Returns the address as the instruction made it, with its tag, where the host was given the address without. */
static uint64_t with_tag(const struct access *a, uint64_t addr)
{
        if (addr >> 56 || !a->has_base)
                return addr;
        uint64_t distance = addr - a->base;
        return a->base + (uint64_t)((int64_t)(distance << 8) >> 8);
}

/* The bit WnR. An instruction that reads and writes has failed to write where reading would have been all right (Arm ARM,
 * ESR_ELx, ISS of a data abort). */
static bool is_write(enum access_kind kind, uint64_t addr, bool misaligned)
{
        uint8_t byte;

        return kind == ACCESS_ATOMIC ? !misaligned && guest_read(&byte, addr, 1) >= 0 : kind != ACCESS_LOAD;
}

static uint32_t data_status(const struct thread *t, const struct access *a, bool misaligned, uint64_t addr)
{
        uint8_t byte;

        if (addr >= USER_END) /* set_thread_esr(): the kernel's mappings are not shown */
                return FSC_TRANSLATION_L0;
        if (misaligned)
                return FSC_ALIGNMENT;
        /* Permission: the page is there, but not for such an access. Pages with PROT_NONE and pages that nobody touched are not
         * there. An atomic access that may read would have made the page be there before it may not write. */
        bool present = t->os->fault_trap == TRAP_PAGE_FAULT && (t->os->fault_error & ERR_PRESENT);
        if (t->os->fault.signo == GSIG_SEGV && t->os->fault.code == SEGV_ACCERR &&
            (present || (a->kind == ACCESS_ATOMIC && guest_read(&byte, addr, 1) >= 0)))
                return FSC_PERMISSION_L3;
        return translation_status(addr);
}

void arm64_describe_fault(struct thread *t, struct linux_siginfo *info)
{
        t->os->fault_syndrome = 0;
        t->os->fault_address = 0;
        if (info->signo == GSIG_SEGV || info->signo == GSIG_BUS) {
                bool misaligned = info->signo == GSIG_BUS && info->code == BUS_ADRALN;
                struct access a = the_guest->describe_fault(&t->cpu);
                info->fault.addr = with_tag(&a, info->fault.addr);
                uint64_t addr = signal_untagged(info->fault.addr);
                t->os->fault_address = addr;
                t->os->fault_syndrome = EC_DATA_ABORT | ESR_IL | data_status(t, &a, misaligned, addr) |
                                        (is_write(a.kind, addr, misaligned) ? ESR_WNR : 0) |
                                        (a.kind == ACCESS_CACHE ? ESR_CM : 0);
        }
}

void arm64_force(struct thread *t, int sig, int code, uint64_t addr, uint32_t esr)
{
        struct linux_siginfo info = { .signo = sig, .code = code, .fault.addr = addr };

        /* arm64_notify_die(): only aborts leave an address there */
        bool is_abort = (esr & ESR_EC) == EC_INSN_ABORT || (esr & ESR_EC) == EC_DATA_ABORT;
        t->os->fault_address = is_abort ? addr : 0;
        t->os->fault_syndrome = esr;
        signal_force_info(t, &info);
}

/* As arm64_describe_fault() has it for data, a page that may not even be read is none to the hardware. */
void arm64_fetch_fault(struct thread *t)
{
        const uint32_t abort = EC_INSN_ABORT | ESR_IL;
        uint8_t byte;
        uint64_t pc = t->cpu.pc;
        bool present;
        if (signal_untagged(pc) != pc) {
                t->cpu.pc = signal_untagged(pc); /* a branch takes the tag off */
                return;
        }
        if (pc & 3) {
                arm64_force(t, GSIG_BUS, BUS_ADRALN, pc, EC_PC_ALIGNMENT | ESR_IL);
                return;
        }
        switch (fetch_obstacle(pc, &present)) {
        case FETCH_UNMAPPED: arm64_force(t, GSIG_SEGV, SEGV_MAPERR, pc, abort | translation_status(pc)); break;
        case FETCH_FORBIDDEN:
                arm64_force(t, GSIG_SEGV, SEGV_ACCERR, pc,
                            abort | (present && guest_read(&byte, pc, 1) >= 0 ? FSC_PERMISSION_L3 : FSC_TRANSLATION_L3));
                break;
        case FETCH_BEHIND_FILE: arm64_force(t, GSIG_BUS, BUS_ADRERR, pc, abort | FSC_TRANSLATION_L3); break;
        }
}
