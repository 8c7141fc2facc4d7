/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the program syscalls share. Each part is a function that makes system calls and prints what came of them. */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include "../show.h"

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
