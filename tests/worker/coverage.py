#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""coverage.py LOG MAPS ROOT [UNIT=FILE]...: how many of the regions that a run has translated are in the units of its files. LOG is that of
-d in_asm, MAPS what the program saw in /proc/self/maps. Prints a line for each file: its name, regions, those that its unit has.
Regions that go on where another one would have been too long are not counted: those of a unit are cut otherwise."""
import os
import re
import sys

from read_unit import PAGE, Unit

log, maps, *pairs = sys.argv[1:]
units = {}
for pair in pairs:
    unit, name = pair.split("=", 1)
    units[os.path.basename(os.path.realpath(name))] = Unit(unit)
ranges = []
with open(maps, encoding="utf-8") as f:
    for line in f:
        m = re.match(r"(\w+)-(\w+) r-x. (\w+) \S+ \d+ +(/.*)", line)
        if m:
            ranges.append((int(m[1], 16), int(m[2], 16), int(m[3], 16), os.path.basename(os.path.realpath(m[4]))))
have = {name: {p.file_page * PAGE + r.in_page for p in u.pages for r in p.regions} for name, u in units.items()}
executed, behind, last = [], set(), None
with open(log, encoding="utf-8", errors="replace") as f:
    for line in f:
        m = re.match(r"IN: region (0x\w+)|0x(\w+): (\w+) +(\w+)", line)
        if not m:
            continue
        if m[1]:
            executed.append(int(m[1], 16))
        if m[1] and last:
            behind.add(last)
        elif m[2]:  # what is behind a call is no such place
            last = None if re.match("bl|svc", m[4]) else int(m[2], 16) + len(m[3]) // 2
seen = {name: [set(), set()] for name in units}
for pc in executed:
    for start, end, offset, name in ranges:
        if start <= pc < end and name in units:
            place = pc - start + offset
            if place in have[name] or pc not in behind:
                seen[name][0 if place in have[name] else 1].add(place)
for name, (there, missing) in seen.items():
    print(name, len(there) + len(missing), len(there))
    if "VERBOSE" in os.environ:
        print("  missing:", " ".join(hex(p) for p in sorted(missing)))
