#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""image.py CACHE [all]: fails where an image in the cache's directory is not whole: as long as its info says, the translator with units, each of which
is one that was kept, byte by byte. With `all`, also where there is no image, or the newest one lacks a unit."""
import glob
import os
import struct
import sys

PT_LOAD, PT_BINFMT_CACHE, PAGE = 1, 0x62666D74, 4096


def units_of(image):
    """The units in an image, as include/cache-format.h says."""
    phoff, phnum = struct.unpack_from("<Q", image, 32)[0], struct.unpack_from("<H", image, 56)[0]
    headers = [struct.unpack_from("<IIQQ", image, phoff + 56 * i) for i in range(phnum)]
    head = next(offset for kind, _, offset, _ in headers if kind == PT_BINFMT_CACHE)
    magic, _, data_bytes, code_at, _, n, _ = struct.unpack_from("<8sQQQQII", image, head)
    assert magic == b"\177binfmtI", "no head"
    data = head + PAGE
    code = next(offset for kind, _, offset, address in headers if kind == PT_LOAD and address == code_at) + PAGE
    for i in range(n):
        data_at, unit_code_at, size, code_size = struct.unpack_from("<QQII", image, data + 24 * i)
        assert data_at + size <= data_bytes, "a unit is outside"
        yield image[data + data_at :][:size] + image[code + unit_code_at :][:code_size]


def read(name):
    with open(name, "rb") as f:
        return f.read()


def main():
    cache, everything = sys.argv[1], sys.argv[2:] == ["all"]
    kept = {read(name) for name in glob.glob(cache + "/units/" + "[0-9a-f]" * 64)}
    images = sorted((name for name in os.listdir(cache + "/images") if name.isdigit()), key=int) if os.path.isdir(cache + "/images") else []
    assert images or not everything, "there is no image"
    has = set()
    for name in images:
        info = dict(line.split(" ", 1) for line in read(f"{cache}/images/{name}/info").decode().splitlines())
        image = read(f"{cache}/images/{name}/image")
        assert len(image) == int(info["bytes"]), f"{name} has {len(image)} bytes"
        has = set(units_of(image))
        assert len(has) == int(info["units"]), f"{name} has {len(has)} units"
        assert has <= kept, f"{name} has what was not kept"
    assert not everything or has == kept, f"{len(kept)} units were kept, and the newest image has {len(has)}"


try:
    main()
except (AssertionError, OSError) as e:
    sys.exit(f"{e}")
