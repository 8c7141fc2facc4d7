/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/elf-machine.h"
#include "cli.h"

/* Which formats and entries are listed: all of them where nothing is set. */
struct list_filter {
        const char *name;
        const struct elf_machine *machine;
        uint8_t head[ELF_HEAD_SIZE]; /* the beginning of that machine's programs */
};

/* True when the format or entry of this name is to be listed. For a machine, the entry counts that the kernel has or would
 * get, and that of the format that this one follows. */
bool list_takes(const struct view *v, const struct list_filter *filter, const char *name);

/* Returns the kernel's entry of this name, or the one that would be registered; NULL where there is neither. */
const struct entry *list_entry(const struct view *v, const char *name);
