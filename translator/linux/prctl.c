/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prctl(2): of each option it is said whether the host's kernel does what the guest's would do. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/prctl.h>
#include "image.h"
#include "mm.h"
#include "syscalls.h"
#include "tagged.h"
#include "rt/rt.h"

#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

enum kind {
        REFUSE, /* EINVAL, as from a kernel that does not know the option: it is of another machine, or impossible here */
        PASS_ON,
};

/* Options up to 80; the ones of old kernels are dense. */
static const uint8_t kinds[] = {
        [PR_SET_PDEATHSIG] = PASS_ON,
        [PR_GET_PDEATHSIG] = PASS_ON,
        [PR_GET_DUMPABLE] = PASS_ON,
        [PR_SET_DUMPABLE] = PASS_ON,
        [PR_GET_KEEPCAPS] = PASS_ON,
        [PR_SET_KEEPCAPS] = PASS_ON,
        [PR_GET_TIMING] = PASS_ON,
        [PR_SET_TIMING] = PASS_ON,
        [PR_SET_NAME] = PASS_ON,
        [PR_GET_NAME] = PASS_ON,
        [PR_GET_SECCOMP] = PASS_ON,
        [PR_CAPBSET_READ] = PASS_ON,
        [PR_CAPBSET_DROP] = PASS_ON,
        [PR_GET_SECUREBITS] = PASS_ON,
        [PR_SET_SECUREBITS] = PASS_ON,
        [PR_SET_TIMERSLACK] = PASS_ON,
        [PR_GET_TIMERSLACK] = PASS_ON,
        [PR_TASK_PERF_EVENTS_DISABLE] = PASS_ON,
        [PR_TASK_PERF_EVENTS_ENABLE] = PASS_ON,
        [PR_MCE_KILL] = PASS_ON,
        [PR_MCE_KILL_GET] = PASS_ON,
        [PR_SET_CHILD_SUBREAPER] = PASS_ON,
        [PR_GET_CHILD_SUBREAPER] = PASS_ON,
        [PR_SET_NO_NEW_PRIVS] = PASS_ON,
        [PR_GET_NO_NEW_PRIVS] = PASS_ON,
        [PR_GET_TID_ADDRESS] = PASS_ON,
        [PR_SET_THP_DISABLE] = PASS_ON,
        [PR_GET_THP_DISABLE] = PASS_ON,
        [PR_CAP_AMBIENT] = PASS_ON,
        [PR_GET_SPECULATION_CTRL] = PASS_ON,
        [PR_SET_SPECULATION_CTRL] = PASS_ON,
        [PR_SET_IO_FLUSHER] = PASS_ON,
        [PR_GET_IO_FLUSHER] = PASS_ON,
        [PR_SCHED_CORE] = PASS_ON,
        [67 /* PR_SET_MEMORY_MERGE */] = PASS_ON,
        [68 /* PR_GET_MEMORY_MERGE */] = PASS_ON,
        [77 /* PR_TIMER_CREATE_RESTORE_IDS */] = PASS_ON,
        [78 /* PR_FUTEX_HASH */] = PASS_ON,
        [PR_SET_MM] = PASS_ON, /* what /proc shows is the program's (image_describe()); its memory stays where it is */
        /* PR_SET_SECCOMP: see sys_seccomp(). PR_SET_SYSCALL_USER_DISPATCH: would catch our own calls.
         * PR_SET_MDWE: forbids translating.
         * PR_SVE_*, PR_SME_*, PR_PAC_*: features that this CPU does not have.
         * PR_*_UNALIGN, FPEMU, FPEXC, TSC, ENDIAN: of other machines. */
};

long sys_prctl(struct thread *t, const uint64_t a[6])
{
        uint32_t option = (uint32_t)a[0];

        if (option == PR_SET_VMA && mm_is_own(a[2], a[3])) /* as the kernel says where nothing is mapped */
                return -ENOMEM;
        if (option == PR_SET_TAGGED_ADDR_CTRL)
                return tagged_control(t, a);
        if (option == PR_GET_TAGGED_ADDR_CTRL)
                return tagged_state(t, a);
        bool pass = (option < sizeof(kinds) && kinds[option] == PASS_ON) || option == PR_SET_PTRACER || option == PR_SET_VMA ||
                    (option == PR_GET_AUXV && guest_image.described);
        return pass ? safe_syscall(__NR_prctl, a[0], a[1], a[2], a[3], a[4], 0) : -EINVAL;
}
