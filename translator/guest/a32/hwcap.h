/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest CPU is said to have, by CPU (-cpu): the same for AT_HWCAP, AT_HWCAP2 and /proc/cpuinfo. All of them execute all
 * instructions. Bit numbers: arch/arm/include/uapi/asm/hwcap.h. */
#pragma once

/* CPUs, for the lists: of Armv5TE, of Armv6 with VFPv2, and of Armv8 under a 32-bit kernel, which calls it Armv7. */
#define A32_V5 1
#define A32_V6 2
#define A32_V7 4
#define A32_V6_UP (A32_V6 | A32_V7)
#define A32_ANY (A32_V5 | A32_V6 | A32_V7)

/* clang-format off */
#define A32_HWCAP_LIST(X) /* bit, name in /proc/cpuinfo, which CPUs have it */ \
        X(0, "swp", A32_V5 | A32_V6) X(1, "half", A32_ANY) X(2, "thumb", A32_ANY) X(4, "fastmult", A32_ANY) \
        X(6, "vfp", A32_V6_UP) X(7, "edsp", A32_ANY) X(12, "neon", A32_V7) X(13, "vfpv3", A32_V7) X(15, "tls", A32_V6_UP) \
        X(16, "vfpv4", A32_V7) X(17, "idiva", A32_V7) X(18, "idivt", A32_V7) X(19, "vfpd32", A32_V7) X(20, "lpae", A32_V7) \
        X(21, "evtstrm", A32_V7) X(24, "asimddp", A32_V7)
#define A32_HWCAP2_LIST(X) \
        X(0, "aes", A32_V7) X(1, "pmull", A32_V7) X(2, "sha1", A32_V7) X(3, "sha2", A32_V7) X(4, "crc32", A32_V7)
/* clang-format on */

/* The bits of one CPU. */
#define A32_BIT_IF(bit, cpus, cpu) ((cpus) & (cpu) ? UINT64_C(1) << (bit) : 0)
#define A32_BIT_V5(bit, name, cpus) | A32_BIT_IF(bit, cpus, A32_V5)
#define A32_BIT_V6(bit, name, cpus) | A32_BIT_IF(bit, cpus, A32_V6)
#define A32_BIT_V7(bit, name, cpus) | A32_BIT_IF(bit, cpus, A32_V7)
#define A32_HWCAP(cpu) (UINT64_C(0) A32_HWCAP_LIST(A32_BIT_##cpu))
#define A32_HWCAP2(cpu) (UINT64_C(0) A32_HWCAP2_LIST(A32_BIT_##cpu))
