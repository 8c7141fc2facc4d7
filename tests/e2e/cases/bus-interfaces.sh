# SPDX-License-Identifier: GPL-2.0-or-later
# org.binfmtd.Manager1(5) describes each method, signal and property, and none that is not there.
. "$SOURCE_DIR/tests/e2e/bus.sh"
make_test_format
start_bus
until_true 5 test -S /run/bus || fail "no bus"
start_daemon
until_true 5 has_name $service || fail "the bus was not joined"
for object in $manager $manager/format/test; do
	busctl --address=$DBUS_SYSTEM_BUS_ADDRESS call $service $object org.freedesktop.DBus.Introspectable Introspect --json=short |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["data"][0].split("]>")[-1].split("\">", 1)[-1])'
done >introspection.xml
status 0 python3 "$SOURCE_DIR/tests/e2e/interfaces.py" "$BUILD_DIR/docs/org.binfmtd.Manager1.5" <introspection.xml
stop_daemon
