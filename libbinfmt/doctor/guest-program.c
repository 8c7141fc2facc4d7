/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest-program.h"

#include <elf.h>

#include "base/tiny-elf.h"
#include "base/util.h"

/* The addresses at which the programs are loaded: those that linkers use. */
#define ADDRESS_64 0x400000
#define ADDRESS_32 0x10000

/* A64; the numbers of system calls are those of asm-generic/unistd.h. */
#define TOKEN_ARM64 "ok arm64\n"
static const uint32_t code_arm64[] = {
        0xd2800020, /*      mov  x0, #1          standard output */
        0x100001a1, /*      adr  x1, token       13 instructions ahead */
        0xd2800122, /*      mov  x2, #9          its length */
        0xd2800808, /*      mov  x8, #64         write */
        0xd4000001, /*      svc  #0 */
        0xd2800000, /*      mov  x0, #0          standard input */
        0xd10043ff, /*      sub  sp, sp, #16 */
        0x910003e1, /*      mov  x1, sp */
        0xd2800022, /*      mov  x2, #1 */
        0xd28007e8, /*      mov  x8, #63         read */
        0xd4000001, /*      svc  #0 */
        0xd2800000, /*      mov  x0, #0 */
        0xd2800ba8, /*      mov  x8, #93         exit */
        0xd4000001, /*      svc  #0 */
        /*           token: */
};

/* A32, EABI: the number of the system call is in r7. */
#define TOKEN_ARM "ok arm\n"
static const uint32_t code_arm[] = {
        0xe3a00001, /*      mov  r0, #1          standard output */
        0xe28f102c, /*      add  r1, pc, #44     token: pc is two instructions ahead */
        0xe3a02007, /*      mov  r2, #7          its length */
        0xe3a07004, /*      mov  r7, #4          write */
        0xef000000, /*      svc  #0 */
        0xe3a00000, /*      mov  r0, #0          standard input */
        0xe24dd008, /*      sub  sp, sp, #8 */
        0xe1a0100d, /*      mov  r1, sp */
        0xe3a02001, /*      mov  r2, #1 */
        0xe3a07003, /*      mov  r7, #3          read */
        0xef000000, /*      svc  #0 */
        0xe3a00000, /*      mov  r0, #0 */
        0xe3a07001, /*      mov  r7, #1          exit */
        0xef000000, /*      svc  #0 */
        /*           token: */
};

const struct guest_program guest_programs[] = {
        { .architecture = "arm64",
          .machine = "aarch64",
          .token = TOKEN_ARM64,
          .elf_machine = EM_AARCH64,
          .is64 = true,
          .code = code_arm64,
          .n_code = ARRAY_SIZE(code_arm64) },
        { .architecture = "armhf",
          .machine = "arm",
          .token = TOKEN_ARM,
          .elf_machine = EM_ARM,
          .optional = true,
          .elf_flags = EF_ARM_EABI_VER5,
          .code = code_arm,
          .n_code = ARRAY_SIZE(code_arm) },
};
const size_t n_guest_programs = ARRAY_SIZE(guest_programs);

/* Both machines and this one are little-endian, so the instructions are as they go into the file. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "programs are made in this machine's byte order");

size_t guest_program_make(const struct guest_program *p, uint8_t buf[GUEST_PROGRAM_MAX])
{
        size_t code = p->n_code * sizeof(*p->code), token = strlen(p->token);
        const struct tiny_elf elf = {
                .machine = p->elf_machine, .flags = p->elf_flags, .is64 = p->is64, .address = p->is64 ? ADDRESS_64 : ADDRESS_32
        };
        size_t at = tiny_elf_headers(&elf, code + token, buf);

        memcpy(buf + at, p->code, code);
        memcpy(buf + at + code, p->token, token);
        return at + code + token;
}
