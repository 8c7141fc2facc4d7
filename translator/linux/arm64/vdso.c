/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vDSO of arm64 (arch/arm64/kernel/vdso), which also has the code that signal handlers without SA_RESTORER return to. */
#include <linux/elf-em.h>
#include "linux/image.h"
#include "linux/signal.h"
#include "linux/special.h"
#include "arm64.h"
#define VDSO_CLASS 64
#include "linux/vdso_image.h"

#define RET 0xd65f03c0
enum { SIGRETURN = 3 }; /* which function it is */

static const struct vdso_contents contents = {
        .machine = EM_AARCH64,
        .version = "LINUX_2.6.39",
        .functions = {
                { "__kernel_clock_gettime", { VDSO_CLOCK_GETTIME, RET } },
                { "__kernel_gettimeofday", { VDSO_GETTIMEOFDAY, RET } },
                { "__kernel_clock_getres", { VDSO_CLOCK_GETRES, RET } },
                { "__kernel_rt_sigreturn", { 0xd2801168, 0xd4000001 } }, /* mov x8, #139; svc #0 */
        },
};

void arm64_map_vdso(void)
{
        long p = special_map(0, sizeof(struct vdso_image));
        if (rt_failed(p))
                return;
        vdso_fill((struct vdso_image *)p, &contents);
        special_seal((uint64_t)p, sizeof(struct vdso_image), "[vdso]");
        guest_vdso = (uint64_t)p;
        signal_trampoline = guest_vdso + vdso_function_at(SIGRETURN);
}
