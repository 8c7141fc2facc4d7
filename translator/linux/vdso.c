/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See vdso.h. */
#include <asm/unistd.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include "abi.h"
#include "host_clock.h"
#include "image.h"
#include "syscalls.h"
#include "vdso.h"
#include "guest/lift.h"
#include "rt/rt.h"
#include "run/thread.h"

/* ---- names, for images ---- */

uint32_t vdso_hash(const char *name)
{
        uint32_t h = 0;
        for (; *name; name++) {
                h = (h << 4) + (uint8_t)*name;
                uint32_t g = h & 0xf0000000;
                h = (h ^ g >> 24) & ~g;
        }
        return h;
}

uint32_t vdso_add_name(char names[VDSO_NAMES], uint32_t *end, const char *name)
{
        uint32_t at = *end;
        *end += (uint32_t)strlen(name) + 1;
        memcpy(names + at, name, *end - at);
        return at;
}

/* ---- the functions, as the kernel's: the first two registers are arguments, the first the result ---- */

/* Writes a time as two words of `bytes` bytes. */
static long put_time(uint64_t to, int64_t seconds, int64_t parts, unsigned bytes)
{
        const int64_t wide[2] = { seconds, parts };
        const int32_t narrow[2] = { (int32_t)seconds, (int32_t)parts };
        return bytes == 8 ? guest_write(to, wide, sizeof(wide)) : guest_write(to, narrow, sizeof(narrow));
}

static long do_gettime(int clock, uint64_t to, unsigned bytes)
{
        struct __kernel_timespec now;
        long r = host_clock_gettime(clock, &now);
        return r < 0 ? r : put_time(to, now.tv_sec, now.tv_nsec, bytes);
}

static long do_gettimeofday(uint64_t tv, uint64_t tz)
{
        struct __kernel_timespec now;
        if (tz) {
                struct timezone zone;
                long r = sys_call2(__NR_gettimeofday, 0, &zone);
                if (r >= 0)
                        r = guest_write(tz, &zone, sizeof(zone));
                if (r < 0 || !tv)
                        return r;
        }
        if (!tv)
                return 0;
        long r = host_clock_gettime(CLOCK_REALTIME, &now);
        return r < 0 ? r : put_time(tv, now.tv_sec, now.tv_nsec / 1000, guest_abi->word);
}

static long do_getres(int clock, uint64_t to)
{
        struct __kernel_timespec res;
        long r = sys_call2(__NR_clock_getres, clock, &res);
        return r < 0 || !to ? r : put_time(to, res.tv_sec, res.tv_nsec, guest_abi->word);
}

static void helper_vdso(struct cpu *cpu, harg *arg, uint64_t function)
{
        const uint64_t *a = &cpu->x[guest_abi->x_arguments];
        long r;
        (void)arg;
        switch (function) {
        case VDSO_CLOCK_GETTIME: r = do_gettime((int)a[0], a[1], guest_abi->word); break;
        case VDSO_CLOCK_GETTIME64: r = do_gettime((int)a[0], a[1], 8); break;
        case VDSO_GETTIMEOFDAY: r = do_gettimeofday(a[0], a[1]); break;
        default: r = do_getres((int)a[0], a[1]); break;
        }
        syscall_set_result(cpu->thread, r);
}

bool vdso_contains(uint64_t pc)
{
        return guest_vdso && pc - guest_vdso < 4096;
}

bool vdso_lift(struct lift *l, uint32_t number)
{
        if (number - VDSO_CALLS >= VDSO_CALLS_END - VDSO_CALLS || !vdso_contains(l->pc))
                return false;
        ir_helper_sync(l->ir, helper_vdso, REF_NONE, REF_NONE, REF_NONE, number);
        return true;
}
