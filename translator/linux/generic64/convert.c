/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures that are others on x86-64, from and to the host's (linux/abi.h). */
#include <asm/sembuf.h>
#include <asm/stat.h>
#include <linux/eventpoll.h>
#include <linux/sem.h>
#include "rt/rt.h"
#include "generic64.h"
#include "structs.h"

/* Member by member, because programs call stat(2) a lot and the compiler would clear the whole structure of an initializer first. */
void generic64_stat_to_guest(void *restrict guest, const void *restrict host)
{
        const struct stat *s = host;
        struct generic64_stat *g = guest;

        g->dev = s->st_dev;
        g->ino = s->st_ino;
        g->mode = s->st_mode;
        g->nlink = (uint32_t)s->st_nlink;
        g->uid = s->st_uid;
        g->gid = s->st_gid;
        g->rdev = s->st_rdev;
        g->pad1 = 0;
        g->size = s->st_size;
        g->blksize = (int32_t)s->st_blksize;
        g->pad2 = 0;
        g->blocks = s->st_blocks;
        g->atime = (int64_t)s->st_atime;
        g->atime_nsec = s->st_atime_nsec;
        g->mtime = (int64_t)s->st_mtime;
        g->mtime_nsec = s->st_mtime_nsec;
        g->ctime = (int64_t)s->st_ctime;
        g->ctime_nsec = s->st_ctime_nsec;
        g->unused[0] = g->unused[1] = 0;
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
