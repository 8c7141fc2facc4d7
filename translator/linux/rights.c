/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rights of the process (see rights.h). */
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/capability.h>
#include <linux/fcntl.h>
#include <linux/prctl.h>
#include <linux/securebits.h>
#include "rights.h"
#include "rt/rt.h"

enum { NOBODY = 65534 }; /* overflowuid, overflowgid: whoever has no number in this user namespace (user_namespaces(7)) */

enum { FIRST_USER_NAMESPACE = 0xeffffffd }; /* its inode, PROC_USER_INIT_INO of the kernel */

static bool get_sets(struct __user_cap_data_struct ret[2])
{
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

        return sys_call2(__NR_capget, &head, ret) == 0;
}

/* The inode of the process's user namespace; 0: there is no /proc. */
static uint64_t user_namespace(void)
{
        struct stat s;

        return sys_call2(__NR_stat, "/proc/self/ns/user", &s) == 0 ? s.st_ino : 0;
}

static bool get_capabilities(struct rights *r)
{
        struct __user_cap_data_struct data[2];

        if (!get_sets(data))
                return false;
        for (unsigned k = 0; k < 2; k++) {
                r->permitted[k] = data[k].permitted;
                r->effective[k] = data[k].effective;
                r->inheritable[k] = data[k].inheritable;
        }
        r->securebits = (uint32_t)sys_call1(__NR_prctl, PR_GET_SECUREBITS);
        r->may_get = (uint32_t)sys_call2(__NR_prctl, PR_CAPBSET_READ, CAP_DAC_OVERRIDE) |
                     (uint32_t)sys_call2(__NR_prctl, PR_CAPBSET_READ, CAP_DAC_READ_SEARCH) << 1;
        return true;
}

bool rights_get(struct rights *ret)
{
        long n;

        memset(ret, 0, sizeof(*ret));
        if (sys_call1(__NR_prctl, PR_GET_DUMPABLE) != 1)
                return false;
        (void)sys_call3(__NR_getresuid, &ret->uid[0], &ret->uid[1], &ret->uid[2]);
        (void)sys_call3(__NR_getresgid, &ret->gid[0], &ret->gid[1], &ret->gid[2]);
        ret->uid[3] = (uint32_t)sys_call1(__NR_setfsuid, -1); /* changes nothing, and tells what it is */
        ret->gid[3] = (uint32_t)sys_call1(__NR_setfsgid, -1);
        n = sys_call2(__NR_getgroups, RIGHTS_GROUPS, ret->group);
        if (n < 0 || !get_capabilities(ret))
                return false;
        ret->ngroups = (uint32_t)n;
        ret->user_namespace = user_namespace();
        return true;
}

static bool is_one(const uint32_t id[4])
{
        return id[0] == id[1] && id[0] == id[2] && id[0] == id[3] && id[0] != NOBODY;
}

bool rights_are_plain(const struct rights *r)
{
        bool root = r->uid[0] == 0 && !(r->securebits & SECBIT_NOROOT);

        return is_one(r->uid) && is_one(r->gid) && (root || !(r->permitted[0] | r->permitted[1]));
}

bool rights_over_machine(unsigned capability)
{
        struct __user_cap_data_struct data[2];

        if (!get_sets(data) || !(data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability)))
                return false;
        uint64_t namespace = user_namespace();
        return !namespace || namespace == FIRST_USER_NAMESPACE;
}
