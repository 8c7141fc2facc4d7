#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the house (docs/HACKING.md, "Rooms"): which folder may include which, how long files and functions may be, the first line
of each file, the formatting. Prints "FAIL name: why" for each rule that is broken and place where, and what was counted as its last line."""
import collections
import os
import re
import subprocess
import sys

TOP = os.path.abspath(sys.argv[1])
LONGEST_FILE, LONGEST_FUNCTION = 600, 60  # lines
WRONG = "tests/gendec/bad/"  # tables whose errors are told with their lines
FORMATTER = 14  # the version of clang-format that .clang-format is written for: others break lines elsewhere

# Folders of each program or library, lowest first. A folder may include from those of lower lines and from itself, not from others of its line.
LAYERS = {
    "translator": ["rt gen", "fp", "ir", "guest x64", "guest/a64 guest/a32", "run", "linux", "linux/generic64 linux/arm32", "linux/arm64 linux/arm",
                   "worker", "main"],
    "libbinfmt": ["base", "kernel", "debian", "formats", "reconcile", "cache", "explain", "doctor"],
    "cli": ["", "ui", "debian verbs completion"],
    "daemon": ["", "bus"],
}
results = collections.Counter()


def check(name, broken):
    """One result: a rule, and the places where it is broken."""
    results["failed" if broken else "passed"] += 1
    for place in broken:
        print(f"FAIL {name}: {place}")


def sources():
    """All files of the project, without what is built: also where there is no git, as in a tarball."""
    found = []
    for path, folders, names in os.walk(TOP):
        folders[:] = [d for d in folders if d != ".git" and not d.startswith(("build", "obj-")) and d != "out"]
        found += [os.path.relpath(os.path.join(path, n), TOP) for n in names]
    return sorted(found)


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8") as f:
        return f.read()


def includes(name):
    """(line number, file of this project that is included)"""
    for number, line in enumerate(read(name).split("\n"), 1):
        found = re.match(r'\s*#\s*include "([^"]+)"', line)
        if found:
            yield number, found[1]


def resolve(name, included, top, known):
    """The included file, relative to the project; None: it is generated."""
    for base in (os.path.dirname(name), top):
        path = os.path.normpath(os.path.join(base, included))
        if path in known:
            return path
    return None


def folder(path, top):
    return os.path.dirname(path)[len(top):].lstrip("/")


def layers(top, rows, files):
    """Includes that run upwards or sideways, and folders that no row names."""
    height = {name: i for i, row in enumerate(rows) for name in (row.split(" ") if row else [""])}
    broken = []
    mine = [f for f in files if f.startswith(top + "/") and f.endswith((".c", ".h", ".def"))]
    for f in mine:
        here = folder(f, top)
        if here not in height:
            broken.append(f"{f}: its folder has no place among the rooms")
            continue
        for number, included in includes(f):
            to = resolve(f, included, top, set(files))
            if to is None:
                continue
            if not to.startswith(top + "/"):
                broken += [] if to.startswith("libbinfmt/") and top in ("cli", "daemon") else [f"{f}:{number}: includes {to}"]
                continue
            there = folder(to, top)
            if there != here and height.get(there, 99) >= height[here]:
                broken.append(f"{f}:{number}: {here or top} includes {to}, which is not below it")
    return broken


def functions(name):
    """(first line, lines, head) of each function: in formatted code its braces are alone in the first column."""
    lines = read(name).split("\n")
    start = None
    for i, line in enumerate(lines):
        if line == "{":
            start = i
        elif line == "}" and start is not None:
            yield start + 1, i - start + 1, lines[start - 1]
            start = None


def main():
    files = sources()
    code = [f for f in files if f.endswith((".c", ".h"))]
    for top, rows in LAYERS.items():
        check(f"includes of {top}", layers(top, rows, [f for f in files if f.startswith(("translator/", "libbinfmt/", "cli/", "daemon/"))]))
    text = [f for f in files if f.endswith((".c", ".h", ".def", ".dec", ".py", ".sh"))]
    check("length of files", [f"{f}: {n} lines" for f in text for n in [read(f).count("\n")] if n > LONGEST_FILE])
    check("length of functions", [f"{f}:{at}: {n} lines: {head.strip()}" for f in code for at, n, head in functions(f)
                                  if n > LONGEST_FUNCTION])
    check("licence", [f"{f}: its first lines have no SPDX-License-Identifier" for f in text if not f.startswith(WRONG)
                      if "SPDX-License-Identifier: GPL-2.0-or-later" not in "".join(read(f).split("\n")[:3])])
    version = subprocess.run(["clang-format", "--version"], capture_output=True, text=True, check=False).stdout
    if re.search(rf"version {FORMATTER}\b", version):
        done = subprocess.run(["clang-format", "--dry-run", "-ferror-limit=1"] + code, cwd=TOP, capture_output=True, text=True, check=False)
        check("format", sorted(set(re.findall(r"^(\S+:\d+):\d+: (?:warning|error): code should be", done.stderr, re.M))))
    else:
        results["skipped"] += 1
        print(f"SKIP format: this needs clang-format {FORMATTER}")
    print(f"{results['passed']} passed, {results['failed']} failed, {results['skipped']} skipped")
    return 1 if results["failed"] else 0


sys.exit(main())
