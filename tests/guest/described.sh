#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What ps and other programs of this machine find out about the process of a guest program. And what a guest program finds out about itself if
# the kernel has no PR_SET_MM, by which the translator describes the process to the kernel.
set -u
dir=$OUT/described
mkdir -p "$dir"
tests=$SOURCE_DIR/tests/guest
gcc -O1 -o "$dir/no-set-mm" "$tests/files/no-set-mm.c" && $CROSS -O1 -static -o "$dir/hello" "$tests/files/hello.c" &&
	$CROSS -O1 -w -static -march=armv8.1-a -o "$dir/process-info" "$tests/process-info.c" || exit 1
T=$TRANSLATOR

# same NAME EXPECTED GOT: prints the result of test NAME.
same() {
	if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: expected '$2', got '$3'"; fi
}

# described WHO PROGRAM FORMAT PLATFORM: FORMAT is that of a pair in auxv.
described() {
	who=$1 program=$2
	TEST_MARK=described "$T" -0 'a name' "$program" pause 'two words' >/dev/null &
	process=$!
	n=0
	until [ "$(tr '\0' '|' <"/proc/$process/cmdline")" = 'a name|pause|two words|' ] || [ $n = 50 ]; do
		n=$((n + 1))
		sleep 0.1
	done
	same "${who}args" 'a name pause two words' "$(ps -o args= -p $process)"
	same "${who}comm" "${program##*/}" "$(ps -o comm= -p $process)"
	same "${who}pgrep" $process "$(pgrep -f '^a name pause two words$')"
	same "${who}environ" TEST_MARK=described "$(tr '\0' '\n' <"/proc/$process/environ" | grep ^TEST_)"
	same "${who}auxv" "$4" "$(python3 - $process "$3" "$4" <<-'EOP'
	import struct, sys
	process, pair, platform = sys.argv[1:]
	AT_PLATFORM = 15
	data = open(f"/proc/{process}/auxv", "rb").read()
	auxv = dict(struct.iter_unpack(pair, data[:len(data) // struct.calcsize(pair) * struct.calcsize(pair)]))
	with open(f"/proc/{process}/mem", "rb", 0) as mem:
	    mem.seek(auxv[AT_PLATFORM])
	    print(mem.read(len(platform)).decode())
	EOP
	)"
	"$T" "$dir/hello" show "/proc/$process/maps" >"$dir/maps"
	same "${who}stack" 1 "$(grep -c '\[stack\]$' "$dir/maps")"
	same "${who}code" "$program" "$(grep -m 1 r-x "$dir/maps" | sed 's/.* //')"
	kill $process
	wait
}

described "" "$dir/hello" QQ aarch64
hf=arm-linux-gnueabihf-gcc
if command -v $hf >/dev/null && $hf -O1 -static -o "$dir/hello32" "$tests/files/hello.c"; then
	described armhf/ "$dir/hello32" II v7l
	same armhf/reach "" "$(grep -vE '^[0-9a-f]{8}-[0-9a-f]{8} ' "$dir/maps")"
else
	echo "skip armhf: $hf is not installed"
fi

if "$dir/no-set-mm" /bin/true; then
	"$dir/no-set-mm" "$T" "$dir/process-info" | sed -n -E 's,^(ok|not ok) ,&undescribed/,p'
else
	echo "skip undescribed: the kernel has no seccomp filters"
fi
echo "done"
