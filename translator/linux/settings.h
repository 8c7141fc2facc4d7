/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user chooses about the system that the guest sees (main/options.c), apart from what the loader is told of the program
 * (struct program, image.h). */
#pragma once

struct linux_settings {
        const char *release; /* -r: the kernel's release that uname tells, or NULL: the host's */
};
extern struct linux_settings linux_settings; /* linux/sys_misc.c */
