/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules for entries, with a reason in words for each: the kernel answers to most faults with EINVAL alone, and accepts some
 * that show only later. */
#include "entry.h"

#include <errno.h>
#include <limits.h>

static bool has_control_character(const char *s)
{
        for (; *s; s++)
                if ((unsigned char)*s < 0x20 || *s == 0x7f)
                        return true;
        return false;
}

const char *entry_name_reason(const char *name)
{
        if (!*name)
                return _("a format's name is empty");
        if (streq(name, ".") || streq(name, ".."))
                return _("a format cannot be named . or ..");
        if (strchr(name, '/'))
                return _("a format's name contains a slash");
        if (streq(name, "register") || streq(name, "status"))
                return _("the names register and status are the kernel's own");
        if (streq(name, ENTRY_TEMPORARY_NAME))
                return _("this name is binfmtd's own");
        if (strncmp(name, ".#", 2) == 0)
                return _("a name that starts with .# is that of a file being written");
        if (strlen(name) > NAME_MAX)
                return _("a format's name is longer than 255 bytes");
        if (has_control_character(name))
                return _("a format's name contains a control character");
        return NULL;
}

static const char *magic_reason(const struct entry *e)
{
        if (e->magic_size == 0)
                return _("the magic is empty");
        if (e->offset + e->magic_size > ENTRY_SPAN_MAX)
                return _("offset and length of the magic exceed the 256 bytes of a file that the kernel looks at");
        return NULL;
}

static const char *mask_reason(const struct entry *e)
{
        if (!e->mask)
                return NULL;
        for (size_t i = 0; i < e->magic_size; i++)
                if (e->mask[i])
                        return NULL;
        return _("a mask of zeros only would match every file");
}

static const char *extension_reason(const struct entry *e)
{
        if (!e->extension || !*e->extension)
                return _("the extension is empty");
        if (strchr(e->extension, '/'))
                return _("an extension cannot contain a slash");
        if (has_control_character(e->extension))
                return _("an extension cannot contain a control character");
        return NULL;
}

static const char *interpreter_reason(const struct entry *e)
{
        if (!e->interpreter || !*e->interpreter)
                return _("no interpreter is given");
        if (e->interpreter[0] != '/')
                return _("an interpreter needs an absolute path");
        if (has_control_character(e->interpreter))
                return _("an interpreter's path contains a control character");
        if (strlen(e->interpreter) >= PATH_MAX)
                return _("an interpreter's path is too long");
        return NULL;
}

/* Why an entry cannot have this BPF handler, which chooses interpreters and flags itself; NULL where it can. */
static const char *handler_reason(const struct entry *e)
{
        if (!e->interpreter || !*e->interpreter)
                return _("no BPF handler is given");
        if (strlen(e->interpreter) > ENTRY_HANDLER_MAX)
                return _("the name of a BPF handler is longer than 15 bytes");
        if (strchr(e->interpreter, '/') || has_control_character(e->interpreter))
                return _("the name of a BPF handler contains a slash or a control character");
        return NULL;
}

static const char *flags_reason(const struct entry *e)
{
        const unsigned dispatch = ENTRY_PRESERVE_ARGV0 | ENTRY_OPEN_BINARY | ENTRY_CREDENTIALS | ENTRY_TRANSPARENT;

        if (e->type == ENTRY_HANDLER && e->flags & ~(unsigned)ENTRY_START_DISABLED)
                return _("a BPF handler chooses the flags itself; only D is possible here");
        if (e->flags & ENTRY_TRANSPARENT && e->flags & ENTRY_PRESERVE_ARGV0)
                return _("the flag T keeps all of argv, so P cannot be given with it");
        if (e->flags & ENTRY_LOADER && e->flags & dispatch)
                return _("the flag L makes the kernel run the program itself, so P, O, C and T cannot be given with "
                         "it");
        return NULL;
}

static int refuse(enum entry_field field, const char *reason, enum entry_field *ret_field, const char **ret_reason)
{
        *ret_field = field;
        *ret_reason = reason;
        return -EINVAL;
}

int entry_check(const struct entry *e, enum entry_field *ret_field, const char **ret_reason)
{
        _cleanup_free_ char *line = NULL;
        const char *reason;

        reason = entry_name_reason(e->name);
        if (reason)
                return refuse(ENTRY_FIELD_NAME, reason, ret_field, ret_reason);

        if (e->type == ENTRY_MAGIC) {
                reason = magic_reason(e);
                if (reason)
                        return refuse(ENTRY_FIELD_MAGIC, reason, ret_field, ret_reason);
                reason = mask_reason(e);
                if (reason)
                        return refuse(ENTRY_FIELD_MASK, reason, ret_field, ret_reason);
        } else if (e->type == ENTRY_EXTENSION) {
                reason = extension_reason(e);
                if (reason)
                        return refuse(ENTRY_FIELD_EXTENSION, reason, ret_field, ret_reason);
        }

        reason = e->type == ENTRY_HANDLER ? handler_reason(e) : interpreter_reason(e);
        if (reason)
                return refuse(ENTRY_FIELD_INTERPRETER, reason, ret_field, ret_reason);
        reason = flags_reason(e);
        if (reason)
                return refuse(ENTRY_FIELD_FLAGS, reason, ret_field, ret_reason);

        int r = entry_to_line(e, &line);
        if (r == -E2BIG)
                return refuse(e->type == ENTRY_MAGIC ? ENTRY_FIELD_MAGIC : ENTRY_FIELD_EXTENSION,
                              _("name, magic, mask and interpreter together exceed the 1920 bytes that the "
                                "kernel takes"),
                              ret_field, ret_reason);
        return r;
}
