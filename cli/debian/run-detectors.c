/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel runs where several of update-binfmts' formats are for the same files, or one has a detector: asks
 * the detectors and executes the interpreter of the first format that fits, as the kernel would have executed it.
 *
 * The kernel gives a helper more than a program can give the next one. Its entry has the flags P and O, so argv[0] is
 * there for interpreters that want it (preserve yes); but the auxiliary vector is the kernel's, so these find neither
 * AT_FLAGS, which says that it is there, nor AT_EXECFD, the open file. Interpreters that are to have that (credentials
 * yes) are given /proc/self/fd/N for a path where the path does not do: where rights depend on it being the very same
 * file, and where the file cannot be read. Opening it takes permission to read too, so in the latter case N is a copy
 * in memory; as with the flag O, what can be executed only is then no secret to who controls the interpreter.
 *
 * There are no options: argv[1] is whatever somebody has called a file. It is linked statically, so that with the flag
 * F it runs in a chroot, where it uses the database and the interpreters there. */
#include <errno.h>
#include <fcntl.h>
#include <linux/binfmts.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

#include "debian/debian-group.h"
#include "kernel/kernel.h"
#include "kernel/mount.h"
#include "base/paths.h"

#define PROGRAM "run-detectors"

enum { EXIT_TROUBLE = 2, COPY_CHUNK = 1 << 24 };

/* What is to be executed. */
struct program {
        const char *path, *argv0;
        char **args; /* behind argv[0] */
        size_t n_args;
        int fd;           /* the file, or negative; inherited by what is executed */
        bool opened;      /* by the kernel */
        bool secure;      /* it gives rights that who executes it does not have */
        char fd_path[40]; /* names fd, or a copy */
        uint8_t head[ENTRY_SPAN_MAX];
        size_t size;
};

static int trouble(const char *what, const char *path, int error)
{
        fprintf(stderr, PROGRAM ": %s%s%s%s\n", what, path, error ? ": " : "", error ? strerror(error) : "");
        return EXIT_TROUBLE;
}

static bool is_readable(const char *path)
{
        return faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0;
}

static void set_fd(struct program *p, int fd)
{
        p->fd = fd;
        snprintf(p->fd_path, sizeof(p->fd_path), "/proc/self/fd/%d", fd);
}

/* Sorts out what the kernel has passed. Returns 0 or an exit status. */
static int program_init(struct program *p, int argc, char **argv)
{
        bool preserved = getauxval(AT_FLAGS) & AT_FLAGS_PRESERVE_ARGV0 && argc > 2;
        int first = preserved ? 3 : 2;

        if (argc < 2)
                return trouble("argument required", "", 0);
        p->path = argv[1];
        p->argv0 = preserved ? argv[2] : argv[1];
        p->args = argv + first;
        p->n_args = (size_t)(argc - first);
        p->secure = getauxval(AT_SECURE);

        errno = 0;
        unsigned long fd = getauxval(AT_EXECFD);
        p->opened = fd != 0 || errno == 0;
        p->fd = p->opened ? (int)fd : open(p->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (p->fd < 0)
                return trouble("unable to open ", p->path, errno);
        set_fd(p, p->fd);
        /* Detectors do not get it: who executes the program may control them, and need not be able to read it. */
        (void)fcntl(p->fd, F_SETFD, FD_CLOEXEC);

        ssize_t n = pread(p->fd, p->head, sizeof(p->head), 0);
        if (n < 0)
                return trouble("unable to read ", p->path, errno);
        p->size = (size_t)n;
        return 0;
}

/* Copies the file into memory, where it can be opened. Returns 0 or a negative errno. */
static int make_copy(struct program *p)
{
        _cleanup_close_ int copy = memfd_create(PROGRAM, MFD_ALLOW_SEALING | MFD_CLOEXEC);
        off_t position = 0;
        ssize_t n;

        if (copy < 0)
                return -errno;
        while ((n = sendfile(copy, p->fd, &position, COPY_CHUNK)) > 0)
                ;
        if (n < 0 || fcntl(copy, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
                return -errno;
        close(p->fd);
        set_fd(p, TAKE_FD(copy));
        return 0;
}

/* Finds the name under which an interpreter gets the file; keeps: it is to have the rights, and the file, that the
 * kernel gave. Returns 0 or a negative errno. */
static int find_name(struct program *p, bool keeps, const char **ret)
{
        if (!keeps || !p->opened || (!p->secure && is_readable(p->path))) {
                *ret = p->path;
                return 0;
        }
        int r = is_readable(p->fd_path) ? 0 : make_copy(p);
        *ret = p->fd_path;
        return r;
}

/* Leaves only formats that are enabled, as far as that can be known: in a chroot the kernel's entries are not to be
 * seen. */
static void keep_enabled(const struct paths *paths, struct debian_formats *formats)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_close_ int kernel = binfmt_misc_open(paths->procdir, false, &ignored);
        size_t n = 0;

        for (size_t i = 0; i < formats->n && kernel >= 0; i++) {
                _cleanup_(entry_done) struct entry e = {};
                int r = kernel_read(kernel, formats->items[i].name, &e);
                if (r < 0 || !e.enabled)
                        debian_format_done(&formats->items[i]);
                else
                        formats->items[n++] = formats->items[i];
        }
        if (kernel >= 0)
                formats->n = n;
}

static int load(struct debian_formats *ret)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(paths_done) struct paths paths = {};

        if (paths_init(&paths) < 0)
                return trouble("out of memory", "", 0);
        _cleanup_close_ int fd = debian_db_open(paths.admindir);
        int r = fd < 0 ? fd : debian_db_list(fd, paths.admindir, ret, &ignored);
        if (r < 0)
                return trouble("unable to open ", paths.admindir, -r);
        keep_enabled(&paths, ret);
        return 0;
}

/* Without the flag C the interpreter would not have had the rights of a set-uid program. */
static int drop_rights(void)
{
        uid_t uid = getuid();
        gid_t gid = getgid();

        return setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0 ? -errno : 0;
}

/* Executes the interpreter of a format. Returns a negative errno. */
static int execute(struct program *p, const struct debian_format *f)
{
        char *interpreter = f->fields[DEBIAN_INTERPRETER];
        bool keeps = streq(f->fields[DEBIAN_CREDENTIALS], "yes");
        _cleanup_free_ char **argv = calloc(p->n_args + 4, sizeof(char *));
        const char *path;
        size_t n = 0;

        if (!argv)
                return -ENOMEM;
        if (faccessat(AT_FDCWD, interpreter, X_OK, AT_EACCESS) < 0)
                return -errno;
        int r = p->secure && !keeps ? drop_rights() : 0;
        if (r >= 0)
                r = find_name(p, keeps, &path);
        if (r < 0)
                return r;
        argv[n++] = interpreter;
        argv[n++] = (char *)path;
        if (streq(f->fields[DEBIAN_PRESERVE], "yes"))
                argv[n++] = (char *)p->argv0;
        for (size_t i = 0; i < p->n_args; i++)
                argv[n++] = p->args[i];
        if (path == p->fd_path)
                (void)fcntl(p->fd, F_SETFD, 0);
        execv(interpreter, argv);
        return -errno;
}

static void print(const struct problems *problems)
{
        for (size_t i = 0; i < problems->n; i++) {
                _cleanup_free_ char *text = problem_to_string(&problems->items[i]);
                trouble("", text ? text : strerror(ENOMEM), 0);
        }
}

int main(int argc, char **argv)
{
        _cleanup_(debian_matches_done) struct debian_matches matches = {};
        _cleanup_(debian_formats_done) struct debian_formats formats = {};
        _cleanup_(problems_done) struct problems problems = {};
        struct program p = { .fd = -1 };

        int status = program_init(&p, argc, argv);
        if (status == 0)
                status = load(&formats);
        if (status != 0)
                return status;
        int r = debian_formats_match(&formats, p.head, p.size, p.path, &matches, &problems);
        print(&problems);
        if (r < 0)
                return trouble("unable to ask the detectors for ", p.path, -r);
        for (size_t i = 0; i < matches.n; i++) {
                r = execute(&p, matches.items[i]);
                trouble("warning: unable to exec ", matches.items[i]->fields[DEBIAN_INTERPRETER], -r);
        }
        return trouble("unable to find an interpreter for ", p.path, 0);
}
