/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's registers as the IR names them. */
#pragma once

/* Numbers of the state's SSA slots: what the IR's LIVEIN and PUT name. */
enum slot {
        SLOT_X0 = 0,
        SLOT_SP = 31,
        SLOT_V0 = 32,
        SLOT_NZCV = 64,
        SLOT_COUNT = 65,
};
