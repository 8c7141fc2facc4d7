# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what the two sides said and did, line by line of the file invocations. A line may be followed by comments
"#! WHAT: REASON", where WHAT is stdout, stderr, status or state: there the two differ, and why they must. That they do
not is a failure as well."""
import sys

WHAT = ("stdout", "stderr", "status", "state")


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def cases(path):
    """The lines, each with its differences."""
    found = []
    for line in read(path).splitlines():
        if line.startswith("#!"):
            what, _, reason = line[2:].strip().partition(": ")
            assert what in WHAT and reason, line
            found[-1][1][what] = reason
        elif line and not line.startswith("#"):
            found.append((line, {}))
    return found


def sections(text):
    """The files of the database and of the kernel, with their contents."""
    return dict(part.split("\n", 1) for part in text.split("== ")[1:])


def changes(side, number, line):
    """What an invocation changed, or what there is after a reset."""
    before = sections(read(f"{side}/{number - 1}.state")) if number > 1 and line != "reset" else {}
    after = sections(read(f"{side}/{number}.state"))
    return "".join([f"{name}:\n{text}" for name, text in sorted(after.items()) if before.get(name) != text]
                   + [f"{name}: gone\n" for name in sorted(before) if name not in after])


def main(invocations, theirs, ours):
    passed = failed = 0
    for number, (line, differs) in enumerate(cases(invocations), 1):
        wrong = []
        for what in WHAT:
            a, b = (changes(side, number, line) if what == "state" else read(f"{side}/{number}.{what}")
                    for side in (theirs, ours))
            # What the helper is called is a matter of where things are installed.
            a = a.replace("/usr/lib/binfmt-support/run-detectors", "HELPER")
            b = b.replace(HELPER, "HELPER")
            if a == b and what in differs:
                wrong.append(f"{what} does not differ, although: {differs[what]}")
            elif a != b and what not in differs:
                wrong.append(f"{what}: Debian's is {a!r}, ours {b!r}")
        if wrong:
            failed += 1
            print(f"FAIL {line}: " + "\n    ".join(wrong))
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return failed > 0


HELPER = sys.argv[4]
sys.exit(main(*sys.argv[1:4]))
