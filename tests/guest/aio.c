/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asynchronous input and output: contexts, requests with one buffer and with several, events. Prints what a native program prints.
 * guest-test: native also=armhf nightly=armel */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static aio_context_t context;
static int fd;

static void say(const char *what, long r)
{
        printf("%s: %ld %s\n", what, r, r < 0 ? strerror(errno) : "");
}

static struct iocb request(unsigned op, const void *buf, size_t n, long long offset)
{
        return (struct iocb){ .aio_lio_opcode = (uint16_t)op,
                              .aio_fildes = (uint32_t)fd,
                              .aio_buf = (uintptr_t)buf,
                              .aio_nbytes = n,
                              .aio_offset = offset,
                              .aio_data = op * 1000 + n };
}

/* Waits for n events; they may come in any order. */
static void events(unsigned n, struct iocb *of[])
{
        struct io_event e[8] = { 0 };
        for (unsigned got = 0; got < n;) {
                long r = syscall(SYS_io_getevents, context, 1, 8 - got, e + got, NULL);
                if (r < 0) {
                        say("io_getevents", r);
                        return;
                }
                got += (unsigned)r;
        }
        for (unsigned k = 0; k < n; k++)
                for (unsigned i = 0; i < n; i++)
                        if (e[i].obj == (uintptr_t)of[k])
                                printf("event of request %u: data %llu, result %lld\n", k, (unsigned long long)e[i].data,
                                       (long long)e[i].res);
}

static void requests(void)
{
        static char a[] = "first ", b[] = "second", back[20], c[6], d[6];
        struct iovec out[2] = { { a, 6 }, { b, 6 } }, in[2] = { { c, 6 }, { d, 6 } };
        struct iocb w = request(IOCB_CMD_PWRITE, "012345", 6, 100), v = request(IOCB_CMD_PWRITEV, out, 2, 0);
        struct iocb r = request(IOCB_CMD_PREAD, back, sizeof(back), 0), s = request(IOCB_CMD_PREADV, in, 2, 0);
        struct iocb *all[2] = { &w, &v }, *then[2] = { &r, &s };

        say("io_submit", syscall(SYS_io_submit, context, 2, all));
        events(2, all);
        printf("the request is as it was: %d\n", v.aio_buf == (uintptr_t)out);
        say("io_submit", syscall(SYS_io_submit, context, 2, then));
        events(2, then);
        printf("%.20s|%.6s|%.6s\n", back, c, d);
}

static void notified(void)
{
        uint64_t n = 0;
        struct iocb w = request(IOCB_CMD_PWRITE, "x", 1, 0), *one = &w;
        int e = eventfd(0, 0);

        w.aio_flags = IOCB_FLAG_RESFD;
        w.aio_resfd = (uint32_t)e;
        say("io_submit", syscall(SYS_io_submit, context, 1, &one));
        say("read", read(e, &n, 8));
        printf("%u notified\n", (unsigned)n);
        events(1, &one);
}

static void errors(void)
{
        struct io_event e;
        aio_context_t other = 5;
        struct iocb bad = request(99, "x", 1, 0), *one[3] = { &bad, (void *)16, &bad };

        say("a context that is not 0", syscall(SYS_io_setup, 10, &other));
        say("nowhere", syscall(SYS_io_setup, 10, 16));
        other = 0;
        say("no events", syscall(SYS_io_setup, 0, &other));
        say("an unknown request", syscall(SYS_io_submit, context, 1, one));
        say("no requests", syscall(SYS_io_submit, context, 0, one));
        say("less than none", syscall(SYS_io_submit, context, -1L, one));
        say("a bad address", syscall(SYS_io_submit, context, 1, one + 1));
        say("a bad array", syscall(SYS_io_submit, context, 1, 16));
        bad = request(IOCB_CMD_PWRITEV, (void *)16, 2, 0);
        say("a bad array of pieces", syscall(SYS_io_submit, context, 1, one));
        say("less than no events", syscall(SYS_io_getevents, context, -1L, 1L, &e, NULL));
        say("none is there", syscall(SYS_io_getevents, context, 0L, 1L, &e, NULL));
        say("another context", syscall(SYS_io_destroy, 4096));
        say("it is not there", syscall(SYS_io_cancel, context, &bad, &e));
}

static void many(void)
{
        aio_context_t c[20] = { 0 };
        long made = 0, gone = 0;

        for (int k = 0; k < 20; k++)
                made += syscall(SYS_io_setup, 1 + 50 * k, &c[k]) == 0;
        for (int k = 0; k < 20; k++)
                gone += syscall(SYS_io_destroy, c[k]) == 0;
        printf("%ld contexts made, %ld destroyed\n", made, gone);
}

int main(void)
{
        fd = memfd_create("file", 0);
        say("io_setup", syscall(SYS_io_setup, 100, &context));
        requests();
        notified();
        errors();
        many();
        say("io_destroy", syscall(SYS_io_destroy, context));
        say("again", syscall(SYS_io_destroy, context));
        return 0;
}
