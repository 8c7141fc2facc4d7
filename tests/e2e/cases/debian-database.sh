# SPDX-License-Identifier: GPL-2.0-or-later
# Formats of update-binfmts' database are registered, as alternatives where binfmtd has the format itself.
make_test_format
mkdir admin
cp interpreter other
printf '#!/bin/sh\necho "detectors: $*"\n' >run-detectors
chmod +x run-detectors
export BINFMTD_RUN_DETECTORS="$DIR/run-detectors"
# ten_lines NAME PACKAGE MAGIC INTERPRETER DETECTOR PRESERVE
ten_lines() {
	printf '%s\nmagic\n0\n%s\n\n%s\n%s\nno\n%s\nno\n' "$2" "$3" "$4" "$5" "$6" >"admin/$1"
}
ten_lines test somewhere '\x7fTEST' "$DIR/other" '' yes
ten_lines theirs : THEIRS "$DIR/other" '' no
ten_lines asked package ASKED "$DIR/other" /bin/true no
ten_lines one package SAME "$DIR/other" '' no
ten_lines two package SAME "$DIR/interpreter" '' no
printf 'broken\n' >admin/broken
start_daemon
says "admin/broken" daemon.log
same "entries" "asked one test theirs two" "$(cd bm && echo [a-qt]*)"
grep -q "^interpreter $DIR/interpreter" bm/test || fail "$(cat bm/test)"
grep -q "^interpreter $DIR/other" bm/theirs || fail "$(cat bm/theirs)"
for f in asked one two; do
	grep -q "^interpreter $DIR/run-detectors" bm/$f || fail "$(cat bm/$f)"
done
rm conf/test.conf admin/one
reload_daemon
same "entries" "asked test theirs two" "$(cd bm && echo [a-qt]*)"
grep -q "^interpreter $DIR/other" bm/test || fail "$(cat bm/test)"
grep -q "^flags: P$" bm/test || fail "$(cat bm/test)"
grep -q "^interpreter $DIR/interpreter" bm/two || fail "$(cat bm/two)"
stop_daemon
