# SPDX-License-Identifier: GPL-2.0-or-later
# 50 changes at once: none is lost, neither in the files nor in the kernel.
make_test_format ''
for i in $(seq 50); do
	ln interpreter "i$i"
	echo "Interpreter=0 $DIR/i$i" >>conf/test.conf
	printf '[Format]\nMagic=F%02d!\nInterpreter=1 %s/interpreter\n' "$i" "$DIR" >"conf/f$i.conf"
done
status 0 binfmtctl enable
start_daemon
# All for the same format: each choice is in the history of the next one.
set +x
pids=
for i in $(seq 50); do
	binfmtctl use test "$DIR/i$i" >"out$i" 2>&1 &
	pids="$pids $!"
done
for p in $pids; do
	wait "$p" || { cat out*; fail "one failed"; }
done
last=$(sed -n 's/^Use=//p' etc/test.conf.d/51-binfmtctl.conf)
sort etc/test.conf.d/51-binfmtctl.history >history
{ echo -; for i in $(seq 50); do echo "$DIR/i$i"; done; } | grep -vxF "$last" | sort >expected
diff expected history || fail "choices were lost"
grep -qxF "interpreter $last" bm/test || fail "the kernel has another one than was chosen last: $(cat bm/test)"

# And for different formats, with one that is for all of them, and reloads, in between.
pids=
for i in $(seq 50); do
	binfmtctl disable "f$i" >"out$i" 2>&1 &
	pids="$pids $!"
	[ $((i % 10)) != 5 ] || kill -HUP $daemon_pid
done
for p in $pids; do
	wait "$p" || { cat out*; fail "one failed"; }
done
set -x
same "entries left" "test" "$(cd bm && ls | grep -vx 'register\|status' | xargs)"
same "choices" 50 "$(cat etc/f*.conf.d/50-binfmtctl.conf | grep -c '^Enabled=no$')"
status 0 binfmtctl enable
same "entries again" 51 "$(ls bm | grep -cvx 'register\|status')"
stop_daemon
