# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2016,SC2154,SC2015,SC2034
# What must be so in a machine that has booted with binfmtd. Each check prints the reason where it fails. Needs machine.sh
# and, for the cache, cache.sh.

expect() { # WHAT EXPECTED GOT
	[ "$2" = "$3" ] || {
		echo "$1: expected <$2>, got <$3>"
		return 1
	}
}

unit_property() {
	in_machine systemctl show binfmtd.service --property="$1" --value
}

check_no_failed_unit() {
	failed_units=$(in_machine systemctl list-units --failed --plain --no-legend) || return 1
	expect "failed units" "" "$failed_units"
}

check_entry() {
	in_machine cat /proc/sys/fs/binfmt_misc/qemu-aarch64 >"$work/entry" || return 1
	expect "the entry's state" enabled "$(head -n 1 "$work/entry")" &&
		expect "interpreter" "interpreter $1" "$(sed -n 2p "$work/entry")" &&
		expect "flags" "flags: POCF" "$(sed -n 3p "$work/entry")"
}

# Services that run foreign programs start after sysinit.target; by then the entries must be there.
check_order() {
	ready=$(unit_property ActiveEnterTimestampMonotonic)
	sysinit=$(in_machine systemctl show sysinit.target --property=ActiveEnterTimestampMonotonic --value)
	[ "$ready" -gt 0 ] && [ "$ready" -le "$sysinit" ] || {
		echo "ready at $ready us, sysinit.target at $sysinit us"
		return 1
	}
}

check_program() {
	expect "./program" ran "$(in_machine sh -c 'cd /root && ./program')"
}

# With the flag F the translator's file need not be in the chroot.
check_program_in_chroot() {
	expect "chroot" ran "$(in_machine sh -c 'mkdir -p /tmp/c && cp /root/program /tmp/c/ && chroot /tmp/c /program')"
}

# The journal has no warnings of binfmtd's, and none of others about it. What the service manager says of every unit where control
# groups have no controllers, as in this container, does not count.
check_journal() {
	in_machine journalctl --boot --quiet --no-pager --output=cat --priority=warning --unit=binfmtd |
		grep -v "Failed to read pids.max" >"$work/ours"
	in_machine journalctl --boot --quiet --no-pager --output=cat --priority=warning | grep -v "Failed to read pids.max" >"$work/all"
	in_machine journalctl --boot --quiet --no-pager --unit=binfmtd | grep -q Started || {
		echo "the journal has nothing"
		return 1
	}
	expect "warnings" "" "$(cat "$work/ours")" && expect "warnings on it" "" "$(grep -i binfmt "$work/all")"
}

# A restart of systemd-binfmt removes everybody's entries. Where the condition of its unit fails, its program is run instead.
check_systemd_binfmt_restart() {
	in_machine sh -c 'systemctl restart systemd-binfmt.service && systemctl --quiet is-active systemd-binfmt.service ||
		/lib/systemd/systemd-binfmt' || return 1
	until_true 1 check_program || {
		echo "a second later: $(check_program)"
		return 1
	}
}

# exec_time: prints when the daemon was executed. systemd does much between fork and that from version 255 on, which executes a
# program of its own there; from 256 on the two times are told apart.
exec_time() {
	handed=$(unit_property ExecMainHandoffTimestampMonotonic)
	[ -n "$handed" ] && echo "$handed" || unit_property ExecMainStartTimestampMonotonic
}

# The best of several starts counts, because the machine may be busy.
check_start_time() {
	best=1000000000
	for _ in 1 2 3 4 5 6; do
		in_machine systemctl restart binfmtd.service || return 1
		started=$(exec_time)
		ready=$(unit_property ActiveEnterTimestampMonotonic)
		[ $((ready - started)) -ge $best ] || best=$((ready - started))
		in_machine systemctl reset-failed binfmtd.service
	done
	limit=$((${READY_LIMIT:-30000} * $(slowness)))
	echo "start to READY: $best us, allowed are $limit"
	[ $best -lt $limit ]
}

# slowness: how many times as long as on the machine of the limits, where it takes less than 40 ms, this one takes to execute a program twenty
# times: the least of three measurements, rounded up.
slowness() {
	least=1000000
	for _ in 1 2 3; do
		from=$(date +%s%N)
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do /bin/true; done
		took=$((($(date +%s%N) - from) / 1000))
		[ $took -ge $least ] || least=$took
	done
	echo $((1 + least / 40000))
}

check_memory() {
	kib=$(in_machine sh -c 'cat /proc/$(systemctl show binfmtd --property=MainPID --value)/smaps_rollup' |
		awk '/^Private_/ { n += $2 } END { print n }')
	echo "private memory: $kib KiB"
	[ "$kib" -gt 0 ] && [ "$kib" -lt 2048 ]
}

switches() {
	in_machine sh -c 'grep ctxt_switches /proc/$(systemctl show binfmtd --property=MainPID --value)/status' |
		awk '{ n += $2 } END { print n }'
}

check_no_wake_ups() {
	sleep 1
	before=$(switches)
	sleep 5
	[ -n "$before" ] && expect "context switches in five idle seconds" "$before" "$(switches)"
}

check_exposure() {
	exposure=$(in_machine systemd-analyze security --no-pager binfmtd.service |
		sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
	echo "exposure: $exposure"
	# Of this, 0.8 is what the cache of translations takes: the rights to look at processes, and to give others to a worker.
	[ -n "$exposure" ] && echo "$exposure" | awk '{ exit !($1 <= 3.7) }'
}

# Each protection that is not on, or not fully, has its reason in a comment of the unit.
check_protections_explained() {
	in_machine sh -c 'cat "$(systemctl show binfmtd --property=FragmentPath --value)"' | grep '^#' >"$work/comments" || return 1
	off=$(in_machine systemd-analyze security --no-pager binfmtd.service | sed -n 's/^✗ *\([A-Za-z]*=\).*/\1/p' | sort -u)
	[ -n "$off" ] || {
		echo "systemd-analyze names none"
		return 1
	}
	missing=$(for option in $off; do grep -q "\b$option" "$work/comments" || echo "$option"; done)
	expect "not explained" "" "$missing"
}

# If the daemon had a mount namespace of its own, the host would not see binfmt_misc that it mounts.
check_mount_namespace() {
	of_manager=$(in_machine readlink /proc/1/ns/mnt) || return 1
	expect "mount namespace" "$of_manager" \
		"$(in_machine sh -c 'readlink /proc/$(systemctl show binfmtd --property=MainPID --value)/ns/mnt')"
}

# A drop-in gives the daemon a mount namespace all the same, and there is no automount: programs run, the journal says why nobody
# sees the entries, and they are seen as soon as binfmt_misc is mounted as it says.
check_own_mounts() {
	in_machine sh -ec '
		mkdir -p /run/systemd/system/binfmtd.service.d
		printf "[Service]\nPrivateMounts=yes\n" >/run/systemd/system/binfmtd.service.d/mounts.conf
		systemctl daemon-reload
		systemctl stop binfmtd
		umount /proc/sys/fs/binfmt_misc
		systemctl reset-failed binfmtd
		systemctl start binfmtd
		/root/program
		[ ! -e /proc/sys/fs/binfmt_misc/status ] || { echo "it is mounted for others"; exit 1; }
		journalctl --unit=binfmtd --no-pager --output=cat --lines=20 | grep -q "gives it a mount namespace of its own" || {
			echo "the journal does not say it"
			exit 1
		}
		mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
		[ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || { echo "not there when it has been mounted"; exit 1; }
		rm -r /run/systemd/system/binfmtd.service.d
		systemctl daemon-reload
		systemctl restart binfmtd' && check_program && check_mount_namespace
}

# while_running COMMAND...: runs it, and fails if a program in the machine could not be executed meanwhile.
while_running() {
	in_machine sh -c 'rm -f /tmp/stop; n=0
		while [ ! -e /tmp/stop ]; do
			case $(/root/program 2>&1) in ran | upgraded) ;; *) echo failed ;; esac
			n=$((n + 1))
		done
		echo "runs $n"' >"$work/loop" 2>&1 &
	loop=$!
	sleep 0.3
	"$@" >"$work/meanwhile" 2>&1
	status=$?
	sleep 0.3
	in_machine touch /tmp/stop
	wait $loop
	cat "$work/meanwhile"
	expect "runs that failed" 0 "$(grep -c failed "$work/loop")" && [ "$(sed -n 's/^runs //p' "$work/loop")" -gt 2 ] &&
		[ $status = 0 ]
}

check_restarts() {
	while_running in_machine sh -ec \
		'for i in 1 2 3 4; do systemctl restart binfmtd; systemctl reload binfmtd; systemctl reset-failed binfmtd; done'
}

# A daemon that hangs is killed, and a new one takes over.
check_watchdog() {
	in_machine sh -ec '
		systemctl reset-failed binfmtd
		mkdir -p /run/systemd/system/binfmtd.service.d
		printf "[Service]\nWatchdogSec=2s\n" >/run/systemd/system/binfmtd.service.d/watchdog.conf
		systemctl daemon-reload
		systemctl restart binfmtd
		pid() { systemctl show binfmtd --property=MainPID --value; }
		stuck=$(pid)
		kill -STOP "$stuck"
		n=0
		until [ "$(pid)" != "$stuck" ] && systemctl --quiet is-active binfmtd; do
			n=$((n + 1)); [ $n -lt 100 ] || { echo "it is still $(pid)"; exit 1; }
			sleep 0.1
		done
		journalctl --unit=binfmtd --no-pager --output=cat | grep -q "Watchdog timeout" || { echo "not by the watchdog"; exit 1; }
		rm -r /run/systemd/system/binfmtd.service.d
		systemctl daemon-reload
		systemctl restart binfmtd' && check_program
}

check_without_mount() {
	in_machine sh -ec 'systemctl stop binfmtd; umount /proc/sys/fs/binfmt_misc; systemctl start binfmtd' || return 1
	check_program
}

# The daemon may do what it has to within the unit's sandbox: write choices, and run a program that examines a file.
check_bus() {
	in_machine sh -ec '
		manager="org.binfmtd.Manager1 /org/binfmtd/Manager1 org.binfmtd.Manager1"
		n=0
		until busctl status org.binfmtd.Manager1 >/dev/null 2>&1; do
			n=$((n + 1)); [ $n -lt 50 ] || { echo "not on the bus"; exit 1; }
			sleep 0.1
		done
		busctl call $manager Disable as 1 qemu-aarch64
		[ ! -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || { echo "not disabled"; exit 1; }
		busctl call $manager Enable as 1 qemu-aarch64
		[ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || { echo "not enabled"; exit 1; }
		busctl call $manager Explain ss /root/program "" >/tmp/explained
		grep -q "runs.*true" /tmp/explained || { cat /tmp/explained; exit 1; }'
}

check_bus_activation() {
	in_machine sh -ec 'systemctl stop binfmtd
		busctl call org.binfmtd.Manager1 /org/binfmtd/Manager1 org.binfmtd.Manager1 Reload
		systemctl --quiet is-active binfmtd || { echo "not started"; exit 1; }'
}

standard_checks() { # INTERPRETER
	check no-failed-unit check_no_failed_unit
	check entry check_entry "$1"
	check program check_program
	check bus check_bus
	check bus-activation check_bus_activation
	check chroot check_program_in_chroot
	check journal check_journal
	check mount-namespace check_mount_namespace
	check memory check_memory
	check no-wake-ups check_no_wake_ups
	check exposure check_exposure
	check protections-explained check_protections_explained
	check start-time check_start_time
	check restarts check_restarts
	check systemd-binfmt-restart check_systemd_binfmt_restart
	check without-mount check_without_mount
	check cache check_cache
	check read-only-usr check_read_only_usr
	check watchdog check_watchdog
}
