# SPDX-License-Identifier: GPL-2.0-or-later
# update-binfmts beside binfmtd and binfmtctl: neither takes back what the other was told.
mkdir admin import run
ln -s "$BUILD_DIR/cli/binfmtctl" update-binfmts
export BINFMTD_ADMINDIR="$DIR/admin" BINFMTD_CONFDIRS="$DIR/conf:$DIR/run:$DIR/etc"
u() {
	./update-binfmts --admindir "$DIR/admin" --importdir "$DIR/import" --procdir "$DIR/bm" "$@"
}
has() {
	grep -q "^interpreter $2\$" "bm/$1" 2>/dev/null
}
make_test_format
cp interpreter other
printf 'package p\ninterpreter %s/other\nmagic \\x7fTEST\n' "$DIR" >import/test
printf 'package p\ninterpreter %s/other\nmagic THEIRS\n' "$DIR" >import/theirs
start_daemon
has test "$DIR/interpreter" || fail "the daemon did not register its format"

# The daemon knows the formats that a package imports; its own interpreter comes before the package's.
status 0 u --import
has theirs "$DIR/other" || fail "not imported"
has test "$DIR/interpreter" || fail "a package's interpreter has replaced binfmtd's"
reload_daemon
has theirs "$DIR/other" || fail "the daemon has removed what was imported"
[ -e state/theirs ] || fail "binfmtd does not know who registered it"

# A format is imported also where its interpreter is not installed.
status 0 u --install missing "$DIR/nothing" --magic MISSING
sleep 0.5
has missing "$DIR/nothing" || fail "the daemon has removed what was installed"
reload_daemon
has missing "$DIR/nothing" || fail "the daemon has removed what was installed, on reload"
status 0 u --remove missing "$DIR/nothing"
[ ! -e bm/missing ] || fail "not removed"

# Formats of another database are not the daemon's. Those of its own database are, also when that is named by another path.
mkdir elsewhere
status 0 ./update-binfmts --admindir elsewhere --procdir bm --install apart "$DIR/other" --magic APART
status 0 ./update-binfmts --admindir admin/. --procdir bm --install here "$DIR/other" --magic HERE
sleep 0.5
has apart "$DIR/other" || fail "the daemon has removed what is in another database"
[ -e state/here ] || fail "binfmtd does not know who registered it"
status 0 ./update-binfmts --admindir elsewhere --procdir bm --remove apart "$DIR/other"
status 0 u --remove here "$DIR/other"
same "entries" "register status test theirs" "$(ls bm | xargs)"

# A format that is disabled stays away until it is enabled, also while the daemon repairs entries.
status 0 u --disable theirs
sleep 0.5
[ ! -e bm/theirs ] || fail "the daemon has enabled what was disabled"
reload_daemon
[ ! -e bm/theirs ] || fail "the daemon has enabled what was disabled, on reload"
status 0 u --enable theirs
reload_daemon
has theirs "$DIR/other" || fail "it was not enabled"
status 0 u --disable theirs
status 0 binfmtctl enable theirs
has theirs "$DIR/other" || fail "binfmtctl does not enable what update-binfmts has disabled"

# A format that binfmtctl has disabled for good is enabled by its name only.
status 0 binfmtctl disable theirs
status 0 u --import theirs
says "the administrator has disabled it"
[ ! -e bm/theirs ] || fail "a package has enabled what the administrator disabled"
status 0 u --enable
[ ! -e bm/theirs ] || fail "--enable has enabled what the administrator disabled"
status 0 u --enable theirs
reload_daemon
has theirs "$DIR/other" || fail "it was not enabled by name"

# When the package is removed, binfmtd's own format stays.
status 0 u --unimport
[ ! -e bm/theirs ] || fail "not unimported"
has test "$DIR/interpreter" || fail "binfmtd's own format has gone with a package's"
same "the database" "" "$(ls admin)"
mv conf/test.conf .
status 0 u --import test
has test "$DIR/other" || fail "binfmtd's interpreter has stayed"
mv test.conf conf/
status 0 u --unimport test
has test "$DIR/interpreter" || fail "binfmtd's interpreter did not take over"
stop_daemon

# The same verbs of binfmtctl.
status 0 binfmtctl --importdir="$DIR/import" import theirs
has theirs "$DIR/other" || fail "binfmtctl import"
status 1 binfmtctl install theirs "$DIR/other" --magic OTHER
says "binfmtctl: warning: current package is <local>, but binary format already installed by p"
status 0 binfmtctl install --magic 'A:B' local "$DIR/other" --preserve yes
same "a colon" "magic 413a42" "$(grep magic bm/local)"
same "flags" "flags: P" "$(grep flags bm/local)"
printf 'A:B' >file
status 0 binfmtctl find file
says "$DIR/other"
status 0 binfmtctl --dry-run remove local
says "remove $DIR/admin/local"
status 0 binfmtctl --remove local "$DIR/other"
[ ! -e bm/local ] || fail "binfmtctl remove: the kernel still has it"
[ ! -e admin/local ] || fail "binfmtctl remove: the database still has it"
status 2 binfmtctl install local "$DIR/other"
status 2 binfmtctl install local "$DIR/other" --magic a --extension b
status 1 binfmtctl install status "$DIR/other" --magic a
status 0 binfmtctl --importdir="$DIR/import" unimport
[ ! -e bm/theirs ] || fail "binfmtctl unimport"

# In a chroot, packages are installed although there is nothing to register with.
mkdir nothing
status 0 ./update-binfmts --admindir admin --importdir import --procdir nothing/here --import
says "Couldn't mount the binfmt_misc filesystem on nothing/here."
same "stored" "./test ./theirs" "$(cd admin && echo ./*)"

# Many changes at once are all made.
rm -f admin/*
i=0
while [ $i -lt 50 ]; do
	u --install "f$i" "$DIR/other" --magic "many$i-" >>many.log 2>&1 &
	i=$((i + 1))
done
wait
count() {
	echo $#
}
same "all that were installed at once" "50 50" "$(count admin/*) $(count bm/f*)"
