#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Translations that processes share: who takes over whose.
set -u
dir=$OUT/sharing
mkdir -p "$dir"
files=$SOURCE_DIR/tests/guest/files
for link in static static-pie; do
	$CROSS -O1 -$link -o "$dir/each-$link" "$files/each.c" && $CROSS -O1 -$link -o "$dir/hello-$link" "$files/hello.c" || exit 1
done
T=$TRANSLATOR

# without NAME NUMBER COMMAND...: that many processes of the command translate nothing by themselves.
without() {
	name=$1 want=$2
	shift 2
	timeout -k 2 30 "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	got=$(grep -c 'guest instructions 0,' "$dir/err")
	if [ $status != 0 ]; then
		echo "not ok $name: status $status: $(grep -v -e regions -e links "$dir/err" | head -n 3)"
	elif [ "$got" != "$want" ]; then
		echo "not ok $name: $got of the processes took over everything, not $want"
	else
		echo "ok $name"
	fi
}

# nothing NAME COMMAND...: no process of it takes over anything.
nothing() {
	name=$1
	shift
	without "$name" 0 "$@"
	grep 'regions taken over' "$dir/err" | grep -qv ' 0$' && echo "not ok $name-at-all: $(grep 'taken over' "$dir/err" | tr '\n' ' ')"
}

for link in static static-pie; do
	each=$dir/each-$link hello=$dir/hello-$link
	without "second-run-$link" 1 "$T" -d stats "$each" "$hello" "$hello"
	without "third-run-$link" 2 "$T" -d stats "$each" "$hello" "$hello" "$hello"
	nothing "switched-off-$link" "$T" -d stats -opt no-share "$each" "$hello" "$hello"
	nothing "privileges-changed-$link" "$T" -d stats "$each" -u "$hello" "$hello"
	without "other-options-$link" 1 "$T" -d stats -opt no-fold "$each" "$hello" "$hello"
	nothing "log-$link" "$T" -D "$dir/err" -d stats,ir "$each" "$hello" "$hello"
done

# A file that no translator made, or another user.
outsider=$dir/outsider
if [ "$(id -u)" = 0 ]; then
	python3 - "$T" "$dir/hello-static-pie" >"$dir/out" 2>"$outsider" <<'PYTHON'
import fcntl, os, sys

translator, hello = sys.argv[1:]
SIZE = 64 << 20


def run(size, seals, contents, uid):
    """A program that finds this descriptor must neither use it nor fail."""
    fd = os.memfd_create("binfmt-translations", os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, size)
    os.pwrite(fd, contents, 0)
    os.fchown(fd, uid, uid)
    fcntl.fcntl(fd, 1033, seals)  # F_ADD_SEALS
    pid = os.fork()
    if pid == 0:
        os.dup2(fd, 1019)
        os.execv(translator, [translator, "-d", "stats", hello])
    os.close(fd)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


ALL = 1 | 2 | 4
run(4096, ALL, b"", 0)
run(SIZE, 0, b"", 0)
run(SIZE, ALL, b"", 65534)
run(SIZE, ALL, b"", 0)
run(SIZE, ALL, os.urandom(1 << 20), 0)
PYTHON
	if [ "$(grep -c '^0$' "$dir/out")" = 5 ] && [ "$(grep -c 'taken over from other processes 0$' "$outsider")" = 5 ]; then
		echo "ok foreign-file"
	else
		echo "not ok foreign-file: $(tail -n 3 "$dir/out" "$outsider" | tr '\n' ' ')"
	fi
else
	echo "skip foreign-file: needs root, for a file of another user"
fi
echo done
