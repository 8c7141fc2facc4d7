/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connects the rooms: lower ones call functions of higher ones through hooks. */
#pragma once

/* Sets the hooks. To be called before any other function that is not of rt/. */
void connect_rooms(void);
