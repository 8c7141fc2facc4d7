/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must be in files of /proc. Those of a process are this one's, or a child's that executed the same program. */
#include "parts.h"
#include <sys/auxv.h>
#include <sys/utsname.h>

#ifdef __aarch64__
#define CPUINFO "\nCPU architecture: 8\n"
#define LARGEFILE 0400000
#elif defined(__arm__)
#define CPUINFO "\nCPU architecture: 7\n"
#define LARGEFILE 0400000
#else
#define CPUINFO "\nvendor_id\t: "
#define LARGEFILE 0100000
#endif

static const char *base_name(const char *path)
{
        return strrchr(path, '/') + 1;
}

bool right_exe(int fd)
{
        struct stat s;
        ElfW(Ehdr) eh;
        return fstat(fd, &s) == 0 && is_me(&s) && read(fd, &eh, sizeof(eh)) == sizeof(eh) && eh.e_machine == MACHINE;
}

bool right_cmdline(int fd)
{
        size_t at = 0;
        slurp(fd);
        for (char **a = arguments; *a; at += strlen(*a++) + 1)
                if (strcmp(text + at, *a))
                        return false;
        return (size_t)size == at;
}

static bool right_environ(int fd)
{
        slurp(fd);
        for (char **e = environ; *e; e++)
                if (strncmp(*e, "LATER=", 6) && !memmem(text, (size_t)size, *e, strlen(*e) + 1))
                        return false;
        return size > 0;
}

static bool right_auxv(int fd)
{
        slurp(fd);
        ElfW(auxv_t) *a = (ElfW(auxv_t) *)text;
        uint64_t entry = 0;
        unsigned n = 0;
        for (; a[n].a_type; n++) {
                bool ours = a[n].a_type == AT_PHDR || a[n].a_type == AT_RANDOM || a[n].a_type == AT_EXECFN ||
                            a[n].a_type == AT_SYSINFO_EHDR;
                if (ours && process == getpid() && getauxval(a[n].a_type) != a[n].a_un.a_val)
                        return false;
                if (a[n].a_type == AT_ENTRY)
                        entry = a[n].a_un.a_val;
        }
        return entry == getauxval(AT_ENTRY); /* the same in a child, because the program is not position-independent */
}

/* True if no file is mapped but the program, and there is one stack and one vDSO. Where memory cannot be both writable and
 * executable, another process also shows the nameless memory that has its code (docs/KNOWN-ISSUES.md). */
static bool right_maps(int fd)
{
        unsigned stacks = 0, vdsos = 0, programs = 0;
        slurp(fd);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
                char *name = strchr(line, '/');
                stacks += strstr(line, "[stack]") != NULL;
                vdsos += strstr(line, "[vdso]") != NULL;
                programs += name && !strcmp(name, me);
                bool nameless = process != getpid() && name && !strcmp(name, "/dev/zero (deleted)");
                if (name && strcmp(name, me) && !nameless)
                        return false;
        }
        return programs > 1 && stacks == 1 && (vdsos == 1 || process != getpid());
}

static bool right_word(int fd, const char *want)
{
        slurp(fd);
        return (size_t)size == strlen(want) + 1 && !memcmp(text, want, strlen(want)) && text[size - 1] == '\n';
}

static bool right_comm(int fd)
{
        char want[16];
        snprintf(want, sizeof(want), "%.15s", base_name(me));
        return right_word(fd, want);
}

uint64_t field[53];

bool right_stat(int fd)
{
        slurp(fd);
        char *p = strrchr(text, ')');
        for (unsigned k = 3; p && k <= 51 && (p = strchr(p + 1, ' ')); k++)
                field[k] = strtoull(p + 1, NULL, 10);
        uint64_t code = (uintptr_t)&right_stat, here = (uintptr_t)&p;
        bool code_right = field[26] <= code && code<field[27], stack_right = field[28]> here;
        if (process != getpid())
                return code_right;
        return code_right && stack_right && field[48] == (uintptr_t)arguments[0];
}

static bool right_arch(int fd)
{
        struct utsname u;
        return uname(&u) == 0 && right_word(fd, u.machine);
}

static bool right_osrelease(int fd)
{
        struct utsname u;
        return uname(&u) == 0 && right_word(fd, u.release);
}

static bool right_cpuinfo(int fd)
{
        slurp(fd);
        return !strncmp(text, "processor\t: 0\n", 14) && strstr(text, CPUINFO);
}

/* The descriptor, number 50, is what main() opens. */
static bool right_fdinfo(int fd)
{
        slurp(fd);
        char *flags = strstr(text, "flags:\t");
        return flags && strtoul(flags + 7, NULL, 8) == (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | LARGEFILE);
}

const struct file files[] = {
        { "exe", right_exe, true },
        { "cmdline", right_cmdline, true },
        { "environ", right_environ, true },
        { "auxv", right_auxv, true },
        { "maps", right_maps, true },
        { "comm", right_comm, true },
        { "stat", right_stat, true },
        { "fdinfo/50", right_fdinfo, true },
        { "sys/kernel/arch", right_arch, false },
        { "sys/kernel/osrelease", right_osrelease, false },
        { "cpuinfo", right_cpuinfo, false },
};
const unsigned n_files = sizeof(files) / sizeof(files[0]);
