/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The platforms that programs can be for, by the names that container tools have for them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct platform {
        const char *names[4]; /* as "docker run --platform" has them */
        const char *words[6]; /* what --install and --uninstall take for it */
        const char *format;   /* the format that registers it */
        uint16_t machine;     /* EM_... */
        bool is64, big_endian;
        uint32_t flags;   /* of the ELF header */
        uint32_t code[3]; /* exit(PROBE_STATUS) in its machine's instructions */
};

/* The status that a probe exits with: none that a failure to execute has. */
#define PROBE_STATUS 42

extern const struct platform platforms[];
extern const size_t n_platforms;

/* Finds the platform for a word such as arm64, aarch64, linux/arm64 or arm/v7; NULL where there is none. */
const struct platform *platform_find(const char *word);

/* Whether this machine runs programs for it just now: a tiny one is executed. Returns 1 or 0, or a negative errno where
 * that could not be tried. */
int platform_probe(const struct platform *p);
