# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Makes a Debian for each architecture of ARM, run by our translator, and one for amd64 with the same programs, for tests that compare
# these. The test sets $SOURCE_DIR, $BUILD_DIR, $out (where they are made), $PACKAGES (what is installed) and $ARCHES before it
# sources this, which ends the test where the one for amd64 cannot be made, and takes out of $ARCHES what cannot be made.
translator=$BUILD_DIR/translator/binfmt-translator
. "$SOURCE_DIR/scripts/suite.sh"

# entry_machine ARCH: prints what tests/real/namespace calls its programs.
entry_machine() {
	case $1 in
	arm64) echo arm64 ;;
	*) echo arm ;;
	esac
}

# in_root ARCH COMMAND...: runs it in that Debian, with $interpreter instead of our translator, and for programs of $foreign instead of the
# Debian's own, where these are set.
in_root() {
	root=$out/$1 entry=$(entry_machine "${foreign:-$1}")
	shift
	ENTRY_MACHINE=$entry "$SOURCE_DIR/tests/real/namespace" "${interpreter:-$translator}" sh -c '
		mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/run" && exec chroot "$0" "$@"' "$root" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@" </dev/null
}

# make_root ARCH: makes a Debian for it, with the packages installed by its own apt-get.
make_root() {
	[ -e "$out/$1/complete" ] && return
	rm -rf "${out:?}/$1"
	start=$(date +%s)
	# The suite alone: updates come for one architecture before another, and then versions would differ.
	ENTRY_MACHINE=$(entry_machine "$1") "$SOURCE_DIR/tests/real/namespace" "$translator" mmdebstrap --mode=root --variant=essential \
		--skip=check/qemu --architectures="$1" --include=apt bookworm "$out/$1" "deb http://deb.debian.org/debian bookworm main" \
		>"$out/$1.mmdebstrap.log" 2>&1 || return 1
	echo "$1: mmdebstrap took $(($(date +%s) - start)) s"
	cp /etc/resolv.conf /etc/hosts "$out/$1/etc/"
	# shellcheck disable=SC2086 # words
	start=$(date +%s)
	in_root "$1" sh -c 'apt-get -q update
		DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@"' sh $PACKAGES >"$out/$1.apt.log" 2>&1 || return 1
	echo "$1: apt-get install took $(($(date +%s) - start)) s"
	touch "$out/$1/complete"
}

# compare SCRIPT [PART...]: runs a script of tests/real, or parts of it, in all Debians, with what is in the folder of its name, and checks
# that it prints the lines that it prints for amd64.
compare() {
	script=$1 name=programs
	shift
	[ $# != 1 ] || name=$1
	for arch in amd64 $ARCHES; do
		rm -rf "$out/$arch/tmp/${script%.sh}"
		cp -r "$SOURCE_DIR/tests/real/${script%.sh}"* "$out/$arch/tmp/"
		log=$out/$arch.$name start=$(date +%s)
		in_root "$arch" bash "/tmp/$script" "$@" >"$log.out" 2>"$log.err" || fail "$arch/$name" "$(tail -n 2 "$log.err")"
		echo "$arch/$name: $(($(date +%s) - start)) s"
	done
	for arch in $ARCHES; do
		while IFS= read -r line; do
			if grep -qxF -- "$line" "$out/$arch.$name.out"; then
				pass
			else
				fail "$arch/${line%% *}" "expected '$line', got '$(grep "^${line%% *} " "$out/$arch.$name.out")'"
			fi
		done <"$out/amd64.$name.out"
	done
}

mkdir -p "$out"
command -v mmdebstrap >/dev/null && command -v arch-test >/dev/null || {
	skip "${out##*/}" "mmdebstrap or arch-test is not installed"
	finish
}
made=
for arch in amd64 $ARCHES; do
	if make_root "$arch"; then
		pass
		made="$made $arch"
	else
		fail "$arch/root" "$(tail -n 1 "$out/$arch.apt.log" "$out/$arch.mmdebstrap.log" 2>/dev/null | tr '\n' ' ')"
		[ "$arch" != amd64 ] || finish
	fi
done
ARCHES=${made# amd64}
