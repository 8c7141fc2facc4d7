/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for polkit: fake-polkit ANSWERS LOG. The file ANSWERS has a line "ACTION yes|no|challenge|never" for each
 * action that is known, where never is no answer; every question is appended to LOG as "ACTION KIND SUBJECT FLAGS". */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

static char **files;

static void find_answer(const char *action, char answer[16])
{
        char known[128], word[16];
        FILE *f = fopen(files[1], "re");

        strcpy(answer, "no");
        while (f && fscanf(f, "%127s %15s", known, word) == 2)
                if (strcmp(known, action) == 0)
                        strcpy(answer, word);
        if (f)
                fclose(f);
}

static int log_question(const char *action, const char *kind, const char *subject, unsigned flags)
{
        FILE *f = fopen(files[2], "ae");

        if (!f)
                return -errno;
        fprintf(f, "%s %s %s %u\n", action, kind, subject, flags);
        return fclose(f) == EOF ? -errno : 0;
}

static int on_question(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const char *kind, *key, *subject, *action;
        char answer[16];
        unsigned flags;

        (void)userdata;
        (void)error;
        /* One member of the subject is all that this kind of subject has. */
        int r = sd_bus_message_read(call, "(sa{sv})s", &kind, 1, &key, "s", &subject, &action);
        if (r >= 0)
                r = sd_bus_message_skip(call, "a{ss}");
        if (r >= 0)
                r = sd_bus_message_read(call, "u", &flags);
        if (r >= 0)
                r = log_question(action, kind, subject, flags);
        if (r < 0)
                return r;
        find_answer(action, answer);
        if (strcmp(answer, "never") == 0)
                return 1;
        return sd_bus_reply_method_return(call, "(bba{ss})", strcmp(answer, "yes") == 0, strcmp(answer, "challenge") == 0, 0);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("CheckAuthorization", "(sa{sv})sa{ss}us", "(bba{ss})", on_question, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int main(int argc, char **argv)
{
        sd_bus *bus;

        files = argv;
        if (argc != 3)
                return 2;
        int r = sd_bus_open_system(&bus);
        if (r >= 0)
                r = sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/PolicyKit1/Authority",
                                             "org.freedesktop.PolicyKit1.Authority", vtable, NULL);
        if (r >= 0)
                r = sd_bus_request_name(bus, "org.freedesktop.PolicyKit1", 0);
        while (r >= 0) {
                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(bus, UINT64_MAX);
        }
        fprintf(stderr, "fake-polkit: %s\n", strerror(-r));
        return 1;
}
