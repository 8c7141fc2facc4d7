/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System V IPC, with the structures of IPC_64, a bit that C libraries set in the command. (Those of Linux before 2.4, with IDs of 16
 * bits, are refused.) And keyctl(2). */
#include <asm/errno.h>
#include <asm/msgbuf.h>
#include <asm/sembuf.h>
#include <asm/shmbuf.h>
#include <asm/unistd.h>
#include <linux/ipc.h>
#include <linux/keyctl.h>
#include <linux/msg.h>
#include <linux/sem.h>
#include <linux/shm.h>
#include <linux/time_types.h>
#include "arm32.h"
#include "rt/rt.h"

enum { VERSION_64 = 0x100 }; /* IPC_64 */

static void perm_to_host(struct ipc64_perm *h, const struct arm32_ipc_perm *g)
{
        *h = (struct ipc64_perm){
                .key = g->key, .uid = g->uid, .gid = g->gid, .cuid = g->cuid, .cgid = g->cgid, .mode = g->mode, .seq = g->seq
        };
}

static void perm_to_guest(struct arm32_ipc_perm *g, const struct ipc64_perm *h)
{
        *g = (struct arm32_ipc_perm){ .key = h->key,
                                      .uid = h->uid,
                                      .gid = h->gid,
                                      .cuid = h->cuid,
                                      .cgid = h->cgid,
                                      .mode = (uint16_t)h->mode,
                                      .seq = (uint16_t)h->seq };
}

/* Both halves of a time. */
#define TIME(name, value) .name = (uint32_t)(value), .name##_high = (uint32_t)((uint64_t)(value) >> 32)

/* ---- semaphores ---- */

void arm32_semid_to_host(void *restrict host, const void *restrict guest)
{
        struct semid64_ds *h = host;

        *h = (struct semid64_ds){ 0 };
        perm_to_host(&h->sem_perm, &((const struct arm32_semid *)guest)->perm); /* IPC_SET looks at no more */
}

void arm32_semid_to_guest(void *restrict guest, const void *restrict host)
{
        const struct semid64_ds *h = host;
        struct arm32_semid *g = guest;

        *g = (struct arm32_semid){ TIME(otime, h->sem_otime), TIME(ctime, h->sem_ctime), .nsems = (uint32_t)h->sem_nsems };
        perm_to_guest(&g->perm, &h->sem_perm);
}

/* Is that a command with a structure of the older kind? */
static bool is_old(uint32_t command, uint32_t stat, uint32_t stat_any)
{
        return command == IPC_SET || command == IPC_STAT || command == stat || command == stat_any;
}

/* semctl(2) */
long arm32_semctl(struct thread *t, const uint64_t a[6])
{
        uint32_t command = (uint32_t)a[2];

        if (is_old(command, SEM_STAT, SEM_STAT_ANY))
                return -EINVAL;
        return sys_semctl(t, (const uint64_t[6]){ a[0], a[1], command & ~(uint32_t)VERSION_64, a[3] });
}

static long semtimedop(const uint64_t a[6], bool wide)
{
        struct __kernel_timespec ts;

        return safe_syscall(__NR_semtimedop, a[0], a[1], a[2], arm32_time_argument(&ts, a[3], wide), 0, 0);
}

/* semtimedop(2) */
long arm32_semtimedop(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return semtimedop(a, false);
}

long arm32_semtimedop_time64(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return semtimedop(a, true);
}

/* ---- messages ---- */

static void msqid_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_msqid *g = guest;
        struct msqid64_ds *h = host;

        *h = (struct msqid64_ds){ .msg_qbytes = g->qbytes };
        perm_to_host(&h->msg_perm, &g->perm);
}

static void msqid_to_guest(void *restrict guest, const void *restrict host)
{
        const struct msqid64_ds *h = host;
        struct arm32_msqid *g = guest;

        *g = (struct arm32_msqid){ TIME(stime, h->msg_stime),     TIME(rtime, h->msg_rtime),
                                   TIME(ctime, h->msg_ctime),     .cbytes = (uint32_t)h->msg_cbytes,
                                   .qnum = (uint32_t)h->msg_qnum, .qbytes = (uint32_t)h->msg_qbytes,
                                   .lspid = h->msg_lspid,         .lrpid = h->msg_lrpid };
        perm_to_guest(&g->perm, &h->msg_perm);
}

#define MSQID \
        { \
                sizeof(struct arm32_msqid), msqid_to_host, msqid_to_guest \
        }

/* msgctl(2) */
long arm32_msgctl(struct thread *t, const uint64_t a[6])
{
        uint32_t command = (uint32_t)a[1] & ~(uint32_t)VERSION_64;
        const uint64_t h[6] = { a[0], command, a[2] };
        (void)t;

        if (is_old((uint32_t)a[1], MSG_STAT, MSG_STAT_ANY))
                return -EINVAL;
        switch (command) {
        case IPC_SET: return ARM32_CALL(__NR_msgctl, h, { 2, ARM32_IN, MSQID });
        case IPC_STAT:
        case MSG_STAT:
        case MSG_STAT_ANY: return ARM32_CALL(__NR_msgctl, h, { 2, ARM32_OUT, MSQID });
        default: return safe_syscall(__NR_msgctl, a[0], command, a[2], 0, 0, 0); /* struct msginfo is the same */
        }
}

/* The host's message: its type has 64 bits. No message is longer than MOST. */
struct message {
        int64_t type;
        uint8_t text[];
};
enum { MOST = 1 << 26 };

/* msgsnd(2). What is wrong with type and length the kernel says before it looks at the text. */
long arm32_msgsnd(struct thread *t, const uint64_t a[6])
{
        size_t size = a[2] < MOST ? a[2] : 0;
        struct message *m = rt_alloc(sizeof(*m) + size);
        int32_t type;
        long r = -EFAULT;
        (void)t;

        if (!m)
                return -ENOMEM;
        if (guest_read(&type, a[1], sizeof(type)) == 0) {
                m->type = type;
                uint64_t at = guest_read(m->text, a[1] + sizeof(type), size) < 0 ? UNREADABLE : (uint64_t)m;
                bool wrong = type < 1 || a[2] >= MOST;
                r = wrong ? -EINVAL : safe_syscall(__NR_msgsnd, a[0], at, a[2], a[3], 0, 0);
        }
        rt_free(m);
        return r;
}

/* msgrcv(2) */
long arm32_msgrcv(struct thread *t, const uint64_t a[6])
{
        size_t size = a[2] < MOST ? a[2] : a[2] <= INT32_MAX ? MOST : 0;
        struct message *m = rt_alloc(sizeof(*m) + size);
        (void)t;

        if (!m)
                return -ENOMEM;
        long r = safe_syscall(__NR_msgrcv, a[0], (uint64_t)m, a[2] <= INT32_MAX ? size : arm32_long(a[2]), arm32_long(a[3]), a[4],
                              0);
        if (r >= 0) {
                int32_t type = (int32_t)m->type;
                if (guest_write(a[1], &type, sizeof(type)) < 0 || guest_write(a[1] + sizeof(type), m->text, (size_t)r) < 0)
                        r = -EFAULT;
        }
        rt_free(m);
        return r;
}

/* ---- shared memory ---- */

static void shmid_to_host(void *restrict host, const void *restrict guest)
{
        struct shmid64_ds *h = host;

        *h = (struct shmid64_ds){ 0 };
        perm_to_host(&h->shm_perm, &((const struct arm32_shmid *)guest)->perm);
}

static void shmid_to_guest(void *restrict guest, const void *restrict host)
{
        const struct shmid64_ds *h = host;
        struct arm32_shmid *g = guest;

        *g = (struct arm32_shmid){ TIME(atime, h->shm_atime),        TIME(dtime, h->shm_dtime), TIME(ctime, h->shm_ctime),
                                   .segsz = (uint32_t)h->shm_segsz,  .cpid = h->shm_cpid,       .lpid = h->shm_lpid,
                                   .nattch = (uint32_t)h->shm_nattch };
        perm_to_guest(&g->perm, &h->shm_perm);
}

static void shminfo_to_guest(void *restrict guest, const void *restrict host)
{
        const struct shminfo64 *h = host;

        *(struct arm32_shminfo *)guest = (struct arm32_shminfo){
                .max = h->shmmax > INT32_MAX ? INT32_MAX : (uint32_t)h->shmmax,
                .min = (uint32_t)h->shmmin,
                .mni = (uint32_t)h->shmmni,
                .seg = (uint32_t)h->shmseg,
                .all = (uint32_t)h->shmall,
        };
}

static void shm_info_to_guest(void *restrict guest, const void *restrict host)
{
        const struct shm_info *h = host;

        *(struct arm32_shm_info *)guest = (struct arm32_shm_info){
                .used_ids = h->used_ids,
                .tot = (uint32_t)h->shm_tot,
                .rss = (uint32_t)h->shm_rss,
                .swp = (uint32_t)h->shm_swp,
                .swap_attempts = (uint32_t)h->swap_attempts,
                .swap_successes = (uint32_t)h->swap_successes,
        };
}

/* shmctl(2) */
long arm32_shmctl(struct thread *t, const uint64_t a[6])
{
        uint32_t command = (uint32_t)a[1] & ~(uint32_t)VERSION_64;
        const uint64_t h[6] = { a[0], command, a[2] };
        (void)t;

        if (is_old((uint32_t)a[1], SHM_STAT, SHM_STAT_ANY) || a[1] == IPC_INFO)
                return -EINVAL;
        switch (command) {
        case IPC_SET: return ARM32_CALL(__NR_shmctl, h, { 2, ARM32_IN, { sizeof(struct arm32_shmid), shmid_to_host, NULL } });
        case IPC_STAT:
        case SHM_STAT:
        case SHM_STAT_ANY:
                return ARM32_CALL(__NR_shmctl, h, { 2, ARM32_OUT, { sizeof(struct arm32_shmid), NULL, shmid_to_guest } });
        case IPC_INFO:
                return ARM32_CALL(__NR_shmctl, h, { 2, ARM32_OUT, { sizeof(struct arm32_shminfo), NULL, shminfo_to_guest } });
        case SHM_INFO:
                return ARM32_CALL(__NR_shmctl, h, { 2, ARM32_OUT, { sizeof(struct arm32_shm_info), NULL, shm_info_to_guest } });
        default: return safe_syscall(__NR_shmctl, a[0], command, a[2], 0, 0, 0);
        }
}

/* ---- keys ---- */

/* KEYCTL_DH_COMPUTE: its last argument may be a structure with pointers. */
static long dh_compute(const uint64_t a[6])
{
        struct {
                uint32_t hashname, otherinfo, otherinfolen, spare[8];
        } g; /* struct keyctl_kdf_params */
        struct keyctl_kdf_params h;

        if (!a[4])
                return safe_syscall(__NR_keyctl, a[0], a[1], a[2], a[3], 0, 0);
        if (guest_read(&g, a[4], sizeof(g)) < 0)
                return safe_syscall(__NR_keyctl, a[0], a[1], a[2], a[3], UNREADABLE, 0);
        h = (struct keyctl_kdf_params){
                .hashname = (char *)(uint64_t)g.hashname,
                .otherinfo = (char *)(uint64_t)g.otherinfo,
                .otherinfolen = g.otherinfolen,
        };
        memcpy(h.__spare, g.spare, sizeof(h.__spare));
        return safe_syscall(__NR_keyctl, a[0], a[1], a[2], a[3], (uint64_t)&h, 0);
}

/* keyctl(2) */
long arm32_keyctl(struct thread *t, const uint64_t a[6])
{
        struct arm32_pieces p;
        (void)t;

        switch ((uint32_t)a[0]) {
        case KEYCTL_DH_COMPUTE: return dh_compute(a);
        case KEYCTL_INSTANTIATE_IOV:
                if (!a[2])
                        break;
                arm32_pieces(&p, a[2], a[3]);
                long r = safe_syscall(__NR_keyctl, a[0], a[1], p.at, a[3], a[4], 0);
                arm32_pieces_done(&p);
                return r;
        }
        return safe_syscall(__NR_keyctl, a[0], a[1], a[2], a[3], a[4], 0);
}
