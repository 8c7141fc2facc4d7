# SPDX-License-Identifier: GPL-2.0-or-later
# Takes two users.
# Root may do everything on the bus, others what polkit allows; without polkit, nothing but look.
. "$SOURCE_DIR/tests/e2e/bus.sh"
make_test_format
printf '[Format]\nMagic=SUID\nFlags=C\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/suid.conf
start_bus
until_true 5 test -S /run/bus || fail "no bus"
start_daemon --binfmtctl="$BUILD_DIR/cli/binfmtctl"
until_true 5 has_name $service || fail "the bus was not joined"
chmod 755 /run

# as_user METHOD...: calls the manager as a user who is not root.
as_user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups busctl --address=$DBUS_SYSTEM_BUS_ADDRESS ${interactive-} call $service \
		$manager $service "$@"
}

# last_asked ACTION FLAGS: fails unless this was the last question to polkit, about the caller.
last_asked() {
	tail -n 1 asked | grep -qE "^org.binfmtd.$1 system-bus-name :[0-9.]+ $2\$" || { cat asked; fail "polkit was not asked for $1"; }
}

status 0 call Reload
status 1 as_user Reload
says "Access denied"
status 0 setpriv --reuid 1000 --regid 1000 --clear-groups busctl --address=$DBUS_SYSTEM_BUS_ADDRESS get-property $service \
	$manager/format/test org.binfmtd.Format1 Name
says 's "test"'

: >answers
start_polkit
status 1 as_user Disable as 1 test
says "Access denied"
[ -e bm/test ] || fail "disabled without permission"
interactive=--allow-interactive-authorization=no
as_user Disable as 1 test || true
last_asked manage 0
interactive=--allow-interactive-authorization=yes
as_user Disable as 1 test || true
last_asked manage 1

echo "org.binfmtd.manage challenge" >answers
status 1 as_user Disable as 1 test
says "An administrator has to authenticate"
echo "org.binfmtd.manage yes" >answers
status 0 as_user Disable as 1 test
[ ! -e bm/test ] || fail "not disabled"
status 0 as_user Enable as 1 test
status 0 as_user Reload
status 0 as_user Register 'sa{sv}b' new 2 Extension s x Interpreters 'a(si)' 1 "$DIR/interpreter" 1 false
status 0 as_user Unregister s new

# A format with the flag C needs more rights to be changed, and so does one that would get it or had it.
status 1 as_user Disable as 1 suid
last_asked manage-credentials 1
status 1 as_user Disable as 0
last_asked manage-credentials 1
status 1 as_user Register 'sa{sv}b' new 3 Extension s x Flags s C Interpreters 'a(si)' 1 "$DIR/interpreter" 1 false
last_asked manage-credentials 1
status 1 as_user Register 'sa{sv}b' suid 2 Extension s x Interpreters 'a(si)' 1 "$DIR/interpreter" 1 true
last_asked manage-credentials 1
# Also: a format that the administrator's file hides and Unregister would bring back; a drop-in for a format that does not exist
# yet; an entry of somebody else's; and one whose file cannot be used any more.
printf '[Format]\nMagic=SUID\nInterpreter=1 %s/interpreter\n' "$DIR" >etc/suid.conf
mkdir -p etc/waited.conf.d
printf '[Format]\nFlags=C\n' >etc/waited.conf.d/60-edit.conf
printf '[Format]\nMagic=BROKEN\nFlags=C\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/broken.conf
status 0 call Reload
printf ':theirs:M::THEIRS::/bin/true:C' >bm/register
echo rubbish >>conf/broken.conf
status 0 call Reload
same "flags without C" "flags: " "$(grep flags bm/suid)"
for name in broken theirs; do
	status 1 as_user Register 'sa{sv}b' $name 2 Extension s x Interpreters 'a(si)' 1 "$DIR/interpreter" 1 true
	last_asked manage-credentials 1
done
status 1 as_user Register 'sa{sv}b' waited 2 Extension s x Interpreters 'a(si)' 1 "$DIR/interpreter" 1 false
last_asked manage-credentials 1
status 1 as_user Unregister s suid
last_asked manage-credentials 1
same "flags as before" "flags: " "$(grep flags bm/suid)"
# A format that another one follows, of which somebody else has registered the entry with C.
printf '[Format]\nMagic=FOLLOWS\nFollows=test\n' >conf/follower.conf
printf '[Daemon]\nRepair=no\n' >binfmtd.conf
status 0 call Reload
status 0 as_user Use ss test ""
echo -1 >bm/follower
printf ':follower:M::FOLLOWS::/bin/true:C' >bm/register
has_changed() { [ "$(format_property follower Drift)" = changed ]; }
until_true 5 has_changed || fail "its entry is still $(xargs <bm/follower)"
status 1 as_user Disable as 1 test
last_asked manage-credentials 1
rm conf/follower.conf
: >binfmtd.conf
status 0 call Reload
[ ! -e bm/follower ] || echo -1 >bm/follower
# A drop-in may also take the flag away.
mkdir etc/suid.conf.d
printf '[Format]\nFlags=P\n' >etc/suid.conf.d/60-edit.conf
status 0 call Reload
status 0 as_user Unregister s suid
same "flags of the drop-in" "flags: P" "$(grep flags bm/suid)"
rm -r etc/suid.conf.d etc/waited.conf.d conf/broken.conf
# An alternative with C, whichever is chosen.
mkdir -p usr/binfmt.d
printf ':test:M::\\x7fTEST::/bin/true:C\n' >usr/binfmt.d/alternative.conf
status 0 call Reload
for call in "Use ss test /bin/true" "Rollback s test" "Enable as 1 test" "Disable as 1 test" "Unregister s test"; do
	# shellcheck disable=SC2086 # words
	status 1 as_user $call
	last_asked manage-credentials 1
done
same "flags as before" "flags: F" "$(grep flags bm/test)"
rm usr/binfmt.d/alternative.conf
status 0 call Reload

echo "org.binfmtd.manage-credentials yes" >answers
status 0 as_user Disable as 1 suid
status 1 as_user Disable as 1 test

status 1 as_user Explain ss "$DIR/program" ""
last_asked inspect 1
echo "org.binfmtd.inspect yes" >answers
status 0 as_user Explain ss "$DIR/program" ""

# A user who does not answer, on however many connections, keeps only himself waiting.
echo "org.binfmtd.inspect never" >answers
: >asked
waiting=
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	as_user Explain ss "$DIR/program" "" >/dev/null 2>&1 &
	waiting="$waiting $!"
done
until_true 10 sh -c '[ "$(wc -l <asked)" = 16 ]' || fail "polkit was not asked 16 times"
status 1 as_user Explain ss "$DIR/program" ""
says "Too many calls of this kind are waiting"
status 0 call Explain ss "$DIR/program" ""
same "how often polkit was asked" 16 "$(wc -l <asked)"
# shellcheck disable=SC2086 # words
kill $waiting

# The name is root's.
status 1 setpriv --reuid 1000 --regid 1000 --clear-groups busctl --address=$DBUS_SYSTEM_BUS_ADDRESS call org.freedesktop.DBus \
	/org/freedesktop/DBus org.freedesktop.DBus RequestName su org.binfmtd.Manager1 0
says "Access denied"
stop_daemon
