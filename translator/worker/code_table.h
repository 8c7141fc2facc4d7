/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of places that an indirect branch may go to. */
#pragma once
#include <stdint.h>

/* Calls f for each target that the table of the indirect branch at pc has, when it is one that is known. The window has the branch. */
void code_table_each(uint64_t pc, void (*f)(uint64_t target));
