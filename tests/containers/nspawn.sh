# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2086,SC2016 # $run is words; scripts are for another shell
# systemd-nspawn: a directory as a container, and one with a system that boots.

# A whole system: its service manager starts, has nothing to complain about, and stops.
nspawn_boot() {
	machine_root=$out/$debian/machine
	rm -rf "$machine_root" && mkdir -p "$machine_root/etc/systemd/system/multi-user.target.wants" &&
		tar -C "$machine_root" --exclude='./dev/*' -xf "$out/$debian/base-layer.tar" ||
		{ fail "$suite/$debian/boot" "it cannot be unpacked"; return; }
	ln -s ../report.service "$machine_root/etc/systemd/system/multi-user.target.wants/"
	cat >"$machine_root/etc/systemd/system/report.service" <<-'EOF'
		[Unit]
		After=systemd-logind.service dbus.service
		[Service]
		Type=oneshot
		ExecStart=/bin/sh -c '(uname -m; systemctl is-active dbus systemd-logind; systemctl list-units --failed --no-legend) >/report'
		ExecStopPost=systemctl poweroff --no-block
	EOF
	# systemd-nspawn moves the processes of its control group.
	status "$debian/boot" 0 sh -c 'mkdir -p /sys/fs/cgroup/boot && echo $$ >/sys/fs/cgroup/boot/cgroup.procs &&
		exec systemd-nspawn --register=no --keep-unit --private-network --console=pipe --boot -D "$0"' "$machine_root"
	same "$debian/boot-report" "$(printf '%s\nactive\nactive' "$machine")" cat "$machine_root/report"
}

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
		[ -z "$CONTAINERS_LONG" ] || nspawn_boot
	done
}
