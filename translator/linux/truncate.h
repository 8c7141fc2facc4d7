/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that become shorter. */
#pragma once

/* Called when an open file may have become shorter: drops the translations of code that is no longer in it. */
void file_truncated(int fd);
