/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that has a unit made (see worker.h). */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/elf.h>
#include <linux/mman.h>
#include "child.h"
#include "linux/abi.h"
#include "follow.h"
#include "ir/ir.h"
#include "page.h"
#include "rt/rt.h"
#include "run/config.h"
#include "run/settings.h"
#include "scout.h"
#include "output.h"
#include "window.h"
#include "worker.h"
#include "x64/region.h"

enum {
        STUBS_ROOM = 1 << 16,
        SCOUT_MS = 30000,
        PAGE_MS = 1000,
        ALL_MS = 120000, /* then no further page is begun */
        FAILED_MAX = 64, /* pages; then the others are left out, too */
};

static uint8_t *stubs;
static uint32_t stubs_bytes;

static void choose_guest(const struct abi *abi)
{
        abi_choose(abi);
        struct code c = { .p = stubs };
        x64_make_stubs(&c, the_guest->registers);
        stubs_bytes = (uint32_t)(c.p - stubs);
}

static void prepare(void)
{
        if (!x64_detect(run_settings.cpu_limit))
                rt_die("this CPU lacks SSE4.2 (x86-64-v2), which translated code needs");
        stubs = rt_alloc(STUBS_ROOM);
        if (!stubs)
                rt_die("out of memory");
}

/* ---- the file ---- */

static void map_file(void)
{
        struct stat st;
        long r = sys_call2(__NR_fstat, WORKER_FILE, &st);
        if (r < 0)
                rt_die("no file to read (error %d)", (int)-r);
        scout.size = (uint64_t)st.st_size;
        if (scout.size < sizeof(Elf64_Ehdr))
                rt_exit(WORKER_NO_UNIT);
        r = rt_mmap(0, scout.size, PROT_READ, MAP_PRIVATE, WORKER_FILE, 0);
        if (rt_failed(r))
                rt_die("the file cannot be mapped (error %d)", (int)-r);
        scout.file = (const uint8_t *)r;
}

/* The guest that the file is for, by bytes whose places are the same in all ELF files. */
static const struct abi *abi_of_file(void)
{
        const Elf64_Ehdr *h = (const Elf64_Ehdr *)scout.file;
        if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 || h->e_ident[EI_DATA] != ELFDATA2LSB)
                return NULL;
        const struct abi *abi = abi_of_elf(h->e_ident[EI_CLASS], h->e_machine);
        uint32_t flags = h->e_ident[EI_CLASS] == ELFCLASS64 ? h->e_flags : ((const Elf32_Ehdr *)h)->e_flags;
        return abi && abi->refuses_elf && abi->refuses_elf(false, h->e_ident[EI_OSABI], flags) ? NULL : abi;
}

static struct page_map *entries_of(uint32_t n)
{
        return &scout.result->page[n].entries;
}

static void run_scout(void)
{
        scout.result = child_share_memory(sizeof(*scout.result));
        follow_info = child_share_memory(PAGES_MAX * follow_info_size);
        follow_entries = entries_of;
        follow_ir = rt_alloc(sizeof(*follow_ir));
        if (!follow_ir)
                rt_die("out of memory");
        int r = child_run(scout_run, SCOUT_MS);
        if (r == WORKER_NO_UNIT)
                rt_exit(WORKER_NO_UNIT);
        if (r != 0)
                rt_die("the file cannot be analysed, or a process not be confined");
        (void)rt_munmap(follow_info, PAGES_MAX * follow_info_size);
}

/* ---- pages ---- */

/* Translates a page, and adds it to the unit. Returns false when that cannot be done, or the result has no room. */
static bool add_page(const struct scout_page *s)
{
        const uint64_t at = (uint64_t)s->file_page * CACHE_PAGE;
        const uint32_t bytes = CACHE_PAGE + (s->tail ? CACHE_TAIL : 0);
        if (at >= scout.size || (s->tail && scout.size - at <= CACHE_PAGE))
                return false;
        page_job = child_share_memory(sizeof(*page_job)); /* nothing of another page is in there */
        memcpy(page_job->text, scout.file + at, bytes);
        page_job->text_bytes = bytes;
        page_job->entries = s->entries;
        page_job->code_at = output_code_at();
        bool r = child_run(page_run, PAGE_MS) == 0 && output_add(s->file_page, scout.file + at, bytes, page_job);
        (void)rt_munmap(page_job, sizeof(*page_job));
        return r;
}

static bool has_entries(const struct scout_page *s)
{
        static const struct page_map none;
        return memcmp(&s->entries, &none, sizeof(none)) != 0;
}

static void add_pages(void)
{
        const struct scout_result *r = scout.result;
        unsigned failed = 0;
        uint32_t next = 0; /* the lowest number that the next page may have */
        for (uint32_t k = 0; k < r->npages && k < PAGES_MAX && failed < FAILED_MAX && child_time() < ALL_MS; k++) {
                const struct scout_page *s = &r->page[k];
                if (s->file_page < next || !has_entries(s))
                        continue;
                next = s->file_page + 1;
                failed += !add_page(s);
        }
        if (failed)
                rt_error("%u pages could not be translated, or had no room", failed);
}

static void keep_from_children(const void *p, size_t bytes)
{
        if (sys_call3(__NR_madvise, p, bytes, MADV_DONTFORK) < 0)
                rt_die("memory cannot be kept from children");
}

_Noreturn void worker_run(uint64_t budget)
{
        prepare();
        map_file();
        const struct abi *abi = abi_of_file();
        if (!abi)
                rt_exit(WORKER_NO_UNIT);
        choose_guest(abi);
        window_connect();
        page_prepare();
        run_scout();
        keep_from_children(scout.file, scout.size);
        keep_from_children(scout.result, sizeof(*scout.result));
        output_begin(budget, stubs, stubs_bytes);
        add_pages();
        int r = output_write(WORKER_OUTPUT);
        if (r < 0)
                rt_die("the unit cannot be written (error %d)", -r);
        rt_exit(r ? WORKER_NO_UNIT : 0);
}

_Noreturn void worker_hold(void)
{
        while (sys_call0(__NR_pause) == -EINTR)
                ;
        rt_exit(1);
}

_Noreturn void worker_print_config(void)
{
        prepare();
        for (const struct abi *const *a = all_abis; *a; a++) {
                uint8_t config[CACHE_CONFIG];
                char line[2 * CACHE_CONFIG + 32];
                choose_guest(*a);
                if (!config_get(config))
                        rt_die("this build has no build id");
                int n = rt_snprintf(line, sizeof(line), "%s ", the_guest->elf_class == ELFCLASS64 ? "aarch64" : "arm");
                for (unsigned k = 0; k < sizeof(config); k++)
                        n += rt_snprintf(line + n, sizeof(line) - (size_t)n, "%02x", config[k]);
                line[n++] = '\n';
                (void)sys_call3(__NR_write, 1, line, n);
        }
        rt_exit(0);
}
