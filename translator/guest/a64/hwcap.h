/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest CPU is and has: the same for AT_HWCAP, the ID registers and /proc/cpuinfo.
 * Bit numbers: arch/arm64/include/uapi/asm/hwcap.h. */
#pragma once

/* clang-format off */
#define HWCAP_LIST(X) /* bit, name in /proc/cpuinfo */ \
        X(0, "fp") X(1, "asimd") X(2, "evtstrm") X(3, "aes") X(4, "pmull") X(5, "sha1") X(6, "sha2") X(7, "crc32") \
        X(8, "atomics") X(11, "cpuid") X(12, "asimdrdm") X(13, "jscvt") X(14, "fcma") X(15, "lrcpc") X(20, "asimddp") \
        X(27, "flagm")
/* clang-format on */

#define X_OR(bit, name) | (UINT64_C(1) << (bit))
#define GUEST_HWCAP (UINT64_C(0) HWCAP_LIST(X_OR))
#define GUEST_HWCAP2 UINT64_C(0)

/* MIDR_EL1: Arm Ltd, r0p0, a part number of no real core. */
#define GUEST_MIDR UINT64_C(0x410fd0f0)
