/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which IR ops this host has instructions for (ir/target.h). */
#include "asm.h"
#include "fp/fp.h"
#include "ir/fp_ops.h"
#include "target.h"

/* AVX2 shifts words and doublewords by a vector; AVX-512 halfwords too, and doublewords arithmetically. */
static bool has_vector_shift(enum ir_op op, unsigned sz)
{
        if (sz == 0)
                return false;
        return sz == 1 || (sz == 3 && op == IR_VSSHL) ? x64_features.avx512 : x64_features.avx2;
}

static bool has(enum ir_op op, unsigned sz, unsigned opt)
{
        switch (op) {
        case IR_VFRECPS:
        case IR_VFMA: return x64_features.fma;
        case IR_VFTOI:
        case IR_VFFROMI: return !(fp_fbits(opt));
        case IR_VFTOIV:
                if (fp_fbits(opt) && (opt & FPO_ROUND) != FPR_Z)
                        return false;
                return (sz == 2 && !(opt & FPO_UNSIGNED)) || x64_features.avx512;
        case IR_VFFROMIV: return !(fp_fbits(opt)) && ((sz == 2 && !(opt & FPO_UNSIGNED)) || x64_features.avx512);
        case IR_VUSHL:
        case IR_VSSHL: return has_vector_shift(op, sz);
        case IR_VPMULL: return x64_features.pclmul;
        case IR_VAESENC:
        case IR_VAESENCL:
        case IR_VAESDEC:
        case IR_VAESDECL:
        case IR_VAESIMC: return x64_features.aes;
        case IR_VSHA256M1:
        case IR_VSHA256M2: return x64_features.sha;
        default: return true;
        }
}

const struct ir_target x64_target = { .has = has };
