/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of the translator's own descriptors in the guest's table: below the usual limit of 1024, and as high as that lets them
 * be, because programs get the lowest numbers. */
#pragma once

/* Translations that are handed down (share_fd.h). */
#define SHARE_FD 1019
/* The program that is executed next, when it has no name that lasts (execve.c). */
#define EXECVE_FD 1018
/* The log has this number or the next higher one that is free (main/options.c). */
#define LOG_FD_MIN 1000

/* As text: part of a path. */
#define DESCRIPTOR_TEXT_OF(number) #number
#define DESCRIPTOR_TEXT(number) DESCRIPTOR_TEXT_OF(number)
