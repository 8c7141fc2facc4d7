#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs run as usual where memory that is both writable and executable is refused, where only files may be executed (as by SELinux's execmem and
# execmod), by an image too, and with -opt no-wx.
set -u
dir=$OUT/no-wx
mkdir -p "$dir"
files=$SOURCE_DIR/tests/guest/files
gcc -O1 -o "$dir/no-wx" "$files/no-wx.c" && gcc -O1 -o "$dir/no-execmem" "$files/no-execmem.c" && $CROSS -O1 -static -o "$dir/each" "$files/each.c" &&
	$CROSS -O1 -static -o "$dir/hello" "$files/hello.c" && $CROSS -O1 -o "$dir/dynamic" "$files/hello.c" || exit 1
T=$TRANSLATOR
"$dir/no-wx" /bin/true
if [ $? = 77 ]; then
	echo "skip no-wx: the kernel cannot refuse such memory (PR_SET_MDWE, Linux 6.3)"
	echo done
	exit
fi

# runs NAME OUTPUT COMMAND...: the command must print that and end with status 0.
runs() {
	name=$1 want=$2
	shift 2
	got=$(timeout -k 2 30 "$@" 2>"$dir/err" </dev/null)
	status=$?
	if [ $status = 0 ] && [ "$got" = "$want" ]; then
		echo "ok $name"
	else
		echo "not ok $name: status $status, prints '$got': $(head -n 2 "$dir/err")"
	fi
}

image=$SOURCE_DIR/tests/guest/in-place
for how in "$dir/no-wx $T" "$dir/no-execmem $T" "$dir/no-execmem $image" "$T -opt no-wx" "$T -opt no-wx,no-share"; do
	kind=$(echo "$how" | sed 's,[^ ]*/,,g' | tr ' ' _)
	# shellcheck disable=SC2086 # words
	runs "$kind/static" "hello [$dir/hello]" $how "$dir/hello"
	# shellcheck disable=SC2086
	runs "$kind/dynamic" "hello [$dir/dynamic]" $how -L "$SYSROOT" "$dir/dynamic"
	# shellcheck disable=SC2086
	runs "$kind/fork" "hello [$dir/hello]
hello [$dir/hello]" $how "$dir/each" "$dir/hello" "$dir/hello"
done
# What is executed from the image is not refused.
pages=$("$dir/no-execmem" "$image" -d stats "$dir/hello" 2>&1 | sed -n 's/.*pages executed in place //p')
if [ "${pages:-0}" -gt 10 ]; then echo "ok no-execmem/in-place"; else echo "not ok no-execmem/in-place: ${pages:-no} pages are"; fi
echo done
