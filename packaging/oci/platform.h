/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The platforms that programs can be for, by the names that container tools have for them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct platform {
        const char *names[4]; /* as "docker run --platform" has them */
        const char *words[8]; /* what --install and --uninstall take for it */
        const char *format;   /* the format that registers it */
        uint16_t machine;     /* EM_... */
        bool is64, big_endian;
        uint32_t flags;   /* of the ELF header */
        uint32_t code[3]; /* exit(PROBE_STATUS) in its machine's instructions */
};

/* The exit status of a probe: one that does not stand for a failure to execute it. */
#define PROBE_STATUS 42

extern const struct platform platforms[];
extern const size_t n_platforms;

/* Finds the platform for a word such as arm64, aarch64, linux/arm64 or arm/v7; NULL where there is none. */
const struct platform *platform_find(const char *word);

/* Executes a tiny program for the platform. Returns 1 if this machine runs it, 0 if not, or a negative errno where that could
 * not be tried. */
int platform_probe(const struct platform *p);
