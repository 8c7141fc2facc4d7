/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache-file.h"

#include <elf.h>
#include <fcntl.h>
#include <gcrypt.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/util.h"

enum { DIGEST = 32 };

/* Whether these are the first bytes of a program or library that the translator takes; *ret is its machine. */
static bool is_guest(const uint8_t *head, unsigned *ret)
{
        const Elf64_Ehdr *h = (const void *)head; /* so far, one of 32 bits is alike */

        *ret = h->e_machine;
        return memcmp(head, ELFMAG, SELFMAG) == 0 && head[EI_DATA] == ELFDATA2LSB &&
               (h->e_type == ET_EXEC || h->e_type == ET_DYN) &&
               ((head[EI_CLASS] == ELFCLASS64 && h->e_machine == EM_AARCH64) ||
                (head[EI_CLASS] == ELFCLASS32 && h->e_machine == EM_ARM));
}

static int check(int fd, struct cache_file *ret)
{
        Elf64_Ehdr head;
        struct stat st;

        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(head))
                return -ENOEXEC;
        if (!(st.st_mode & S_IROTH))
                return -EACCES;
        if ((uint64_t)st.st_size > CACHE_GUEST_MAX)
                return -EFBIG;
        if (pread(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head) || !is_guest((const uint8_t *)&head, &ret->machine))
                return -ENOEXEC;
        return 0;
}

/* Copies the file as it is now, and hashes what was copied. */
static int copy(int from, int to, gcry_md_hd_t digest, uint64_t *ret)
{
        _cleanup_free_ char *buffer = malloc(1 << 17);

        if (!buffer)
                return -ENOMEM;
        for (*ret = 0;;) {
                ssize_t n = pread(from, buffer, 1 << 17, (off_t)*ret);
                if (n < 0)
                        return read_errno();
                if (n == 0)
                        return 0;
                if (*ret + (uint64_t)n > CACHE_GUEST_MAX)
                        return -EFBIG;
                if (write(to, buffer, (size_t)n) != n)
                        return -ENOMEM;
                gcry_md_write(digest, buffer, (size_t)n);
                *ret += (uint64_t)n;
        }
}

static int copy_and_hash(int fd, int to, struct cache_file *ret)
{
        static const char digits[] = "0123456789abcdef";
        gcry_md_hd_t digest;

        if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
                (void)gcry_check_version(NULL);
                gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
                gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
        }
        if (gcry_md_open(&digest, GCRY_MD_SHA256, 0) != 0)
                return -ENOMEM;
        int r = copy(fd, to, digest, &ret->bytes);
        const uint8_t *hash = gcry_md_read(digest, GCRY_MD_SHA256);
        for (size_t i = 0; i < DIGEST; i++) {
                ret->id[2 * i] = digits[hash[i] >> 4];
                ret->id[2 * i + 1] = digits[hash[i] & 15];
        }
        gcry_md_close(digest);
        return r;
}

int cache_file_read(int fd, struct cache_file *ret)
{
        struct cache_file f = {};

        int r = check(fd, &f);
        if (r < 0)
                return r;
        _cleanup_close_ int to = memfd_create("guest", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (to < 0)
                return -errno;
        r = copy_and_hash(fd, to, &f);
        if (r < 0)
                return r;
        if (fcntl(to, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
                return -errno;
        f.fd = TAKE_FD(to);
        *ret = f;
        return 0;
}
