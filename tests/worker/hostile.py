#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hostile.py TRANSLATOR PROGRAM CONFIG DIR: breaks a program in many ways, each time another one but the same ones in each run. The worker has
to end with a status, soon, without much memory, and what it makes has to be sound."""
import os
import random
import resource
import struct
import subprocess
import sys

from read_unit import Unit, Wrong

translator, program, config, folder = sys.argv[1:]
ROUNDS, SECONDS, KIB = 250, 60, 400 << 10
FINE = (0, 65, 125)  # a unit, none, a failure that is told
with open(program, "rb") as f:
    original = f.read()
wide = original[4] == 2
HUGE = [0, 1, 0x7f, 0xff, 0xfff, 0x1000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff]
if wide:
    HUGE += [1 << 32, (1 << 47) - 4096, 1 << 63, (1 << 64) - 1, (1 << 64) - 4096]
WORD = 8 if wide else 4


def header(data):
    return struct.unpack_from("<QQ" if wide else "<II", data, 32 if wide else 28)


def put(data, at, value, size):
    if 0 <= at <= len(data) - size:
        data[at:at + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")


def tables():
    """(place, bytes, size of a field) of what the worker reads: headers, and what section headers and program headers point to."""
    phoff, shoff = header(original)
    phnum, _, shnum = struct.unpack_from("<HHH", original, 56 if wide else 44)
    each_ph, each_sh = (56, 64) if wide else (32, 40)
    yield 16, 48 if wide else 36, 4
    for k in range(phnum):
        yield phoff + k * each_ph, each_ph, WORD
        kind = struct.unpack_from("<I", original, phoff + k * each_ph)[0]
        offset, = struct.unpack_from("<Q" if wide else "<I", original, phoff + k * each_ph + (8 if wide else 4))
        size, = struct.unpack_from("<Q" if wide else "<I", original, phoff + k * each_ph + (32 if wide else 16))
        if kind in (2, 0x6474e550, 0x70000001):  # PT_DYNAMIC, PT_GNU_EH_FRAME, PT_ARM_EXIDX
            yield offset, size, WORD if kind == 2 else 4
    for k in range(shnum):
        yield shoff + k * each_sh, each_sh, WORD
        kind = struct.unpack_from("<I", original, shoff + k * each_sh + 4)[0]
        offset, size = struct.unpack_from("<QQ" if wide else "<II", original, shoff + k * each_sh + (24 if wide else 16))
        if kind in (2, 4, 9, 11):  # symbols and relocations
            yield offset, size, WORD


def broken(rnd, places):
    data = bytearray(original)
    how = rnd.randrange(6)
    if how == 0:  # cut off
        del data[rnd.randrange(len(data)):]
    elif how == 1:  # segments one over the other, of any kind
        phoff, _ = header(data)
        n, = struct.unpack_from("<H", data, 56 if wide else 44)
        size = 56 if wide else 32
        for k in range(n):
            if rnd.random() < 0.5:
                other = phoff + rnd.randrange(n) * size
                data[phoff + k * size:phoff + (k + 1) * size] = data[other:other + size]
            put(data, phoff + k * size + (4 if wide else 24), 5, 4)
    elif how == 2:  # code that is none
        at = rnd.randrange(len(data))
        data[at:at + 8192] = rnd.randbytes(len(data[at:at + 8192]))
    elif how == 3:  # more of one thing than there is room for
        put(data, 56 if wide else 44, 0xffff, 2)
        put(data, 60 if wide else 48, 0xffff, 2)
    for _ in range(rnd.choice((1, 1, 2, 5, 20))):
        at, size, field = rnd.choice(places)
        if size >= field:
            value = rnd.choice(HUGE) if rnd.random() < 0.7 else rnd.randrange(len(data))
            put(data, at + rnd.randrange(size // field) * field, value, field)
    return data


def run(number, data):
    name, unit = os.path.join(folder, "broken"), os.path.join(folder, "broken.unit")
    with open(name, "wb") as f:
        f.write(data)
    with open(name, "rb") as source, open(unit, "wb") as target:
        # The worker finds them as descriptors 3 and 4.
        command = ["sh", "-c", 'exec "$0" --cache-worker 3<&"$1" 4>&"$2"', translator, str(source.fileno()), str(target.fileno())]
        done = subprocess.run(command, timeout=SECONDS, capture_output=True, text=True, check=False,
                              pass_fds=(source.fileno(), target.fileno()))
    if done.returncode not in FINE:
        sys.exit(f"file {number} of {program}: status {done.returncode}: {done.stderr[:200]}")
    if done.returncode == 0:
        try:
            Unit(unit)
        except Wrong as e:
            sys.exit(f"file {number} of {program}: {e}")
    return done.returncode


places = list(tables())
results = [run(k, broken(random.Random(k), places)) for k in range(ROUNDS)]
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print({status: results.count(status) for status in sorted(set(results))}, used, "KiB")
if used > KIB:
    sys.exit(f"a worker needs {used} KiB")
if results.count(0) < ROUNDS / 4 or results.count(65) < ROUNDS / 20:
    sys.exit("the files are broken too much, or too little")
