#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No system call of a guest program may change the translator's own memory or tell of it. The program (files/cover.c) cannot know where that
# memory is; this script reads it in the host's /proc.
set -u
dir=$OUT/own-memory
mkdir -p "$dir"
files=$SOURCE_DIR/tests/guest/files
$CROSS -O1 -Wall -Wextra -Werror -static -pthread -o "$dir/cover" "$files/cover.c" || exit 1
python3 - "$TRANSLATOR" "$dir/cover" <<'PYTHON'
import subprocess
import sys

LIMIT = 1 << 47  # above this is no memory, and calls refuse it for that reason


def ranges(lines):
    return [tuple(int(a, 16) for a in line.split()[0].split("-")) for line in lines]


def without(pieces, holes):
    """The parts of pieces that no hole covers."""
    for lo, hi in holes:
        pieces = [p for a, b in pieces for p in ((a, min(b, lo)), (max(a, hi), b)) if p[0] < p[1]]
    return pieces


p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
seen = []
for line in p.stdout:
    if line == "end\n":
        break
    if line != "maps:\n":
        seen.append(line)
with open(f"/proc/{p.pid}/maps") as f:
    own = [(a, min(b, LIMIT)) for a, b in without(ranges(f), ranges(seen)) if a < LIMIT]
# The ranges themselves; and each that is alone, together with a page in front of it and a page behind it.
around = [(a - 4096, b + 4096) for a, b in own if without([(a - 4096, b + 4096)], own + ranges(seen)) == [(a - 4096, a), (b, b + 4096)]]
text, _ = p.communicate("".join(f"{a:x} {b:x}\n" for a, b in own + around), timeout=100)
print(text, end="")
if len(own) < 5:
    print(f"not ok ranges: only {len(own)} of the translator's were found")
elif p.returncode:
    print(f"not ok cover: status {p.returncode}")
PYTHON
