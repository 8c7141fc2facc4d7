/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include <stdarg.h>
#include <sys/stat.h>

/* The journal would otherwise record where in this source a message comes from, which is of no use to its reader. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

/* Whether standard error is the journal's stream: JOURNAL_STREAM names it by device and inode, see systemd.exec(5). */
static bool stderr_is_journal(void)
{
        const char *stream = getenv("JOURNAL_STREAM");
        uintmax_t dev, ino;
        struct stat st;

        return stream && sscanf(stream, "%ju:%ju", &dev, &ino) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
               (uintmax_t)st.st_dev == dev && (uintmax_t)st.st_ino == ino;
}

void log_open(struct log *log)
{
        log->journal = stderr_is_journal();
}

void log_message(const struct log *log, int priority, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        if (log->journal) {
                (void)sd_journal_printv(priority, format, ap);
        } else {
                fputs("binfmtd: ", stderr);
                vfprintf(stderr, format, ap);
                fputc('\n', stderr);
        }
        va_end(ap);
}

void log_problems(const struct log *log, const struct problems *p)
{
        for (size_t i = 0; i < p->n; i++) {
                const struct problem *one = &p->items[i];
                _cleanup_free_ char *text = problem_to_string(one);

                if (!text)
                        log_message(log, LOG_ERR, "out of memory");
                else if (log->journal && one->file)
                        (void)sd_journal_send("MESSAGE=%s", text, "PRIORITY=%i", LOG_ERR, "CONFIG_FILE=%s", one->file,
                                              "CONFIG_LINE=%u", one->line, NULL);
                else
                        log_message(log, LOG_ERR, "%s", text);
        }
}
