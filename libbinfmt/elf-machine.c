/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf-machine.h"

#include <elf.h>

#include "util.h"

static const struct elf_machine machines[] = {
        { EM_X86_64, true, false, "x86_64", "x86_64-linux-gnu" },
        { EM_X86_64, false, false, "x32", "x86_64-linux-gnux32" },
        { EM_386, false, false, "i386", "i386-linux-gnu" },
        { EM_AARCH64, true, false, "aarch64", "aarch64-linux-gnu" },
        { EM_AARCH64, true, true, "aarch64_be", NULL },
        { EM_ARM, false, false, "arm", "arm-linux-gnueabihf" },
        { EM_ARM, false, true, "armeb", NULL },
        { EM_RISCV, true, false, "riscv64", "riscv64-linux-gnu" },
        { EM_RISCV, false, false, "riscv32", NULL },
        { EM_PPC64, true, false, "ppc64le", "powerpc64le-linux-gnu" },
        { EM_PPC64, true, true, "ppc64", "powerpc64-linux-gnu" },
        { EM_PPC, false, true, "ppc", "powerpc-linux-gnu" },
        { EM_S390, true, true, "s390x", "s390x-linux-gnu" },
        { EM_MIPS, true, false, "mips64el", "mips64el-linux-gnuabi64" },
        { EM_MIPS, true, true, "mips64", "mips64-linux-gnuabi64" },
        { EM_MIPS, false, false, "mipsel", "mipsel-linux-gnu" },
        { EM_MIPS, false, true, "mips", "mips-linux-gnu" },
        { EM_SPARCV9, true, true, "sparc64", "sparc64-linux-gnu" },
        { EM_SPARC, false, true, "sparc", NULL },
        { EM_68K, false, true, "m68k", "m68k-linux-gnu" },
        { EM_SH, false, false, "sh4", "sh4-linux-gnu" },
        { EM_PARISC, false, true, "hppa", "hppa-linux-gnu" },
        { EM_ALPHA, true, false, "alpha", "alpha-linux-gnu" },
        { EM_LOONGARCH, true, false, "loongarch64", "loongarch64-linux-gnu" },
};

const struct elf_machine *elf_machine_find(const struct elf_file *f)
{
        for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
                if (machines[i].machine == f->machine && machines[i].is64 == f->is64 &&
                    machines[i].big_endian == f->big_endian)
                        return &machines[i];
        return NULL;
}

const char *elf_machine_name(const struct elf_file *f)
{
        const struct elf_machine *m = elf_machine_find(f);

        return m ? m->name : "unknown machine";
}

bool elf_machine_is_native(const struct elf_file *f)
{
        const struct elf_machine *m = elf_machine_find(f);

        if (!m)
                return false;
#if defined(__x86_64__)
        /* The file is there on kernels that run programs for i386. */
        return streq(m->name, "x86_64") || (streq(m->name, "i386") && access("/proc/sys/abi/vsyscall32", F_OK) == 0);
#elif defined(__aarch64__)
        return streq(m->name, "aarch64");
#else
#error "which programs does this machine's kernel run?"
#endif
}
