# SPDX-License-Identifier: GPL-2.0-or-later
# A choice made by binfmtctl works at once, without a daemon, and survives reload and restart of one.
make_test_format
status 0 binfmtctl --enable test
same "enabled" "interpreted: ./program" "$(./program)"
status 0 binfmtctl --enable test
status 0 binfmtctl disable test
status 126 execute ./program ./program
says "Exec format error"
status 0 binfmtctl --disable test
start_daemon
[ ! -e bm/test ] || fail "registered although it was disabled"
reload_daemon
[ ! -e bm/test ] || fail "registered by a reload although it was disabled"
status 0 binfmtctl enable test
same "enabled again" "interpreted: ./program" "$(./program)"
reload_daemon
[ -e bm/test ]
stop_daemon
[ -z "$(ls etc)" ] || fail "something was left in etc: $(find etc)"

# A format that its package has disabled is enabled by the administrator's choice.
echo Enabled=no >>conf/test.conf
status 0 binfmtctl --enable test
[ -e bm/test ]
same "what was written" "Enabled=yes" "$(grep = etc/test.conf.d/*)"

# Without a name, all formats are changed.
printf '[Format]\nMagic=TWO!\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/two.conf
status 0 binfmtctl --disable
same "all disabled" "register status" "$(ls bm | xargs)"
status 0 binfmtctl --enable
same "all enabled" "register status test two" "$(ls bm | xargs)"
