/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses in a region's code, written so that it can be moved to another process (see struct reloc). */
#include "compile.h"

/* ---- writing ---- */

static void add(struct compile *job, enum reloc_kind kind, uint32_t at, int64_t value)
{
        struct region_out *out = &job->out;
        if (x64_homes.addr32) /* sums wrap at 4 GiB */
                value = (int32_t)value;
        if (out->nrelocs == RELOC_MAX || value != (int32_t)value) {
                out->movable = false;
                return;
        }
        out->relocs[out->nrelocs++] = (struct reloc){ .at = (uint16_t)at, .kind = (uint16_t)kind, .value = (int32_t)value };
}

static void load_address(struct compile *job, unsigned reg, uint64_t address)
{
        struct code *c = code_of(job);
        if (x64_homes.addr32)
                address = (uint32_t)address;
        bool low = job->pc <= UINT32_MAX && address <= UINT32_MAX;
        if (low || !job->list_relocs)
                x64_mov_ri(c, reg, address);
        else
                x64_mov_abs(c, reg, address);
        if (job->list_relocs)
                add(job, low ? RELOC_PC32 : RELOC_PC, (uint32_t)(c->p - (low ? 4 : 8) - job->start),
                    (int64_t)(address - job->pc));
}

bool reloc_store_const(struct compile *job, ref v, unsigned slot)
{
        struct code *c = code_of(job);
        int64_t imm = ins_at(job, v)->imm;
        bool plain = is_plain_const(job, v), wide = !x64_homes.addr32;
        if (wide && (imm != (int32_t)imm || (!plain && (imm < 0 || job->pc > INT32_MAX))))
                return false;
        x64_rm(c, 0xc7, wide, 0, slot_mem(slot));
        x64_u32(c, (uint32_t)imm);
        if (!plain)
                add(job, wide ? RELOC_PC31 : RELOC_PC32, (uint32_t)(c->p - 4 - job->start), (int64_t)((uint64_t)imm - job->pc));
        return true;
}

void reloc_const(struct compile *job, unsigned reg, ref v)
{
        uint64_t imm = (uint64_t)ins_at(job, v)->imm;
        if (is_plain_const(job, v))
                x64_mov_ri(code_of(job), reg, imm);
        else
                load_address(job, reg, imm);
}

void reloc_pc(struct compile *job, unsigned reg, int32_t off)
{
        load_address(job, reg, job->pc + (uint64_t)(int64_t)off);
}

void reloc_stub(struct compile *job, uint8_t *place, const uint8_t *stub)
{
        x64_patch(place, stub);
        if (job->list_relocs)
                add(job, RELOC_STUB, (uint32_t)(place - job->start), stub - x64_stubs.enter);
}

bool reloc_distance(struct compile *job, ref v, int32_t *ret)
{
        const struct ir_ins *i = ins_at(job, v);
        int64_t d = (int64_t)((uint64_t)i->imm - job->pc);
        if (i->op != IR_PCREL)
                return false;
        *ret = (int32_t)d;
        if (x64_homes.addr32 || d == (int32_t)d)
                return true;
        job->out.movable = false;
        return false;
}

/* ---- applying ---- */

uint8_t *x64_place(uint8_t *p, const struct exit_rec *exits, uint32_t nexits)
{
        uint8_t *at = p + (-(uintptr_t)p & 15);
        for (uint32_t k = 0; k < nexits; k++)
                if (exits[k].head || (!exits[k].target && !exits[k].poll))
                        return at + (-((uintptr_t)at + exits[k].head) & (X64_LOOP_ALIGN - 1));
        return at;
}

/* How many bytes a kind has, and the highest address that they can hold. Stubs are always near enough. */
static const struct {
        uint8_t bytes;
        uint64_t highest;
} kinds[] = {
        [RELOC_STUB] = { 4, UINT64_MAX },
        [RELOC_PC] = { 8, UINT64_MAX },
        [RELOC_PC32] = { 4, UINT32_MAX },
        [RELOC_PC31] = { 4, INT32_MAX },
};

bool x64_relocate(uint64_t pc, uint8_t *code, uint32_t code_size, const struct reloc *relocs, uint32_t nrelocs)
{
        for (uint32_t k = 0; k < nrelocs; k++) {
                const struct reloc r = relocs[k];
                if (r.kind >= sizeof(kinds) / sizeof(kinds[0]) || r.at + kinds[r.kind].bytes > code_size)
                        return false;
                uint64_t address = pc + (uint64_t)(int64_t)r.value;
                if (x64_homes.addr32)
                        address = (uint32_t)address;
                if (address > kinds[r.kind].highest)
                        return false;
                if (r.kind == RELOC_STUB)
                        x64_patch(code + r.at, x64_stubs.enter + r.value);
                else
                        __builtin_memcpy(code + r.at, &address, kinds[r.kind].bytes);
        }
        return true;
}
