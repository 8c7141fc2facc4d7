/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's counter of time. */
#pragma once
#include "ir/ir.h"

/* Its frequency. */
#define CNTFRQ_HZ 1000000000u

/* For ir_helper_g: the counter's value. */
helper_fn helper_cntvct;
