# SPDX-License-Identifier: GPL-2.0-or-later
# The service on the bus: found when the bus appears, its objects follow what happens, its methods do what they say.
. "$SOURCE_DIR/tests/e2e/bus.sh"
make_test_format
start_daemon --binfmtctl="$BUILD_DIR/cli/binfmtctl"
[ -e bm/test ] || fail "nothing is registered without a bus"
start_bus
until_true 5 has_name $service || { cat daemon.log; fail "the bus was not joined"; }

# The objects and their properties.
same "Registered" true "$(format_property test Registered)"
same "Interpreter" "$DIR/interpreter" "$(format_property test Interpreter)"
same "Magic" "5 127 84 69 83 84" "$(format_property test Magic)"
same "Mask" 0 "$(format_property test Mask)"
same "Flags" F "$(format_property test Flags)"
same "Source" "$DIR/conf/test.conf" "$(format_property test Source)"
same "Alternatives" "1 $DIR/interpreter $DIR/conf/test.conf 1" "$(format_property test Alternatives)"
same "Drift" "as wanted" "$(format_property test Drift)"
same "Directories" "2 $DIR/conf $DIR/etc" "$(property $manager $service Directories)"
same "MountPoint" "$DIR/bm" "$(property $manager $service MountPoint)"

# Changes, and the signals that tell of them.
busctl --address=$DBUS_SYSTEM_BUS_ADDRESS monitor $service --json=short >monitor.log 2>/dev/null &
monitor=$!
# sees_calls: true if the monitor shows a call that is made now.
sees_calls() {
	format_property test Name >/dev/null && [ -s monitor.log ]
}
until_true 5 sees_calls || fail "busctl monitor shows nothing"

# signalled MEMBER TEXT: true if such a signal came with this text in it.
signalled() {
	grep -F "\"member\":\"$1\"" monitor.log | grep -qF "$2"
}

printf ':other:M::OTHER::/bin/true:' >bm/register
until_true 2 signalled PropertiesChanged '"Others":{"type":"as","data":["other"]}' || fail "Others did not change"
echo -1 >bm/test
until_true 2 signalled Repaired '"data":["test","missing","registered"]' || { cat monitor.log; fail "no Repaired"; }
until_true 2 signalled DriftFound '"data":["test","missing"]' || fail "no DriftFound"

status 0 call Disable as 1 test
[ ! -e bm/test ] || fail "disabled, and still there"
same "Enabled" false "$(format_property test Enabled)"
same "Interpreter of none" "" "$(format_property test Interpreter)"
until_true 2 signalled PropertiesChanged '"Registered":{"type":"b","data":false}' ||
	{ cat monitor.log; fail "Registered did not change"; }
grep -q Enabled=no etc/test.conf.d/50-binfmtctl.conf || fail "the choice is not kept"
status 0 call Enable as 1 test
[ -e bm/test ] || fail "enabled, and not there"
[ ! -e etc/test.conf.d ] || fail "a choice is left where none is needed"

status 0 call Register 'sa{sv}b' my.own 5 Magic ay 3 2 0 59 Mask ay 3 255 0 255 Description s "My own" Offset u 1 \
	Interpreters 'a(si)' 2 "$DIR/none" 7 "$DIR/interpreter" 3 false
says 'o "/org/binfmtd/Manager1/format/my_2eown"'
until_true 2 signalled InterfacesAdded "/org/binfmtd/Manager1/format/my_2eown" || fail "no InterfacesAdded"
same "what the kernel has" "enabled interpreter $DIR/interpreter flags: offset 1 magic 02003b mask ff00ff" "$(xargs <bm/my.own)"
status 1 call Register 'sa{sv}b' my.own 2 Extension s own Interpreters 'a(si)' 1 "$DIR/interpreter" 3 false
says "There is a format my.own"
status 0 call Register 'sa{sv}b' my.own 2 Extension s own Interpreters 'a(si)' 1 "$DIR/interpreter" 3 true
grep -q '^extension .own' bm/my.own || fail "not replaced"
same "Type" extension "$(format_property my_2eown Type)"
status 0 call Unregister s my.own
[ ! -e bm/my.own ] || fail "unregistered, and still there"
until_true 2 signalled InterfacesRemoved "/org/binfmtd/Manager1/format/my_2eown" || fail "no InterfacesRemoved"
same "what is left" "" "$(ls etc)"

printf '#!/bin/sh\necho other\n' >another
chmod +x another
echo "Interpreter=0 $DIR/another" >>conf/test.conf
status 0 call Use ss test "$DIR/another"
same "used" "$DIR/another" "$(format_property test Interpreter)"
status 0 call Rollback s test
same "used before" "$DIR/interpreter" "$(format_property test Interpreter)"
status 0 call Use ss test "$DIR/another"
status 0 call Use ss test ""
same "used by priority" "$DIR/interpreter" "$(format_property test Interpreter)"
status 1 call Use ss test "$DIR/program"
says "is none of the interpreters of test"
chmod -x another
status 1 call Use ss test "$DIR/another"
says "not executable"
sed -i '/another/d' conf/test.conf
rm -r etc/test.conf.d

echo "Description=New" >>conf/test.conf
status 0 call Reload
same "Description" New "$(format_property test Description)"
until_true 2 signalled Reconciled '"data":[1,0]' || fail "no Reconciled"
status 0 call Explain ss "$DIR/program" ""
says '\"runs\":true'
status 1 call Explain ss "$DIR/program" "$DIR/nowhere"
says "Call failed: $DIR/program: the root directory cannot be opened: No such file or directory"
status 0 call Verify as 1 "$DIR/conf/test.conf"
says "as 0"
printf '[Format]\nNonsense=1\n' >bad.conf
status 0 call Verify as 2 "$DIR/conf/test.conf" "$DIR/bad.conf"
grep -q "^as 1 \"$DIR/bad.conf:2: unknown key Nonsense=\"$" output || { cat output; fail "not verified"; }
status 0 call Verify as 0
says "as 0"
kill $monitor

# Calls that are refused, with nothing written.
refused() {
	says_what=$1
	shift
	status 1 call "$@"
	says "$says_what"
}
refused "There is no format none" Enable as 1 none
refused "which belongs to somebody else" Unregister s test
refused "There is no format none" Unregister s none
refused "this is no absolute path" Explain ss program ""
refused "this is no absolute path" Verify as 1 program
refused "no interpreter is given" Register 'sa{sv}b' new 1 Extension s x false
refused "neither a magic nor an extension" Register 'sa{sv}b' new 1 Interpreters 'a(si)' 1 /bin/true 1 false
refused "Key: there is no such key" Register 'sa{sv}b' new 1 Key s x false
refused "Magic: it is not of the right type" Register 'sa{sv}b' new 1 Magic s x false
refused "Description: it is not of the right type, or out of range" \
	Register 'sa{sv}b' new 2 Extension s x Description s "$(head -c 5000 /dev/zero | tr '\0' x)" false
refused "cannot stand in a file" Register 'sa{sv}b' new 3 Extension s x Description s "a ;b" Interpreters 'a(si)' 1 /bin/true 1 \
	false
refused "new:" Register 'sa{sv}b' new 3 Extension s x Description s "a
Magic=b" Interpreters 'a(si)' 1 /bin/true 1 false
refused "new:" Register 'sa{sv}b' new 2 Extension s x Interpreters 'a(si)' 1 bin/true 1 false
refused "Mask: it must be as long as the magic" Register 'sa{sv}b' new 3 Magic ay 2 1 2 Mask ay 1 255 Interpreters 'a(si)' 1 \
	/bin/true 1 false
refused "name:" Register 'sa{sv}b' ../new 2 Extension s x Interpreters 'a(si)' 1 /bin/true 1 false
refused "name:" Register 'sa{sv}b' .new 2 Extension s x Interpreters 'a(si)' 1 /bin/true 1 false
same "what is left" "" "$(ls etc)"

# A bus that is restarted is joined again.
stop_bus
start_bus
until_true 5 has_name $service || fail "the new bus was not joined"
same "Registered" true "$(format_property test Registered)"
stop_daemon
