# SPDX-License-Identifier: GPL-2.0-or-later
# verify says of each kind of file what is wrong with it, and where; nothing is touched.
make_test_format
mkdir -p usr/binfmt.d admin conf/test.conf.d elsewhere
# good FILE KIND: fails unless verify finds the file right, and of this kind.
good() {
	status 0 binfmtctl verify "$1"
	same "$1" "$1: good ($2)" "$(cat output)"
}
# bad FILE TEXT: fails unless verify finds this wrong.
bad() {
	status 1 binfmtctl verify "$1"
	says "$1$2"
}
good conf/test.conf "a format"
printf '[Format]\nFlags=P\n' >conf/test.conf.d/a.conf
good conf/test.conf.d/a.conf "a drop-in for a format"
printf ':x:M::x::/x:\n' >usr/binfmt.d/x.conf
good usr/binfmt.d/x.conf "lines as in binfmt.d"
printf 'p\nmagic\n0\nx\n\n/x\n\n\n\n\n' >admin/x
good admin/x "a file of update-binfmts' database"
printf '[Daemon]\nMount=no\n' >elsewhere/binfmtd.conf
good elsewhere/binfmtd.conf "the daemon's configuration"
cp conf/test.conf elsewhere/new
good elsewhere/new "a format"
cp usr/binfmt.d/x.conf elsewhere/lines
good elsewhere/lines "lines as in binfmt.d"
printf '# comment\npackage p\ninterpreter /x\nmagic x\n' >elsewhere/debian
good elsewhere/debian "a format file of update-binfmts"

printf '[Format]\nMagic=a\nOffset=x\nInterpreter=1 /x\nNonsense=1\n' >conf/bad.conf
bad conf/bad.conf ":3: Offset=: an offset is a decimal number"
says "conf/bad.conf:5: unknown key Nonsense="
printf '[Format]\nMask=a\n' >conf/test.conf.d/b.conf
bad conf/test.conf.d/b.conf ":2: the mask has 1 bytes and the magic 5"
mkdir conf/none.conf.d
cp conf/test.conf.d/a.conf conf/none.conf.d/
bad conf/none.conf.d/a.conf ": there is no format none that it could change"
printf '# a\n:x:M::x::/x\n' >etc/lines.conf
bad etc/lines.conf ":2: this is outside of the section [Format]"
printf '# a\n:x:M::x::/x\n' >elsewhere/lines
bad elsewhere/lines ":2: the line ends before all of its seven fields"
printf ':x:M::x::/x:\n' >usr/binfmt.d/x
bad usr/binfmt.d/x ": it is not read, because its name does not end with .conf"
printf '[Daemon]\nMount=perhaps\n' >elsewhere/binfmtd.conf
bad elsewhere/binfmtd.conf ":2: Mount=: this is yes or no"
printf 'package p\nmagic x\ninterpreter /x\ncredentials perhaps\n' >elsewhere/debian
bad elsewhere/debian ":4: "
printf 'p\nmagic\nx\nx\n\n/x\n' >admin/x
bad admin/x ":3: offset: "
printf 'p\nmagic\n' >admin/short
bad admin/short ":3: offset: the file ends before it"
bad elsewhere/none ": No such file or directory"
# All files that are named are checked.
status 1 binfmtctl verify elsewhere/none conf/test.conf
says "conf/test.conf: good"
# Without a file, all files that are read are checked.
status 1 binfmtctl verify
says "conf/bad.conf:3"
says "conf/test.conf.d/b.conf:2"
[ ! -e state ] || fail "something was written"
[ ! -e bm/status ] || fail "binfmt_misc was mounted"
