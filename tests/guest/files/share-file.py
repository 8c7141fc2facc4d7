#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""share-file.py TRANSLATOR PROGRAM OTHER PREFIX: which files of translations the translator takes over, depending on who made them, how they are
sealed, who locked them and what is in them. OTHER is a program for another machine, or nothing. Prints "ok NAME" and "not ok NAME: why", with PREFIX in front
of the names. Needs root."""
import ctypes
import fcntl
import os
import random
import re
import struct
import subprocess
import sys
import time

translator, program, other, prefix = sys.argv[1:]
NUMBER = 1019
LOCK_START = 1 << 62
F_ADD_SEALS, ALL, WRITE = 1033, 1 | 2 | 4 | 8, 8
USER = 1000
libc = ctypes.CDLL(None, use_errno=True)


def ok(name, good, why):
    print(f"ok {prefix}{name}" if good else f"not ok {prefix}{name}: {why}", flush=True)


def real_file(program):
    """The bytes of a file of translations that a process made, read in its /proc, as its user may."""
    p = subprocess.Popen([translator, program, "/bin/true", "/bin/true", "/bin/cat"], stdin=subprocess.PIPE)
    try:
        for _ in range(200):
            try:
                return open(f"/proc/{p.pid}/fd/{NUMBER}", "rb").read()
            except OSError:
                time.sleep(0.01)
        sys.exit(print("not ok share-file: no process made a file"))
    finally:
        p.kill()
        p.wait()


def become(uid, gid, ambient):
    if uid is None:
        return
    os.setgroups([])
    if ambient is not None:
        libc.prctl(8, 1, 0, 0, 0)  # PR_SET_KEEPCAPS
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if ambient is not None:
        head = struct.pack("<Ii", 0x20080522, 0)
        bit = 1 << ambient
        if libc.capset(head, struct.pack("<6I", bit, bit, bit, 0, 0, 0)) or libc.prctl(47, 2, ambient, 0, 0):
            os._exit(99)


def lock(fd, pid, length=1):
    """Locks the file as process PID does before it executes a program. fcntl.lockf() cannot: the start is too large a number for it."""
    fcntl.fcntl(fd, fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, LOCK_START + pid, length, 0))


def taken(contents, seals=ALL, owner=(0, 0), user=None, ambient=None, locked="itself"):
    """Runs the program with a file that has these contents. Returns how many regions it takes over, its exit status, and what it says."""
    fd = os.memfd_create("binfmt-translations", os.MFD_ALLOW_SEALING)
    os.write(fd, contents)
    os.fchown(fd, *owner)
    fcntl.fcntl(fd, F_ADD_SEALS, seals)
    r, w = os.pipe()
    if locked == "another":  # for any number that the child may get
        lock(fd, 0, 1 << 22)
    pid = os.fork()
    if pid == 0:
        os.dup2(w, 2)
        if locked == "itself":
            lock(fd, os.getpid())
        elif locked == "all":
            lock(fd, 0, 1 << 22)
        os.dup2(fd, NUMBER)
        os.set_inheritable(NUMBER, True)
        become(*(user or (None, None)), ambient)
        os.execv(translator, [translator, "-d", "stats", program])
    os.close(w)
    os.close(fd)
    text = os.fdopen(r).read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    m = re.search(r"taken over from other processes (\d+)", text)
    return (int(m.group(1)) if m else None), status, text[:200]


def expect(name, some, contents, **how):
    n, status, text = taken(contents, **how)
    good = status == 0 and n is not None and (n > 0) == some
    ok(name, good, f"{n} regions taken over, status {status}: {text}")


file = real_file(program)
expect("own-file", True, file)
expect("user's-own-file", True, file, owner=(USER, USER), user=(USER, USER))

# Files that this very process did not have before its execve. A process of the same user may have sent one, which had other capabilities.
expect("not-locked", False, file, locked="nobody")
expect("locked-by-another", False, file, locked="another")
expect("locked-for-all", False, file, locked="all")

# Files that somebody could still write to, and files of somebody who could not have written into the process.
for missing, name in ((1, "seal"), (2, "shrink"), (4, "grow"), (8, "write")):
    expect(f"not-sealed-{name}", False, file, seals=ALL & ~missing)
expect("other-owner", False, file, owner=(USER, USER))
expect("other-group", False, file, owner=(0, USER))
expect("owner-root-for-a-user", False, file, user=(USER, USER))
expect("other-user's", False, file, owner=(USER + 1, USER), user=(USER, USER))
expect("nobody's", False, file, owner=(65534, 65534), user=(65534, 65534))
expect("with-a-capability", False, file, owner=(USER, USER), user=(USER, USER), ambient=13)  # CAP_NET_RAW

# What is no such file, or is damaged.
expect("empty", False, b"")
expect("short", False, file[:40])
expect("cut-off", False, file[:-8])
expect("noise", False, random.Random(1).randbytes(len(file)))
expect("another-build", False, file[:8] + bytes(b ^ 1 for b in file[8:9]) + file[9:])

GUEST = 28  # behind the magic and the build: e_machine, 2 bytes, and EI_CLASS
head = open(program, "rb").read(20)
assert file[GUEST : GUEST + 3] == head[18:20] + head[4:5]
expect("another-machine", False, file[:GUEST] + bytes((head[18] ^ 0xB7 ^ 0x28,)) + file[GUEST + 1 :])
expect("another-class", False, file[: GUEST + 2] + bytes((head[4] ^ 3,)) + file[GUEST + 3 :])
if other:
    foreign = real_file(other)
    expect("of-another-machine", False, foreign)
    # Even where the file says that it is for this machine, each translation is compared with the code that it is for.
    n, status, text = taken(foreign[:GUEST] + file[GUEST : GUEST + 3] + foreign[GUEST + 3 :])
    ok("of-another-machine-that-says-ours", n is not None and status == 0, f"status {status}: {text}")


def table():
    """Where the table of entries begins, and how many there are. The table and the body, whose size is there, fill the file."""
    for at in range(8, 200, 4):
        buckets, _, body = struct.unpack_from("<IIQ", file, at)
        if buckets & (buckets - 1) == 0 and at + 16 + 8 * buckets + body == len(file):
            return at + 16, buckets
    sys.exit(print("not ok share-file: the file has no header"))


start, buckets = table()
rnd = random.Random(time.strftime("%F"))
worst = 0
for _ in range(20):  # entries that lead anywhere: the program must not crash, and take nothing over that does not fit its code
    bad = bytearray(file)
    for k in range(buckets):
        struct.pack_into("<I", bad, start + 8 * k + 4, rnd.choice((rnd.getrandbits(32), rnd.randrange(len(file) // 8))))
    n, status, text = taken(bytes(bad))
    if n is None or status != 0:
        worst = status or text
ok("damaged-table", worst == 0, f"status {worst}")


def entries():
    """For each used bucket of the file: its hash, and where its entry and that one's exits, relocations and end are (run/share.c)."""
    for k in range(buckets):
        hash, place = struct.unpack_from("<II", file, start + 8 * k)
        if not place:
            continue
        at = start + 8 * buckets + 8 * place
        code, journal, lines, exits, traps, relocs = struct.unpack_from("<8xIIHHHH", file, at)
        first_exit = at + 32 + 8 * lines
        first_reloc = first_exit + 24 * exits + 24 * traps
        end = first_reloc + 8 * relocs + (code + 7 & ~7) + (journal + 7 & ~7)
        yield hash, at, range(first_exit, first_exit + 24 * exits, 24), range(first_reloc, first_reloc + 8 * relocs, 8), end


def with_exits(place):
    """The file with all exits at this place in the code of their regions."""
    bad = bytearray(file)
    for _, _, exits, _, _ in entries():
        for at in exits:
            struct.pack_into("<H", bad, at, place)
    return bytes(bad)


# Exits that are not in the code of their region. One that is not refused would be written to when it is linked.
for name, place in (("behind-the-code", 1 << 15), ("far-behind-the-code", (1 << 16) - 3)):
    n, status, text = taken(with_exits(place))
    ok(f"exits-{name}", n is not None and status == 0, f"status {status}: {text}")


def with_bad_copies():
    """The file where each entry that has relocations stands behind a copy of it that cannot be moved."""
    body, table = bytearray(file[start + 8 * buckets :]), [(0, 0)] * (2 * buckets)

    def add(hash, place):
        for k in range(16):
            if not table[(hash + k) % len(table)][1]:
                table[(hash + k) % len(table)] = (hash, place)
                return

    for hash, at, _, relocs, end in entries():
        if relocs:
            bad = bytearray(file[at:end])
            for r in relocs:
                struct.pack_into("<H", bad, r - at + 2, 0xFFFF)
            add(hash, len(body) // 8)
            body += bad
        add(hash, (at - start - 8 * buckets) // 8)
    sizes = struct.pack("<IIQ", len(table), len(table) // 2, len(body))
    return file[: start - 16] + sizes + b"".join(struct.pack("<II", *entry) for entry in table) + bytes(body)


want = taken(file)
got = taken(with_bad_copies())
ok("first-ones-cannot-be-moved", got[0] and got[:2] == want[:2], f"{got[0]} regions taken over, not {want[0]}, status {got[1]}: {got[2]}")
