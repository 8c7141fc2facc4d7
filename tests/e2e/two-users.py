#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""two-users.py COMMAND...: like "unshare -Urm", but with a second user and group, 1000, beside root. Takes root."""
import ctypes
import os
import sys

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def child(ready, mapped):
    check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS))
    os.write(ready, b"x")
    os.read(mapped, 1)
    check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    os.execvp(sys.argv[1], sys.argv[1:])


def main():
    if os.geteuid() != 0:
        print("a second user can be mapped by root only")
        sys.exit(77)
    ready, mapped = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        child(ready[1], mapped[0])
    os.close(ready[1])
    os.read(ready[0], 1)
    for name in "uid_map", "gid_map":
        with open(f"/proc/{pid}/{name}", "w", encoding="ascii") as f:
            f.write("0 0 1\n1000 65533 1\n")
    os.write(mapped[1], b"x")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
