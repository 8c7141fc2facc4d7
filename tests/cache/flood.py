#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""flood.py DIRECTORY NUMBER: makes so many programs of different contents beside the program there, and more until there is a file "enough", executes
each, and removes it. Fails where one is not executed as it should be."""
import os
import subprocess
import sys

AT_ONCE = 4

os.chdir(sys.argv[1])

with open("program", "rb") as f:
    program = f.read()


def begin(i):
    name = f"./flood{i}"
    with open(name, "wb") as f:
        f.write(program[:100] + b"number %d" % i + program[120:])
        os.fchmod(f.fileno(), 0o755)
    return name, subprocess.Popen([name], stdout=subprocess.PIPE)


def end(name, process):
    said = process.communicate()[0]
    if process.returncode != 0 or not said.startswith(b"translated by "):
        sys.exit(f"{name} ends with {process.returncode}: {said}")
    os.unlink(name)


running = []
made = 0
while made < int(sys.argv[2]) or not os.path.exists("enough"):
    made += 1
    running.append(begin(made))
    if len(running) == AT_ONCE:
        end(*running.pop(0))
for one in running:
    end(*one)
