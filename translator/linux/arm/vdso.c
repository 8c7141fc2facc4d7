/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vDSO of 32-bit programs (arch/arm64/kernel/vdso32), with functions in A32. */
#include <linux/elf-em.h>
#include "arm.h"
#include "kuser.h"
#include "linux/image.h"
#include "linux/special.h"
#define VDSO_CLASS 32
#include "linux/vdso_image.h"

#define UDF(number) (0xe7f000f0 | ((number)&0xfff0) << 4 | ((number)&15))
#define BX_LR 0xe12fff1e
#define EF_ARM_EABI_VER5 0x05000000

static const struct vdso_contents contents = {
        .machine = EM_ARM,
        .flags = EF_ARM_EABI_VER5,
        .version = "LINUX_2.6",
        .functions = {
                { "__vdso_clock_gettime", { UDF(VDSO_CLOCK_GETTIME), BX_LR } },
                { "__vdso_clock_gettime64", { UDF(VDSO_CLOCK_GETTIME64), BX_LR } },
                { "__vdso_gettimeofday", { UDF(VDSO_GETTIMEOFDAY), BX_LR } },
                { "__vdso_clock_getres", { UDF(VDSO_CLOCK_GETRES), BX_LR } },
        },
};

void arm_map_vdso(void)
{
        arm_map_vectors();
        long p = special_map(0, sizeof(struct vdso_image));
        if (rt_failed(p))
                return;
        vdso_fill((struct vdso_image *)p, &contents);
        special_seal((uint64_t)p, sizeof(struct vdso_image), "[vdso]");
        guest_vdso = (uint64_t)p;
}
