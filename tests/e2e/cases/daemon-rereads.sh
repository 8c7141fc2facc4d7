# SPDX-License-Identifier: GPL-2.0-or-later
# Configuration that changes is read without being told to, also in directories that were not there before.
make_test_format
start_daemon

# within_a_second COMMAND...
within_a_second() {
	until_true 1 "$@" || { cat daemon.log; fail "not within a second: $*"; }
}
gone() {
	[ ! -e "bm/$1" ]
}

# A file of its own: new, changed, replaced by rename, removed.
printf '[Format]\nMagic=TWO!\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/two.conf
within_a_second test -e bm/two
printf '[Format]\nMagic=2222\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/two.conf
within_a_second grep -q '^magic 32323232' bm/two
printf '[Format]\nMagic=4444\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/.new
mv conf/.new conf/two.conf
within_a_second grep -q '^magic 34343434' bm/two
rm conf/two.conf
within_a_second gone two

# Drop-ins, in a directory that is new, too.
mkdir etc/test.conf.d
printf '[Format]\nEnabled=no\n' >etc/test.conf.d/off.conf
within_a_second gone test
printf '[Format]\nEnabled=yes\n' >etc/test.conf.d/on.conf
within_a_second test -e bm/test

# binfmt.d: neither its directory nor the one above it was there.
[ ! -e usr ] || fail "the directory is there already"
mkdir -p usr/binfmt.d
echo ":three:M::THREE::$DIR/interpreter:" >usr/binfmt.d/three.conf
within_a_second test -e bm/three
rm -r usr
within_a_second gone three
mkdir -p usr/binfmt.d
echo ":four:M::FOUR::$DIR/interpreter:" >usr/binfmt.d/four.conf
within_a_second test -e bm/four

# The database of update-binfmts.
mkdir admin
printf 'package\nmagic\n0\nFIVE\n\n%s/interpreter\n\n\n\n\n' "$DIR" >admin/five
within_a_second test -e bm/five
rm admin/five
within_a_second gone five

# A mistake is reported and removes no entry. Files that have nothing to do with formats are no reason to read anything.
echo rubbish >>conf/test.conf
within_a_second grep -q 'conf/test.conf:5: ' daemon.log
[ -e bm/test ] || fail "an entry went because its file has an error"
sleep 0.5
lines=$(grep -c . daemon.log)
: >conf/README
: >conf/.hidden.conf
sleep 0.5
same "lines after changes of other files" "$lines" "$(grep -c . daemon.log)"
: >conf/empty.conf
within_a_second grep -q 'conf/empty.conf' daemon.log
rm conf/empty.conf
sed -i '$d' conf/test.conf

# The daemon's own configuration.
printf '[Daemon]\nRepair=no\n' >binfmtd.conf
sleep 0.5
echo -1 >bm/test
sleep 0.5
gone test || fail "repaired, although the configuration says no"

# Entries that were unregistered on purpose stay away.
printf '[Daemon]\n' >binfmtd.conf
within_a_second test -e bm/test
status 0 binfmtctl unregister
printf '[Format]\nMagic=SIX!\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/six.conf
sleep 0.5
same "entries after unregister" "register status" "$(cd bm && echo *)"
stop_daemon
