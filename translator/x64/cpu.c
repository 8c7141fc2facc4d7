/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host CPU has (Intel SDM vol. 2, CPUID; vol. 1, 13.2 for XGETBV). */
#include <cpuid.h>
#include "asm.h"
#include "target.h"

struct x64_features x64_features;

static uint64_t xgetbv0(void)
{
        uint32_t lo, hi;
        __asm__("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
        return (uint64_t)hi << 32 | lo;
}

static void detect_v4(struct x64_features *f, uint32_t b7, uint32_t c7, uint64_t xcr0)
{
        const uint32_t want = bit_AVX512F | bit_AVX512VL | bit_AVX512BW | bit_AVX512DQ;
        f->avx512 = (b7 & want) == want && (xcr0 & 0xe6) == 0xe6;
        f->avx512_vbmi = f->avx512 && (c7 & bit_AVX512VBMI);
}

static void detect_v3(struct x64_features *f, uint32_t c1, uint32_t b7, unsigned limit)
{
        uint32_t a, b, c, d;
        __cpuid(0x80000001, a, b, c, d); /* every x86-64 has it */
        f->lzcnt = c & bit_LZCNT;
        f->bmi1 = b7 & bit_BMI;
        f->bmi2 = b7 & bit_BMI2;
        f->fma = c1 & bit_FMA;
        f->f16c = c1 & bit_F16C;
        f->movbe = c1 & bit_MOVBE;
        f->adx = b7 & bit_ADX;
        bool ymm = (c1 & bit_OSXSAVE) && (xgetbv0() & 6) == 6;
        f->avx2 = (c1 & bit_AVX) && (b7 & bit_AVX2) && ymm;
        if (limit && limit < 3)
                f->avx2 = f->fma = f->f16c = f->bmi1 = f->bmi2 = f->lzcnt = f->movbe = f->adx = false;
        if (!f->avx2)
                f->fma = f->f16c = f->bmi1 = f->bmi2 = false;
}

bool x64_detect(unsigned limit)
{
        uint32_t a, b, c, d, b7 = 0, c7 = 0;
        struct x64_features f = {};
        __cpuid(1, a, b, c, d); /* in virtual machines each of these takes microseconds */
        const uint32_t v2 = bit_SSE3 | bit_SSSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_POPCNT | bit_CMPXCHG16B;
        if ((c & v2) != v2)
                return false;
        uint32_t a7, d7;
        if (c & bit_XSAVE) /* so there are leaves up to 0xd */
                __cpuid_count(7, 0, a7, b7, c7, d7);
        f.aes = c & bit_AES;
        f.pclmul = c & bit_PCLMUL;
        f.sha = b7 & bit_SHA;
        f.gfni = c7 & bit_GFNI;
        detect_v3(&f, c, b7, limit);
        if (f.avx2 && (!limit || limit >= 4))
                detect_v4(&f, b7, c7, xgetbv0());
        x64_features = f;
        ir_target = &x64_target;
        return true;
}
