# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2086 # $run is words
# systemd-nspawn: a directory as a container. (The boot test has one with systemd in it.)

suite_nspawn() {
	mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null
	for p in $PLATFORMS; do
		platform "$p"
		run="systemd-nspawn --quiet --register=no --keep-unit --private-network --pipe -D $out/$debian/tree"
		same "$debian/uname" "$machine" $run uname -m
		same "$debian/pid2" "$machine" $run --as-pid2 sh -c 'uname -m | cat'
		same "$debian/strict" "$machine 55" $run --read-only --drop-capability=all --no-new-privileges=yes \
			sh -c 'echo $(uname -m) $(seq 10 | busybox awk "{ s += \$1 } END { print s }")'
		same "$debian/status" 7 sh -c "$run sh -c 'exit 7'; echo \$?"
	done
}
