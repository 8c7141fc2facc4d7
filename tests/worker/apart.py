#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""apart.py TRANSLATOR PROGRAM DIR: what is in a page of the program decides nothing about the blocks of other pages, but where regions
begin. Puts something else into a page in the middle of its code, and compares the blocks of all others that have the same regions."""
import os
import random
import struct
import subprocess
import sys

from read_unit import PAGE, Unit

translator, program, folder = sys.argv[1:]


def unit(name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(data)
    with open(path, "rb") as source, open(path + ".unit", "wb") as target:
        subprocess.run(["sh", "-c", 'exec "$0" --cache-worker 3<&"$1" 4>&"$2"', translator, str(source.fileno()), str(target.fileno())],
                       timeout=120, check=True, pass_fds=(source.fileno(), target.fileno()))
    return {p.file_page: p for p in Unit(path + ".unit").pages}, Unit(path + ".unit").bytes


with open(program, "rb") as f:
    data = bytearray(f.read())
before, bytes_before = unit("before", data)
changed = sorted(before)[len(before) // 2]
random.seed(changed)
at = changed * PAGE
data[at:at + PAGE] = struct.pack("<1024I", *(random.choice((0x14000000, 0x94000000)) | random.getrandbits(13) for _ in range(1024)))
after, bytes_after = unit("after", data)
compared = 0
for number, p in before.items():
    q = after.get(number)
    if number in (changed - 1, changed) or not q or [r.in_page for r in p.regions] != [r.in_page for r in q.regions]:
        continue
    if bytes_before[p.block_at:p.block_at + p.block_bytes] != bytes_after[q.block_at:q.block_at + q.block_bytes]:
        sys.exit(f"the block of page {number} is another one, because page {changed} is")
    compared += 1
print(compared, "of", len(before), "blocks are compared")
if changed in after and changed in before and bytes_before[before[changed].block_at:][:64] == bytes_after[after[changed].block_at:][:64]:
    sys.exit("the block of the page that is changed stays the same")
if compared < len(before) / 4:
    sys.exit("too few have the same regions")
