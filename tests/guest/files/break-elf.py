#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes broken ELF files out of a good static and a good dynamic one: break-elf.py STATIC DYNAMIC DIR.

Prints one line for each file: its name, and an extended regular expression that the error, one line, must match. ANY: see the end."""
import os
import random
import struct
import sys

static, dynamic, out = sys.argv[1:4]
S = bytearray(open(static, "rb").read())
D = bytearray(open(dynamic, "rb").read())
NARROW = S[4] == 1
EHDR = "<16sHHIIIIIHHHHHH" if NARROW else "<16sHHIQQQIHHHHHH"
PHDR = "<IIIIIIII" if NARROW else "<IIQQQQQQ"
EHDR_SIZE, PHDR_SIZE = struct.calcsize(EHDR), struct.calcsize(PHDR)
FIELDS = "ident type machine version entry phoff shoff flags ehsize phentsize phnum shentsize shnum shstrndx".split()
PFIELDS = ("type offset vaddr paddr filesz memsz flags align" if NARROW else "type flags offset vaddr paddr filesz memsz align").split()
TOP = 1 << (32 if NARROW else 64)  # behind the largest number in a header
FAR = 0xE0000000 if NARROW else 1 << 40
MACHINE = 40 if NARROW else 183
LOAD, DYNAMIC, INTERP = 1, 2, 3


def save(name, data, want):
    with open(f"{out}/{name}", "wb") as f:
        f.write(data)
    os.chmod(f"{out}/{name}", 0o755)
    print(name, want, sep="\t")


def header(data, **change):
    data = bytearray(data)
    h = dict(zip(FIELDS, struct.unpack_from(EHDR, data)))
    h.update(change)
    struct.pack_into(EHDR, data, 0, *(h[f] for f in FIELDS))
    return data


def ident(data, at, value):
    data = bytearray(data)
    data[at] = value
    return data


def segments(data):
    h = dict(zip(FIELDS, struct.unpack_from(EHDR, data)))
    return [(h["phoff"] + k * PHDR_SIZE, dict(zip(PFIELDS, struct.unpack_from(PHDR, data, h["phoff"] + k * PHDR_SIZE)))) for k in range(h["phnum"])]


def segment(data, kind, nth, **change):
    """Changes the nth segment of a kind."""
    data = bytearray(data)
    at, p = [s for s in segments(data) if s[1]["type"] == kind][nth]
    p.update({k: v(p) if callable(v) else v for k, v in change.items()})
    struct.pack_into(PHDR, data, at, *(p[f] for f in PFIELDS))
    return data


def interp(path):
    data = bytearray(D)
    at, p = [s for s in segments(data) if s[1]["type"] == INTERP][0]
    assert len(path) < p["filesz"]
    data[p["offset"]:p["offset"] + p["filesz"]] = path.encode().ljust(p["filesz"], b"\0")
    return data


def arm(flags, data=1, osabi=0):
    """The header of a 32-bit ARM program and one of a segment, of nothing but a trap."""
    order = "<>"[data - 1]
    head = struct.pack(order + "16sHHIIIIIHHHHHH", b"\x7fELF\1" + bytes((data, 1, osabi)), 2, 40, 1, 0x10054, 52, 0, flags, 52, 32, 1, 0, 0, 0)
    return head + struct.pack(order + "IIIIIIIII", 1, 0, 0x10000, 0x10000, 88, 88, 5, 4096, 0xE7F000F0)


save("empty", b"", "truncated|empty")
save("one-byte", b"\x7f", "truncated")
save("magic-only", S[:4], "truncated")
save("half-a-header", S[:40], "truncated")
save("header-only", S[:EHDR_SIZE], "beyond the end")
save("no-data", S[:4096], "truncated|beyond the end")
save("text", b"#include <stdio.h>\n" * 10, "not an ELF file")
save("zeros", bytes(8192), "not an ELF file")
save("class-other", ident(S, 4, 2 if NARROW else 1), "neither an AArch64 nor|64-bit")
save("class-7", ident(S, 4, 7), "64-bit")
save("big-endian", ident(header(S, machine=MACHINE << 8), 5, 2), "big-endian|little-endian")
save("data-3", ident(S, 5, 3), "little-endian")
save("arm-oabi", arm(2), "OABI")
save("arm-be32", arm(0x05000000, 2), "big-endian")
save("arm-be8", arm(0x05800000, 2), "BE8")
save("arm-fdpic", arm(0x05000000, 1, 65), "FDPIC")
save("arm-half-a-header", arm(0x05000000)[:50], "truncated")
save("arm-header-only", arm(0x05000000)[:52], "beyond the end")
save("machine-x86", header(S, machine=62), "neither an AArch64 nor")
save("machine-0", header(S, machine=0), "neither an AArch64 nor")
save("object-file", header(S, type=1), "not an executable")
save("core-file", header(S, type=4), "not an executable")
save("phnum-0", header(S, phnum=0), "program header")
save("phnum-65535", header(S, phnum=65535), "program header")
MANY = 65536 // PHDR_SIZE + 1
save("phnum-many", header(S + bytes(MANY * PHDR_SIZE), phnum=MANY, phoff=len(S)), "program header")
save("phentsize", header(S, phentsize=40), "program header")
save("phoff-far", header(S, phoff=FAR), "program header")
save("phoff-minus-one", header(S, phoff=TOP - 1), "program header")
save("phoff-end", header(S, phoff=len(S) - 10), "program header")
save("no-load", segment(segment(segment(S, LOAD, 0, type=0), LOAD, 0, type=0), 4, 0, type=0), "no segment|nothing")
save("filesz-more-than-memsz", segment(S, LOAD, 0, memsz=1), "larger in the file")
save("memsz-huge", segment(S, LOAD, 1, memsz=TOP >> 2 if not NARROW else FAR + 0x1FFF0000), "address space")
save("memsz-nearly-all", segment(S, LOAD, 1, memsz=lambda p: (0xFFFE0000 if NARROW else (1 << 47) - (1 << 30)) - p["vaddr"]), ".")
save("vaddr-huge", segment(S, LOAD, 1, vaddr=TOP - 4096), "address space")
save("vaddr-wraps", segment(S, LOAD, 1, vaddr=TOP - 4096, memsz=1 << 20), "address space")
save("vaddr-at-the-end", segment(S, LOAD, 1, vaddr=0xFFFFF000 if NARROW else 1 << 47), "address space")
save("offset-huge", segment(S, LOAD, 0, offset=FAR), "beyond the end")
save("offset-wraps", segment(S, LOAD, 0, offset=TOP - 4096), "beyond the end")
save("filesz-huge", segment(S, LOAD, 0, filesz=FAR, memsz=FAR), "beyond the end|address space")
save("offset-odd", segment(S, LOAD, 0, offset=lambda p: p["offset"] + 8, filesz=lambda p: p["filesz"] - 8), "disagree")
save("overlap", segment(S, LOAD, 1, vaddr=lambda p: p["vaddr"] - 0x30000), "overlap")
save("interp-missing", interp("/nonexistent/ld.so"), "cannot be opened.*/nonexistent/ld.so")
save("interp-directory", interp("/"), ".")
save("interp-not-elf", interp("/etc/passwd"), ".")
save("interp-x86", interp("/bin/true"), ".")
save("interp-offset", segment(D, INTERP, 0, offset=FAR), "interpreter")
save("interp-empty", segment(D, INTERP, 0, filesz=0, memsz=0), "interpreter")
save("interp-long", segment(D, INTERP, 0, filesz=1 << 30, memsz=1 << 30), "interpreter")
save("interp-unterminated", segment(D, INTERP, 0, filesz=lambda p: p["filesz"] - 1), "interpreter")

# These may do anything but crash the translator: fail with an error, die by a signal, run.
save("address-0", segment(S, LOAD, 0, vaddr=0, paddr=0), "ANY")  # root may map memory there, others may not
rng = random.Random(4711)
for k in range(60):
    data = bytearray(rng.choice((S, D)))
    places = segments(data)
    for _ in range(rng.randrange(1, 4)):
        at, p = rng.choice(places) if rng.random() < 0.8 else (0, None)
        width = rng.choice((1, 2, 4, 8))
        where = at + rng.randrange(0, PHDR_SIZE - width) if p else rng.randrange(16, EHDR_SIZE - width)
        value = rng.choice((0, 1, 0xFFF, 0x1000, (1 << 31) - 1, 1 << 40, (1 << 64) - 1, (1 << 63), rng.getrandbits(64)))
        data[where:where + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
    save(f"random-{k:02}", data, "ANY")
