# SPDX-License-Identifier: GPL-2.0-or-later
# SIGHUP reads everything anew. A file with an error removes no entry, and the message names the file, the line and the reason.
make_test_format
printf '[Format]\nMagic=TWO!\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/two.conf
start_daemon
rm conf/two.conf
printf '[Format]\nMagic=THREE\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/three.conf
printf '[Format]\nOffset=0\nMagic=\\xg1\nInterpreter=1 /bin/true\n' >conf/bad.conf
reload_daemon
grep -q '^RELOADING=1' notify.log && grep -q '^MONOTONIC_USEC=[0-9]' notify.log || fail "reloading was not announced"
same "entries" "test three" "$(cd bm && echo t*)"
says "$DIR/conf/bad.conf:3: Magic=: \\x needs two hexadecimal digits" daemon.log
says "two removed" daemon.log
grep -q 'STATUS=2 registered: test, three; 1 problems' notify.log || fail "STATUS=: $(cat notify.log)"

# A format whose file has become wrong stays registered.
echo rubbish >>conf/test.conf
reload_daemon
[ -e bm/test ] || fail "an entry went because its file has an error"
stop_daemon
