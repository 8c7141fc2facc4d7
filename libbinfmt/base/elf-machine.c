/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf-machine.h"

#include <elf.h>

#include "util.h"

static const struct elf_machine machines[] = {
        { EM_X86_64, true, false, "x86_64", "x86_64-linux-gnu", "amd64" },
        { EM_X86_64, false, false, "x32", "x86_64-linux-gnux32", NULL },
        { EM_386, false, false, "i386", "i386-linux-gnu", "i686" },
        { EM_AARCH64, true, false, "aarch64", "aarch64-linux-gnu", "arm64" },
        { EM_AARCH64, true, true, "aarch64_be", NULL, NULL },
        { EM_ARM, false, false, "arm", "arm-linux-gnueabihf", "armhf,armel,armv5tel,armv6l,armv7l,armv8l" },
        { EM_ARM, false, true, "armeb", NULL, NULL },
        { EM_RISCV, true, false, "riscv64", "riscv64-linux-gnu", NULL },
        { EM_RISCV, false, false, "riscv32", NULL, NULL },
        { EM_PPC64, true, false, "ppc64le", "powerpc64le-linux-gnu", "ppc64el" },
        { EM_PPC64, true, true, "ppc64", "powerpc64-linux-gnu", NULL },
        { EM_PPC, false, true, "ppc", "powerpc-linux-gnu", "powerpc" },
        { EM_S390, true, true, "s390x", "s390x-linux-gnu", NULL },
        { EM_MIPS, true, false, "mips64el", "mips64el-linux-gnuabi64", NULL },
        { EM_MIPS, true, true, "mips64", "mips64-linux-gnuabi64", NULL },
        { EM_MIPS, false, false, "mipsel", "mipsel-linux-gnu", NULL },
        { EM_MIPS, false, true, "mips", "mips-linux-gnu", NULL },
        { EM_SPARCV9, true, true, "sparc64", "sparc64-linux-gnu", NULL },
        { EM_SPARC, false, true, "sparc", NULL, NULL },
        { EM_68K, false, true, "m68k", "m68k-linux-gnu", NULL },
        { EM_SH, false, false, "sh4", "sh4-linux-gnu", NULL },
        { EM_PARISC, false, true, "hppa", "hppa-linux-gnu", NULL },
        { EM_ALPHA, true, false, "alpha", "alpha-linux-gnu", NULL },
        { EM_LOONGARCH, true, false, "loongarch64", "loongarch64-linux-gnu", NULL },
};

const struct elf_machine *elf_machine_find(const struct elf_file *f)
{
        for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
                if (machines[i].machine == f->machine && machines[i].is64 == f->is64 && machines[i].big_endian == f->big_endian)
                        return &machines[i];
        return NULL;
}

/* Is the name one of those in the list? */
static bool is_listed(const char *names, const char *name)
{
        const size_t n = strlen(name);

        for (const char *p = names; p && n > 0 && !strchr(name, ','); p = strchr(p, ',')) {
                p += *p == ',';
                if (strncmp(p, name, n) == 0 && (!p[n] || p[n] == ','))
                        return true;
        }
        return false;
}

const struct elf_machine *elf_machine_by_name(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
                if (streq(machines[i].name, name) || is_listed(machines[i].others, name))
                        return &machines[i];
        return NULL;
}

const char *elf_machine_multiarch(const struct elf_file *program)
{
        const struct elf_machine *m = elf_machine_find(program);

        /* Debian's armel has the same machine. */
        if (m && m->machine == EM_ARM && program->interpreter && streq(program->interpreter, "/lib/ld-linux.so.3"))
                return "arm-linux-gnueabi";
        return m ? m->multiarch : NULL;
}

void elf_machine_make_head(const struct elf_machine *m, uint8_t head[ELF_HEAD_SIZE])
{
        const uint16_t half_words[2] = { ET_EXEC, m->machine };

        memset(head, 0, ELF_HEAD_SIZE);
        memcpy(head, ELFMAG, SELFMAG);
        head[EI_CLASS] = m->is64 ? ELFCLASS64 : ELFCLASS32;
        head[EI_DATA] = m->big_endian ? ELFDATA2MSB : ELFDATA2LSB;
        head[EI_VERSION] = EV_CURRENT;
        for (int i = 0; i < 2; i++) {
                head[EI_NIDENT + 2 * i + m->big_endian] = half_words[i] & 0xff;
                head[EI_NIDENT + 2 * i + !m->big_endian] = half_words[i] >> 8;
        }
}

const char *elf_machine_name(const struct elf_file *f)
{
        const struct elf_machine *m = elf_machine_find(f);

        return m ? m->name : _("unknown machine");
}

bool elf_machine_is_native(const struct elf_file *f)
{
        const struct elf_machine *m = elf_machine_find(f);

        if (!m)
                return false;
#if defined(__x86_64__)
        /* Kernels that run programs for i386 have this file. */
        return streq(m->name, "x86_64") || (streq(m->name, "i386") && access("/proc/sys/abi/vsyscall32", F_OK) == 0);
#elif defined(__aarch64__)
        return streq(m->name, "aarch64");
#else
#error "which programs does this machine's kernel run?"
#endif
}
