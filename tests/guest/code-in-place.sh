#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Code whose translations are executed in place, of an image of the cache, and whose pages change (files/page-blocks.c). Without an image, and by
# QEMU, the program must do the same; and the program must have such code at all.
set -u
dir=$OUT/code-in-place
mkdir -p "$dir"
$CROSS -std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread -I "$SOURCE_DIR/tests/guest" -o "$dir/page-blocks" "$SOURCE_DIR/tests/guest/files/page-blocks.c" || exit 1
run() {
	who=$1
	shift
	"$@" >"$dir/$who.out" 2>"$dir/$who.err"
	sed -n -E "s,^(ok|not ok|skip) ,&$who/,p" "$dir/$who.out"
	[ "$(tail -n 1 "$dir/$who.out")" = "done" ] || echo "not ok $who/whole: it ended early: $(tail -n 1 "$dir/$who.err")"
}
run plain "$BUILD_DIR/translator/binfmt-translator" "$dir/page-blocks"
run in-place "$SOURCE_DIR/tests/guest/in-place" -d stats "$dir/page-blocks"
# shellcheck disable=SC2086 # options
GUEST_ORACLE=qemu run qemu $QEMU "$dir/page-blocks"
if grep -q 'executed in place [1-9]' "$dir/in-place.err"; then echo "ok some-in-place"; else echo "not ok some-in-place: no page was executed in place"; fi
echo "done"
