/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units and images. The units are unit-maker's, which was written from cache-format.h alone. */
#include "support.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cache/chunks.h"
#include "cache/image.h"
#include "cache/unit.h"
#include "unit-maker.h"

enum { GUEST = 5 * CACHE_PAGE + 100, PAGES = 5 };

static uint8_t guest[GUEST];

static void fill_guest(uint8_t with)
{
        for (size_t i = 0; i < GUEST; i++)
                guest[i] = (uint8_t)(i * 7 + i / CACHE_PAGE * 13 + with);
}

static void test_good_unit(void **state)
{
        _cleanup_free_ uint8_t *bytes = NULL;
        struct unit u;
        size_t size;

        (void)state;
        fill_guest(1);
        /* The last page is one of 100 bytes, which a process has with zeros behind. */
        bytes = unit_make(guest, GUEST, 1, PAGES, 7, &size);
        assert_int_equal(unit_open(bytes, size, &u), 0);
        assert_int_equal(u.header->npages, PAGES);
        assert_int_equal(unit_compare(&u, guest, GUEST), 0);
        uint8_t configs[2][CACHE_CONFIG];
        memset(configs, 6, sizeof(configs));
        assert_false(unit_is_current(&u, configs, 2));
        memset(configs[1], 7, sizeof(configs[1]));
        assert_true(unit_is_current(&u, configs, 2));
        assert_false(unit_is_current(&u, configs, 1));
}

/* A unit whose texts are another file's: the worker lies. */
static void test_lie(void **state)
{
        _cleanup_free_ uint8_t *bytes = NULL;
        struct unit u;
        size_t size;

        (void)state;
        fill_guest(1);
        bytes = unit_make(guest, GUEST, 1, PAGES, 7, &size);
        const size_t places[] = { CACHE_PAGE, 2 * CACHE_PAGE - 1, 3 * CACHE_PAGE, GUEST - 1 };
        for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
                assert_int_equal(unit_open(bytes, size, &u), 0);
                guest[places[i]] ^= 1;
                assert_int_equal(unit_compare(&u, guest, GUEST), -EBADMSG);
                guest[places[i]] ^= 1;
        }
        assert_int_equal(unit_compare(&u, guest, GUEST), 0);
        /* A page that the file does not have, one that is there twice, something behind the end of the file. */
        struct cache_page *pages = (struct cache_page *)(bytes + sizeof(struct cache_unit));
        assert_int_equal(unit_compare(&u, guest, 5 * CACHE_PAGE), -EBADMSG);
        pages[1].file_page = pages[0].file_page;
        assert_int_equal(unit_compare(&u, guest, GUEST), -EBADMSG);
        pages[1].file_page = pages[0].file_page + 1;
        bytes[pages[PAGES - 1].text_at + 100] = 1;
        assert_int_equal(unit_compare(&u, guest, GUEST), -EBADMSG);
}

/* Every number of the tables that says where something is, changed to what is outside, is refused. */
static void test_bad_units(void **state)
{
        size_t size;
        struct unit u;

        (void)state;
        fill_guest(2);
        _cleanup_free_ uint8_t *good = unit_make(guest, GUEST, 0, 3, 7, &size), *bytes = malloc(size);
        struct cache_unit *h = (struct cache_unit *)bytes;
        struct cache_page *p = (struct cache_page *)(h + 1) + 1;
        memcpy(bytes, good, size);
        uint32_t *const numbers[] = { &h->npages,   &h->data_bytes, &h->code_bytes, &h->stubs_bytes, &h->slots_bytes,
                                      &p->text_at,  &p->text_bytes, &p->block_at,   &p->block_bytes, &p->code_at,
                                      &p->slots_at, &p->nslots,     &p->code_bytes };
        const uint32_t wrong[] = { (uint32_t)size, 0x7ffffff8, 0xfffff000, 0xffffffff };

        for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
                for (size_t k = 0; k < ARRAY_SIZE(wrong); k++) {
                        memcpy(bytes, good, size);
                        *numbers[i] = wrong[k];
                        if (unit_open(bytes, size, &u) != -EBADMSG)
                                fail_msg("number %zu may be %u", i, wrong[k]);
                }
        memcpy(bytes, good, size);
        assert_int_equal(unit_open(bytes, size, &u), 0);
        h->npages = 0;
        assert_int_equal(unit_open(bytes, size, &u), -EBADMSG);
        for (size_t short_size = 0; short_size < size; short_size += 1000)
                assert_int_equal(unit_open(good, short_size, &u), -EBADMSG);
}

static int put_unit(const char *name, uint8_t with, uint32_t first, uint32_t npages)
{
        size_t size;

        fill_guest(with);
        _cleanup_free_ uint8_t *bytes = unit_make(guest, GUEST, first, npages, with, &size);
        put_bytes(name, bytes, size);
        return open(name, O_RDONLY | O_CLOEXEC);
}

static int run_program(const char *path)
{
        int status;
        pid_t pid = fork();

        if (pid == 0) {
                execl(path, path, NULL);
                _exit(127);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Finds a page with this text, in an image whose segments are behind these places in the file, as cache-format.h says; its unit's number + 1, or
 * 0. */
static uint32_t find(const uint8_t *file, const uint64_t at[2], const struct cache_image *image, const uint8_t *text)
{
        const struct cache_member *members = (const void *)(file + at[0]);
        const struct cache_bucket *buckets = (const void *)(members + image->nunits);
        uint64_t key = unit_make_key(text);

        for (uint64_t i = 0; i < CACHE_PROBES; i++) {
                const struct cache_bucket *b = &buckets[(key + i) & (image->nbuckets - 1)];
                if (b->unit == 0)
                        return 0;
                const struct cache_member *m = &members[b->unit - 1];
                const uint8_t *data = file + at[0] + m->data_at, *code = file + at[1] + m->code_at;
                const struct cache_page *p = (const struct cache_page *)(data + sizeof(struct cache_unit)) + b->page;
                if (b->key == key && memcmp(data + p->text_at, text, CACHE_PAGE) == 0 && code[p->code_at] == 0xcc)
                        return b->unit;
        }
        return 0;
}

static void test_image(void **state)
{
        _cleanup_close_ int translator = open(FAKE_TRANSLATOR, O_RDONLY | O_CLOEXEC), fd = open("image", O_RDWR | O_CREAT, 0755);
        int units[3] = { put_unit("one", 1, 0, 2), open("/etc/passwd", O_RDONLY), put_unit("two", 2, 1, PAGES) };
        struct image_size size = {};
        struct stat st;

        (void)state;
        assert_int_equal(image_write(fd, translator, units, 3, &size), 0);
        assert_int_equal(size.n_units, 2); /* /etc/passwd is none */
        assert_int_equal(size.pages, 2 + PAGES);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_size, size.bytes);
        assert_true(st.st_blocks * 512 < 2 << 20); /* it is sparse */

        const uint8_t *file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        const Elf64_Ehdr *h = (const void *)file;
        const struct cache_image *image = NULL;
        int loads = 0;
        for (int i = 0; i < h->e_phnum; i++) {
                const Elf64_Phdr *p = (const Elf64_Phdr *)(file + h->e_phoff) + i;
                if (p->p_type == PT_BINFMT_CACHE)
                        image = (const void *)(file + p->p_offset);
        }
        uint64_t at[2] = { 0 };
        for (int i = 0; i < h->e_phnum; i++) {
                const Elf64_Phdr *p = (const Elf64_Phdr *)(file + h->e_phoff) + i;
                bool first = p->p_vaddr == image->data_at;
                if (p->p_type == PT_LOAD && p->p_vaddr >= image->data_at) {
                        at[loads++ % 2] = p->p_offset + CACHE_PAGE;
                        assert_true(first || p->p_vaddr == image->code_at);
                        assert_true((p->p_offset + CACHE_PAGE) % CACHE_ALIGN == 0 && p->p_memsz == CACHE_PAGE &&
                                    p->p_filesz == CACHE_PAGE);
                        assert_int_equal(p->p_flags, first ? PF_R : PF_R | PF_X);
                } else if (p->p_type == PT_LOAD) {
                        assert_true(p->p_vaddr + p->p_memsz <= image->data_at);
                }
        }
        assert_int_equal(loads, 2);
        assert_memory_equal(image->magic, CACHE_IMAGE_MAGIC, 8);
        fill_guest(1);
        assert_int_equal(find(file, at, image, guest), 1);
        assert_int_equal(find(file, at, image, guest + CACHE_PAGE), 1);
        assert_int_equal(find(file, at, image, guest + 2 * CACHE_PAGE), 0);
        fill_guest(2);
        assert_int_equal(find(file, at, image, guest), 0);
        assert_int_equal(find(file, at, image, guest + CACHE_PAGE), 3);
        /* While it is open for writing, mapped too, it cannot be executed. */
        assert_int_equal(munmap((void *)file, (size_t)st.st_size), 0);
        close(TAKE_FD(fd));
        assert_int_equal(run_program("./image"), 0);
        for (size_t i = 0; i < ARRAY_SIZE(units); i++)
                close(units[i]);
}

static void test_bad_translators(void **state)
{
        int unit = put_unit("one", 1, 0, 2);
        struct image_size size = {};
        _cleanup_close_ int fd = open("image", O_RDWR | O_CREAT, 0755), true_fd = open(FAKE_TRANSLATOR, O_RDONLY),
                            passwd = open("/etc/passwd", O_RDONLY), again = open("again", O_RDWR | O_CREAT, 0755);

        (void)state;
        _cleanup_close_ int no_room = open("/bin/true", O_RDONLY);
        assert_int_equal(image_write(fd, passwd, &unit, 1, &size), -EBADMSG);
        assert_int_equal(image_write(fd, no_room, &unit, 1, &size), -EBADMSG);
        assert_int_equal(image_write(fd, true_fd, &passwd, 1, &size), -ENODATA);
        assert_int_equal(image_write(fd, true_fd, &unit, 1, &size), 0);
        assert_int_equal(image_write(again, fd, &unit, 1, &size), -EBADMSG);
        close(unit);
}

enum { RUNS = 5, RUN = 1300001, REST = 100 };

/* What is written in pieces of other lengths than the chunks' is there as a whole, and has no holes. */
static void test_chunks(void **state)
{
        _cleanup_close_ int fd = open("chunks", O_RDWR | O_CREAT, 0644), from = open("from", O_RDWR | O_CREAT, 0644);
        const uint64_t expected = CACHE_ALIGN + (uint64_t)4 * CACHE_ALIGN; /* from there on, rounded up */
        _cleanup_free_ uint8_t *run = malloc(RUN), *is = malloc(RUN);
        struct chunks c;
        struct stat st;

        (void)state;
        for (size_t i = 0; i < RUN; i++)
                run[i] = (uint8_t)(i % 251 + 1);
        assert_int_equal(write(from, run, RUN), RUN);
        assert_int_equal(chunks_begin(&c, fd, CACHE_ALIGN), 0);
        for (int i = 0; i < RUNS; i++)
                assert_int_equal(i % 2 ? chunks_add(&c, run, RUN) : chunks_add_file(&c, from, 0, RUN), 0);
        assert_int_equal(chunks_add_zeros(&c, REST), 0);
        assert_int_equal(chunks_add_file(&c, from, 1, RUN), -EBADMSG); /* it is not that long */
        assert_int_equal(chunks_end(&c, true), 0);
        chunks_done(&c);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_size, expected);
        assert_int_equal(lseek(fd, CACHE_ALIGN, SEEK_HOLE), expected);
        for (int i = 0; i < RUNS; i++) {
                assert_int_equal(pread(fd, is, RUN, CACHE_ALIGN + (off_t)i * RUN), RUN);
                assert_memory_equal(is, run, RUN);
        }
        assert_int_equal(pread(fd, is, REST, CACHE_ALIGN + (off_t)RUNS * RUN), REST);
        for (int i = 0; i < REST; i++)
                assert_int_equal(is[i], 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_good_unit),
                cmocka_unit_test(test_lie),
                cmocka_unit_test(test_bad_units),
                cmocka_unit_test_setup_teardown(test_chunks, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_image, enter_directory, leave_directory),
                cmocka_unit_test_setup_teardown(test_bad_translators, enter_directory, leave_directory),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
