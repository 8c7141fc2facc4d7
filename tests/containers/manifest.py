# SPDX-License-Identifier: GPL-2.0-or-later
"""manifest.py FILE: prints what is wrong with the DaemonSet in FILE. kubectl drops fields that its types do not have and refuses
values of the wrong type, so what comes back must be all that is in the file."""
import os
import subprocess
import sys

import yaml


def missing(want, got, where):
    """What is in want and not in got."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key, value in want.items():
            yield from missing(value, got.get(key), f"{where}.{key}")
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for i, value in enumerate(want):
            yield from missing(value, got[i], f"{where}[{i}]")
    elif want != got:
        yield f"{where}: {want!r} became {got!r}"


def main():
    with open(sys.argv[1]) as f:
        objects = {o["kind"]: o for o in yaml.safe_load_all(f)}
    want = objects["DaemonSet"]
    spec = want["spec"]["template"]["spec"]
    # "set image" prints only what it has changed.
    container = spec["containers"][0]
    image, container["image"] = container["image"], "none"
    r = subprocess.run([os.environ["KUBECTL"], "set", "image", "--local", "-f", "-", "-o", "yaml", f"{container['name']}={image}"],
                       input=yaml.safe_dump(want), text=True, errors="replace", capture_output=True)
    if r.returncode:
        sys.exit(r.stderr)
    container["image"] = image
    for problem in missing(want, yaml.safe_load(r.stdout), "DaemonSet"):
        print(problem)
    if want["metadata"]["namespace"] != objects["Namespace"]["metadata"]["name"]:
        print("the DaemonSet is in another namespace than the one that is made")
    if want["spec"]["selector"]["matchLabels"].items() - want["spec"]["template"]["metadata"]["labels"].items():
        print("the selector does not select the pods")
    register = spec.get("initContainers", spec["containers"])[0]
    if register["args"][:2] != ["--install", "all"] or not register["securityContext"]["privileged"]:
        print("no container registers")
    if not spec.get("hostPID"):
        print("the container cannot mount binfmt_misc on the node")


main()
