# SPDX-License-Identifier: GPL-2.0-or-later
"""make-input.py DIR: writes the input of bench/run's real programs, the same each time."""
import os
import random
import sys

WORK_PY = r'''
import json, re
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
class Node:
    def __init__(self, v): self.v, self.next = v, None
def chain(n):
    head = None
    for i in range(n):
        x = Node(i); x.next = head; head = x
    s = 0
    while head: s += head.v; head = head.next
    return s
d = {}
for i in range(200000): d[str(i)] = i
s = sum(i * 0.5 / (i + 1) for i in range(500000))
o = [{"a": i, "b": [i] * 5, "c": "x" * i} for i in range(300)]
for _ in range(10): o = json.loads(json.dumps(o))
m = re.findall(r"([a-z]+)(\d+)([a-z]+)", "foo123bar " * 20000)
l = sorted(((i * 7919) % 100003, i) for i in range(100000))
print(fib(24), chain(100000), sum(d.values()), "%.9f" % s, len(o), len(m), l[50000], (3 ** 100000).bit_length())
'''
WORK_PL = r'''
my (%h, @a, $s);
for my $i (1 .. 200000) { $h{"k" . ($i % 5000)} += $i; $s .= chr(97 + $i % 26) if $i % 3 == 0; }
push @a, $h{$_} for sort keys %h;
my $n = () = $s =~ /a[b-m]+/g;
my $x = 0;
for my $i (1 .. 1000000) { $x = ($x * 31 + $i) % 1000003; }
my @w = sort { $a <=> $b } map { ($_ * 7919) % 100003 } 1 .. 100000;
printf "%d %d %d %d %.9f\n", scalar(@a), $n, $x, $w[500], sqrt(2) * $x;
'''


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    r = random.Random(1)
    words = ["".join(r.choice("etaoinshrdlu") for _ in range(r.randint(2, 9))) for _ in range(5000)]
    weights = [1 / (i + 1) for i in range(len(words))]
    text = " ".join(r.choices(words, weights, k=700000)).encode()
    for name, data in (("text", text[:3000000]), ("large", text * 20), ("work.py", WORK_PY.encode()), ("work.pl", WORK_PL.encode())):
        with open(os.path.join(out, name), "wb") as f:
            f.write(data)


main()
