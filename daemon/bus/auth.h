/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a caller on the bus may do what it asks for: root may, and whom polkit allows to.
 * Nothing blocks meanwhile. */
#pragma once

#include <stddef.h>
#include <systemd/sd-bus.h>

/* Actions of polkit, those that need less first. */
enum auth_action {
        AUTH_MANAGE,             /* change formats */
        AUTH_MANAGE_CREDENTIALS, /* change such as run with a program's credentials (the C flag) */
        AUTH_INSPECT,            /* have files read as root */
        AUTH_ACTION_COUNT,
};

struct auth;

/* All questions that are not answered yet. */
struct auths {
        struct auth *first;
};

/* Called when the caller may: does what was asked for, and replies. An error that is returned or set is the reply. */
typedef int (*auth_handler_t)(sd_bus_message *call, enum auth_action action, void *userdata, sd_bus_error *error);

/* Finds out whether the sender of a call may do this, and has the handler called if so, or replies with an error.
 * Returns 1, or a negative errno, with the error set. */
int auth_check(struct auths *a, sd_bus_message *call, enum auth_action action, auth_handler_t handler, void *userdata,
               sd_bus_error *error);

/* Forgets the questions. */
void auths_done(struct auths *a);
