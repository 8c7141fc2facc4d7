/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test of struct epoll_event, which is packed on x86 and not on arm64. */
#include "linux-host.h"

void test_epoll(struct thread *t)
{
        struct {
                uint32_t events, pad;
                uint64_t data;
        } ev[4] = { { 1, 0, 0x1111222233334444 }, { 1, 0, 0x5555666677778888 } }, out[4];
        long ep = SVC1(A_EPOLL_CREATE1, 0), e1 = SVC2(A_EVENTFD2, 1, 0), e2 = SVC2(A_EVENTFD2, 1, 0);

        CHECK(SVC4(A_EPOLL_CTL, ep, 1, e1, &ev[0]) == 0 && SVC4(A_EPOLL_CTL, ep, 1, e2, &ev[1]) == 0);
        CHECK(SVC5(A_EPOLL_PWAIT, ep, out, 4, 0, 0) == 2);
        CHECK(out[0].events == 1 && out[0].data + out[1].data == ev[0].data + ev[1].data && out[0].data != out[1].data);
        CHECK(SVC4(A_EPOLL_CTL, ep, 2, e1, 0) == 0 && SVC5(A_EPOLL_PWAIT, ep, out, 4, 0, 0) == 1);
        CHECK(out[0].data == ev[1].data);
        CHECK(SVC4(A_EPOLL_CTL, ep, 1, e1, 16) == -EFAULT && svc(t, 9999, 0, 0, 0, 0, 0, 0) == -ENOSYS);
}
