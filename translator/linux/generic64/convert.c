/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures that are others on x86-64, from and to the host's (linux/abi.h). */
#include <asm/sembuf.h>
#include <asm/stat.h>
#include <linux/eventpoll.h>
#include <linux/sem.h>
#include "rt/rt.h"
#include "generic64.h"
#include "structs.h"

void generic64_stat_to_guest(void *restrict guest, const void *restrict host)
{
        const struct stat *s = host;

        *(struct generic64_stat *)guest = (struct generic64_stat){
                .dev = s->st_dev,
                .ino = s->st_ino,
                .mode = s->st_mode,
                .nlink = (uint32_t)s->st_nlink,
                .uid = s->st_uid,
                .gid = s->st_gid,
                .rdev = s->st_rdev,
                .size = s->st_size,
                .blksize = (int32_t)s->st_blksize,
                .blocks = s->st_blocks,
                .atime = (int64_t)s->st_atime,
                .atime_nsec = s->st_atime_nsec,
                .mtime = (int64_t)s->st_mtime,
                .mtime_nsec = s->st_mtime_nsec,
                .ctime = (int64_t)s->st_ctime,
                .ctime_nsec = s->st_ctime_nsec,
        };
}

void generic64_epoll_event_to_host(void *restrict host, const void *restrict guest)
{
        const struct generic64_epoll_event *g = guest;

        *(struct epoll_event *)host = (struct epoll_event){ .events = g->events, .data = g->data };
}

void generic64_epoll_event_to_guest(void *restrict guest, const void *restrict host)
{
        const struct epoll_event *h = host;

        *(struct generic64_epoll_event *)guest = (struct generic64_epoll_event){ .events = h->events, .data = h->data };
}

_Static_assert(sizeof(((struct semid64_ds *)0)->sem_perm) == sizeof(((struct generic64_semid *)0)->perm), "struct ipc64_perm");

/* IPC_SET looks at sem_perm only. */
void generic64_semid_to_host(void *restrict host, const void *restrict guest)
{
        struct semid64_ds *h = host;

        *h = (struct semid64_ds){ 0 };
        memcpy(&h->sem_perm, ((const struct generic64_semid *)guest)->perm, sizeof(h->sem_perm));
}

void generic64_semid_to_guest(void *restrict guest, const void *restrict host)
{
        const struct semid64_ds *h = host;
        struct generic64_semid *g = guest;

        *g = (struct generic64_semid){ .otime = h->sem_otime, .ctime = h->sem_ctime, .nsems = h->sem_nsems };
        memcpy(g->perm, &h->sem_perm, sizeof(g->perm));
}
