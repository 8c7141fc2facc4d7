# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2016,SC2154,SC2015,SC2034
# A Debian that boots in a container with user ids, network and binfmt_misc of its own; the machine's entries stay as they
# are. Sourced by what tests booting: SOURCE_DIR, BUILD_DIR and work (a directory) are set.

MACHINE_PACKAGES="systemd systemd-sysv dbus procps kmod init-system-helpers libinih1 libjson-c5"
passed=0 failed=0 skipped=0
machine='' leader=''

finish() {
	[ -z "$machine" ] || stop_machine
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed -eq 0 ]
	exit
}

skip_all() {
	echo "SKIP boot: $1"
	skipped=$((skipped + 1))
	finish
}

# check NAME COMMAND...: counts it; the last line of its output is the reason where it fails.
check() {
	name=$1
	shift
	if why=$("$@" 2>&1); then
		[ -z "${VERBOSE-}" ] || echo "ok $name: $(printf "%s\n" "$why" | tail -n 1)"
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $name: $(printf '%s\n' "$why" | tail -n 1)"
		printf '%s\n' "$why" | sed 's/^/    /'
	fi
}

need_machine() {
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	command -v systemd-nspawn >/dev/null || skip_all "no systemd-nspawn (package systemd-container)"
	command -v mmdebstrap >/dev/null || skip_all "no mmdebstrap"
}

# base_root: makes $BUILD_DIR/boot/base, a Debian without any of ours.
base_root() {
	base=$BUILD_DIR/boot/base
	[ "$(cat "$base/.packages" 2>/dev/null)" = "$MACHINE_PACKAGES" ] && return
	rm -rf "$base"
	mkdir -p "$BUILD_DIR/boot"
	# shellcheck disable=SC2086 # one list, separated by commas
	mmdebstrap --mode=root --variant=minbase --include="$(echo $MACHINE_PACKAGES | tr ' ' ,)" bookworm "$base" \
		>"$BUILD_DIR/boot/mmdebstrap.log" 2>&1 || return 1
	echo "$MACHINE_PACKAGES" >"$base/.packages"
}

# new_root DIR: a copy, with a program for arm64 in /root that says "ran".
new_root() {
	cp -a --reflink=auto "$BUILD_DIR/boot/base" "$1" || return 1
	printf '#include <stdio.h>\nint main(void) { puts("ran"); return 0; }\n' >"$work/program.c"
	aarch64-linux-gnu-gcc -static -O1 -o "$1/root/program" "$work/program.c"
}

# newer_packages DIR: packages like those in PACKAGES with a higher version, whose translator is a program that says so instead
# of translating: DIR/binfmtd-newer.deb and DIR/binfmt-translator-newer.deb.
newer_packages() {
	printf '#include <unistd.h>\nint main(void) { return write(1, "upgraded\\n", 9) != 9; }\n' >"$work/upgraded.c"
	gcc -static -O1 -o "$work/upgraded" "$work/upgraded.c" || return 1
	for package in binfmtd binfmt-translator; do
		rm -rf "$work/unpacked"
		dpkg-deb --raw-extract "$PACKAGES/$package"_[0-9]*.deb "$work/unpacked" || return 1
		sed -i 's/^Version: .*/&+upgraded/' "$work/unpacked/DEBIAN/control"
		[ ! -e "$work/unpacked/usr/bin/binfmt-translator" ] || cp "$work/upgraded" "$work/unpacked/usr/bin/binfmt-translator"
		dpkg-deb --root-owner-group --build "$work/unpacked" "$1/$package-newer.deb" >/dev/null || return 1
	done
}

# exec_nspawn DIR ARGUMENT...: becomes systemd-nspawn, with the hierarchy of control groups that a service manager in it wants.
exec_nspawn() {
	# shellcheck disable=SC2016 # for the inner shell
	exec setsid unshare -m --propagation private sh -euc '
		mount -t tmpfs tmpfs /run
		umount -R /sys/fs/cgroup
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		mkdir -p "/sys/fs/cgroup/boot-$$"
		echo $$ >"/sys/fs/cgroup/boot-$$/cgroup.procs"
		exec systemd-nspawn --register=no --keep-unit --private-network --console=pipe -D "$@"' sh "$@" </dev/null
}

private_users="--private-users=524288:65536 --private-users-ownership=map"

# start_machine DIR: boots it, and returns when it has booted.
start_machine() {
	rm -f "$work/state"
	# shellcheck disable=SC2086 # two words
	exec_nspawn "$1" $private_users --boot >"$work/machine.log" 2>&1 &
	machine=$!
	n=0
	while [ $n -lt 300 ] && kill -0 $machine 2>/dev/null; do
		leader=$(pgrep -P $machine -x systemd) && in_machine systemctl is-system-running --wait >"$work/state" 2>&1
		case $(cat "$work/state" 2>/dev/null) in
		running | degraded) return 0 ;;
		esac
		sleep 0.2
		n=$((n + 1))
	done
	tail -n 5 "$work/state" "$work/machine.log"
	leader=''
	return 1
}

# in_machine COMMAND...: as root of the machine.
in_machine() {
	timeout 120 nsenter -t "$leader" -a /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive HOME=/root "$@"
}

stop_machine() {
	[ -z "$leader" ] || in_machine systemctl poweroff >/dev/null 2>&1
	n=0
	while kill -0 "$machine" 2>/dev/null && [ $n -lt 100 ]; do
		sleep 0.1
		n=$((n + 1))
	done
	kill -9 "$machine" 2>/dev/null
	wait "$machine"
	machine='' leader=''
}

# debian_packages DIR PACKAGE...: fetches these, without what they depend on, from wherever this machine gets its own.
debian_packages() {
	mkdir -p "$1"
	for package in $(shift && echo "$@"); do
		[ -n "$(find "$1" -name "${package}_*.deb")" ] && continue
		(cd "$1" && apt-get -q -o APT::Sandbox::User=root download "$package") >>"$1/apt.log" 2>&1 || return 1
	done
}

# until_true SECONDS COMMAND...
until_true() {
	n=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		n=$((n - 1))
		[ $n -gt 0 ] || return 1
		sleep 0.05
	done
}
