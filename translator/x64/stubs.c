/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stubs around translated code, made at start-up in front of the code cache: in and out, linking, misses, helpers.
 * Conventions: x64/abi.h and struct stubs in x64/region.h. */
#include "ir/exits.h"
#include "abi.h"
#include "region.h"

struct stubs x64_stubs;

static const uint8_t callee_saved[6] = { RBX, RBP, R12, R13, R14, R15 };
static const uint8_t caller_saved[8] = { RAX, RCX, RDX, RSI, RDI, R8, R9, R10 };

static void push(struct code *c, unsigned r)
{
        if (r >= 8)
                x64_byte(c, 0x41);
        x64_one(c, (uint8_t)(0x50 | (r & 7)));
}

static void pop(struct code *c, unsigned r)
{
        if (r >= 8)
                x64_byte(c, 0x41);
        x64_one(c, (uint8_t)(0x58 | (r & 7)));
}

static void load_pins(struct code *c)
{
        for (unsigned k = 0; k < x64_homes.npins; k++) {
                unsigned slot = x64_homes.pins[k].slot, reg = x64_homes.pins[k].reg;
                if (is_vector_slot(slot))
                        x64_v2m(c, MAP_0F | 0x28, reg, slot_mem(slot));
                else
                        x64_load(c, true, reg, slot_mem(slot));
        }
}

static void store_pins(struct code *c)
{
        for (unsigned k = 0; k < x64_homes.npins; k++) {
                unsigned slot = x64_homes.pins[k].slot, reg = x64_homes.pins[k].reg;
                if (is_vector_slot(slot))
                        x64_v2m(c, MAP_0F | 0x29, reg, slot_mem(slot));
                else
                        x64_store(c, true, reg, slot_mem(slot));
        }
}

static void jump_to(struct code *c, const uint8_t *target)
{
        x64_patch(x64_jmp(c), target);
}

static void leave(struct code *c)
{
        for (unsigned k = 6; k-- > 0;)
                pop(c, callee_saved[k]);
        x64_one(c, 0xc3);
}

static void make_enter(struct code *c)
{
        x64_stubs.enter = c->p;
        for (unsigned k = 0; k < 6; k++)
                push(c, callee_saved[k]);
        x64_lea(c, true, RBP, (struct mem){ .base = RDI, .index = NOREG, .disp = offsetof(struct cpu, x[CPU_BASE]) });
        x64_store(c, true, RSP, cpu_mem(CPU_OFF(host_sp)));
        x64_load(c, true, RSP, cpu_mem(CPU_OFF(ret_sp)));
        x64_mov_rr(c, true, R11, RSI);
        load_pins(c);
        x64_rr(c, 0xff, false, 4, R11);
}

static void make_exit(struct code *c)
{
        x64_stubs.exit = c->p;
        store_pins(c);
        x64_store(c, true, RSP, cpu_mem(CPU_OFF(ret_sp)));
        x64_load(c, true, RSP, cpu_mem(CPU_OFF(host_sp)));
        leave(c);
        x64_stubs.fault = c->p;
        x64_load(c, true, RSP, cpu_mem(CPU_OFF(host_sp)));
        x64_mov_ri(c, RAX, EXIT_FAULT);
        leave(c);
}

/* Emits a stub that is called and leaves translated code, with its return address in cpu->exit_site. `keep` leaves that on the
 * call/return stack, too. */
static uint8_t *make_report(struct code *c, enum exit_reason why, bool keep)
{
        uint8_t *stub = c->p;
        pop(c, RAX);
        if (keep)
                push(c, RAX);
        x64_store(c, true, RAX, cpu_mem(CPU_OFF(exit_site)));
        x64_mov_ri(c, RAX, why);
        jump_to(c, x64_stubs.exit);
        return stub;
}

/* Goes to the guest's pc in RAX by the entry whose index in the table is in RCX, if it is for that. Returns the jump for the other
 * case. */
static uint8_t *jump_by(struct code *c, int32_t table)
{
        struct mem entry = { .base = RBP, .index = RCX, .scale = (uint8_t)(4 - x64_homes.code_shift), .disp = table };
        x64_alu_rm(c, ALU_CMP, true, RAX, entry);
        uint8_t *otherwise = x64_jcc(c, XCC_NE);
        entry.disp += 8;
        x64_rm(c, 0xff, false, 4, entry);
        return otherwise;
}

/* What misses the near table, or leaves because of a poll, looks in the far one. */
static void make_misses(struct code *c)
{
        x64_stubs.miss = c->p;
        x64_alu_mi(c, ALU_CMP, false, cpu_mem(CPU_OFF(poll)), 0);
        uint8_t *poll = x64_jcc(c, XCC_NE);
        x64_alu_mi(c, ALU_CMP, false, cpu_mem(CPU_OFF(has_far)), 0);
        uint8_t *none = x64_jcc(c, XCC_E);
        x64_mov_rr(c, false, RCX, RAX);
        x64_shift(c, 5, false, RCX, IBTC_FOLD);
        x64_alu_rr(c, ALU_XOR, false, RCX, RAX);
        x64_alu_ri(c, ALU_AND, false, RCX, ((1 << IBTC_FAR_BITS) - 1) << x64_homes.code_shift);
        uint8_t *missed = jump_by(c, CPU_OFF(far));
        x64_patch(missed, c->p);
        x64_patch(none, c->p);
        x64_patch(poll, c->p);
        x64_store(c, true, RAX, cpu_mem(CPU_OFF(pc)));
        x64_mov_ri(c, RAX, EXIT_MISS);
        jump_to(c, x64_stubs.exit);

        x64_stubs.ret_miss = c->p;
        x64_load(c, true, RSP, cpu_mem(CPU_OFF(ret_base)));
        x64_alu_mi(c, ALU_CMP, false, cpu_mem(CPU_OFF(poll)), 0);
        x64_patch(x64_jcc(c, XCC_NE), x64_stubs.miss);
        x64_mov_rr(c, false, RCX, RAX);
        x64_alu_rm(c, ALU_AND, false, RCX, cpu_mem(CPU_OFF(ibtc_mask)));
        x64_patch(jump_by(c, CPU_OFF(ibtc)), x64_stubs.miss);
}

static struct mem save_mem(unsigned byte)
{
        return cpu_mem(CPU_OFF(save) + (int32_t)byte);
}

static void save_volatile(struct code *c, bool restore)
{
        for (unsigned k = 0; k < 8; k++)
                x64_rm(c, restore ? 0x8b : 0x89, true, caller_saved[k], save_mem(8 * k));
        for (unsigned k = 0; k < 15; k++)
                x64_v2m(c, MAP_0F | (restore ? 0x28 : 0x29), k, save_mem(64 + 16 * k));
}

/* Emits a call, on the C stack, of the helper at offset R11 in the image, with the arguments (cpu, cpu->harg,
 * cpu->helper_imm). */
static void call_c(struct code *c)
{
        x64_store(c, true, RSP, cpu_mem(CPU_OFF(ret_sp)));
        x64_load(c, true, RSP, cpu_mem(CPU_OFF(host_sp)));
        x64_alu_ri(c, ALU_SUB, true, RSP, 8);
        x64_lea(c, true, RDI, cpu_mem(CPU_OFF(x[0])));
        x64_lea(c, true, RSI, cpu_mem(CPU_OFF(harg)));
        x64_load(c, false, RDX, cpu_mem(CPU_OFF(helper_imm)));
        x64_load(c, true, RAX, cpu_mem(CPU_OFF(image)));
        x64_alu_rr(c, ALU_ADD, true, RAX, R11);
        x64_rr(c, 0xff, false, 2, RAX);
        x64_load(c, true, RSP, cpu_mem(CPU_OFF(ret_sp)));
}

static void make_helpers(struct code *c)
{
        x64_stubs.helper = c->p;
        save_volatile(c, false);
        call_c(c);
        save_volatile(c, true);
        x64_one(c, 0xc3);

        x64_stubs.helper_sync = c->p;
        store_pins(c);
        call_c(c);
        x64_rm(c, 0xc7, true, 0, cpu_mem(CPU_OFF(helper_pc)));
        x64_u32(c, 0);
        load_pins(c);
        x64_one(c, 0xc3);
}

void x64_make_stubs(struct code *c, const struct ir_guest *guest)
{
        x64_set_guest(guest);
        make_enter(c);
        make_exit(c);
        x64_stubs.link = make_report(c, EXIT_LINK, false);
        x64_stubs.link_call = make_report(c, EXIT_LINK, true);
        x64_stubs.poll = make_report(c, EXIT_POLL, false);
        make_misses(c);
        make_helpers(c);
        x64_stubs.size = (uint32_t)(c->p - x64_stubs.enter);
}
