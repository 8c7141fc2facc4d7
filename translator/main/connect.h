/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connects the rooms: lower ones call functions of higher ones through hooks, which are set here, as is the list of guests. */
#pragma once

/* Sets all of that. To be called first of all. */
void connect_rooms(void);
