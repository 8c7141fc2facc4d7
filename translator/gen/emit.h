/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: what the files that write generated code share. */
#pragma once
#include "gendec.h"

struct out {
        const struct table *t;
        const struct tree *tree;
        FILE *f;
        char upper[MAX_NAME]; /* the prefix in upper case */
        unsigned pooled;      /* bytes of the string pool so far */
        char pool[0x10000];
};

void emit_decode_h(struct out *o); /* emit_decode.c */
void emit_decode_c(struct out *o);
void emit_args_h(struct out *o); /* emit_lift.c */
void emit_lift_c(struct out *o);
void emit_missing_c(struct out *o);
void emit_table_h(struct out *o); /* emit_table.c */
void emit_table_c(struct out *o);
