/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why translated code returned to the run-time. */
#pragma once

/* EXIT_SYS has one of the first five as its `aux`; the stubs (x64/stubs.c) and the fault handler make the others. */
enum exit_reason {
        EXIT_NEXT,   /* go on at the pc: state that translations depend on was changed */
        EXIT_SVC,    /* system call: cpu->pc is the address after the instruction */
        EXIT_UDF,    /* undefined instruction: cpu->pc is its own address */
        EXIT_BRK,    /* breakpoint: cpu->pc is its own address */
        EXIT_ICACHE, /* the instruction cache's line of cpu->flush_addr is to be forgotten; cpu->pc is the address after it */
        EXIT_POLL,   /* an asynchronous request was seen: cpu->exit_site tells at which poll */
        EXIT_LINK,   /* a direct exit that is not linked yet: cpu->exit_site tells which */
        EXIT_MISS,   /* an indirect branch to cpu->pc, which was not in the table of branch targets */
        EXIT_FAULT,  /* a host signal was turned into a guest's: cpu->thread has it */
};
