#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check.py UNIT FILE CONFIG: complains of everything that is wrong with a unit that was made of that file. CONFIG is what --cache-config
prints."""
import struct
import sys

from read_unit import CONFIG, PAGE, TAIL, Unit, Wrong, need


def segments(data):
    """(first page in the file, number of pages) of each segment that is executed and not written."""
    wide = data[4] == 2
    at, = struct.unpack_from("<Q" if wide else "<I", data, 32 if wide else 28)
    size, n = struct.unpack_from("<HH", data, 54 if wide else 42)
    for k in range(n):
        if wide:
            kind, flags, offset, _, _, filesz = struct.unpack_from("<IIQQQQ", data, at + k * size)
        else:
            kind, offset, _, _, filesz, _, flags = struct.unpack_from("<7I", data, at + k * size)
        if kind == 1 and flags & 3 == 1:
            yield offset // PAGE, (offset % PAGE + filesz + PAGE - 1) // PAGE


def check(unit_name, file_name, config):
    unit = Unit(unit_name)
    with open(file_name, "rb") as f:
        data = f.read()
    need(unit.npages, "it has no page")
    guest = "aarch64" if data[4] == 2 else "arm"
    want = next(line.split()[1] for line in config if line.split()[0] == guest)
    need(unit.config.hex() == want and len(unit.config) == CONFIG, "it is for another configuration")
    last = {}
    for first, n in segments(data):
        for k in range(n):
            last[first + k] = k + 1 == n
    keys = {}
    for p in unit.pages:
        need(p.file_page in last, "page", p.file_page, "is not executed")
        end = p.file_page * PAGE + PAGE + (0 if last[p.file_page] else TAIL)
        text = data[p.file_page * PAGE:end].ljust(p.text_bytes, b"\0")
        need(unit.text(p) == text, "the text of page", p.file_page, "is not that of the file")
        need(p.regions, "page", p.file_page, "has no region")
        need(keys.setdefault(text[:PAGE], p.key) == p.key, "pages that are the same have other keys")
    need(len(set(keys.values())) > 0.9 * len(keys), "few pages have keys of their own:", len(set(keys.values())), "of", len(keys))


if __name__ == "__main__":
    try:
        with open(sys.argv[3], encoding="utf-8") as f:
            check(sys.argv[1], sys.argv[2], f.readlines())
    except Wrong as e:
        sys.exit(str(e))
