/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out whether a caller on the bus may do what it asks for: root may, and those whom polkit allows to. Nothing blocks
 * meanwhile. */
#pragma once

#include <systemd/sd-bus.h>

/* Actions of polkit, those that need less first. */
enum auth_action {
        AUTH_LOOK,               /* what anybody may */
        AUTH_CACHE,              /* fill and empty the cache of translations, and see which files it is made of */
        AUTH_MANAGE,             /* change formats */
        AUTH_MANAGE_CREDENTIALS, /* change formats whose programs run with their own credentials (the C flag) */
        AUTH_INSPECT,            /* have files read as root */
        AUTH_ACTION_COUNT,
};

struct auth;

/* The questions that are not answered yet. */
struct auths {
        struct auth *first;
};

/* A handler is called when the caller may: it does what was asked for, and replies. An error that it returns or sets is the
 * reply. */
typedef int (*auth_handler_t)(sd_bus_message *call, enum auth_action action, void *userdata, sd_bus_error *error);

/* Finds out whether the sender of a call may take this action, and then calls the handler, or replies with an error. Returns 1,
 * or a negative errno with the error set. */
int auth_check(struct auths *a, sd_bus_message *call, enum auth_action action, auth_handler_t handler, void *userdata,
               sd_bus_error *error);

/* Forgets all questions. */
void auths_done(struct auths *a);
