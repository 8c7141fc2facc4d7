# SPDX-License-Identifier: GPL-2.0-or-later
"""Threads, processes, signals and floating point. The output must not depend on the machine."""
import array
import ctypes
import json
import math
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time


def threads():
    total, lock = [0], threading.Lock()

    def work(n):
        for i in range(2000):
            with lock:
                total[0] += i * n
    all_threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for t in all_threads:
        t.start()
    for t in all_threads:
        t.join()
    print("threads", total[0])


def processes():
    out = subprocess.run([sys.executable, "-ISc", "print(6 * 7)"], capture_output=True, text=True, check=True).stdout
    code = subprocess.run([sys.executable, "-ISc", "import os; os.kill(os.getpid(), 9)"]).returncode
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(w, b"from the child")
        os._exit(7)
    print("processes", out.strip(), code, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.read(r, 100))


def signals():
    seen = []
    signal.signal(signal.SIGUSR1, lambda s, f: seen.append(s))
    signal.signal(signal.SIGALRM, lambda s, f: seen.append(s))
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    end = time.time() + 10
    x = 0
    while len(seen) < 2 and time.time() < end:
        x = (x * 31 + 1) % 1000003
    print("signals", [int(s) for s in seen])


def floats():
    r = random.Random(1)
    for k in range(200):
        x, y = r.uniform(-1e3, 1e3), r.gauss(0, 1)
        print("%r %r %r %r %r %r" % (x * y, x / y, math.sqrt(abs(x)), round(x, 2), math.fmod(x, y), int(x)), math.floor(y), x // y)
    print(struct.pack("<efd", 1.5, 0.1, 1e300).hex(), 5e-324 * 0.5, float("inf") - float("inf"), math.fsum([0.1] * 10))
    print(array.array("f", [0.1, 1e10, -1e-40]).tobytes().hex(), ctypes.c_float(1 / 3).value, json.dumps([1e22, 1e-7, 0.1]))


threads()
processes()
signals()
floats()
