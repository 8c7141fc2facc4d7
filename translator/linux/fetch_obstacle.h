/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why an instruction cannot be fetched. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum fetch_obstacle {
        FETCH_UNMAPPED,    /* nothing is mapped there */
        FETCH_FORBIDDEN,   /* it may not be executed */
        FETCH_BEHIND_FILE, /* the file that is mapped there ends before it */
};

/* Tells why the guest's code at addr cannot be fetched; in *ret_present, whether its page is in memory. */
enum fetch_obstacle fetch_obstacle(uint64_t addr, bool *ret_present);
