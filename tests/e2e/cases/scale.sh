# SPDX-License-Identifier: GPL-2.0-or-later
# With 2,000 formats in binfmtd's own files and 2,000 in binfmt.d, registering 2,000 takes less than 0.2 s of processor time
# outside of the kernel, and listing their names less than 50 ms together with the kernel's time. Quadratic code would take
# longer.
mkdir -p usr/binfmt.d
python3 - "$DIR" <<'EOP'
lines = open("usr/binfmt.d/many.conf", "w")
for i in range(2000):
    with open(f"conf/ini-{i:04}.conf", "w") as f:
        f.write(f"[Format]\nMagic=INI{i:04}\nFlags=F\nInterpreter=1 /bin/true\n")
    lines.write(f":line-{i:04}:M::LINE{i:04}::/bin/true:P\n")
EOP
cat >measure.py <<'EOP'
# The processor time of a command in ms, in user space and with the kernel's: the least of three runs, because others use the
# machine too.
import resource, subprocess, sys
def times():
    u = resource.getrusage(resource.RUSAGE_CHILDREN)
    return u.ru_utime, u.ru_stime
best = None
for i in range(3):
    if sys.argv[1:] == ["binfmtctl", "enable"]:
        subprocess.run(["binfmtctl", "unregister"], check=True)
    before = times()
    subprocess.run(sys.argv[1:], check=True, stdout=open("measured", "w"))
    user, system = (b - a for a, b in zip(before, times()))
    best = min(best or (9e9, 9e9), (user, user + system))
print("%d %d" % tuple(1000 * t for t in best))
EOP
# measure USER BOTH COMMAND...: fails if the command takes more than these times in ms, with 4,000 formats.
measure() {
	limits="$1 $2"
	shift 2
	set -- "$limits" "$(python3 measure.py "$@")" "$*"
	echo "$3: $2 ms in user space and in all, allowed are $1"
	[ "${2% *}" -lt $((slack * ${1% *})) ] && [ "${2#* }" -lt $((slack * ${1#* })) ] || fail "$3: $2 ms, allowed are $1"
}
# slack: by how many times this machine is slower than that of the limits, where Python reads the files in 60 ms.
cat >read.py <<'EOP'
import glob, os
for name in glob.glob("conf/ini-*.conf"):
    fd = os.open(name, os.O_RDONLY)
    os.fstat(fd), os.read(fd, 4096)
    os.close(fd)
EOP
set -- $(python3 measure.py python3 read.py)
echo "Python reads the files in $*"
slack=$((1 + $2 / 60))
! grep -q '^SANITIZE:BOOL=ON' "$BUILD_DIR/CMakeCache.txt" || slack=$((10 * slack)) # code with sanitizers is up to ten times slower
mount -t binfmt_misc b bm
measure 400 1000 binfmtctl enable
same "entries" 4000 "$(ls bm | grep -c -)"
measure 100 100 binfmtctl list --names
measure 200 500 binfmtctl list
same "lines" 4001 "$(wc -l <measured)"
measure 100 200 binfmtctl enable ini-1000
measure 400 800 binfmtctl status
same "lines" 4000 "$(grep -c registered measured)"
