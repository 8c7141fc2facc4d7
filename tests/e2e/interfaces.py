#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""interfaces.py PAGE < XML: whether what the manual page shows of the interfaces is what the daemon says of itself. The
XML is one or more introspections, one after the other."""
import re
import sys
import xml.etree.ElementTree as tree

SIGNALS = {"const": "; (constant)", "false": "; (without signal)"}


def arguments(member, directions):
    return ", ".join(" ".join(filter(None, [a.get("direction") if directions else None, a.get("type"), a.get("name")]))
                     for a in member.iter("arg"))


def describe(member):
    if member.tag == "method":
        return f"{member.get('name')}({arguments(member, True)});"
    if member.tag == "signal":
        return f"{member.get('name')}({arguments(member, False)});"
    emits = {a.get("value") for a in member.iter("annotation") if a.get("name").endswith("EmitsChangedSignal")}
    access = {"read": "readonly", "readwrite": "readwrite"}[member.get("access")]
    end = SIGNALS[emits.pop()] if emits else ";"
    return f"{access} {member.get('type')} {member.get('name')}{end}"


def of_daemon(text):
    found = set()
    for xml in re.findall(r"<node.*?</node>", text, re.S):
        for interface in tree.fromstring(xml).iter("interface"):
            name = interface.get("name")
            if name.startswith("org.binfmtd."):
                found |= {(name, describe(m)) for m in interface if m.tag in ("method", "signal", "property")}
    return found


def of_page(path):
    found, interface = set(), None
    with open(path, encoding="utf-8") as page:
        for line in page:
            start = re.match(r"interface (\S+) {", line)
            if start:
                interface = start[1]
            elif line.startswith("}"):
                interface = None
            elif interface and ";" in line:
                found.add((interface, line.strip()))
    return found


daemon, page = of_daemon(sys.stdin.read()), of_page(sys.argv[1])
for name, member in sorted(daemon - page):
    print(f"{name}: not in the manual page: {member}")
for name, member in sorted(page - daemon):
    print(f"{name}: only in the manual page: {member}")
if not daemon:
    print("the daemon has no interface")
sys.exit(daemon != page or not daemon)
