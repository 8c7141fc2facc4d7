# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What Debian's tools find out about processes, by their program, their arguments and their name. Prints the same on any machine.
cd /tmp || exit
echo "== start-stop-daemon"
daemon() {
	start-stop-daemon --pidfile /tmp/p --exec /bin/sleep "$@"
}
daemon --start --background --make-pidfile -- 100
until pgrep -x sleep >/dev/null; do :; done
daemon --status
echo "status $?"
daemon --start --oknodo >/dev/null
echo "start again $?"
start-stop-daemon --status --pidfile /tmp/p --exec /bin/cat
echo "status of another program $?"
daemon --stop --retry 5 >/dev/null
echo "stop $?"
daemon --status
echo "status $?"

echo "== a sleeping program, a script"
sleep 1234 &
sleeper=$!
printf '#!/bin/dash\nread line\n' >/tmp/script
chmod +x /tmp/script
mkfifo /tmp/fifo
/tmp/script word </tmp/fifo &
script=$!
exec 9>/tmp/fifo
until [ "$(cat /proc/$sleeper/comm)" = sleep ] && [ "$(cat /proc/$script/comm)" = script ]; do :; done
name() { sed "s/^$sleeper$/sleeper/; s/^$script$/script/"; }
pidof sleep | name
pidof /bin/sleep | name
pidof -x script | name
pgrep -x sleep | name
pgrep -f '^sleep 1234$' | name
pgrep -f '^/bin/dash /tmp/script word$' | name
ps -o comm=,args= -p $sleeper
ps -o comm=,args= -p $script
tr '\0' '|' </proc/$sleeper/cmdline
tr '\0' '|' </proc/$script/cmdline
echo
readlink /proc/$sleeper/exe /proc/$script/exe
cmp /proc/$sleeper/exe /bin/sleep && echo "the same file"
lsof -p $sleeper 2>/dev/null | awk '$4 == "txt" || $4 == "mem" { print $4, $NF }' | grep -v -e '\.so' -e locale -e gconv
killall -v -q /bin/sleep >/dev/null 2>&1
echo "killall $?"
wait $sleeper
echo "ended by $(($? - 128))"
kill $script
