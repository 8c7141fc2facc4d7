/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that become shorter. */
#pragma once

/* The open file may have become shorter: translations of what is no longer there are dropped. */
void file_truncated(int fd);
