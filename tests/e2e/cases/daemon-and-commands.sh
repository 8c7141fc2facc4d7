# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon does not repair what binfmtctl and update-binfmts change while it runs.
make_test_format
printf '#!/bin/sh\necho other\n' >another
chmod +x another
echo "Interpreter=0 $DIR/another" >>conf/test.conf
ln -s "$(command -v binfmtctl)" update-binfmts
mkdir -p admin
start_daemon

set +x
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	binfmtctl use test "$DIR/another" && binfmtctl use test --auto || fail "use"
	binfmtctl disable test && binfmtctl enable test || fail "enable"
	./update-binfmts --admindir admin --procdir bm --package p --install debian "$DIR/interpreter" --magic "DEB$i" || fail "install"
	./update-binfmts --admindir admin --procdir bm --disable debian || fail "disable"
	./update-binfmts --admindir admin --procdir bm --enable debian || fail "enable"
	./update-binfmts --admindir admin --procdir bm --package p --remove debian "$DIR/interpreter" || fail "remove"
done
set -x
sleep 0.4
same "entries" "register status test" "$(ls bm | xargs)"
! grep -E "repaired|not as it should be" daemon.log || fail "the daemon took the commands for somebody else"

./update-binfmts --admindir admin --procdir bm --package p --install debian "$DIR/interpreter" --magic DEBIAN
echo -1 >bm/debian
until_true 1 test -e bm/debian || fail "what update-binfmts registered was not repaired"
./update-binfmts --admindir admin --procdir bm --disable debian
sleep 0.4
[ ! -e bm/debian ] || fail "what update-binfmts disabled came back"
stop_daemon
