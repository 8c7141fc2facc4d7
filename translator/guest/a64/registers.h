/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64's registers, for the IR and the code generator. */
#pragma once
#include "ir/slots.h"

extern const struct ir_guest a64_registers;
