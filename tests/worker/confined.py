#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""confined.py TRACE: of each process in a log of strace -f but the first one, the system calls behind the one that confines it may only end
it."""
import re
import sys

calls = {}
with open(sys.argv[1], encoding="utf-8") as f:
    for line in f:
        m = re.match(r"(\d+) +(\w+)(.*)", line)
        if m:
            calls.setdefault(m[1], []).append((m[2], m[3]))
first, *others = calls
if len(others) < 2:
    sys.exit("there are no children")
for pid in others:
    names = [name for name, _ in calls[pid]]
    confined = next((k for k, (name, rest) in enumerate(calls[pid]) if name == "prctl" and "PR_SET_SECCOMP" in rest), None)
    if confined is None:
        sys.exit(f"a child is never confined: {names}")
    if names[:confined] != ["close_range", "setitimer", "prctl"] or names[confined + 1:] != ["exit_group"]:
        sys.exit(f"a child makes these calls: {names}")
