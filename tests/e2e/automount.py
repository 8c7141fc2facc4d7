#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""automount.py gone|elsewhere DIRECTORY COMMAND...: runs the command with an automount on the directory that mounts nothing: its
server has ended, or says that it has mounted what nobody here can see, as one in another mount namespace does. Takes root."""
import ctypes
import fcntl
import os
import signal
import struct
import sys

CLONE_NEWNS, PR_SET_PDEATHSIG = 0x20000, 1
MS_REC, MS_PRIVATE = 0x4000, 0x40000
AUTOFS_IOC_READY = 0x9360  # _IO(0x93, 0x60), linux/auto_fs.h
PACKET_SIZE = 304  # struct autofs_v5_packet, padded to 8 bytes on 64-bit machines
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def serve(requests, directory):
    """Answers each request with success; its own process group does not trigger the automount."""
    root = os.open(directory, os.O_RDONLY)
    while packet := os.read(requests, PACKET_SIZE):
        token = struct.unpack_from("iiI", packet)[2]
        fcntl.ioctl(root, AUTOFS_IOC_READY, token)


def main():
    kind, directory, *command = sys.argv[1:]
    if os.geteuid() != 0:
        print("an automount takes root")
        sys.exit(77)
    check(libc.unshare(CLONE_NEWNS))
    check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    os.setpgid(0, 0)
    requests, pipe = os.pipe()
    options = f"fd={pipe},pgrp={os.getpgrp()},minproto=5,maxproto=5,direct"
    if libc.mount(b"automount", directory.encode(), b"autofs", 0, options.encode()) != 0:
        print(f"no automount is possible here: {os.strerror(ctypes.get_errno())}")
        sys.exit(77)
    os.close(pipe)
    if kind == "gone":
        os.close(requests)
    pid = os.fork()
    if pid == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setpgid(0, 0)
        os.execvp(command[0], command)
    if kind == "elsewhere":
        server = os.fork()
        if server == 0:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            serve(requests, directory)
            os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if kind == "elsewhere":
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    sys.exit(status)


main()
