/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out what the kernel does with a file that no entry of binfmt_misc takes. */
#include "explain-internal.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The C library's header does not have it. */
#ifndef ELFOSABI_ARM_FDPIC
#define ELFOSABI_ARM_FDPIC 65
#endif

#include "base/elf-machine.h"
#include "libraries.h"
#include "kernel/shebang.h"

static int malformed(struct look *l, const struct subject *s)
{
        const char *reason = s->elf_error == -EBADMSG ? s->elf_reason : _("it was changed while it was looked at");
        int r = refuse(l, -ENOEXEC, CAUSE_ELF_MALFORMED, s->path, "%s: %s", s->path, reason);

        return r < 0 ? r : findings_remedy(&l->x->findings, "Get %s anew: it is damaged or no program.", s->path);
}

/* Returns vm.mmap_min_addr, or 0. */
static uint64_t lowest_address(void)
{
        _cleanup_close_ int fd = open("/proc/sys/vm/mmap_min_addr", O_RDONLY | O_CLOEXEC);
        char text[32] = "";

        return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 ? strtoull(text, NULL, 10) : 0;
}

static bool is_run_by_qemu(const struct look *l)
{
        const char *interpreter = last_step(l)->interpreter;

        return interpreter && strstr(interpreter, "qemu");
}

/* Notes a program for 32-bit ARM that is not for the EABI of all Linux systems since 2007, or not for processors with an MMU. */
static int check_arm_abi(struct look *l, const struct subject *s)
{
        const char *abi = s->elf.os_abi == ELFOSABI_ARM_FDPIC ? "FDPIC" : !(s->elf.flags & EF_ARM_EABIMASK) ? "OABI" : NULL;

        if (s->elf.machine != EM_ARM || !abi || is_run_by_qemu(l))
                return 0;
        int r = findings_add(&l->x->findings, CAUSE_ARM_ABI, s->path, "%s is an %s program, which binfmt-translator does not run",
                             s->path, abi);
        return r < 0 ? r : findings_remedy(&l->x->findings, "Have QEMU run it: binfmtctl use qemu-arm");
}

/* Notes a program whose fixed addresses the kernel does not give to everyone. QEMU puts programs elsewhere. */
static int check_address(struct look *l, const struct subject *s)
{
        const uint64_t limit = lowest_address(), usual = 32768; /* of kernels for ARM */

        if (s->elf.lowest >= limit || is_run_by_qemu(l))
                return 0;
        int r = findings_add(
                &l->x->findings, CAUSE_ADDRESS_TOO_LOW, s->path,
                "%s is linked for addresses from 0x%jx on, and memory below 0x%jx (vm.mmap_min_addr) is for root only", s->path,
                (uintmax_t)s->elf.lowest, (uintmax_t)limit);
        return r < 0 ? r
                     : findings_remedy(&l->x->findings, "Let others have it: sysctl vm.mmap_min_addr=%ju",
                                       (uintmax_t)(s->elf.lowest < usual ? s->elf.lowest : usual));
}

int explain_needs(struct look *l, const struct subject *s)
{
        static const struct root machine = { .fd = -1, .path = (char *)"" };
        _cleanup_free_ char *path = NULL;

        if (!s->is_elf)
                return 0;
        /* A malformed file is no finding here: the interpreter notices it. */
        if (s->elf_error == -EBADMSG)
                return malformed(l, s);
        if (s->elf_error < 0)
                return 0;
        int r = check_address(l, s);
        if (r >= 0)
                r = check_arm_abi(l, s);
        if (r < 0 || !s->elf.interpreter)
                return r;
        r = root_real_path(s->pinned ? &machine : &l->root, s->fd, &path);
        if (r < 0)
                r = string_set(&path, s->path);
        if (r < 0)
                return r;

        /* The dynamic linker is looked for where the program runs, wherever the program comes from. */
        size_t before = l->x->findings.n;
        r = libraries_check(&l->root, s->fd, path, &l->x->findings);
        if (r == -EBADMSG || r == -ENOEXEC)
                return malformed(l, s);
        if (r >= 0 && l->x->findings.n > before && l->x->error == 0 && last_step(l)->kind == STEP_NATIVE &&
            l->x->findings.items[before].cause == CAUSE_LINKER_MISSING)
                l->x->error = -ENOENT;
        return r;
}

static int explain_elf(struct look *l, const struct subject *s)
{
        int r;

        if (s->elf_error == -EBADMSG)
                return malformed(l, s);
        if (s->elf_error < 0)
                return s->elf_error;
        if (s->elf.type != ET_EXEC && s->elf.type != ET_DYN) {
                r = refuse(l, -ENOEXEC, CAUSE_ELF_NOT_EXECUTABLE, s->path, "%s is %s, not a program", s->path,
                           s->elf.type == ET_REL    ? _("an object file")
                           : s->elf.type == ET_CORE ? _("a core dump")
                                                    : _("an ELF file of another type"));
                return r < 0 ? r
                             : findings_remedy(&l->x->findings, s->elf.type == ET_REL ? N_("Link it into a program.")
                                                                                      : N_("Give the path of a program."));
        }
        if (!elf_machine_is_native(&s->elf))
                return explain_no_entry(l, s);
        last_step(l)->kind = STEP_NATIVE;
        return explain_needs(l, s);
}

static int bad_shebang(struct look *l, const struct subject *s, int error)
{
        int r;

        if (error == -ENOENT)
                r = refuse(l, -ENOEXEC, CAUSE_SHEBANG_EMPTY, s->path, "the first line of %s names no interpreter", s->path);
        else
                r = refuse(l, -ENOEXEC, CAUSE_SHEBANG_TOO_LONG, s->path,
                           "the first line of %s names an interpreter behind the %d bytes that the kernel looks at", s->path,
                           ENTRY_SPAN_MAX);
        return r < 0 ? r : findings_remedy(&l->x->findings, "Correct the first line of %s.", s->path);
}

static int explain_script(struct look *l, const struct subject *s)
{
        _cleanup_free_ char *interpreter = NULL, *argument = NULL;

        int r = shebang_parse(s->head, s->size, &interpreter, &argument);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                return bad_shebang(l, s, r);
        size_t n = strlen(interpreter);
        if (n > 0 && interpreter[n - 1] == '\r') {
                r = refuse(l, -ENOENT, CAUSE_SHEBANG_CRLF, s->path,
                           "the lines of %s end with CR and LF, and the CR counts as part of the interpreter's name", s->path);
                return r < 0 ? r : findings_remedy(&l->x->findings, "Convert it: sed -i 's/\\r$//' %s", s->path);
        }
        last_step(l)->kind = STEP_SCRIPT;
        last_step(l)->argument = TAKE_PTR(argument);
        return go_on(l, s, interpreter, false);
}

static int explain_other(struct look *l, const struct subject *s)
{
        int r;

        if (s->size == 0) {
                r = refuse(l, -ENOEXEC, CAUSE_FILE_EMPTY, s->path, "%s is empty", s->path);
                return r < 0 ? r : findings_remedy(&l->x->findings, "Get %s anew.", s->path);
        }
        size_t before = l->x->findings.n;
        r = explain_no_entry(l, s);
        if (r < 0 || l->x->findings.n > before)
                return r;
        r = refuse(l, -ENOEXEC, CAUSE_NOT_A_PROGRAM, s->path,
                   "%s is neither an ELF program nor a script that starts with #!, "
                   "and no entry takes it",
                   s->path);
        return r < 0 ? r
                     : findings_remedy(&l->x->findings,
                                       "If %s is a script, name its interpreter in the first line: "
                                       "#!/bin/sh",
                                       s->path);
}

int explain_native(struct look *l, const struct subject *s)
{
        if (s->is_elf)
                return explain_elf(l, s);
        if (s->size >= 2 && memcmp(s->head, "#!", 2) == 0)
                return explain_script(l, s);
        return explain_other(l, s);
}
