/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain of a crafted program in a crafted root directory. The input: a byte with the length of /etc/ld.so.conf,
 * that file, and the program, which is its own dynamic linker and library too. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "fuzz.h"

#include "explain/explain.h"

/* The root is in memory: on a disk, each truncated file would be written out. */
static char root[] = "/dev/shm/fuzz-explain-XXXXXX";
static const char *const directories[] = { "etc", "lib", "lib64", "lib/x86_64-linux-gnu", "conf" };
static const char *const names[] = { "lib64/ld-linux-x86-64.so.2", "lib/ld-linux-aarch64.so.1", "lib/x86_64-linux-gnu/libc.so.6",
                                     "lib/libm.so.6", "interpreter" };
static int root_fd = -1;

static void remove_root(void)
{
        (void)unlinkat(root_fd, "program", 0);
        (void)unlinkat(root_fd, "etc/ld.so.conf", 0);
        (void)unlinkat(root_fd, "conf/test.conf", 0);
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                (void)unlinkat(root_fd, names[i], 0);
        for (size_t i = ARRAY_SIZE(directories); i-- > 0;)
                (void)unlinkat(root_fd, directories[i], AT_REMOVEDIR);
        (void)rmdir(root);
}

static void put(const char *name, const void *data, size_t size)
{
        _cleanup_close_ int fd = openat(root_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

        MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
}

static void make_root(void)
{
        static const char format[] = "[Format]\nMagic=\\x7fELF\\x02\\x01\\x01\\x00\nInterpreter=1 /interpreter\n";

        MUST(mkdtemp(root));
        root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        MUST(root_fd >= 0);
        MUST(atexit(remove_root) == 0);
        for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
                MUST(mkdirat(root_fd, directories[i], 0755) == 0);
        put("program", "", 0);
        put("conf/test.conf", format, sizeof(format) - 1);
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                MUST(linkat(root_fd, "program", root_fd, names[i], 0) == 0);
}

static bool is_printable(const char *s)
{
        for (; *s; s++)
                if ((unsigned char)*s < ' ' || *s == 0x7f)
                        return false;
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(explanation_done) struct explanation x = {};
        _cleanup_free_ char *conf_dir = NULL;
        const char *reason = NULL;

        if (root_fd < 0)
                make_root();
        size_t conf = size > 0 && data[0] < size ? data[0] : 0;
        put("etc/ld.so.conf", data + (size > 0), conf);
        put("program", data + (size > 0) + conf, size - (size > 0) - conf);

        MUST(string_format(&conf_dir, "%s/conf", root) == 0);
        char none[] = "/nonexistent";
        struct paths paths = {
                .procdir = root, .confdirs = &conf_dir, .n_confdirs = 1, .statedir = none, .admindir = none, .run_detectors = none
        };
        const struct explain_request request = { .paths = &paths, .root = root, .file = "/program" };
        MUST(explain(&request, &x, &reason) == 0);
        MUST(x.n_steps > 0 && explanation_remedy(&x));
        /* A program with an error does not run. */
        MUST(!x.error || !explanation_runs(&x));
        for (size_t i = 0; i < x.findings.n; i++) {
                MUST(is_printable(x.findings.items[i].text) && cause_to_string(x.findings.items[i].cause));
                MUST(!x.findings.items[i].remedy || is_printable(x.findings.items[i].remedy));
        }
        return 0;
}
