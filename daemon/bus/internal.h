/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the bus share. */
#pragma once

#include <systemd/sd-bus.h>

#include "auth.h"
#include "bus.h"
#include "manager.h"

#define BUS_NAME "org.binfmtd.Manager1"
#define BUS_PATH "/org/binfmtd/Manager1"
#define BUS_FORMAT_PATH BUS_PATH "/format"
#define BUS_MANAGER_INTERFACE "org.binfmtd.Manager1"
#define BUS_FORMAT_INTERFACE "org.binfmtd.Format1"

/* The errors of the interfaces, beside those of D-Bus itself. */
#define BUS_ERROR_NO_SUCH_FORMAT "org.binfmtd.Error.NoSuchFormat"
#define BUS_ERROR_FORMAT_EXISTS "org.binfmtd.Error.FormatExists"
#define BUS_ERROR_NOT_OURS "org.binfmtd.Error.NotRegisteredHere"
#define BUS_ERROR_CACHE_OFF "org.binfmtd.Error.CacheOff"
#define BUS_ERROR_FAILED "org.binfmtd.Error.Failed"

/* A connection that may add files to the cache without being asked again, until a time since boot in microseconds. */
struct bus_grant {
        char sender[32];
        uint64_t until;
};
enum { BUS_GRANTS = 8 };

struct bus {
        struct manager *manager;
        sd_bus *bus; /* NULL where there is no connection */
        sd_event_source *retry;
        struct auths auths;
        struct bus_grant grants[BUS_GRANTS];
        uint64_t progress_told;     /* when CacheProgress was told of last, in microseconds since boot */
        int64_t look_room, look_at; /* how long the cache may be looked at for anybody, less than 0 after too long; as of when */
};

/* Answers a call that waited with an error. */
void bus_reply_error(sd_bus_message *call, const sd_bus_error *error);

/* Answers a call that waited with an error if there is one: error is set, or r is a negative errno. */
void bus_reply_failure(sd_bus_message *call, int r, const sd_bus_error *error);

/* The head of a function that sd-bus calls to read a property; its body appends the value to reply. */
#define BUS_GETTER(function) \
        static int function(sd_bus *bus _unused_, const char *path _unused_, const char *interface _unused_, \
                            const char *property _unused_, sd_bus_message *reply, void *userdata _unused_, \
                            sd_bus_error *error _unused_)

extern const sd_bus_vtable bus_manager_vtable[];
extern const sd_bus_vtable bus_format_vtable[];

/* Callbacks of sd-bus for the objects of formats: the first finds the format of a path, the second lists all paths. userdata is
 * the manager. */
int bus_format_find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **ret_found, sd_bus_error *error);
int bus_format_enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes, sd_bus_error *error);

/* Appends a string to a message. Strings of D-Bus are UTF-8, but names that others have chosen need not be, and a message that
 * has one of those could not be sent: bytes that are no UTF-8 become question marks. Returns 0 or a negative errno. */
int bus_append_text(sd_bus_message *m, const char *text);

/* Makes *ret the path of a format's object. Returns 0 or a negative errno. */
int bus_format_path(const char *name, char **ret);

/* Emits PropertiesChanged for the properties that differ between two states of a format. */
void bus_format_emit_changes(sd_bus *bus, const struct format_state *old, const struct format_state *new);

/* Finds out what it takes to change a format: what the format takes, what the kernel's entry of its name takes whoever registered
 * it, and what those formats take that follow it or that it follows, because they share interpreter and flags. */
enum auth_action bus_action_of(const struct manager *m, const struct format *f);

/* Reads the property CacheProgress, for sd-bus; userdata is the manager. */
int bus_get_cache_progress(sd_bus *bus, const char *path, const char *interface, const char *property, sd_bus_message *reply,
                           void *userdata, sd_bus_error *error);

/* Is called by sd-bus for every method of the manager; userdata is the manager. */
int bus_method(sd_bus_message *call, void *userdata, sd_bus_error *error);

/* Reads the arguments of Register: into a format, which is checked as its file would be, and into the text of that file. Returns
 * 0 or a negative errno, with the error set. */
int bus_read_register(sd_bus_message *call, struct format *ret, char **ret_text, bool *ret_replace, sd_bus_error *error);

/* What a call gets for an answer from binfmtctl. */
enum bus_answer {
        BUS_ANSWER_TEXT,     /* what it prints, as one string */
        BUS_ANSWER_MESSAGES, /* its messages, as an array of lines */
};

/* Has binfmtctl look at files, and replies when it is done. args are its verb and arguments, with NULL at the end. Returns 1, or
 * a negative errno with the error set. */
int bus_run_binfmtctl(struct manager *m, sd_bus_message *call, const char *const *args, enum bus_answer answer,
                      sd_bus_error *error);
