/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the kernel's exec to the guest's first instruction. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/auxvec.h>
#include <linux/elf.h>
#include <linux/prctl.h>
#include "guest/region_lift.h"
#include "linux/execve.h"
#include "linux/image.h"
#include "linux/limits.h"
#include "linux/share_fd.h"
#include "linux/thread.h"
#include "run/config.h"
#include "run/exec.h"
#include "connect.h"
#include "options.h"
#include "rt/rt.h"
#include "run/thread.h"
#include "run/unit.h"
#include "x64/region.h"

#define AT_FLAGS_PRESERVE_ARGV0 1 /* linux/binfmts.h */

/* The stack of the first thread's C code, above a guard page. The stack that the kernel made becomes the guest's
 * (linux/stack.c). */
enum { FIRST_STACK = 256 * 1024 };
__attribute__((used, aligned(4096))) static uint8_t first_stack[4096 + FIRST_STACK];

/* Called by the kernel, and by _start. */
void _start(void);
void rt_get_ready(void);
_Noreturn void rt_start(uint64_t *sp, uint64_t base, const Elf64_Dyn *dyn);

extern const char __ehdr_start[], __bss_start[], _end[]; /* by the linker */

/* Asks for what a start needs, on the kernel's stack, before anything is relocated. The code of which each start needs something in nearly all
 * pieces is between two functions. */
__attribute__((used, no_stack_protector)) void rt_get_ready(void)
{
        enum { STACK = 16 << 10 };
        const uint8_t *top = first_stack + sizeof(first_stack);
        own_program_ask((const void *)lift_region, (const void *)x64_make_stubs);
        rt_populate(top - STACK, top, true);
}

/* The kernel starts the process here, with argc, argv, envp and auxv on the stack. */
__attribute__((naked, noreturn, used)) void _start(void)
{
        __asm__ volatile("xor %%ebp, %%ebp\n\t"
                         "mov %%rsp, %%rbx\n\t"
                         "call rt_get_ready\n\t"
                         "mov %%rbx, %%rdi\n\t"
                         "lea __ehdr_start(%%rip), %%rsi\n\t"
                         "lea _DYNAMIC(%%rip), %%rdx\n\t"
                         "lea %P0+%c1(%%rip), %%rsp\n\t"
                         "call rt_start\n\t"
                         "ud2"
                         :
                         : "i"(first_stack), "i"(sizeof(first_stack)));
}

/* Adds the load address to all addresses in our data, which the linker could not know. There are only R_X86_64_RELATIVE
 * entries. */
static void relocate(uint64_t base, const Elf64_Dyn *dyn)
{
        uint64_t rela = 0, size = 0;
        for (; dyn->d_tag != DT_NULL; dyn++) {
                if (dyn->d_tag == DT_RELA)
                        rela = base + dyn->d_un.d_ptr;
                else if (dyn->d_tag == DT_RELASZ)
                        size = dyn->d_un.d_val;
        }
        const Elf64_Rela *r = (const Elf64_Rela *)rela;
        for (uint64_t k = 0; k < size / sizeof(*r); k++)
                *(uint64_t *)(base + r[k].r_offset) = base + (uint64_t)r[k].r_addend;
}

struct start {
        int argc;
        char **argv, **envp;
        const uint64_t *auxv;
};

static uint64_t aux(const struct start *s, uint64_t type, uint64_t missing)
{
        for (const uint64_t *a = s->auxv; a[0] != AT_NULL; a += 2)
                if (a[0] == type)
                        return a[1];
        return missing;
}

/* Names the process (/proc/self/comm) after the program: the kernel has named it after the translator. */
static void name_process(const char *path)
{
        const char *base = strrchr(path, '/');
        sys_call2(__NR_prctl, PR_SET_NAME, options.comm ? options.comm : base ? base + 1 : path);
}

/* Returns true when the user of this process may look into it. The kernel forbids that when the user may not read the program or
 * the translator, or when privileges changed: it looks at both files (would_dump() of fs/exec.c; binfmt_misc's flags O and C hand
 * it the program). */
static bool may_be_read(void)
{
        enum { DUMPABLE = 1 }; /* SUID_DUMP_USER */
        return sys_call1(__NR_prctl, PR_GET_DUMPABLE) == DUMPABLE;
}

/* Who started us, and what to run. binfmt_misc leaves `interpreter path [argv0 (flag P)] arguments...`; with P the kernel
 * says so in AT_FLAGS, with O or C the open program is in AT_EXECFD (Documentation/admin-guide/binfmt-misc.rst). */
static void choose_program(const struct start *s, struct program *p)
{
        bool preserve = aux(s, AT_FLAGS, 0) & AT_FLAGS_PRESERVE_ARGV0;
        uint64_t fd = aux(s, 2 /* AT_EXECFD */, UINT64_MAX);
        bool by_kernel = preserve || fd != UINT64_MAX, secure = aux(s, AT_SECURE, 0);
        int first = 1;
        if (secure)
                options_drop_environment(s->envp);
        else
                options_environment(s->envp);
        if (!by_kernel && !secure)
                first = options_parse(s->argc, s->argv);
        if (first >= s->argc)
                rt_die("nothing to run");
        if (!may_be_read())
                options_keep_secret(s->argv[first]);
        options_keep_log();
        *p = (struct program){ .path = s->argv[first],
                               .fd = fd == UINT64_MAX ? -1 : (int)fd,
                               .auxv = s->auxv,
                               .sysroot = options.sysroot,
                               .stack_size = options.stack_size,
                               .kernel_sp = (uint64_t)(s->argv - 1) };
        /* The kernel knows the name that was executed also where that was a descriptor or a script. */
        p->execfn = options.execfn ? options.execfn : by_kernel ? (const char *)aux(s, AT_EXECFN, (uint64_t)p->path) : p->path;
        p->argv = s->argv + first + (preserve && first + 1 < s->argc);
        execve_take_copy(p);
        if (options.argv0)
                p->argv[0] = (char *)(uintptr_t)options.argv0;
        p->envp = options_guest_env(s->envp);
        if (!p->envp)
                rt_die("out of memory");
        if (!by_kernel) {
                execve_by_hand((const char *)aux(s, AT_EXECFN, (uint64_t) ""), s->argv, first);
                name_process(p->path);
        }
}

static void own_image(void)
{
        static struct own_memory own, zeroed = { .is_data = true };
        const char *bss = (const char *)(((uintptr_t)__bss_start + 4095) & ~(uintptr_t)4095);
        own_memory_add(&own, __ehdr_start, (size_t)(bss - __ehdr_start));
        own_memory_add(&zeroed, bss, (size_t)(_end - bss));
        (void)rt_mprotect(first_stack, 4096, 0 /* PROT_NONE */);
}

static _Noreturn void cannot_run(const struct program *p, int error, const char *why)
{
        const char *reason = why[0]             ? why
                             : error == -ENOENT ? "no such file"
                             : error == -EACCES ? "permission denied"
                             : error == -ENOMEM ? "not enough memory"
                             : error == -EISDIR ? "is a directory"
                                                : "cannot be loaded";
        if (!why[0] && reason[0] == 'c')
                rt_error("%s: %s (error %d)", p->path, reason, -error);
        else
                rt_error("%s: %s", p->path, reason);
        rt_exit(error == -ENOENT && !why[0] ? 127 : 126);
}

_Noreturn __attribute__((used)) void rt_start(uint64_t *sp, uint64_t base, const Elf64_Dyn *dyn)
{
        struct start s = { .argc = (int)sp[0], .argv = (char **)(sp + 1) };
        struct program p;
        char why[400];
        relocate(base, dyn);
        s.envp = s.argv + s.argc + 1;
        uint64_t *a = (uint64_t *)s.envp;
        while (*a++)
                ;
        s.auxv = a;
        rt_guard_init((const uint64_t *)aux(&s, AT_RANDOM, 0));
        own_program_seal();
        own_image();
        connect_rooms();
        limits_init();
        config_begin();
        unit_place();
        choose_program(&s, &p);
        int error = 0;
        struct thread *t = thread_init_first(&error);
        if (!t)
                rt_die("cannot set up the first thread (error %d)", -error);
        int r = load_program(t, &p, why, sizeof(why));
        if (r < 0)
                cannot_run(&p, r, why);
        r = exec_init();
        if (r >= 0)
                r = exec_thread_init(t);
        if (r < 0)
                rt_die("cannot set up the code cache (error %d)", -r);
        the_guest->reset_state(&t->cpu);
        unit_begin();
        share_fd_adopt(aux(&s, AT_SECURE, 0));
        exec_loop(t);
}
