# SPDX-License-Identifier: GPL-2.0-or-later
# Alternatives are chosen, taken back and left to the priorities. Choices are kept over a reload, and there is an entry at every
# moment.
make_test_format P
for i in one two; do
	printf '#!/bin/sh\necho "%s: $*"\n' $i >$i
	chmod +x $i
done
echo "Interpreter=0 $DIR/two" >>conf/test.conf
mkdir -p etc/binfmt.d
printf ':test:M::\\x7fTEST::%s/one:F\n' "$DIR" >etc/binfmt.d/x.conf
status 0 binfmtctl enable test
same "by priority" "interpreted: ./program zero" "$(execute ./program zero)"
status 0 binfmtctl display test
same "lines of display, which scripts parse" 9 "$(grep -c . output)"
status 0 binfmtctl use test
same "alternatives" "1 $DIR/interpreter from binfmtd (registered)
0 $DIR/two from binfmtd
-200 $DIR/one from binfmt.d" "$(sed -n 's/^ alternative = //p' output)"
status 0 binfmtctl list
same "its row" "test registered P $DIR/interpreter (3 alternatives)" "$(grep ^test output | xargs)"

status 0 binfmtctl use test "$DIR/two"
same "chosen" "two: ./program zero" "$(execute ./program zero)"
status 0 binfmtctl use test "$DIR/one"
same "chosen, with flags of its own" "one: ./program" "$(execute ./program zero)"
status 0 binfmtctl use test
says "one from binfmt.d (chosen) (registered)"
start_daemon
same "after a start of the daemon" "one: ./program" "$(execute ./program zero)"
stop_daemon
status 0 binfmtctl use test --rollback
same "taken back" "two: ./program zero" "$(execute ./program zero)"
status 0 binfmtctl use test --rollback
same "taken back again" "interpreted: ./program zero" "$(execute ./program zero)"
status 1 binfmtctl use test --rollback
says "test: nothing was chosen before"
[ -z "$(find etc -name '*binfmtctl*')" ] || fail "something was left: $(find etc)"
status 0 binfmtctl use test "$DIR/one"
status 0 binfmtctl use --auto test
same "by priority again" "interpreted: ./program zero" "$(execute ./program zero)"
status 0 binfmtctl use test --rollback
same "auto taken back" "one: ./program" "$(execute ./program zero)"

# With --dry-run, it is said what would be done, and nothing is changed.
before=$(find etc state bm -type f ! -name register -print0 | sort -z | xargs -0 md5sum)
status 0 binfmtctl use test "$DIR/two" --dry-run
same "what it says" "test: would be left to $DIR/two from now on
test: would be replaced, with $DIR/two" "$(cat output)"
status 0 binfmtctl disable --dry-run
same "what it says" "test: would be disabled from now on
test: would be removed" "$(cat output)"
same "what it did" "$before" "$(find etc state bm -type f ! -name register -print0 | sort -z | xargs -0 md5sum)"

# Choices that cannot be made.
status 1 binfmtctl use test /bin/true
says "test: /bin/true is none of its interpreters"
status 1 binfmtctl use none /bin/true
says "none: no such format"
status 2 binfmtctl use test "$DIR/two" --auto
status 2 binfmtctl list --auto
chmod -x two
status 1 binfmtctl use test "$DIR/two"
says "interpreter $DIR/two: it is not executable"
chmod +x two
same "as before" "one: ./program" "$(execute ./program zero)"
# A drop-in that is read later has precedence, and that is said.
printf '[Format]\nUse=%s/one\n' "$DIR" >etc/test.conf.d/99-mine.conf
status 1 binfmtctl use test "$DIR/two"
says "etc/test.conf.d/99-mine.conf:2 says what is to be used"
rm etc/test.conf.d/99-mine.conf
# If the chosen interpreter is gone, another one is used.
status 0 binfmtctl use test "$DIR/two"
rm two
status 0 binfmtctl enable test
says "51-binfmtctl.conf:3: test: $DIR/two is to be used, but is not installed"
same "the next best" "interpreted: ./program zero" "$(execute ./program zero)"
