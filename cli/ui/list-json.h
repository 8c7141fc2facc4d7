/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli.h"
#include "base/elf-machine.h"
#include "reconcile/status.h"

/* Which formats and entries are listed; all where nothing is set. */
struct list_filter {
        const char *name;
        const struct elf_machine *machine;
        uint8_t head[ELF_HEAD_SIZE]; /* of its programs */
};

/* Whether the one of this name is, by the entry that it is or would be. */
bool list_takes(const struct view *v, const struct list_filter *filter, const char *name);

/* The kernel's entry of this name, or what would be registered; NULL where there is neither. */
const struct entry *list_entry(const struct view *v, const char *name);

/* Prints the formats and the kernel's other entries as JSON. Returns an exit status. */
int list_print_json(const struct view *v, const struct status *s, const struct list_filter *filter);
