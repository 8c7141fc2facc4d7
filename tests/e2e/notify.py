#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Stands in for the service manager: notify.py SOCKET LOG appends what is sent to the socket to the log."""
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
    s.bind(sys.argv[1])
    while True:
        text = s.recv(65536).decode(errors="replace")
        with open(sys.argv[2], "a", encoding="utf-8") as log:
            log.write(text + "\n")
