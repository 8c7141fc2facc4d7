# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For a name that no format has, it is said whose entry it is or which name may be meant, and the latter also for verbs.
make_test_format
sed "s/^Magic=.*/Magic=\\\\x7fELF\\\\x02\\\\x01\\\\x01\\\\x00\\\\x00\\\\x00\\\\x00\\\\x00\\\\x00\\\\x00\\\\x00\\\\x00\\\\x02\\\\x00\\\\xb7\\\\x00/" \
	conf/test.conf >conf/qemu-aarch64.conf
mount -t binfmt_misc b bm
printf ':theirs:M::THEIRS::/bin/true:' >bm/register
printf ':qemu-riscv64:M::RISCV::/usr/bin/qemu-riscv64-static:' >bm/register
for verb in disable enable edit "use --auto"; do
	# shellcheck disable=SC2086 # a verb with an option
	status 1 binfmtctl $verb theirs
	says "theirs: not a format of binfmtd's, but an entry with the interpreter /bin/true, registered by: unknown"
	says "echo 0 >$DIR/bm/theirs"
done
status 1 binfmtctl disable qemu-riscv64
says "registered by: a container image or package of QEMU's"
[ -e bm/theirs ] && [ -e bm/qemu-riscv64 ] || fail "somebody else's entry was removed"

# meant WORD NAME: fails unless this name is suggested for the word.
meant() {
	status 1 binfmtctl disable "$1"
	says "$1: no such format; did you mean $2?"
}
meant tset test
meant tes test
meant aarch64 qemu-aarch64
meant arm64 qemu-aarch64
meant qemu-arch64 qemu-aarch64
status 1 binfmtctl disable entirely-different
says "entirely-different: no such format (binfmtctl list"
for word in lsit:list enabel:enable staus:status config:cat-config explian:explain; do
	status 2 binfmtctl ${word%:*}
	says "unknown verb: ${word%:*}; did you mean ${word#*:}?"
done
for word in lsit:list enabel:enable jsno:json dry-rnu=x:dry-run; do
	status 2 binfmtctl list --${word%:*}
	says "wrong option; did you mean --${word#*:}?"
done
for word in --json=x --procdir --completely-different -x; do
	status 2 binfmtctl list $word
	! grep -q "did you mean" output || fail "$word: a suggestion that is none"
done
status 2 binfmtctl frobnicate
says "unknown verb: frobnicate (binfmtctl --help"
