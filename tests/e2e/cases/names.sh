# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Names that nobody expects: with a dot in front, with bytes that are no UTF-8, and others' with control characters.
. "$SOURCE_DIR/tests/e2e/bus.sh"
mkdir -p usr/binfmt.d etc/binfmt.d
make_test_format
latin=$(printf 'caf\351')
evil=$(printf 'e\033[31mvil\nline')
cat >usr/binfmt.d/names.conf <<-EOF
	:.hidden:M::HIDDEN::$DIR/interpreter:F
	:$latin:M::LATIN::$DIR/interpreter:
	:.#lock:M::LOCK::$DIR/interpreter:
	:.#unregistered:M::UNREGISTERED::$DIR/interpreter:
EOF
printf 'Description=%s\n' "$latin" >>conf/test.conf
start_bus
start_daemon
until_true 5 has_name $service || fail "not on the bus"
[ -e bm/.hidden ] && [ -e "bm/$latin" ] || fail "not registered"
# These names would be taken for files of ours.
[ ! -e "bm/.#lock" ] && [ ! -e "bm/.#unregistered" ] || fail "registered"
says "names.conf:3: a name that starts with .# is that of a file being written" daemon.log

# A choice for a format whose name begins with a dot counts, also where the daemon learns of it by inotify only.
status 0 binfmtctl disable .hidden
until_true 5 [ ! -e bm/.hidden ] || fail "not disabled"
reload_daemon
[ ! -e bm/.hidden ] || fail "registered though it is disabled"
rm -r etc/.hidden.conf.d
until_true 5 [ -e bm/.hidden ] || fail "the removed choice was not noticed"

# Somebody else's entries are shown whatever their names are.
printf ':%s:M::EVIL::%s:' "$evil" "$DIR/interpreter" >bm/register
printf ':%s2:M::OTHER::%s:' "$latin" "$DIR/$(printf 'in\033ter')" >bm/register
sleep 0.5
for verb in list status "list --names" "list --json" "status --json" "display $latin"; do
	# shellcheck disable=SC2086 # verbs with options
	binfmtctl $verb >output 2>&1 || true
	! grep -q "$(printf '\033')" output || { cat -v output; fail "$verb obeys a name"; }
done
status 0 binfmtctl list
says "e?[31mvil?line"
says "$DIR/in?ter"
for verb in list status; do
	binfmtctl $verb --json >output 2>/dev/null || true
	python3 -c 'import json, sys; json.load(open("output", encoding="utf-8"))' || fail "$verb --json is no UTF-8"
done
binfmtctl list --json 2>/dev/null | grep -qF 'e\u001b[31mvil\nline' || fail "not in list --json"
printf EVIL >evil-program
chmod +x evil-program
status 0 binfmtctl explain evil-program
says "e?[31mvil?line"
printf ':sh\001adow:M::\\x7fTEST::%s:' "$DIR/interpreter" >bm/register
until_true 5 grep -q "test replaced" daemon.log || fail "not seen that it takes a format's files"

# A name that is not UTF-8 does not prevent anything from being sent on the bus.
busctl --address=$DBUS_SYSTEM_BUS_ADDRESS call $service $manager org.freedesktop.DBus.ObjectManager GetManagedObjects >output
says 'caf?'
property $manager $service Others >output
says 'caf?2'
format_property test Description >output
says 'caf?'
busctl --address=$DBUS_SYSTEM_BUS_ADDRESS monitor $service >signals 2>/dev/null &
monitor=$!
sleep 0.5
printf -- -1 >"bm/$latin"
until_true 5 [ -e "bm/$latin" ] || fail "not repaired"
until_true 5 grep -q Repaired signals || fail "Repaired was not said"
kill $monitor

# Entries that are not wanted any more are removed, also if their names begin with a dot.
rm usr/binfmt.d/names.conf
until_true 5 [ ! -e bm/.hidden ] || fail "left over"
until_true 5 [ ! -e "bm/$latin" ] || fail "left over"
[ ! -e state/.hidden ] || fail "the record is left over"
[ -e "bm/$evil" ] || fail "somebody else's entry was removed"
stop_daemon
