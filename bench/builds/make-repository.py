#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make-repository.py: writes the history of a git repository for "git fast-import", the same each time: 400 commits to 200 files of text."""
import random
import sys

COMMITS, FILES = 400, 200


def main():
    r = random.Random(1)
    words = ["".join(r.choice("etaoinshrdlu") for _ in range(r.randint(2, 9))) for _ in range(3000)]
    files = [[" ".join(r.choices(words, k=9)) for _ in range(r.randint(20, 200))] for _ in range(FILES)]
    for commit in range(COMMITS):
        changed = range(FILES) if commit == 0 else r.sample(range(FILES), 5)
        text = f"Change {commit}\n"
        print(f"commit refs/heads/main\ncommitter Someone <someone@example.org> {1700000000 + commit * 600} +0000\ndata {len(text)}\n{text}", end="")
        for n in changed:
            lines = files[n]
            for _ in range(8):
                lines[r.randrange(len(lines))] = " ".join(r.choices(words, k=9))
            text = "\n".join(lines) + "\n"
            print(f"M 100644 inline part{n % 10}/file{n}\ndata {len(text)}\n{text}")
    sys.stdout.flush()


main()
