#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fuse.py DIRECTORY FILES HANG: mounts a file system in which the files of FILES can be executed, and serves it from here. Processes of other PID
namespaces than this one's get no answer: HANG says to what, "open", "read", "getattr", or "none"."""
import ctypes
import os
import stat
import struct
import sys

LOOKUP, FORGET, GETATTR, OPEN, READ, RELEASE, FLUSH, INIT, INTERRUPT, BATCH_FORGET = 1, 2, 3, 14, 15, 18, 25, 26, 36, 42
ENOENT, ENOSYS = 2, 38
DIRECT_IO = 1

directory, source, hang = sys.argv[1:]
names = sorted(os.listdir(source))
contents = [open(f"{source}/{n}", "rb").read() for n in names]
hangs = {"open": (OPEN,), "read": (READ,), "getattr": (GETATTR,), "none": ()}[hang]


def attributes(node):
    """struct fuse_attr of the root, which is 1, or of a file."""
    mode = stat.S_IFDIR | 0o755 if node == 1 else stat.S_IFREG | 0o755
    size = 0 if node == 1 else len(contents[node - 2])
    return struct.pack("<QQQQQQIIIIIIIIII", node, size, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(opcode, node, body, outside):
    """What is answered: an error, or bytes. Attributes are not to be remembered, so that each stat asks."""
    if opcode == INIT:
        return struct.pack("<IIIIHHIIHHI28x", 7, 31, 65536, 0, 12, 10, 65536, 1, 0, 0, 0)
    if opcode == LOOKUP:
        name = body[:-1].decode()
        if name not in names:
            return ENOENT
        node = names.index(name) + 2
        return struct.pack("<QQQQII", node, 0, 3600, 0, 0, 0) + attributes(node)
    if opcode == GETATTR:
        return struct.pack("<QII", 0, 0, 0) + attributes(node)
    if opcode == OPEN:
        return struct.pack("<QII", 0, DIRECT_IO if outside else 0, 0)
    if opcode == READ:
        _, offset, size = struct.unpack_from("<QQI", body)
        return contents[node - 2][offset:offset + size]
    return b"" if opcode in (RELEASE, FLUSH) else ENOSYS


device = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={device},rootmode=40755,user_id=0,group_id=0,default_permissions"
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"hangs", directory.encode(), b"fuse", 0, options.encode()) != 0:
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
while True:
    try:
        request = os.read(device, 1 << 17)
    except OSError:  # it is unmounted
        break
    _, opcode, unique, node, _, _, pid, _ = struct.unpack_from("<IIQQIIII", request)
    if opcode in (FORGET, BATCH_FORGET, INTERRUPT) or (pid == 0 and opcode in hangs):
        continue
    reply = answer(opcode, node, request[40:], pid == 0)
    error, data = (-reply, b"") if isinstance(reply, int) else (0, reply)
    os.write(device, struct.pack("<IiQ", 16 + len(data), error, unique) + data)
