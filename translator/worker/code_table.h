/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where indirect branches lead to, when they have the forms that compilers and libraries of 32-bit ARM use. */
#pragma once
#include "guest/code.h"

/* Calls f for each place that the indirect branch at pc goes to, when that is known. Code is read by `fetch`. base: an address that is
 * computed before it, without bits of state; 0: there is none. */
void code_table_each(fetch_fn *fetch, uint64_t pc, uint64_t base, void (*f)(uint64_t target));
