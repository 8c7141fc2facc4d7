/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf again=-opt_no-trace */
/* What a program can find out about itself and its machine: /proc/self, the auxiliary vector, ID registers, the vDSO. */
#include "check.h"
#include <asm/hwcap.h>
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/time.h>
#include <time.h>

#ifdef __aarch64__
#define MACHINE EM_AARCH64
#define MACHINE_NAME "aarch64"
#define PLATFORM "aarch64"
#define VDSO(name) "__kernel_" name
#else
#define MACHINE EM_ARM
#define MACHINE_NAME "armv7l"
#define PLATFORM "v7l"
#define VDSO(name) "__vdso_" name
#endif

static char text[1 << 20];
static size_t text_size;

static void read_file(const char *path)
{
        int fd = (int)OK(open(path, O_RDONLY));
        ssize_t n;
        text_size = 0;
        while ((n = read(fd, text + text_size, sizeof(text) - 1 - text_size)) > 0)
                text_size += (size_t)n;
        CHECK(n == 0);
        text[text_size] = 0;
        close(fd);
}

static const char *base_name(const char *path)
{
        const char *s = strrchr(path, '/');
        return s ? s + 1 : path;
}

TEST_NOT_ON_QEMU(exe, "QEMU 7.2 follows the link to itself")
{
        char link[4096] = { 0 };
        struct stat a, b;
        OK(readlink("/proc/self/exe", link, sizeof(link) - 1));
        CHECK(link[0] == '/');
        CHECK(!strncmp(base_name(link), "process-info", 12));
        OK(stat("/proc/self/exe", &a));
        OK(stat(link, &b));
        CHECK(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
        char path[100];
        snprintf(path, sizeof(path), "/proc/%d/exe", getpid());
        char again[4096] = { 0 };
        OK(readlink(path, again, sizeof(again) - 1));
        CHECK(!strcmp(link, again));
        char three[3] = "zzz";
        EQ(readlink("/proc/self/exe", three, 2), 2);
        EQ(three[2], 'z');
        int fd = OK(open("/proc/self/exe", O_RDONLY));
        ElfW(Ehdr) eh;
        EQ(read(fd, &eh, sizeof(eh)), sizeof(eh));
        EQ(eh.e_machine, MACHINE);
        OK(lstat("/proc/self/exe", &a));
        CHECK(S_ISLNK(a.st_mode));
}

/* /proc/self/exe by names that do not begin with /proc/self. */
TEST_NOT_ON_QEMU(exe_by_other_names, "QEMU 7.2 looks at absolute names only")
{
        char link[4096] = { 0 }, other[4096];
        struct stat a, b;
        OK(readlink("/proc/self/exe", link, sizeof(link) - 1));
        OK(stat(link, &b));
        char task[100];
        snprintf(task, sizeof(task), "/proc/self/task/%d/exe", getpid());
        const struct {
                const char *directory, *name;
        } names[] = { { "/proc/self", "exe" },  { "/proc/self", "./exe" },      { "/proc", "self/exe" },
                      { "/", "proc/self/exe" }, { "/proc/thread-self", "exe" }, { "/", task } };
        for (unsigned k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
                int dir = OK(open(names[k].directory, O_RDONLY | O_DIRECTORY));
                memset(other, 0, sizeof(other));
                OK(readlinkat(dir, names[k].name, other, sizeof(other) - 1));
                CHECK(!strcmp(other, link));
                OK(fstatat(dir, names[k].name, &a, 0));
                CHECK(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
                OK(chdir(names[k].directory));
                memset(other, 0, sizeof(other));
                OK(readlink(names[k].name, other, sizeof(other) - 1));
                CHECK(!strcmp(other, link));
                close(dir);
        }
}

TEST(cmdline)
{
        read_file("/proc/self/cmdline");
        CHECK(text_size > 0);
        CHECK(!strncmp(base_name(text), "process-info", 12));
        EQ(text_size, strlen(text) + 1);
}

TEST_NOT_ON_QEMU(comm, "QEMU leaves its own name")
{
        read_file("/proc/self/comm");
        CHECK(!strncmp(text, "process-info", 12));
        OK(prctl(PR_SET_NAME, "other"));
        read_file("/proc/self/comm");
        CHECK(!strcmp(text, "other\n"));
        char name[16];
        OK(prctl(PR_GET_NAME, name));
        CHECK(!strcmp(name, "other"));
}

extern char **environ;
TEST_NOT_ON_QEMU(environ_file, "QEMU shows its own")
{
        read_file("/proc/self/environ");
        size_t n = 0;
        for (char **e = environ; *e; e++, n++)
                if (!memmem(text, text_size, *e, strlen(*e) + 1))
                        FAIL("%s is not in /proc/self/environ", *e);
        size_t zeros = 0;
        for (size_t k = 0; k < text_size; k++)
                zeros += !text[k];
        EQ(zeros, n);
}

struct map_line {
        uint64_t start, end, offset;
        char perm[5], name[256];
};

/* Calls fn for each line of the file, which is a process's maps. Returns their number. */
static unsigned each_map_of(const char *name, void (*fn)(const struct map_line *m))
{
        unsigned n = 0;
        read_file(name);
        for (char *line = text, *end; *line; line = end + 1, n++) {
                struct map_line m = { 0 };
                end = strchr(line, '\n');
                CHECK(end);
                *end = 0;
                if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %255[^\n]", &m.start, &m.end, m.perm, &m.offset,
                           m.name) < 4)
                        FAIL("a line of maps: %s", line);
                fn(&m);
        }
        return n;
}

static unsigned each_map(void (*fn)(const struct map_line *m))
{
        return each_map_of("/proc/self/maps", fn);
}

static uint64_t wanted[4];
static const struct map_line *found[4];
static struct map_line found_line[4];
static uint64_t last_end;

static void look(const struct map_line *m)
{
        if (m->start < last_end || m->end <= m->start)
                FAIL("maps is not in order at %" PRIx64, m->start);
        last_end = m->end;
        if (strstr(m->name, "binfmt-translator"))
                FAIL("the translator is in maps: %s", m->name);
        for (unsigned k = 0; k < 4; k++)
                if (wanted[k] >= m->start && wanted[k] < m->end) {
                        found_line[k] = *m;
                        found[k] = &found_line[k];
                }
}

TEST_NOT_ON_QEMU(maps, "QEMU 7.2 has no [heap]")
{
        int here;
        static int data;
        wanted[0] = (uintptr_t)&test_maps;
        wanted[1] = (uintptr_t)&data;
        wanted[2] = (uintptr_t)&here;
        wanted[3] = getauxval(AT_SYSINFO_EHDR);
        void *heap = sbrk(4096);
        CHECK(heap != (void *)-1);
        CHECK(each_map(look) > 4);
        CHECK(found[0] && !strcmp(found[0]->perm, "r-xp") && strstr(found[0]->name, "process-info"));
        CHECK(found[1] && !strcmp(found[1]->perm, "rw-p"));
        CHECK(found[2] && !strcmp(found[2]->name, "[stack]") && !strcmp(found[2]->perm, "rw-p"));
        CHECK(found[3] && !strcmp(found[3]->name, "[vdso]") && !strcmp(found[3]->perm, "r-xp"));
        wanted[0] = (uintptr_t)heap;
        found[0] = NULL;
        last_end = 0;
        each_map(look);
        CHECK(found[0] && !strcmp(found[0]->name, "[heap]"));
        void *rw = mmap((void *)0x54000000, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        OK(mprotect((char *)rw + 4096, 4096, PROT_EXEC));
        wanted[0] = 0x54001000, wanted[1] = 0x54000000;
        found[0] = found[1] = NULL;
        last_end = 0;
        each_map(look);
        CHECK(found[0] && found[0]->start == 0x54001000 && found[0]->end == 0x54002000);
        CHECK(!strcmp(found[1]->perm, "rw-p"));
}

/* For a static program that has mapped nothing: fails for a line of maps that is not of the program's image and has no name. Only
 * the guard of the stack may be such a one. */
static uint64_t nameless_end;
static void nothing_else(const struct map_line *m)
{
        extern char __ehdr_start[], _end[];
        if (nameless_end && strcmp(m->name, "[stack]"))
                FAIL("a mapping of nobody before %" PRIx64, nameless_end);
        nameless_end = 0;
        if (m->name[0] || (m->start >= (uintptr_t)__ehdr_start && m->start < (uintptr_t)_end))
                return;
        if (strcmp(m->perm, "---p")) /* it is no guard either */
                FAIL("a mapping of nobody at %" PRIx64 " %s", m->start, m->perm);
        nameless_end = m->end;
}

TEST_NOT_ON_QEMU(maps_by_other_names, "QEMU 7.2 looks at absolute names only")
{
        OK(chdir("/proc/self"));
        CHECK(each_map_of("maps", nothing_else) > 4);
        OK(chdir("/proc"));
        CHECK(each_map_of("self/maps", nothing_else) > 4);
        OK(chdir("/tmp"));
        ERR(open("maps", O_RDONLY), ENOENT);
        ERR(open("cpuinfo", O_RDONLY), ENOENT);
        OK(open("/proc/self/../cpuinfo", O_RDONLY));
}

TEST_NOT_ON_QEMU(maps_shows_nothing_else, "QEMU 7.2 shows mappings of its own")
{
        CHECK(each_map(nothing_else) > 4);
}

TEST_NOT_ON_QEMU(auxv_file, "QEMU 7.2 makes it at start-up only")
{
        read_file("/proc/self/auxv");
        ElfW(auxv_t) *a = (ElfW(auxv_t) *)text;
        unsigned n = 0;
        for (; a[n].a_type; n++)
                EQ(getauxval(a[n].a_type), a[n].a_un.a_val);
        size_t end = (n + 1) * sizeof(*a);
        CHECK(text_size >= end && text_size - end <= 16); /* a 64-bit kernel may show zeros behind it */
        for (; end < text_size; end++)
                EQ(text[end], 0);
}

TEST(auxiliary_vector)
{
        EQ(getauxval(AT_PAGESZ), 4096);
        EQ(getauxval(AT_CLKTCK), 100);
        EQ(getauxval(AT_PHENT), sizeof(ElfW(Phdr)));
        CHECK(getauxval(AT_PHNUM) > 2);
        ElfW(Phdr) *ph = (ElfW(Phdr) *)getauxval(AT_PHDR);
        CHECK(ph->p_type != 0);
        EQ(getauxval(AT_UID), getuid());
        EQ(getauxval(AT_EUID), geteuid());
        EQ(getauxval(AT_GID), getgid());
        EQ(getauxval(AT_EGID), getegid());
        EQ(getauxval(AT_SECURE), 0);
        EQ(getauxval(AT_BASE), 0);   /* no dynamic linker */
        if (!getenv("GUEST_ORACLE")) /* QEMU says v8l to 32-bit programs */
                CHECK(!strcmp((char *)getauxval(AT_PLATFORM), PLATFORM));
        CHECK(!strncmp(base_name((char *)getauxval(AT_EXECFN)), "process-info", 12));
        uint8_t *r = (uint8_t *)getauxval(AT_RANDOM), or = 0;
        for (int k = 0; k < 16; k++)
                or |= r[k];
        CHECK(or);
        CHECK(getauxval(AT_ENTRY) > 4096);
}

TEST(brk_has_room)
{
        CHECK(sbrk(64 << 20) != (void *)-1);
}

TEST(uname_names_the_machine)
{
        struct utsname u;
        OK(uname(&u));
        CHECK(!strcmp(u.machine, MACHINE_NAME));
        CHECK(!strcmp(u.sysname, "Linux"));
}

#ifdef __aarch64__
/* ---- features: HWCAP, ID registers and /proc/cpuinfo tell the same, and the CPU has the instructions ---- */

static uint64_t isar0, isar1, pfr0;
static void read_id(void)
{
        __asm__ volatile("mrs %0, id_aa64isar0_el1" : "=r"(isar0));
        __asm__ volatile("mrs %0, id_aa64isar1_el1" : "=r"(isar1));
        __asm__ volatile("mrs %0, id_aa64pfr0_el1" : "=r"(pfr0));
}

/* A bit of HWCAP, the field of an ID register that tells of the same feature, and the least value of that field with which there
 * is the feature (arch/arm64/kernel/cpufeature.c, arm64_elf_hwcaps[]). */
static const struct {
        const char *name;
        unsigned hwcap;
        uint64_t *reg;
        unsigned shift, least;
} features[] = {
        { "pmull", HWCAP_PMULL, &isar0, 4, 2 },
        { "aes", HWCAP_AES, &isar0, 4, 1 },
        { "sha1", HWCAP_SHA1, &isar0, 8, 1 },
        { "sha2", HWCAP_SHA2, &isar0, 12, 1 },
        { "sha512", HWCAP_SHA512, &isar0, 12, 2 },
        { "crc32", HWCAP_CRC32, &isar0, 16, 1 },
        { "atomics", HWCAP_ATOMICS, &isar0, 20, 2 },
        { "asimdrdm", HWCAP_ASIMDRDM, &isar0, 28, 1 },
        { "sha3", HWCAP_SHA3, &isar0, 32, 1 },
        { "sm3", HWCAP_SM3, &isar0, 36, 1 },
        { "sm4", HWCAP_SM4, &isar0, 40, 1 },
        { "asimddp", HWCAP_ASIMDDP, &isar0, 44, 1 },
        { "asimdfhm", HWCAP_ASIMDFHM, &isar0, 48, 1 },
        { "flagm", HWCAP_FLAGM, &isar0, 52, 1 },
        { "dcpop", HWCAP_DCPOP, &isar1, 0, 1 },
        { "jscvt", HWCAP_JSCVT, &isar1, 12, 1 },
        { "fcma", HWCAP_FCMA, &isar1, 16, 1 },
        { "lrcpc", HWCAP_LRCPC, &isar1, 20, 1 },
        { "ilrcpc", HWCAP_ILRCPC, &isar1, 20, 2 },
        { "sve", HWCAP_SVE, &pfr0, 32, 1 },
        { "dit", HWCAP_DIT, &pfr0, 48, 1 },
};

TEST_NOT_ON_QEMU(features_agree, "QEMU 7.2 has more than HWCAP tells")
{
        uint64_t hwcap = getauxval(AT_HWCAP);
        read_id();
        for (unsigned k = 0; k < sizeof(features) / sizeof(features[0]); k++) {
                bool has = (*features[k].reg >> features[k].shift & 15) >= features[k].least;
                if (has != !!(hwcap & features[k].hwcap))
                        FAIL("%s: the ID register says %d, HWCAP %d", features[k].name, has, !has);
        }
        EQ(pfr0 >> 16 & 15, hwcap & HWCAP_FPHP ? 1 : 0);
        EQ(pfr0 >> 20 & 15, hwcap & HWCAP_ASIMDHP ? 1 : 0);
        EQ(!!(hwcap & HWCAP_FPHP), !!(hwcap & HWCAP_ASIMDHP));
        EQ(pfr0 & 15, 1); /* programs are AArch64 only */
}

TEST_NOT_ON_QEMU(cpuinfo, "QEMU 7.2 shows the host's")
{
        uint64_t hwcap = getauxval(AT_HWCAP), midr;
        unsigned implementer, variant, part, revision, processors = 0;
        read_file("/proc/cpuinfo");
        CHECK(!strncmp(text, "processor\t: 0\n", 14));
        for (char *p = text; (p = strstr(p, "processor\t: ")); p++)
                EQ(strtoul(p + 12, NULL, 10), processors++);
        EQ(processors, sysconf(_SC_NPROCESSORS_ONLN));
        char *f = strstr(text, "Features\t: ");
        CHECK(f);
        f += 10;
        *strchr(f, '\n') = ' ';
        char *rest = strchr(f, '\n');
        *rest = 0;
        for (unsigned k = 0; k < sizeof(features) / sizeof(features[0]); k++) {
                char word[30];
                snprintf(word, sizeof(word), " %s ", features[k].name);
                if (!!strstr(f, word) != !!(hwcap & features[k].hwcap))
                        FAIL("%s is in one of HWCAP and cpuinfo only", features[k].name);
        }
        CHECK(strstr(f, " fp asimd "));
        *rest = '\n';
        CHECK(strstr(f, "CPU architecture: 8\n"));
        CHECK(sscanf(strstr(f, "CPU implementer"),
                     "CPU implementer\t: %x\nCPU architecture: 8\nCPU variant\t: %x\nCPU part\t: %x\nCPU revision\t: %u",
                     &implementer, &variant, &part, &revision) == 4);
        __asm__ volatile("mrs %0, midr_el1" : "=r"(midr));
        EQ(midr >> 24 & 255, implementer);
        EQ(midr >> 20 & 15, variant);
        EQ(midr >> 4 & 0xfff, part);
        EQ(midr & 15, revision);
}

#define READ_ID(name) \
        ({ \
                uint64_t v; \
                __asm__ volatile("mrs %0, " name : "=r"(v)); \
                v; \
        })

/* Programs can read these registers, and encodings between them that are no register
 * (Documentation/arch/arm64/cpu-feature-registers.rst). */
TEST(id_registers_can_be_read)
{
        READ_ID("midr_el1"), READ_ID("mpidr_el1"), READ_ID("revidr_el1");
        READ_ID("id_aa64pfr0_el1"), READ_ID("id_aa64pfr1_el1"), READ_ID("id_aa64dfr0_el1"), READ_ID("id_aa64dfr1_el1");
        READ_ID("id_aa64isar0_el1"), READ_ID("id_aa64isar1_el1"), READ_ID("id_aa64mmfr0_el1"), READ_ID("id_aa64mmfr1_el1");
        READ_ID("s3_0_c0_c4_4"), READ_ID("s3_0_c0_c6_2"), READ_ID("s3_0_c0_c7_2"), READ_ID("s3_0_c0_c7_7");
        READ_ID("ctr_el0"), READ_ID("dczid_el0"), READ_ID("cntfrq_el0"), READ_ID("cntvct_el0"), READ_ID("tpidr_el0"),
                READ_ID("tpidrro_el0");
        EQ(READ_ID("pmuserenr_el0"), 0);
}

TEST(counter_runs_at_its_frequency)
{
        uint64_t a, b, f;
        struct timespec t0, t1, ms = { .tv_nsec = 50000000 };
        __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(f));
        clock_gettime(CLOCK_MONOTONIC, &t0);
        __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(a));
        nanosleep(&ms, NULL);
        __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(b));
        clock_gettime(CLOCK_MONOTONIC, &t1);
        double s = (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) * 1e-9, c = (double)(b - a) / (double)f;
        if (c > s * 1.02 || c < s * 0.9)
                FAIL("the counter went %f s in %f s", c, s);
}

TEST(cache_line_sizes)
{
        uint64_t ctr, dczid;
        __asm__ volatile("mrs %0, ctr_el0" : "=r"(ctr));
        __asm__ volatile("mrs %0, dczid_el0" : "=r"(dczid));
        EQ(ctr >> 31, 1);
        uint64_t block = 4u << (dczid & 15);
        CHECK(!(dczid & 16));
        static char area[8192] __attribute__((aligned(4096)));
        memset(area, 1, sizeof(area));
        __asm__ volatile("dc zva, %0" ::"r"(area + 4096 + 5) : "memory");
        for (int k = 0; k < 8192; k++)
                EQ(area[k], k >= 4096 && k < 4096 + (int)block ? 0 : 1);
}
#endif

/* ---- vDSO ---- */

static const char *dyn_strings;
static const ElfW(Sym) * dyn_symbols;
static unsigned dyn_count;
static uintptr_t vdso_bias;

static void parse_vdso(void)
{
        ElfW(Ehdr) *eh = (ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
        if (!eh)
                FAIL("there is no vDSO");
        CHECK(!memcmp(eh->e_ident, ELFMAG, SELFMAG));
        EQ(eh->e_machine, MACHINE);
        EQ(eh->e_type, ET_DYN);
        ElfW(Phdr) *ph = (ElfW(Phdr) *)((char *)eh + eh->e_phoff);
        ElfW(Dyn) *dyn = NULL;
        for (unsigned k = 0; k < eh->e_phnum; k++) {
                if (ph[k].p_type == PT_LOAD)
                        vdso_bias = (uintptr_t)eh + ph[k].p_offset - ph[k].p_vaddr;
                if (ph[k].p_type == PT_DYNAMIC)
                        dyn = (ElfW(Dyn) *)((char *)eh + ph[k].p_offset);
        }
        CHECK(dyn);
        for (; dyn->d_tag; dyn++) {
                uintptr_t p = vdso_bias + dyn->d_un.d_ptr;
                if (dyn->d_tag == DT_STRTAB)
                        dyn_strings = (char *)p;
                else if (dyn->d_tag == DT_SYMTAB)
                        dyn_symbols = (ElfW(Sym) *)p;
                else if (dyn->d_tag == DT_HASH)
                        dyn_count = ((uint32_t *)p)[1];
        }
        CHECK(dyn_strings && dyn_symbols && dyn_count);
}

static void *vdso_symbol(const char *name)
{
        for (unsigned k = 1; k < dyn_count; k++)
                if (!strcmp(dyn_strings + dyn_symbols[k].st_name, name))
                        return (void *)(vdso_bias + dyn_symbols[k].st_value);
        FAIL("no %s", name);
}

TEST_NOT_ON_QEMU(vdso, "QEMU 7.2 has none")
{
        parse_vdso();
        int (*gettime)(int, struct timespec *) = vdso_symbol(VDSO("clock_gettime"));
        int (*getres)(int, struct timespec *) = vdso_symbol(VDSO("clock_getres"));
        int (*timeofday)(struct timeval *, void *) = vdso_symbol(VDSO("gettimeofday"));
        static const int clocks[] = {
                CLOCK_REALTIME,        CLOCK_MONOTONIC,        CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME,
                CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_TAI,           CLOCK_PROCESS_CPUTIME_ID
        };
        for (unsigned k = 0; k < sizeof(clocks) / sizeof(clocks[0]); k++) {
                struct timespec a, b, c;
                OK(syscall(SYS_clock_gettime, clocks[k], &a));
                EQ(gettime(clocks[k], &b), 0);
                OK(syscall(SYS_clock_gettime, clocks[k], &c));
                int64_t ab = (int64_t)(b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec;
                int64_t bc = (int64_t)(c.tv_sec - b.tv_sec) * 1000000000 + c.tv_nsec - b.tv_nsec;
                if (ab < 0 || bc < 0)
                        FAIL("clock %d goes backwards: %" PRId64 ", %" PRId64, clocks[k], ab, bc);
                EQ(getres(clocks[k], &b), 0);
                OK(syscall(SYS_clock_getres, clocks[k], &a));
                EQ(a.tv_nsec, b.tv_nsec);
        }
        struct timespec ts;
        EQ(gettime(9999, &ts), -EINVAL);
        struct timeval tv;
        EQ(timeofday(&tv, NULL), 0);
        OK(clock_gettime(CLOCK_REALTIME, &ts));
        CHECK(ts.tv_sec - tv.tv_sec <= 1);
}

TEST_NOT_ON_QEMU(address_space_is_random, "execve would need QEMU registered")
{
        if (getenv("ASLR_TEST")) {
                int here;
                printf("%p %p %p\n", (void *)&here, sbrk(0), mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
                return;
        }
        char seen[4][200];
        setenv("ASLR_TEST", "1", 1);
        for (int k = 0; k < 4; k++) {
                int p[2];
                OK(pipe(p));
                pid_t pid = fork();
                if (pid == 0) {
                        dup2(p[1], 1);
                        if (k >= 2)
                                personality(ADDR_NO_RANDOMIZE);
                        execl("/proc/self/exe", "process-info", "address_space_is_random", NULL);
                        _exit(1);
                }
                check_child(pid, 0);
                memset(seen[k], 0, 200);
                OK(read(p[0], seen[k], 199));
        }
        unsigned long a[3], b[3];
        for (int k = 0; k < 3; k++)
                if (k < 2)
                        CHECK(sscanf(seen[k], "%lx %lx %lx", &(k ? b : a)[0], &(k ? b : a)[1], &(k ? b : a)[2]) == 3);
        for (int k = 0; k < 3; k++)
                CHECK(a[k] != b[k]);
        CHECK(!strcmp(seen[2], seen[3]));
}

TEST(personality_is_linux)
{
        EQ(personality(0xffffffff) & 0xff, PER_LINUX);
}

/* setarch(8) asks for it before it starts 32-bit programs, and compares what uname(2) says then (arch/arm64/kernel/sys.c). Docker's
 * seccomp profile allows it with this flag alone. */
TEST_NOT_ON_QEMU(personality_of_32_bit_programs, "QEMU goes on to say aarch64")
{
        struct utsname u;
        int was = (int)OK(personality(PER_LINUX32 | UNAME26));
        EQ(personality(0xffffffff), PER_LINUX32 | UNAME26);
        OK(uname(&u));
#ifdef __aarch64__
        CHECK(!strcmp(u.machine, "armv8l"));
#else
        CHECK(!strcmp(u.machine, MACHINE_NAME));
#endif
        OK(personality((unsigned)was));
        OK(uname(&u));
        CHECK(!strcmp(u.machine, MACHINE_NAME));
}

TEST_NOT_ON_QEMU(status_and_stat, "QEMU shows its own")
{
        read_file("/proc/self/status");
        CHECK(!strncmp(text, "Name:\tprocess-info", 18));
        char want[60];
        snprintf(want, sizeof(want), "\nPid:\t%d\n", getpid());
        CHECK(strstr(text, want));
        read_file("/proc/self/stat");
        snprintf(want, sizeof(want), "%d (process-info", getpid());
        CHECK(!strncmp(text, want, strlen(want)));
        snprintf(want, sizeof(want), ") R %d ", getppid());
        CHECK(strstr(text, want));
}

TEST(other_files_of_proc)
{
        read_file("/proc/self/mounts");
        read_file("/proc/meminfo");
        CHECK(strstr(text, "MemTotal"));
        read_file("/proc/self/limits");
        read_file("/proc/version");
        struct stat st;
        OK(stat("/proc/self/fd/1", &st));
        ERR(open("/proc/self/nonexistent", O_RDONLY), ENOENT);
        if (!getenv("GUEST_ORACLE"))
                ERR(open("/proc/self/maps", O_RDONLY | O_DIRECTORY), ENOTDIR);
}
