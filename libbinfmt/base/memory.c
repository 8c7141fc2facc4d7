/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory.h"

#include <fcntl.h>

#include "util.h"

uint64_t memory_available(void)
{
        _cleanup_free_ char *text = NULL;

        if (file_read_at(AT_FDCWD, "/proc/meminfo", 1 << 16, &text, NULL) < 0)
                return 0;
        const char *line = strstr(text, "\nMemAvailable:");
        return line ? strtoull(line + strlen("\nMemAvailable:"), NULL, 10) * 1024 : 0;
}
