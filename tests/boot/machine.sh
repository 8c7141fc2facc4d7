# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2016,SC2154,SC2015,SC2034
# Makes a Debian that boots in a container with user ids, network and binfmt_misc of its own; the machine's entries stay as they
# are. Sourced by the tests of booting, which set SOURCE_DIR, BUILD_DIR and work (a directory), and SUITE if another suite of
# Debian's is to be booted.

: "${SUITE:=bookworm}"
base=$BUILD_DIR/boot/base-$SUITE
MACHINE_PACKAGES="systemd systemd-sysv dbus procps kmod init-system-helpers libinih1 libjson-c5 libgcrypt20"
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

# check NAME COMMAND...: runs and counts a check. Where it fails, the last line of its output is the reason, and the daemon's last
# messages follow.
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
		[ -z "$leader" ] || in_machine journalctl --unit=binfmtd --no-pager --lines=10 --output=short-monotonic 2>&1 | sed 's/^/    | /'
	fi
}

# Packages with which a machine is made and started; other programs that this takes are in every Debian.
BOOT_PACKAGES="mmdebstrap systemd systemd-container procps gcc libc6-dev gcc-aarch64-linux-gnu libc6-dev-arm64-cross"

# need_packages PACKAGE...: installs those of them that are missing, or ends the test.
need_packages() {
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	(cd "$SOURCE_DIR" && . scripts/common.sh && install_packages "$@") >"$work/log" 2>&1 ||
		skip_all "the packages that this takes: $(tail -n 1 "$work/log")"
}

need_machine() {
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	command -v systemd-nspawn >/dev/null || skip_all "no systemd-nspawn (package systemd-container)"
	command -v mmdebstrap >/dev/null || skip_all "no mmdebstrap"
}

# suite_validity: prints the line of apt's configuration that says whether lists of packages are only valid for a time, as this
# machine has it.
suite_validity() {
	valid=true
	eval "$(apt-config shell valid Acquire::Check-Valid-Until/b)"
	echo "Acquire::Check-Valid-Until \"$valid\""
}

# suite_apt PROGRAM WORD...: runs apt-get or apt-cache for the Debian in $base, with its sources of packages; everything that it
# writes is in $base.apt.
suite_apt() {
	program=$1
	shift
	mkdir -p "$base.apt/lists/partial" "$base.apt/archives/partial"
	"$program" -q -o "Dir::Etc=$base/etc/apt/" -o Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d/ -o "Dir::State=$base.apt" \
		-o "Dir::State::status=$base/var/lib/dpkg/status" -o "Dir::Cache=$base.apt" -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o APT::Update::Post-Invoke=true "$@" </dev/null
}

# QEMU's packages in that Debian, the interpreter that they register, and whether binfmt-support registers it: from Debian 13 on they bring
# no format file for it.
qemu_packages="qemu-user qemu-user-binfmt" qemu=/usr/bin/qemu-aarch64 qemu_imported=no
case $SUITE in
bookworm) qemu_packages=qemu-user-static qemu=/usr/libexec/qemu-binfmt/aarch64-binfmt-P qemu_imported=yes ;;
trixie) qemu=/usr/libexec/qemu-binfmt/aarch64-binfmt-P ;;
esac

# base_root: makes $base, a Debian without any of ours.
base_root() {
	[ "$(cat "$base/.packages" 2>/dev/null)" = "$MACHINE_PACKAGES" ] && return
	rm -rf "$base"
	mkdir -p "$BUILD_DIR/boot"
	# shellcheck disable=SC2086 # one list, separated by commas
	(. "$SOURCE_DIR/scripts/common.sh" && bootstrap "$base.log" "$SUITE" "$base" \
		mmdebstrap --mode=root --variant=minbase --include="$(echo $MACHINE_PACKAGES | tr ' ' ,)" --aptopt="$(suite_validity)") ||
			return 1
	echo "$MACHINE_PACKAGES" >"$base/.packages"
}

# new_root DIR: copies $base, and puts a program for arm64 into /root that prints "ran".
new_root() {
	cp -a --reflink=auto "$base" "$1" || return 1
	printf '#include <stdio.h>\nint main(void) { puts("ran"); return 0; }\n' >"$work/program.c"
	aarch64-linux-gnu-gcc -static -O1 -o "$1/root/program" "$work/program.c"
}

# repack DIR WORD TRANSLATOR: makes DIR/binfmtd-WORD.deb and DIR/binfmt-translator-WORD.deb, copies of those in PACKAGES with a higher
# version and this translator.
repack() {
	for package in binfmtd binfmt-translator; do
		rm -rf "$work/unpacked"
		dpkg-deb --raw-extract "$PACKAGES/$package"_[0-9]*.deb "$work/unpacked" || return 1
		sed -i "s/^Version: .*/&+$2/" "$work/unpacked/DEBIAN/control"
		[ ! -e "$work/unpacked/usr/bin/binfmt-translator" ] || cp "$3" "$work/unpacked/usr/bin/binfmt-translator"
		dpkg-deb --root-owner-group --build "$work/unpacked" "$1/$package-$2.deb" >/dev/null || return 1
	done
}

# newer_packages DIR: makes DIR/binfmtd-newer.deb and DIR/binfmt-translator-newer.deb, whose translator prints "upgraded" instead of
# translating.
newer_packages() {
	printf '#include <unistd.h>\nint main(void) { return write(1, "upgraded\\n", 9) != 9; }\n' >"$work/upgraded.c"
	gcc -static -O1 -o "$work/upgraded" "$work/upgraded.c" && repack "$1" newer "$work/upgraded"
}

# rebuilt_packages DIR: makes DIR/binfmtd-rebuilt.deb and DIR/binfmt-translator-rebuilt.deb, whose translator translates, but is of another
# build: its version begins with 9, and its build ID differs.
rebuilt_packages() {
	rm -rf "$work/unpacked"
	dpkg-deb -x "$PACKAGES"/binfmt-translator_[0-9]*.deb "$work/unpacked" || return 1
	perl -0777 -pe 's/binfmt-translator \K\d(?=[0-9.]+ \()/9/ or die; s/\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0\K(.)/chr(ord($1) ^ 255)/se or die' \
		"$work/unpacked/usr/bin/binfmt-translator" >"$work/rebuilt" && chmod 755 "$work/rebuilt" && repack "$1" rebuilt "$work/rebuilt"
}

# exec_nspawn DIR ARGUMENT...: executes systemd-nspawn with the hierarchy of control groups that a service manager in it needs.
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

# in_machine COMMAND...: runs it as root of the machine.
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

# debian_packages DIR PACKAGE...: fetches packages of the Debian in $base into DIR, without what they depend on. Those that DIR
# has are not fetched again.
debian_packages() {
	debs_dir=$1
	shift
	mkdir -p "$debs_dir"
	wanted=$(for package in "$@"; do [ -n "$(find "$debs_dir" -name "${package}_*.deb")" ] || echo "$package"; done)
	[ -n "$wanted" ] || return 0
	# shellcheck disable=SC2086 # words
	(cd "$debs_dir" && suite_apt apt-get update && suite_apt apt-get download $wanted) >"$debs_dir/apt.log" 2>&1
}

# until_true SECONDS COMMAND...: waits for so long at most until the command succeeds.
until_true() {
	n=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		n=$((n - 1))
		[ $n -gt 0 ] || return 1
		sleep 0.05
	done
}
