/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions as words of 32 bits, for programs that write code: of A64, A32 and T32, whichever the program is compiled to. In T32
 * a word is an instruction of 32 bits, its first half below, or two of 16 bits. The register is the first one, which has argument
 * and result; `words` is the distance of the target. */
#pragma once
#include <stdint.h>

#ifdef __aarch64__
#define RET 0xd65f03c0u
#define NOP 0xd503201fu
#define MOVZ_X0(imm) (0xd2800000u | (uint32_t)(imm) << 5) /* 16 bits */
#define ADD_X0(imm) (0x91000000u | (uint32_t)(imm) << 10) /* 8 bits */
#define B(words) (0x14000000u | ((uint32_t)(words)&0x03ffffff))
#define BL(words) (0x94000000u | ((uint32_t)(words)&0x03ffffff))
#define PUSH_LR 0xf81f0ffeu     /* str x30, [sp, #-16]! */
#define POP_LR 0xf84107feu      /* ldr x30, [sp], #16 */
#define CALL_SECOND 0xd63f0020u /* blr x1 */
#elif defined(__thumb__)
#define UNITS(first, second) ((uint32_t)(first) | (uint32_t)(second) << 16)
#define RET UNITS(0xbf00, 0x4770)
#define NOP UNITS(0xf3af, 0x8000)
#define MOVZ_X0(imm) \
        UNITS(0xf240 | ((uint32_t)(imm) >> 12 & 15) | ((uint32_t)(imm) >> 1 & 0x400), \
              ((uint32_t)(imm) << 4 & 0x7000) | ((uint32_t)(imm)&0xff))
#define ADD_X0(imm) UNITS(0xf200, (uint32_t)(imm)&0xff)
#define BRANCH(second, bytes) \
        UNITS(0xf000 | ((uint32_t)(bytes) >> 12 & 0x3ff) | ((uint32_t)(bytes) >> 21 & 0x400), \
              (second) | ((uint32_t)(bytes) >> 1 & 0x7ff))
#define B(words) BRANCH(0xb800, 4 * (words)-4)
#define BL(words) BRANCH(0xf800, 4 * (words)-4)
#define PUSH_LR UNITS(0xf84d, 0xed08)     /* str lr, [sp, #-8]! */
#define POP_LR UNITS(0xf85d, 0xeb08)      /* ldr lr, [sp], #8 */
#define CALL_SECOND UNITS(0xbf00, 0x4788) /* nop; blx r1 */
#else
#define RET 0xe12fff1eu
#define NOP 0xe1a00000u
#define MOVZ_X0(imm) (0xe3000000u | ((uint32_t)(imm) << 4 & 0xf0000) | ((uint32_t)(imm)&0xfff))
#define ADD_X0(imm) (0xe2800000u | ((uint32_t)(imm)&0xff))
#define B(words) (0xea000000u | (((uint32_t)(words)-2) & 0x00ffffff))
#define BL(words) (0xeb000000u | (((uint32_t)(words)-2) & 0x00ffffff))
#define PUSH_LR 0xe52de008u
#define POP_LR 0xe49de008u
#define CALL_SECOND 0xe12fff31u
#endif

/* The address by which code is called. */
static inline uintptr_t entry(const void *code)
{
#ifdef __thumb__
        return (uintptr_t)code | 1;
#else
        return (uintptr_t)code;
#endif
}
