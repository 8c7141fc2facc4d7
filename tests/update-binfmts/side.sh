# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2317 # work, which, here are from run; the functions are called by the invocations
# One side of the comparison: does each line of the file invocations, and writes down what came of it.
side=$work/state
out=$work/$which
PATH=$work/bin-$which:$PATH
export BINFMTD_CONFDIRS="$side/conf" BINFMTD_STATEDIR="$side/records" BINFMTD_BINFMT_D="$side/binfmt.d"
mount -t tmpfs -o mode=755 side "$side" && cd "$side" || exit 1

u() {
	update-binfmts --admindir "$side/admin" --importdir "$side/import" --procdir "$side/bm" "$@"
}

# format NAME [LINE]...: writes a package's format file with these lines.
format() {
	name=$1
	shift
	printf '%s\n' "$@" >"import/$name"
}

# foreign LINE: registers an entry as somebody else would.
foreign() {
	printf '%s' "$1" >bm/register
}

reset() {
	umount bm 2>/dev/null
	rm -rf -- * && mkdir admin import bm conf && mount -t binfmt_misc b bm
	[ ! -e bm/register ] || for entry in bm/*; do
		case $entry in
		*/register | */status) ;;
		*) echo -1 >"$entry" ;;
		esac
	done
	printf 'AB\001\002 some text\n' >file.ab
	printf '\177XYZ\n' >file.xyz
	: >file.jar
	printf '#!/bin/sh\nexit 0\n' >yes
	printf '#!/bin/sh\nexit 1\n' >no
	chmod +x yes no file.*
}

# Prints the database and the kernel's entries as text.
state() {
	for file in admin/* bm/*; do
		case $file in
		*/\* | */register | */status) continue ;;
		esac
		echo "== $file"
		[ ! -f "$file" ] || cat "$file"
	done
}

number=0
while IFS= read -r line; do
	case $line in
	'' | '#'*) continue ;;
	esac
	number=$((number + 1))
	eval "$line" >"$out/$number.stdout" 2>"$out/$number.stderr" </dev/null
	echo $? >"$out/$number.status"
	state >"$out/$number.state" 2>&1
done <"$here/invocations"
exit 0
