/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the program syscalls share. Each part is a function that makes system calls and prints what came of them. */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints what a call returned, or the name of its error. Returns what the call returned. */
long show(long r, const char *what);
#define SHOW(call) show((long)(call), #call)
/* For calls whose result says nothing, or differs each time: prints "ok" or the name of the error. Returns what the call
 * returned. */
long worked(long r, const char *what);
#define DO(call) worked((long)(call), #call)
/* Prints an integer. */
#define N(value) printf("%s: %lld\n", #value, (long long)(value))

/* files.c */
void files(void);
void directories(void);
void locks(void);
void copying(void);
void watching(void);
void filesystems(void);
/* channels.c */
void polling(void);
void sockets(void);
void terminal(void);
/* ipc.c */
void ipc(void);
/* processes.c */
void resources(void);
void control(void);
void waiting(void);
