/* SPDX-License-Identifier: GPL-2.0-or-later */
/* binfmtctl cache add: files are found and opened here, with the caller's rights, and handed to the daemon as descriptors. It opens no
 * path for anybody. */
#include "cache.h"

#include <errno.h>
#include <time.h>

#include "bus.h"
#include "cache/find.h"
#include "service.h"
#include "ui/progress.h"

/* Files in one call. A bus lets a message have 16 descriptors. */
#define BATCH 8

/* How often the daemon is asked how far it is, and how long is waited where its queue is full. */
#define ASK_MSEC 100
#define FULL_MSEC 20

struct adding {
        const struct call *call;
        sd_bus *bus;
        struct cache_finds finds;
        struct progress progress;
        struct cache_counts before;
        size_t n_given, n_gone;
        bool allowed; /* the daemon has taken files from us: it does not ask for a password again */
};

static void pause_msec(long msec)
{
        const struct timespec t = { .tv_sec = msec / 1000, .tv_nsec = msec % 1000 * 1000000 };

        (void)nanosleep(&t, NULL);
}

static void tell_found(const struct cache_finds *f, void *userdata)
{
        struct adding *a = userdata;
        _cleanup_free_ char *text = NULL;

        if (string_format(&text, ngettext("searching: %zu file found", "searching: %zu files found", f->n), f->n) >= 0)
                progress_show(&a->progress, text, 0, 0);
}

static bool is_number(const char *text)
{
        return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 10;
}

static int find_process(struct adding *a, const char *pid)
{
        int r = cache_find_process(&a->finds, "/proc", atoi(pid));

        if (r == -ESRCH)
                return fail("%s: no such process; a file of this name is written ./%s", pid, pid);
        if (r == -EPERM || r == -EACCES)
                return fail("%s: what this process has mapped may only be seen by its user and by root", pid);
        return r < 0 ? fail("%s: %s", pid, strerror(-r)) : EXIT_OK;
}

static int find(struct adding *a, const char *argument)
{
        if (is_number(argument))
                return find_process(a, argument);
        int r = cache_find(&a->finds, argument);
        if (r == -ENOEXEC)
                return fail("%s: not a program or shared object that binfmt-translator runs", argument);
        return r < 0 ? fail("%s: %s", argument, strerror(-r)) : EXIT_OK;
}

/* Finds what all arguments mean. Returns an exit status; what was found counts also where it is EXIT_FAILED. */
static int find_all(struct adding *a)
{
        int status = EXIT_OK;

        a->finds.tell = tell_found;
        a->finds.userdata = a;
        for (int i = 0; i < a->call->n_args; i++) {
                int one = find(a, a->call->args[i]);
                status = one == EXIT_OK ? status : one;
        }
        progress_end(&a->progress);
        cache_finds_sort(&a->finds);
        if (a->finds.incomplete)
                status = fail("not all could be searched: a directory cannot be read, is too deep, or there is too much");
        return status;
}

/* The files of one call, by their numbers. */
struct batch {
        size_t files[BATCH];
        uint32_t n;
        size_t next; /* the number behind the last one that was looked at */
};

/* Appends files from this number on, as many as go into one call and can be opened. The message has descriptors of its own. */
static int append_files(const struct adding *a, sd_bus_message *m, size_t i, struct batch *ret)
{
        *ret = (struct batch){};
        int r = sd_bus_message_open_container(m, 'a', "h");
        for (; r >= 0 && i < a->finds.n && ret->n < BATCH; i++) {
                _cleanup_close_ int fd = cache_found_open(&a->finds, i);
                if (fd < 0)
                        continue;
                r = sd_bus_message_append(m, "h", fd);
                ret->files[ret->n++] = i;
        }
        ret->next = i;
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* Hands over one batch, which begins with the file of number *at, and makes *at where to go on: behind what the daemon's queue has taken.
 * Returns an exit status. */
static int give(struct adding *a, size_t *at)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL, *reply = NULL;
        struct batch batch;
        uint32_t taken = 0;

        int r = bus_begin(a->bus, "AddToCache", &m);
        if (r >= 0)
                r = append_files(a, m, *at, &batch);
        if (r < 0)
                return fail("%s", strerror(-r));
        if (batch.n > 0) {
                int status = bus_finish(a->call, a->bus, m, !a->allowed, &reply);
                if (status != EXIT_OK)
                        return status;
                if (sd_bus_message_read(reply, "u", &taken) < 0 || taken > batch.n)
                        return fail("%s", strerror(EBADMSG));
                a->allowed = true;
        }
        size_t next = taken < batch.n ? batch.files[taken] : batch.next;
        a->n_given += taken;
        a->n_gone += next - *at - taken;
        if (taken < batch.n)
                pause_msec(FULL_MSEC);
        *at = next;
        return EXIT_OK;
}

static uint64_t finished(const struct cache_counts *c)
{
        return c->hits + c->done + c->refused + c->failed;
}

/* Shows how many of the files are done; the daemon counts all files, those too that it learns of at the same time. */
static void show(struct adding *a, const struct cache_counts *now)
{
        uint64_t before = finished(&a->before), done = finished(now) < before ? 0 : finished(now) - before;

        progress_show(&a->progress, _("translating"), done > a->n_given ? a->n_given : done, a->finds.n);
}

static int give_all(struct adding *a)
{
        struct cache_counts now;
        int status = EXIT_OK;

        for (size_t i = 0; status == EXIT_OK && i < a->finds.n;) {
                status = give(a, &i);
                if (a->progress.width > 0 && cache_counts_read(a->bus, &now) >= 0)
                        show(a, &now);
        }
        return status;
}

/* Waits until what was in the queue is done. Returns an exit status. */
static int wait_until_done(struct adding *a, struct cache_counts *now)
{
        int r = cache_counts_read(a->bus, now);
        uint64_t until = r < 0 ? 0 : finished(now) + now->queued;

        while (r >= 0 && now->queued > 0 && finished(now) < until) {
                show(a, now);
                pause_msec(ASK_MSEC);
                r = cache_counts_read(a->bus, now);
        }
        progress_end(&a->progress);
        if (r < 0)
                return fail("the daemon does not answer any more: %s", strerror(-r));
        if (finished(now) < finished(&a->before))
                return fail("the daemon was started anew meanwhile, and has forgotten what it had not translated yet");
        return EXIT_OK;
}

static int print_result(const struct adding *a, const struct cache_counts *now)
{
        const struct cache_counts *b = &a->before;
        uint64_t counted = finished(now) - finished(b);

        printf(ngettext("%zu file: ", "%zu files: ", a->n_given), a->n_given);
        printf(_("%llu translated, %llu translated before, %llu not suitable, %llu failed"),
               (unsigned long long)(now->done - b->done), (unsigned long long)(now->hits - b->hits),
               (unsigned long long)(now->refused - b->refused), (unsigned long long)(now->failed - b->failed));
        /* The daemon counts no file twice that waits already, or of which it knows that it is not suitable. */
        if (counted < a->n_given)
                printf(_(", %llu the same as others, or known not to be suitable"), (unsigned long long)(a->n_given - counted));
        putchar('\n');
        if (a->n_gone > 0)
                return fail("files that have gone or cannot be opened any more: %zu", a->n_gone);
        return now->failed > b->failed ? EXIT_FAILED : EXIT_OK;
}

static int add(struct adding *a)
{
        struct cache_counts now;

        progress_begin(&a->progress);
        int found = find_all(a);
        if (a->finds.n == 0)
                return found == EXIT_OK ? fail("nothing was found that binfmt-translator runs") : found;
        if (cache_counts_read(a->bus, &a->before) < 0)
                return fail("this daemon has no cache of translations; binfmtctl and binfmtd are of different versions");
        int status = give_all(a);
        progress_end(&a->progress);
        if (status == EXIT_OK)
                status = wait_until_done(a, &now);
        if (status == EXIT_OK)
                status = print_result(a, &now);
        return status == EXIT_OK ? found : status;
}

int cache_add(const struct call *call)
{
        struct adding a = { .call = call };

        if (bus_connect(call, true, &a.bus) < 0) {
                const char *remedy = service_remedy(service_find(&call->paths));
                return remedy ? fail("translating is the work of binfmtd, which cannot be asked: %s", remedy)
                              : fail("translating is the work of binfmtd, which cannot be asked: it does not run, or there is no bus");
        }
        int status = add(&a);
        cache_finds_done(&a.finds);
        sd_bus_flush_close_unref(a.bus);
        return status;
}
