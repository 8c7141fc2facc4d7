/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "edit-text.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/escape.h"

static void write_bytes(FILE *f, const char *key, const uint8_t *bytes, size_t size)
{
        _cleanup_free_ char *text = bytes ? escape_all(bytes, size) : NULL;

        if (text)
                fprintf(f, "#%s=%s\n", key, text);
}

char *edit_template(const struct format *f)
{
        const struct entry *e = &f->entry;
        char *text = NULL, flags[ENTRY_FLAGS_MAX];
        size_t size;

        FILE *out = open_memstream(&text, &size);
        if (!out)
                return NULL;
        fprintf(out, _("# What is set here changes the format %s; see binfmtd.conf(5). What it has now:\n"), e->name);
        fprintf(out, "[Format]\n#Enabled=%s\n", format_is_chosen(f) ? "yes" : "no");
        if (f->follows)
                fprintf(out, "#Follows=%s\n", f->follows);
        else
                fprintf(out, "#Flags=%s\n", entry_format_flags(e->flags, flags));
        if (e->type == ENTRY_EXTENSION) {
                fprintf(out, "#Extension=%s\n", e->extension);
        } else if (e->type == ENTRY_HANDLER) {
                fprintf(out, "#Handler=%s\n", f->candidates[0].path);
        } else {
                fprintf(out, "#Offset=%u\n", e->offset);
                write_bytes(out, "Magic", e->magic, e->magic_size);
                write_bytes(out, "Mask", e->mask, e->magic_size);
        }
        for (size_t i = 0; i < f->n_candidates && e->type != ENTRY_HANDLER && !f->follows; i++)
                fprintf(out, "#Interpreter=%d %s\n", f->candidates[i].priority, f->candidates[i].path);
        bool failed = ferror(out);
        if (fclose(out) == EOF || failed) {
                free(text);
                return NULL;
        }
        return text;
}

bool edit_sets_nothing(const char *text)
{
        while (*(text += strspn(text, " \t\r\n"))) {
                size_t n = strcspn(text, "\r\n");
                bool section = strncmp(text, "[Format]", strlen("[Format]")) == 0;
                if (*text != '#' && *text != ';' && !section)
                        return false;
                text += n;
        }
        return true;
}

/* Executes the editor, which is a command for the shell and may have arguments. */
static void exec_editor(const char *path)
{
        const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
        _cleanup_free_ char *command = NULL;

        if (!visual || !*visual)
                visual = editor && *editor ? editor : "sensible-editor";
        if (string_format(&command, "%s \"$1\"", visual) >= 0)
                execl("/bin/sh", "sh", "-c", command, "sh", path, NULL);
        _exit(127);
}

int edit_run_editor(const char *path)
{
        const struct sigaction ignore = { .sa_handler = SIG_IGN };
        struct sigaction interrupt, quit;
        int status = 0, r = 0;

        /* An interruption is meant for the editor. */
        (void)sigaction(SIGINT, &ignore, &interrupt);
        (void)sigaction(SIGQUIT, &ignore, &quit);
        pid_t pid = fork();
        if (pid == 0) {
                (void)sigaction(SIGINT, &interrupt, NULL);
                (void)sigaction(SIGQUIT, &quit, NULL);
                exec_editor(path);
        }
        while (pid >= 0 && waitpid(pid, &status, 0) < 0 && r == 0)
                if (errno != EINTR)
                        r = -errno;
        if (pid < 0)
                r = -errno;
        (void)sigaction(SIGINT, &interrupt, NULL);
        (void)sigaction(SIGQUIT, &quit, NULL);
        if (r < 0)
                return r;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
