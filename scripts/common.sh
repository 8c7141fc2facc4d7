# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What ./try and ./check share. Sourced with the current directory at the top of the source tree.

BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkgconf libsystemd-dev libgcrypt20-dev libinih-dev libjson-c-dev"
TRY_PACKAGES="mmdebstrap util-linux"
# What scripts/make-packages takes beside those of BUILD_PACKAGES.
PACKAGING_PACKAGES="debhelper dpkg-dev gettext git libcmocka-dev"
# qemu-user-static serves the tests only, as an oracle; binfmtd itself never needs it.
TEST_PACKAGES="clang clang-format libclang-rt-dev libcmocka-dev libmpfr-dev gcc-aarch64-linux-gnu g++-aarch64-linux-gnu
	libc6-dev-arm64-cross gcc-arm-linux-gnueabihf libc6-dev-armhf-cross gcc-arm-linux-gnueabi libc6-dev-armel-cross libc6-dev-i386
	qemu-user-static mmdebstrap arch-test uidmap util-linux python3 procps libcap2-bin systemd systemd-container gettext
	dbus-daemon strace python3-yaml zsh fish xfsprogs btrfs-progs"

# lib32gcc_package: prints what gcc -m32 needs beside libc6-dev-i386. Its name has the version of gcc, which is installed by then.
lib32gcc_package() {
	LC_ALL=C apt-cache depends gcc | sed -nE 's/^ *Depends: gcc-([0-9]+)$/lib32gcc-\1-dev/p'
}

say() {
	printf '%s: %s\n' "${0##*/}" "$*"
}

# die WORD...: prints the reason and exits. "ended" tells a caller's trap of EXIT that nothing more needs to be said.
die() {
	ended=yes
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

APT_PATIENCE=600 # seconds

# apt_get LOG WORD...: apt-get, whose output is added to LOG. While another program holds a lock of apt or dpkg, this says so, and
# tries again for APT_PATIENCE seconds. The option DPkg::Lock::Timeout would wait without a word, and not for the locks of the
# lists and of the archives.
apt_get() {
	apt_log=$1 apt_end=$(($(date +%s) + APT_PATIENCE)) apt_told=
	shift
	until LC_ALL=C apt-get -q -y "$@" </dev/null >"$apt_log.new" 2>&1; do
		apt_lock=$(sed -nE 's/^E: Could not get lock (.*)/\1/p; s/.*(lock (is|was) locked by another process.*)/dpkg: \1/p' \
			"$apt_log.new" | head -n 1)
		if [ -z "$apt_lock" ] || [ "$(date +%s)" -ge $apt_end ]; then
			cat "$apt_log.new" >>"$apt_log"
			rm -f "$apt_log.new"
			return 1
		fi
		[ -n "$apt_told" ] ||
			say "waiting for another program that installs packages (lock $apt_lock), for up to $APT_PATIENCE seconds"
		apt_told=1
		sleep 1
	done
	cat "$apt_log.new" >>"$apt_log"
	rm -f "$apt_log.new"
}

# say_left_out LOG: prints which lists "apt-get update" could not fetch or verify. The others are used all the same; whether they
# are enough is seen when packages are fetched.
say_left_out() {
	say "some lists of packages cannot be had or do not verify, and are left out:" >&2
	grep '^E:' "$1" | head -n 5 >&2 || true
}

# bootstrap LOG SUITE TARGET MMDEBSTRAP...: makes a Debian with this command and its options. mmdebstrap stops where any list does
# not verify; if that is not the list of the suite itself, this is done once more without updates and security.
bootstrap() {
	bs_log=$1 bs_suite=$2 bs_target=$3
	shift 3
	"$@" "$bs_suite" "$bs_target" >"$bs_log" 2>&1 && return
	grep -q -e "^E: The repository .*$bs_suite-" -e "^E: Release file .*$bs_suite-" \
		-e "^E: Failed to fetch .*/dists/$bs_suite-" "$bs_log" || return
	say_left_out "$bs_log"
	rm -rf "$bs_target"
	"$@" "$bs_suite" "$bs_target" "deb http://deb.debian.org/debian $bs_suite main" >"$bs_log" 2>&1
}

# install_packages PACKAGE...: installs what is missing, and does nothing at all when nothing is.
install_packages() {
	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
		die "this needs a Debian machine, 12 or later (apt-get and dpkg);" \
			"elsewhere build with: cmake --preset release && cmake --build build"
	todo=$(missing_packages "$@")
	[ -n "$todo" ] || { say "all packages that are needed are installed"; return 0; }
	say "installing: $todo"
	mkdir -p build
	export DEBIAN_FRONTEND=noninteractive
	: >build/apt.log
	apt_get build/apt.log update || say_left_out build/apt.log
	# shellcheck disable=SC2086 # a list of words on purpose
	apt_get build/apt.log --no-install-recommends install $todo ||
		{
			tail -15 build/apt.log >&2
			die "apt-get could not install $todo(all of its output: build/apt.log);" \
				"check the network and /etc/apt/sources.list, then run this again"
		}
}

# process_limits: prints what limits the number of processes. It makes no process itself, because it is called where none can be
# made.
process_limits() {
	while read -r word1 word2 soft _; do
		[ "$word1 $word2" != "Max processes" ] || echo "    at most $soft processes of one user (ulimit -u)"
	done </proc/self/limits
	while IFS=: read -r id controllers group; do
		case $id,,$controllers, in
		0,,,) group=/sys/fs/cgroup$group ;;
		*,pids,*) group=/sys/fs/cgroup/pids$group ;;
		*) continue ;;
		esac
		# The limit may be that of any group above.
		while [ "${group#/sys/fs/cgroup}" != "$group" ]; do
			limit=max now=several
			[ ! -r "$group/pids.max" ] || read -r limit <"$group/pids.max"
			[ ! -r "$group/pids.current" ] || read -r now <"$group/pids.current"
			[ "$limit" = max ] || echo "    at most $limit processes in $group (pids.max), of which there are $now"
			group=${group%/*}
		done
	done </proc/self/cgroup
}

# cannot_fork LOG: true if a program says in the log that the kernel let it make no more processes or threads (EAGAIN).
cannot_fork() {
	unavailable="resource temporarily unavailable"
	grep -qiE -e "(cannot|can't|could not|unable to|failed to) fork|BlockingIOError" \
		-e "(fork:|clone|pthread_create|posix_spawn).*$unavailable" "$1"
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
