/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "auth.h"

#include <errno.h>
#include <stdint.h>

#include "internal.h"

/* How many calls may wait: of one sender, and for polkit of one user and of all users. A call may wait until somebody has typed a
 * password; without a limit for each user, one with many connections could keep all others from asking. */
#define WAITING_PER_SENDER 8
#define WAITING_PER_USER 16
#define WAITING_MAX 256
/* The same for calls that may come with descriptors, sixteen each, of which the daemon can have a thousand or so. */
#define WITH_FILES_PER_USER 4
#define WITH_FILES_MAX 24
#define PASSWORD_TIMEOUT_USEC (300ULL * 1000 * 1000)

#define POLKIT_NAME "org.freedesktop.PolicyKit1"
#define POLKIT_PATH "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"
#define POLKIT_ALLOW_INTERACTION 1u

static const char *const action_ids[AUTH_ACTION_COUNT] = {
        [AUTH_CACHE] = "org.binfmtd.manage-cache",
        [AUTH_MANAGE] = "org.binfmtd.manage",
        [AUTH_MANAGE_CREDENTIALS] = "org.binfmtd.manage-credentials",
        [AUTH_INSPECT] = "org.binfmtd.inspect",
};

struct auth {
        struct auths *all;
        struct auth *next;
        sd_bus_message *call;
        sd_bus_slot *slot;
        enum auth_action action;
        auth_handler_t handler;
        void *userdata;
        bool asked; /* polkit was asked about this user */
        uid_t user;
};

static void auth_free(struct auth *one)
{
        for (struct auth **p = &one->all->first; *p; p = &(*p)->next)
                if (*p == one) {
                        *p = one->next;
                        break;
                }
        sd_bus_slot_unref(one->slot);
        sd_bus_message_unref(one->call);
        free(one);
}

void auths_done(struct auths *a)
{
        while (a->first)
                auth_free(a->first);
}

void bus_reply_error(sd_bus_message *call, const sd_bus_error *error)
{
        (void)sd_bus_reply_method_error(call, error);
}

void bus_reply_failure(sd_bus_message *call, int r, const sd_bus_error *error)
{
        if (sd_bus_error_is_set(error))
                bus_reply_error(call, error);
        else if (r < 0)
                (void)sd_bus_reply_method_errno(call, r, NULL);
}

static const char too_many[] = N_("Too many calls of this kind are waiting");

static int refuse(struct auth *one, const char *name, const char *text)
{
        const sd_bus_error error = SD_BUS_ERROR_MAKE_CONST(name, text);

        bus_reply_error(one->call, &error);
        auth_free(one);
        return 0;
}

static int allow(struct auth *one)
{
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        /* The question is answered, even if the handler takes its time over the reply. */
        sd_bus_message *call = sd_bus_message_ref(one->call);

        int r = sd_bus_message_rewind(call, true);
        if (r >= 0)
                r = one->handler(call, one->action, one->userdata, &error);
        auth_free(one);
        bus_reply_failure(call, r, &error);
        sd_bus_message_unref(call);
        return 0;
}

static int on_polkit(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        struct auth *one = userdata;
        int authorized, challenge;

        (void)ret_error;
        if (sd_bus_message_is_method_error(reply, NULL))
                return refuse(one, SD_BUS_ERROR_ACCESS_DENIED, N_("Only root may do this, because polkit does not answer"));
        if (sd_bus_message_enter_container(reply, 'r', "bba{ss}") < 0 ||
            sd_bus_message_read(reply, "bb", &authorized, &challenge) < 0)
                return refuse(one, SD_BUS_ERROR_ACCESS_DENIED, N_("Only root may do this, because polkit's answer is not clear"));
        if (authorized)
                return allow(one);
        if (challenge)
                return refuse(one, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, "An administrator has to authenticate");
        return refuse(one, SD_BUS_ERROR_ACCESS_DENIED, N_("Permission denied"));
}

static bool may_ask(const struct auth *new)
{
        size_t n = 0, of_user = 0, files = 0;

        for (const struct auth *one = new->all->first; one; one = one->next)
                if (one->asked) {
                        n++;
                        of_user += one->user == new->user;
                        files += one->user == new->user && one->action == AUTH_CACHE;
                }
        if (new->action == AUTH_CACHE && files >= WITH_FILES_PER_USER)
                return false;
        return of_user < WAITING_PER_USER && n < WAITING_MAX;
}

static int ask_polkit(struct auth *one)
{
        sd_bus *bus = sd_bus_message_get_bus(one->call);
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *question = NULL;
        unsigned flags = sd_bus_message_get_allow_interactive_authorization(one->call) > 0 ? POLKIT_ALLOW_INTERACTION : 0;

        int r = sd_bus_message_new_method_call(bus, &question, POLKIT_NAME, POLKIT_PATH, POLKIT_INTERFACE, "CheckAuthorization");
        if (r >= 0)
                r = sd_bus_message_append(question, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
                                          sd_bus_message_get_sender(one->call), action_ids[one->action], 0, flags, "");
        if (r < 0)
                return r;
        one->slot = sd_bus_slot_unref(one->slot);
        one->asked = true;
        return sd_bus_call_async(bus, &one->slot, question, on_polkit, one, flags ? PASSWORD_TIMEOUT_USEC : 0);
}

static int on_user(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        struct auth *one = userdata;
        uint32_t uid;

        (void)ret_error;
        if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read(reply, "u", &uid) < 0)
                return refuse(one, SD_BUS_ERROR_ACCESS_DENIED, N_("The caller is not known"));
        if (uid == 0 || one->action == AUTH_LOOK)
                return allow(one);
        one->user = uid;
        if (!may_ask(one))
                return refuse(one, SD_BUS_ERROR_LIMITS_EXCEEDED, too_many);
        if (ask_polkit(one) < 0)
                return refuse(one, SD_BUS_ERROR_ACCESS_DENIED, N_("Polkit cannot be asked"));
        return 0;
}

static bool may_wait(const struct auths *a, const char *sender, enum auth_action action)
{
        size_t n = 0, files = 0;

        for (const struct auth *one = a->first; one; one = one->next) {
                n += streq_null(sd_bus_message_get_sender(one->call), sender);
                files += one->action == AUTH_CACHE;
        }
        return n < WAITING_PER_SENDER && (action != AUTH_CACHE || files < WITH_FILES_MAX);
}

int auth_check(struct auths *a, sd_bus_message *call, enum auth_action action, auth_handler_t handler, void *userdata,
               sd_bus_error *error)
{
        const char *sender = sd_bus_message_get_sender(call);

        if (!sender)
                return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED, N_("The caller is not known"));
        if (!may_wait(a, sender, action))
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED, too_many);

        struct auth *one = malloc(sizeof(*one));
        if (!one)
                return -ENOMEM;
        *one = (struct auth){ .all = a,
                              .next = a->first,
                              .call = sd_bus_message_ref(call),
                              .action = action,
                              .handler = handler,
                              .userdata = userdata };
        a->first = one;
        int r = sd_bus_call_method_async(sd_bus_message_get_bus(call), &one->slot, "org.freedesktop.DBus",
                                         "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser", on_user, one,
                                         "s", sender);
        if (r < 0) {
                auth_free(one);
                return r;
        }
        return 1;
}
