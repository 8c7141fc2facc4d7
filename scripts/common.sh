# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What ./try and ./check share. Sourced with the current directory at the top of the source tree.

BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkgconf libsystemd-dev libinih-dev libjson-c-dev"
TRY_PACKAGES="mmdebstrap util-linux"
# qemu-user-static serves the tests only, as an oracle; binfmtd itself never needs it.
TEST_PACKAGES="clang-14 libclang-rt-14-dev libcmocka-dev libmpfr-dev gcc-aarch64-linux-gnu g++-aarch64-linux-gnu libc6-dev-arm64-cross
	qemu-user-static mmdebstrap arch-test uidmap util-linux python3 procps libcap2-bin systemd systemd-container gettext dbus-daemon
	strace python3-yaml zsh fish xfsprogs"

say() {
	printf '%s: %s\n' "${0##*/}" "$*"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

need_root() {
	[ "$(id -u)" = 0 ] || die "this needs root; run it as: sudo ./${0##*/}"
}

# missing_packages PACKAGE...: prints those that are not installed.
missing_packages() {
	for p in "$@"; do
		dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^ii' || printf '%s ' "$p"
	done
}

# install_packages PACKAGE...: installs what is missing, and does nothing at all when nothing is.
install_packages() {
	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
		die "this needs a Debian 12 machine (apt-get and dpkg); elsewhere build with: cmake --preset release && cmake --build build"
	todo=$(missing_packages "$@")
	[ -n "$todo" ] || { say "all packages that are needed are installed"; return 0; }
	say "installing: $todo"
	mkdir -p build
	export DEBIAN_FRONTEND=noninteractive
	apt-get -q update </dev/null >build/apt.log 2>&1 ||
		{ tail -5 build/apt.log >&2; die "apt-get update failed; check the network and /etc/apt/sources.list, then run this again"; }
	# shellcheck disable=SC2086 # a list of words on purpose
	apt-get -q -y --no-install-recommends install $todo </dev/null >>build/apt.log 2>&1 ||
		{ tail -15 build/apt.log >&2; die "apt-get could not install $todo(all of its output: build/apt.log); repair that and run this again"; }
}

# build_preset PRESET DIR [TARGET...]: configures and builds, quietly when all is well.
build_preset() {
	preset=$1 dir=$2
	shift 2
	mkdir -p "$dir"
	say "building ($preset) into $dir/"
	if ! cmake --preset "$preset" >"$dir/configure.log" 2>&1; then
		tail -30 "$dir/configure.log" >&2
		say "configuring failed; all of the output is in $dir/configure.log" >&2
		return 1
	fi
	if ! cmake --build "$dir" --parallel "$(nproc)" ${1:+--target "$@"} >"$dir/build.log" 2>&1; then
		grep -E -A12 'error|FAILED' "$dir/build.log" | head -60 >&2
		say "the build failed; all of the output is in $dir/build.log" >&2
		return 1
	fi
}
