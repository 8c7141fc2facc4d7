#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""huge.py FILE [image]: prints how many KiB of the file's first 2 MiB, or of those of an image's data segment, a mapping has in a huge page.
huge.py FILE write: writes a file at once, by which one can see whether the kernel has huge pages for what is written so."""
import ctypes
import os
import re
import struct
import sys

HUGE = 2 << 20
PROT_READ, PROT_EXEC, PROT_NONE = 1, 4, 0
MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS = 2, 0x10, 0x20
PT_BINFMT_CACHE = 0x62666D74


def segment(fd):
    """Where the segment is that is behind struct cache_image."""
    head = os.pread(fd, 64, 0)
    phoff, phnum = struct.unpack_from("<Q", head, 32)[0], struct.unpack_from("<H", head, 56)[0]
    for i in range(phnum):
        kind, _, offset = struct.unpack_from("<IIQ", os.pread(fd, 56, phoff + 56 * i))
        if kind == PT_BINFMT_CACHE:
            return (offset // HUGE + 1) * HUGE
    sys.exit("this is no image")


def mapped(fd, offset):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    room = libc.mmap(None, 2 * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    at = (room + HUGE - 1) // HUGE * HUGE
    if libc.mmap(at, HUGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, offset) != at:
        sys.exit("it cannot be mapped")
    ctypes.string_at(at, 1)
    with open("/proc/self/smaps", encoding="ascii", errors="replace") as f:
        lines = f.read().split("\n")
    first = next(i for i, line in enumerate(lines) if line.startswith(f"{at:x}-"))
    return sum(int(re.search(r"\d+", line)[0]) for line in lines[first : first + 24] if re.match("(File|Shmem)PmdMapped:", line))


def main():
    name, what = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    if what == "write":
        with open(name, "wb", buffering=0) as f:
            f.truncate(2 * HUGE)
            f.write(b"\x90" * (2 * HUGE))
        return
    fd = os.open(name, os.O_RDONLY)
    print(mapped(fd, segment(fd) if what == "image" else 0))


main()
