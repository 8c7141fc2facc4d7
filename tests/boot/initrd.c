/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first program of a virtual machine: loads the modules of /modules in the order of their names, and goes on with the
 * service manager of the disk. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int give_up(const char *what)
{
        fprintf(stderr, "initrd: %s: %s\n", what, strerror(errno));
        return 1;
}

static int load_modules(void)
{
        struct dirent **names;
        int n = scandir("/modules", &names, NULL, alphasort);

        for (int i = 0; i < n; i++) {
                char path[300];
                if (names[i]->d_name[0] == '.')
                        continue;
                snprintf(path, sizeof(path), "/modules/%s", names[i]->d_name);
                int fd = open(path, O_RDONLY | O_CLOEXEC);
                if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST))
                        return give_up(path);
                close(fd);
        }
        return 0;
}

int main(void)
{
        if (load_modules() != 0)
                return 1;
        mkdir("/dev", 0755);
        mkdir("/root", 0755);
        if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) < 0)
                return give_up("/dev");
        if (mount("/dev/vda", "/root", "ext4", 0, NULL) < 0)
                return give_up("/dev/vda");
        if (mount("/dev", "/root/dev", NULL, MS_MOVE, NULL) < 0 || chdir("/root") < 0 ||
            mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0)
                return give_up("/root");
        execl("/sbin/init", "/sbin/init", NULL);
        return give_up("/sbin/init");
}
