# SPDX-License-Identifier: GPL-2.0-or-later
# What Linux 7.3 brought: used where the kernel has it, and said where it has not.
make_test_format
status 0 binfmtctl enable test
# kernel_takes LINE: true if the kernel accepts this.
kernel_takes() {
	printf '%s' "$1" >bm/register && echo -1 >bm/probe
}
# The flag D: the entry is registered switched off, and others may switch it on or leave it so. This works on every kernel.
printf '[Format]\nMagic=OFF!\nFlags=D\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/off.conf
status 0 binfmtctl enable off
same "D" disabled "$(head -n 1 bm/off)"
start_daemon
same "after a start of the daemon" disabled "$(head -n 1 bm/off)"
echo 1 >bm/off
reload_daemon
same "switched on by somebody" enabled "$(head -n 1 bm/off)"
rm conf/off.conf
reload_daemon
[ ! -e bm/off ] || fail "it is not known to be ours"
stop_daemon

for flag in T L; do
	printf '[Format]\nMagic=NEW!\nFlags=%sF\nInterpreter=1 %s/interpreter\n' $flag "$DIR" >conf/new.conf
	if (kernel_takes ":probe:M::PROBE::/bin/true:$flag") 2>/dev/null; then
		status 0 binfmtctl enable new
		grep -q "^flags: .*$flag" bm/new || fail "$(cat bm/new)"
		status 0 binfmtctl status
	else
		status 1 binfmtctl enable new
		says "new: not registered: the kernel does not accept it: the flags T and L came with Linux 7.3"
		[ ! -e bm/new ]
		# The entry that was there before stays.
		sed -i "s/^Flags=.*/Flags=F/" conf/new.conf
		status 0 binfmtctl enable new
		sed -i "s/^Flags=.*/Flags=F$flag/" conf/new.conf
		status 1 binfmtctl enable new
		grep -q "^flags: F$" bm/new || fail "$(cat bm/new)"
		same "what is left" "new test" "$(cd bm && echo [nt.]*)"
		echo -1 >bm/new
	fi
done
rm -f conf/new.conf
mkdir -p usr/binfmt.d
printf ':new:B::::no_such_one:\n' >usr/binfmt.d/new.conf
status 1 binfmtctl enable new
grep -q "no BPF handler of that name is loaded\|BPF handlers came with Linux 7.3" output || { cat output; fail "no reason"; }
status 0 binfmtctl display new
says "        type = bpf"
says " interpreter = no_such_one"
printf '[Format]\nHandler=no_such_one\n' >conf/new.conf
status 1 binfmtctl enable new
status 0 binfmtctl explain program
status 0 binfmtctl list --json
