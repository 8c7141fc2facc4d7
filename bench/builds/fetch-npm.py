#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fetch-npm.py LIST DIR: fetches the archives of a list (npm.list) into a directory, and checks their digests."""
import base64
import hashlib
import os
import sys
import urllib.request

for line in open(sys.argv[1]):
    if line.startswith("#"):
        continue
    path, integrity = line.split()
    with urllib.request.urlopen("https://registry.npmjs.org/" + path, timeout=60) as answer:
        data = answer.read()
    method, digest = integrity.split("-", 1)
    if hashlib.new(method, data).digest() != base64.b64decode(digest):
        sys.exit(f"fetch-npm.py: {path} is not what npm.list says it is")
    with open(os.path.join(sys.argv[2], os.path.basename(path)), "wb") as f:
        f.write(data)
