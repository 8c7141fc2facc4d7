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

/* Returns true when b is at most 2 GiB from a, or anywhere where addresses have 32 bits; then its distance is in *ret. */
static bool is_near(uint64_t a, uint64_t b, int32_t *ret)
{
        const int64_t distance = (int64_t)(b - a);
        *ret = (int32_t)distance;
        return x64_homes.addr32 || distance == *ret;
}

/* Emits reg = from + distance, with the flags as they were. */
static void add_distance(struct compile *job, unsigned reg, unsigned from, int32_t distance)
{
        if (distance || reg != from)
                x64_lea(code_of(job), !x64_homes.addr32, reg,
                        (struct mem){ .base = (uint8_t)from, .index = NOREG, .disp = distance });
}

/* An address is as far from the page that the region's pc is in as in any process. */
static bool is_near_page(const struct compile *job, uint64_t address, int32_t *ret)
{
        return is_near(job->pc & ~UINT64_C(0xfff), address, ret);
}

static void load_base(struct compile *job, unsigned reg)
{
        struct code *c = code_of(job);
        x64_load(c, !x64_homes.addr32, reg, (struct mem){ .base = RIPREL, .index = NOREG });
        add(job, RELOC_BASE, (uint32_t)(c->p - 4 - job->start), 0);
}

__attribute__((noinline)) static void load_in_place(struct compile *job, unsigned reg, uint64_t address)
{
        int32_t distance;
        if (!is_near_page(job, address, &distance))
                job->out.movable = false;
        load_base(job, reg);
        add_distance(job, reg, reg, distance);
}

/* Returns true, having emitted that, when PCREL v is near another one that is in a register. */
static bool load_from_near(struct compile *job, unsigned reg, ref v)
{
        int32_t distance;
        for (unsigned from = 0; from < 16; from++) {
                ref near = job->gval[from];
                if (!near || is_entry(near) || ins_at(job, near)->op != IR_PCREL ||
                    !is_near((uint64_t)ins_at(job, near)->imm, (uint64_t)ins_at(job, v)->imm, &distance))
                        continue;
                add_distance(job, reg, from, distance);
                return true;
        }
        return false;
}

static void load_address(struct compile *job, unsigned reg, uint64_t address)
{
        struct code *c = code_of(job);
        if (job->in_place) {
                load_in_place(job, reg, address);
                return;
        }
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
        if (!plain && job->in_place)
                return false;
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

void reloc_value(struct compile *job, unsigned reg, ref v)
{
        if (!job->in_place || ins_at(job, v)->op != IR_PCREL || !load_from_near(job, reg, v))
                reloc_const(job, reg, v);
}

bool reloc_address(struct compile *job, ref v, struct mem *m)
{
        const struct ir_ins *i = ins_at(job, v);
        int32_t distance;
        if (i->op != IR_PCREL || !is_near_page(job, (uint64_t)i->imm + (uint64_t)(int64_t)m->disp, &distance))
                return false;
        m->base = (uint8_t)temp_g(job);
        m->disp = distance;
        load_base(job, m->base);
        return true;
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

void reloc_slot(struct compile *job, const uint8_t *place, uint32_t exit)
{
        add(job, RELOC_SLOT, (uint32_t)(place - job->start), exit);
}

bool reloc_distance(struct compile *job, ref v, int32_t *ret)
{
        const struct ir_ins *i = ins_at(job, v);
        if (i->op != IR_PCREL)
                return false;
        if (is_near(job->pc, (uint64_t)i->imm, ret))
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

/* ---- code that is executed in place ---- */

/* Makes the rel32 or disp32 at `at`, which is at place `from`, lead to place `to`. */
static bool put_distance(uint8_t *at, uint64_t from, uint64_t to)
{
        int64_t distance = (int64_t)(to - (from + 4));
        int32_t rel = (int32_t)distance;
        __builtin_memcpy(at, &rel, 4);
        return rel == distance;
}

bool x64_settle(const struct x64_places *places, uint8_t *code, uint32_t code_size, const struct reloc *relocs, uint32_t nrelocs)
{
        for (uint32_t k = 0; k < nrelocs; k++) {
                const struct reloc r = relocs[k];
                uint64_t to;
                if (r.kind == RELOC_STUB)
                        to = places->stubs + (uint64_t)(int64_t)r.value;
                else if (r.kind == RELOC_BASE)
                        to = places->base;
                else if (r.kind == RELOC_SLOT && r.value >= 0 && (uint32_t)r.value < places->nexits)
                        to = places->slot[r.value];
                else
                        return false;
                if (r.at + 4u > code_size)
                        return false;
                if (r.kind == RELOC_SLOT && !to)
                        continue;
                if (!put_distance(code + r.at, places->code + r.at, to))
                        return false;
        }
        return true;
}

bool x64_link_site(const struct x64_places *places, uint8_t *p, uint64_t at)
{
        *p = 0xe8; /* CALL */
        return put_distance(p + 1, at + 1, places->stubs + (uint64_t)(x64_stubs.link - x64_stubs.enter));
}

bool x64_bind(uint8_t *code, uint32_t code_size, const struct exit_rec *e, const uint8_t *target)
{
        /* The prefix has no effect, but that the return address of the call is what it was. */
        static const uint8_t jmp[6] = { 0xe9, 0, 0, 0, 0, 0x90 }, addr32_call[6] = { 0x67, 0xe8 };
        uint8_t *at = code + e->at, *rel = at + (e->is_call || e->bare ? 2 : 1);
        const int64_t distance = (int64_t)((uintptr_t)target - (uintptr_t)(rel + 4));
        if (!x64_has_slot(e) || e->at + sizeof(jmp) > code_size || distance != (int32_t)distance)
                return false;
        if (!e->bare)
                __builtin_memcpy(at, e->is_call ? addr32_call : jmp, sizeof(jmp));
        x64_patch(rel, target);
        return true;
}
