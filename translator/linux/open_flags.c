/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See open_flags.h. */
#include "open_flags.h"

static const struct {
        uint32_t guest, host;
} open_flags[] = {
        { 0040000, 0200000 }, /* O_DIRECTORY */
        { 0100000, 0400000 }, /* O_NOFOLLOW */
        { 0200000, 0040000 }, /* O_DIRECT */
        { 0400000, 0100000 }, /* O_LARGEFILE */
};
#define DIFFERENT_FLAGS 0740000u

uint32_t open_flags_to_host(uint32_t guest)
{
        uint32_t host = guest & ~DIFFERENT_FLAGS;

        for (unsigned k = 0; k < 4; k++)
                if (guest & open_flags[k].guest)
                        host |= open_flags[k].host;
        return host;
}

uint32_t open_flags_to_guest(uint32_t host)
{
        uint32_t guest = host & ~DIFFERENT_FLAGS;

        for (unsigned k = 0; k < 4; k++)
                if (host & open_flags[k].host)
                        guest |= open_flags[k].guest;
        return guest;
}
