/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes translations of two processes interchangeable. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "cache-format.h"

/* Finds the build id. To be called once, before the program headers of an image, by which it is found, are moved (run/unit.h). */
void config_begin(void);

/* Tells it of this process: the build of the translator, the guest, the options, the host's instructions, and where the stubs are
 * in their code. The rest of the bytes is zero. To be called when the guest is known and the stubs are made. Returns false where this
 * build has no build id: its translations are for no other process. */
bool config_get(uint8_t ret[CACHE_CONFIG]);
