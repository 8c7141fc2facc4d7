/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "platform.h"

#include <elf.h>

#include "base/util.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

/* In the order of the status. The machine's own, amd64, is status.c's. */
const struct platform platforms[] = {
        { .names = { "linux/arm64" },
          .words = { "arm64", "aarch64", "arm64/v8", "armv8" },
          .format = "qemu-aarch64",
          .machine = EM_AARCH64,
          .is64 = true,
          /* mov x8, #93; mov x0, #42; svc #0 */
          .code = { 0xd2800ba8, 0xd2800540, 0xd4000001 } },
        { .names = { "linux/riscv64" },
          .words = { "riscv64" },
          .format = "qemu-riscv64",
          .machine = EM_RISCV,
          .is64 = true,
          /* li a7, 93; li a0, 42; ecall */
          .code = { 0x05d00893, 0x02a00513, 0x00000073 } },
        { .names = { "linux/ppc64le" },
          .words = { "ppc64le" },
          .format = "qemu-ppc64le",
          .machine = EM_PPC64,
          .is64 = true,
          .flags = 2, /* ELFv2 */
          /* li r0, 1; li r3, 42; sc */
          .code = { 0x38000001, 0x3860002a, 0x44000002 } },
        { .names = { "linux/s390x" },
          .words = { "s390x" },
          .format = "qemu-s390x",
          .machine = EM_S390,
          .is64 = true,
          .big_endian = true,
          /* lghi %r2, 42; svc 1; the rest is never reached */
          .code = { 0xa729002a, 0x0a010000 } },
        { .names = { "linux/386" },
          .words = { "386", "i386" },
          .format = "qemu-i386",
          .machine = EM_386,
          /* xor eax, eax; inc eax; xor ebx, ebx; mov bl, 42; int 0x80 */
          .code = { 0x3140c031, 0xcd2ab3db, 0x00000080 } },
        { .names = { "linux/mips64le" },
          .words = { "mips64le", "mips64el" },
          .format = "qemu-mips64el",
          .machine = EM_MIPS,
          .is64 = true,
          .flags = EF_MIPS_ARCH_64R2,
          /* li v0, 5058; li a0, 42; syscall */
          .code = { 0x240213c2, 0x2404002a, 0x0000000c } },
        { .names = { "linux/mips64" },
          .words = { "mips64" },
          .format = "qemu-mips64",
          .machine = EM_MIPS,
          .is64 = true,
          .big_endian = true,
          .flags = EF_MIPS_ARCH_64R2,
          .code = { 0x240213c2, 0x2404002a, 0x0000000c } },
        { .names = { "linux/loong64" },
          .words = { "loong64", "loongarch64" },
          .format = "qemu-loongarch64",
          .machine = EM_LOONGARCH,
          .is64 = true,
          .flags = 0x43, /* LP64D, object ABI 1 */
          /* addi.w $a7, $zero, 93; addi.w $a0, $zero, 42; syscall 0 */
          .code = { 0x0281740b, 0x0280a804, 0x002b0000 } },
        { .names = { "linux/arm/v7", "linux/arm/v6", "linux/arm/v5" },
          .words = { "arm", "arm/v7", "arm/v6", "arm/v5", "armv7", "armhf", "armel" },
          .format = "qemu-arm",
          .machine = EM_ARM,
          .flags = EF_ARM_EABI_VER5,
          /* mov r7, #1; mov r0, #42; svc #0 */
          .code = { 0xe3a07001, 0xe3a0002a, 0xef000000 } },
};
const size_t n_platforms = ARRAY_SIZE(platforms);

static bool has_word(const struct platform *p, const char *word)
{
        for (size_t i = 0; i < ARRAY_SIZE(p->words) && p->words[i]; i++)
                if (streq(p->words[i], word))
                        return true;
        return false;
}

const struct platform *platform_find(const char *word)
{
        static const char os[] = "linux/";

        if (strncmp(word, os, strlen(os)) == 0)
                word += strlen(os);
        for (size_t i = 0; i < n_platforms; i++)
                if (has_word(&platforms[i], word))
                        return &platforms[i];
        return NULL;
}
