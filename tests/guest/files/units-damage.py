# SPDX-License-Identifier: GPL-2.0-or-later
"""units-damage.py IMAGE SEED COUNT EXPECTED COMMAND...: damages a byte of an image (include/cache-format.h) and runs the command, so many times. It must
print what is expected and end with status 0: the translator does without what is damaged.

Left alone are code, and what says where in it things are (code_at, slots_at, the arrays of a block): wrong code cannot be told from right code."""
import os
import random
import struct
import subprocess
import sys

PT_BINFMT_CACHE = 0x62666D74
LEAD, IMAGE, MEMBER, BUCKET, UNIT, PAGE, BLOCK = 4096, 48, 24, 16, 128, 48, 8
PAGE_TRUSTED = [*range(28, 32), *range(36, 40)]  # code_at, slots_at

name, seed, count, expected = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] + "\n"
rnd = random.Random(seed)
data = open(name, "rb").read()
(phoff,) = struct.unpack_from("<Q", data, 32)
(phnum,) = struct.unpack_from("<H", data, 56)
headers = [struct.unpack_from("<IIQQQQQQ", data, phoff + 56 * k) for k in range(phnum)]
start = next(h[2] for h in headers if h[0] == PT_BINFMT_CACHE)
nunits, nbuckets = struct.unpack_from("<II", data, start + 40)
members = start + LEAD
buckets = members + MEMBER * nunits


def member():
    return members + MEMBER * rnd.randrange(nunits)


def bucket():
    while True:
        at = buckets + BUCKET * rnd.randrange(nbuckets)
        if struct.unpack_from("<I", data, at + 8)[0]:
            return at


def unit():
    return members + struct.unpack_from("<Q", data, member())[0]


def page():
    at = unit()
    return at, at + UNIT + PAGE * rnd.randrange(struct.unpack_from("<I", data, at + 104)[0])


def block():
    at, of = page()
    return at + struct.unpack_from("<I", data, of + 20)[0]


def choose(k):
    """Returns what is damaged, and where."""
    what = ("image", "member", "bucket", "unit", "page", "block")[k % 6]
    if what == "page":
        return what, page()[1], rnd.choice([n for n in range(PAGE) if n not in PAGE_TRUSTED])
    at, size = {"image": (lambda: start, IMAGE), "member": (member, MEMBER), "bucket": (bucket, BUCKET),
                "unit": (unit, UNIT), "block": (block, BLOCK)}[what]
    return what, at(), rnd.randrange(size)


failed = 0
for k in range(count):
    what, at, field = choose(k)
    was = data[at + field]
    now = was ^ (1 << rnd.randrange(8)) if rnd.randrange(2) else rnd.choice([v for v in range(256) if v != was])
    with open(name, "r+b") as f:
        f.seek(at + field)
        f.write(bytes([now]))
    try:
        r = subprocess.run(sys.argv[5:], stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
        result = r.stdout.decode(errors="replace"), r.returncode
    except subprocess.TimeoutExpired:
        result = "no end", None
    with open(name, "r+b") as f:
        f.seek(at + field)
        f.write(bytes([was]))
    if result != (expected, 0):
        failed += 1
        print(f"case {k}: {what}, byte {field} is {now:#x}, not {was:#x}: status {result[1]}: {result[0][:200]!r}")
print(f"{failed} of {count} failed")
sys.exit(failed > 0)
