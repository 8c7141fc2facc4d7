# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For cases with a bus: one of their own, configured as the system's is, with the daemon's own policy.
command -v dbus-daemon >/dev/null && command -v busctl >/dev/null || skip "dbus-daemon and busctl are not installed"
mount -t tmpfs -o mode=755 run /run
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/bus
service=org.binfmtd.Manager1
manager=/org/binfmtd/Manager1
bus_pid='' polkit_pid=''

start_bus() {
	cat >bus.conf <<-EOF
		<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
		  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
		<busconfig>
		  <type>system</type>
		  <listen>unix:path=/run/bus</listen>
		  <auth>EXTERNAL</auth>
		  <policy context="default">
		    <allow user="*"/>
		    <deny own="*"/>
		    <deny send_type="method_call"/>
		    <allow send_type="signal"/>
		    <allow send_requested_reply="true" send_type="method_return"/>
		    <allow send_requested_reply="true" send_type="error"/>
		    <allow receive_type="method_call"/>
		    <allow receive_type="method_return"/>
		    <allow receive_type="error"/>
		    <allow receive_type="signal"/>
		    <allow send_destination="org.freedesktop.DBus"/>
		    <allow send_destination="org.freedesktop.PolicyKit1"/>
		    <allow send_destination="org.freedesktop.systemd1"/>
		  </policy>
		  <policy user="root">
		    <allow own="org.freedesktop.PolicyKit1"/>
		    <allow own="org.freedesktop.systemd1"/>
		    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/>
		  </policy>
		  <include>$SOURCE_DIR/systemd/org.binfmtd.Manager1.conf</include>
		</busconfig>
	EOF
	dbus-daemon --config-file=bus.conf --nofork --nosyslog 2>bus.log &
	bus_pid=$!
}

stop_bus() {
	kill "$bus_pid"
	wait "$bus_pid" || true
	bus_pid=
	rm -f /run/bus
}

# has_name NAME: true if somebody owns this name on the bus.
has_name() {
	[ -S /run/bus ] && busctl --address=$DBUS_SYSTEM_BUS_ADDRESS status "$1" >/dev/null 2>&1
}

# start_polkit: starts a polkit that answers as ./answers says, see fake-polkit.c; its questions are in ./asked.
start_polkit() {
	: >asked
	"$BUILD_DIR/tests/e2e/fake-polkit" answers asked &
	polkit_pid=$!
	until_true 5 has_name org.freedesktop.PolicyKit1 || fail "no polkit"
}

# call METHOD [SIGNATURE ARGUMENT...]: calls the manager.
call() {
	busctl --address=$DBUS_SYSTEM_BUS_ADDRESS call $service $manager $service "$@"
}

# property OBJECT INTERFACE NAME: prints its value without quotes.
property() {
	busctl --address=$DBUS_SYSTEM_BUS_ADDRESS get-property $service "$1" "$2" "$3" | sed 's/^[^ ]* //; s/"//g'
}

# format_property NAME PROPERTY: prints a property of a format whose name needs no escapes.
format_property() {
	property "$manager/format/$1" org.binfmtd.Format1 "$2"
}

end_bus_case() {
	# shellcheck disable=SC2086 # none, one or two
	[ -z "$bus_pid$polkit_pid" ] || kill $bus_pid $polkit_pid 2>/dev/null || true
	end_case
}
trap end_bus_case EXIT
