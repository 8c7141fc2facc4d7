/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See kuser.h. */
#include "kuser.h"
#include "layout.h"
#include "linux/special.h"
#include "rt/rt.h"

/* Neither in A32 nor in T32 is this an instruction. */
#define UNDEFINED 0xe7fddef1u

/* Words at a place in the page. tests/translator-unit assembles the comments. */
struct code {
        uint16_t at, words;
        const uint32_t *word;
};

/* The barriers that these two promise are those of LDAEX, STLEX and of the host's instruction that is made of them. A fault in them
 * leaves everything as it was: the code just goes on when the handler returns. */
static const uint32_t cmpxchg64[] = {
        0xe92d03f0, /*      push {r4, r5, r6, r7, r8, r9} */
        0xe1c040d0, /*      ldrd r4, r5, [r0] */
        0xe1c160d0, /*      ldrd r6, r7, [r1] */
        0xe1b28e9f, /* 1:   ldaexd r8, r9, [r2] */
        0xe1580004, /*      cmp r8, r4 */
        0x01590005, /*      cmpeq r9, r5 */
        0x13a03001, /*      movne r3, #1 */
        0x1a000002, /*      bne 2f */
        0xe1a23e96, /*      stlexd r3, r6, r7, [r2] */
        0xe3330000, /*      teq r3, #0 */
        0x1afffff7, /*      bne 1b */
        0xe2730000, /* 2:   rsbs r0, r3, #0 */
        0xe8bd03f0, /*      pop {r4, r5, r6, r7, r8, r9} */
        0xe12fff1e, /*      bx lr */
};
const uint32_t arm_memory_barrier[ARM_SHORT] = {
        0xf57ff05b, /*      dmb ish */
        0xe12fff1e, /*      bx lr */
};
static const uint32_t cmpxchg[] = {
        0xe1923e9f, /* 1:   ldaex r3, [r2] */
        0xe0533000, /*      subs r3, r3, r0 */
        0x1a000002, /*      bne 2f */
        0xe1823e91, /*      stlex r3, r1, [r2] */
        0xe3330000, /*      teq r3, #0 */
        0x1afffff9, /*      bne 1b */
        0xe2730000, /* 2:   rsbs r0, r3, #0 */
        0xe12fff1e, /*      bx lr */
};
const uint32_t arm_get_tls[ARM_SHORT] = {
        0xee1d0f70, /*      mrc p15, 0, r0, c13, c0, 3 */
        0xe12fff1e, /*      bx lr */
};
static const uint32_t version[] = { 5 };

/* Debuggers and unwinders know signal frames by these words. */
enum { SIGRETURN_AT = 0x500, THUMB_WORD = 2, RT_WORD = 3 };
static const uint32_t sigreturn[] = {
        0xe3a07077, /*      mov r7, #119 */
        0xef000077, /*      svc #119 */
        0xdf772777, /*      movs r7, #119; svc #119 */
        0xe3a070ad, /*      mov r7, #173 */
        0xef0000ad, /*      svc #173 */
        0xdfad27ad, /*      movs r7, #173; svc #173 */
};

#define CODE(at, words) \
        { \
                at, sizeof(words) / sizeof(words[0]), words \
        }

void arm_vectors_fill(uint32_t page[ARM_PAGE / 4])
{
        const struct code all[] = {
                CODE(SIGRETURN_AT, sigreturn),
                CODE(0xf60, cmpxchg64),
                CODE(ARM_MEMORY_BARRIER_AT, arm_memory_barrier),
                CODE(0xfc0, cmpxchg),
                CODE(ARM_GET_TLS_AT, arm_get_tls),
                CODE(0xffc, version),
        };

        for (unsigned k = 0; k < ARM_PAGE / 4; k++)
                page[k] = UNDEFINED;
        for (unsigned k = 0; k < sizeof(all) / sizeof(all[0]); k++)
                memcpy(&page[all[k].at / 4], all[k].word, all[k].words * sizeof(uint32_t));
}

void arm_map_vectors(void)
{
        long p = special_map(ARM_VECTORS, ARM_PAGE);
        if (rt_failed(p))
                return;
        arm_vectors_fill((uint32_t *)p);
        special_seal(ARM_VECTORS, ARM_PAGE, "[vectors]");
}

/* ---- the way back from signal handlers ---- */

static unsigned sigreturn_word(bool thumb, bool rt)
{
        return (rt ? RT_WORD : 0) + (thumb ? THUMB_WORD : 0);
}

uint32_t arm_sigreturn_pc(bool thumb, bool rt)
{
        return (uint32_t)ARM_VECTORS + SIGRETURN_AT + 4 * sigreturn_word(thumb, rt) + thumb;
}

void arm_sigreturn_words(bool thumb, bool rt, uint32_t ret[2])
{
        ret[0] = sigreturn[sigreturn_word(thumb, rt)];
        ret[1] = thumb ? 0 : sigreturn[sigreturn_word(thumb, rt) + 1];
}
