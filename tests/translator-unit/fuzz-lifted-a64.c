/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions of random A64 instructions for fuzz-ir (see fuzz-lifted.h). Those that access memory are left out, too. */
#include <string.h>
#include "../../translator/guest/a64/a64.h"
#include "../../translator/guest/a64/registers.h"
#include "../../translator/guest/region_lift.h"
#include "fuzz-lifted.h"

const struct ir_guest *const fuzz_guest = &a64_registers;
const enum slot fuzz_memory_base = (enum slot)27;
const bool fuzz_any_guest = false, fuzz_top_is_free = false;

extern const struct enc_table a64_table;

static bool is_calculation(uint32_t w)
{
        return (w >> 25 & 5) != 4 && (w >> 26 & 7) != 5 && w >> 16;
}

/* The instructions and registers that a region is made of. When there are few, the same ones come again. A number of 0 stands for
 * all there are. */
struct pool {
        unsigned nops, nregs;
        uint16_t ops[8];
        uint8_t regs[8];
};

static unsigned any_op(void)
{
        return 1 + (unsigned)(rnd() % (a64_table.count - 1));
}

static void choose_pool(struct pool *p)
{
        p->nops = rnd() & 1 ? 3 + (unsigned)(rnd() % 6) : 0;
        p->nregs = rnd() & 1 ? 2 + (unsigned)(rnd() % 7) : 0;
        for (unsigned k = 0; k < p->nops; k++) {
                bool base = rnd() & 3;
                do
                        p->ops[k] = (uint16_t)any_op();
                while (base && strcmp(enc_feature(&a64_table, p->ops[k]), "base"));
        }
        for (unsigned k = 0; k < p->nregs; k++)
                p->regs[k] = (uint8_t)(rnd() % 32);
}

/* Returns instruction w, which is an `op`, with registers of the pool; or w, when it is another instruction with them. */
static uint32_t with_registers(const struct pool *p, unsigned op, uint32_t w)
{
        const struct enc *e = &a64_table.enc[op];
        uint32_t changed = w;
        for (unsigned k = 0; p->nregs && k < e->nfields; k++) {
                const struct enc_field *f = &a64_table.fields[e->field + k];
                const char *name = a64_table.strings + f->name;
                if (f->width == 5 && name[0] == 'r' && strchr("dnma", name[1]))
                        changed = (changed & ~(UINT32_C(31) << f->pos)) | (uint32_t)p->regs[rnd() % p->nregs] << f->pos;
        }
        return a64_table.identify(changed) == op ? changed : w;
}

static uint32_t random_word(const struct pool *p)
{
        uint32_t w;
        do {
                uint64_t seed = rnd();
                unsigned op = p->nops && rnd() % 16 ? p->ops[rnd() % p->nops] : any_op();
                w = with_registers(p, op, enc_random(&a64_table, op, &seed));
        } while (!is_calculation(w) || (w & 31) == MEM_BASE);
        return w;
}

void fuzz_region(struct ir *ir, unsigned length)
{
        uint64_t undefined;
        ir->opts |= IR_OPT_NO_FLAGS; /* else flags that nobody will read are not saved, and differ */
        struct pool p;
        choose_pool(&p);
        for (unsigned k = 0; k < CODE_SIZE; k += 4) {
                uint32_t w = random_word(&p);
                memcpy(&fuzz_code[k], &w, 4);
        }
        the_guest = &guest_a64;
        lift_region(ir, (struct loc){ .pc = pc0, .mode = MODE_FPSOFT }, length, fuzz_fetch, &undefined);
}
