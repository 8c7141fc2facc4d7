/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System V's semaphores, shared memory and message queues. */
#include "parts.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <time.h>

union semun {
        int val;
        struct semid_ds *buf;
        unsigned short *array;
        struct seminfo *info;
};

static int is_now(int64_t t)
{
        return t > 1000000000 && t < 5000000000;
}

static void semaphores(void)
{
        int id = (int)DO(semget(IPC_PRIVATE, 3, 0640 | IPC_CREAT));
        struct semid_ds sd;
        unsigned short vals[3] = { 1, 2, 3 }, got[3] = { 0 };
        memset(&sd, 0x55, sizeof(sd));
        DO(semctl(id, 0, SETALL, (union semun){ .array = vals }));
        struct sembuf op[2] = { { 0, -1, 0 }, { 2, 4, SEM_UNDO } };
        SHOW(semop(id, op, 2));
        DO(semctl(id, 0, GETALL, (union semun){ .array = got }));
        printf("%d %d %d\n", got[0], got[1], got[2]);
        DO(semctl(id, 0, IPC_STAT, (union semun){ .buf = &sd }));
        printf("nsems %ld mode %o uid %u otime %d ctime %d\n", (long)sd.sem_nsems, sd.sem_perm.mode, sd.sem_perm.uid,
               is_now(sd.sem_otime), is_now(sd.sem_ctime));
        sd.sem_perm.mode = 0600;
        DO(semctl(id, 0, IPC_SET, (union semun){ .buf = &sd }));
        DO(semctl(id, 0, IPC_STAT, (union semun){ .buf = &sd }));
        printf("mode %o\n", sd.sem_perm.mode);
        SHOW(semctl(id, 1, GETVAL));
        SHOW(semctl(id, 1, SETVAL, (union semun){ .val = 77 }));
        SHOW(semctl(id, 1, GETVAL));
        SHOW(semctl(id, 0, GETNCNT));
        struct timespec ts = { 0, 1000000 };
        op[0].sem_op = -1000;
        SHOW(semtimedop(id, op, 1, &ts));
        struct seminfo info;
        memset(&info, 0, sizeof(info));
        DO(semctl(0, 0, IPC_INFO, (union semun){ .info = &info }));
        printf("%d %d\n", info.semmni, info.semvmx);
        DO(semctl(id, 0, IPC_RMID));
        SHOW(semctl(id, 0, GETVAL));
}

static void shared_memory(void)
{
        int sh = (int)DO(shmget(IPC_PRIVATE, 10000, 0600 | IPC_CREAT));
        struct shmid_ds ds;
        memset(&ds, 0x55, sizeof(ds));
        char *p = shmat(sh, NULL, 0), *q = shmat(sh, NULL, SHM_RDONLY);
        printf("shmat %d %d\n", p != (void *)-1, q != (void *)-1);
        strcpy(p, "shared");
        puts(q);
        DO(shmctl(sh, IPC_STAT, &ds));
        printf("segsz %ld mode %o nattch %ld cpid %d atime %d\n", (long)ds.shm_segsz, ds.shm_perm.mode, (long)ds.shm_nattch,
               ds.shm_cpid == getpid(), ds.shm_atime > 1000000000);
        DO(shmdt(q));
        SHOW(shmdt(q));
        DO(shmctl(sh, IPC_RMID, NULL));
        DO(shmdt(p));
        struct shminfo shi;
        memset(&shi, 0, sizeof(shi));
        DO(shmctl(0, IPC_INFO, (struct shmid_ds *)&shi));
        printf("%d %ld\n", shi.shmmax > 0x7e000000, (long)shi.shmmin);
}

static void message_queues(void)
{
        int mq = (int)DO(msgget(IPC_PRIVATE, 0600 | IPC_CREAT));
        struct {
                long type;
                char text[32];
        } m = { 7, "message" }, r = { 0 };
        struct msqid_ds md;
        memset(&md, 0x55, sizeof(md));
        SHOW(msgsnd(mq, &m, 8, 0));
        m.type = 3;
        strcpy(m.text, "other");
        SHOW(msgsnd(mq, &m, 6, IPC_NOWAIT));
        DO(msgctl(mq, IPC_STAT, &md));
        printf("qnum %ld cbytes %ld qbytes %ld lspid %d stime %d rtime %ld\n", (long)md.msg_qnum, (long)md.msg_cbytes,
               (long)md.msg_qbytes, md.msg_lspid == getpid(), md.msg_stime > 1000000000, (long)md.msg_rtime);
        SHOW(msgrcv(mq, &r, 32, -5, 0));
        printf("%ld %s\n", r.type, r.text);
        SHOW(msgrcv(mq, &r, 3, 0, 0));
        SHOW(msgrcv(mq, &r, 3, 0, MSG_NOERROR));
        SHOW(msgrcv(mq, &r, 32, 0, IPC_NOWAIT));
        DO(msgctl(mq, IPC_RMID, NULL));
}

void ipc(void)
{
        semaphores();
        shared_memory();
        message_queues();
}
