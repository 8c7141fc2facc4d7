# SPDX-License-Identifier: GPL-2.0-or-later
# binfmtctl and systemd-binfmt register the same entries from the same files. When systemd-binfmt removes all entries, they come
# back.
systemd_binfmt=/lib/systemd/systemd-binfmt
[ -x $systemd_binfmt ] || skip "systemd-binfmt is not installed"
for d in /etc/binfmt.d /usr/lib/binfmt.d /usr/local/lib /run; do
	[ -d $d ] || skip "$d is not there"
done
mkdir etc/binfmt.d usr usr/lib local run
mount --bind etc/binfmt.d /etc/binfmt.d
mount --bind usr/lib /usr/lib/binfmt.d
mount --bind local /usr/local/lib
mount --bind run /run
mkdir local/binfmt.d run/binfmt.d
mount -t binfmt_misc b bm
mount -t binfmt_misc b /proc/sys/fs/binfmt_misc

# Which of the directories counts: the interpreter's name says where the file was read.
for f in a b c d; do
	echo ":$f:M::$f::/bin/true:" >usr/lib/$f.conf
done
for f in a b c; do
	echo ":$f:M::$f::/bin/cat:" >local/binfmt.d/$f.conf
done
echo ":a:M::a::/bin/ls:" >run/binfmt.d/a.conf
echo ":b:M::b::/bin/ls:" >run/binfmt.d/b.conf
echo ":a:M::a::/bin/false:" >etc/binfmt.d/a.conf
# A file is masked by a link to /dev/null, by an empty file and by a link to another such file, and not by something that is no
# file of binfmt.d.
for f in null empty other lower; do
	echo ":$f:M::$f::/bin/true:" >usr/lib/$f.conf
done
ln -s /dev/null etc/binfmt.d/null.conf
: >run/binfmt.d/empty.conf
echo ":elsewhere:M::x::/bin/true:" >etc/binfmt.d/README
ln -s README etc/binfmt.d/other.conf
mv usr/lib/lower.conf etc/binfmt.d/
ln -s /dev/null usr/lib/lower.conf
echo ":x:M::x::/bin/true:" | tee usr/lib/.hidden.conf usr/lib/x.conf.dpkg-old usr/lib/x.conf~ >usr/lib/x
# Entries of the same name in several files: the name of the last file decides, not its directory.
echo ":order:M::one::/bin/true:" >etc/binfmt.d/10-order.conf
echo ":order:M::two::/bin/true:" >usr/lib/20-order.conf
# Lines.
{
	printf '# comment\n; comment\n  # comment\n\t; comment\n\n \t\n  :blanks:M::bl::/bin/true:  \n:crlf:M::cr::/bin/true:\r\n'
	for d in '|' ',' '!' @ % - + . '"' '$' '^' '~' = '?' _ '<' '(' '[' '&' '*' "'" '`'; do
		name=n$(printf %s "$d" | od -An -tx1 | tr -d ' \n')
		printf '%s%s%sM%s%sQ%s%s%s%s/bin/true%s\n' "$d" "$name" "$d" "$d" "$d" "$name" "$d" "$d" "" "$d"
	done
	# shellcheck disable=SC1003 # a backslash is a delimiter here
	printf '%s\n' zletzMzzLEzz/bin/truez 0num0M00NU00/bin/true0 MupMMMMUPMM/bin/trueM EextendEEEEbarEE/bin/trueE \
		'fhexfMff\xff\xfaf\xf0\xfff/bin/truef' '\bs\M\\BS\\/bin/true\' ':ext:E:99:foo:zz:/bin/true:P' \
		':offset:M:4:OFF::/bin/true:' ':flags:M::FL::/bin/true:OCPF' ':mask:M::\xff\x01:\xff\x00:/bin/true:' \
		':a name:M::NA::/bin/true:' ':escaped:M::a\x3ab::/bin/true:' ':missing:M::MI::/nonexistent/interpreter:'
	printf ':end:M::end::/bin/true:'
} >usr/lib/lines.conf

dump() {
	for e in bm/*; do
		case $e in
		*/register | */status) ;;
		*) echo "$e: $(xargs <"$e")" ;;
		esac
	done
}
$systemd_binfmt
dump >expected
[ "$(grep -c . expected)" -ge 43 ] || fail "systemd-binfmt has not registered everything: $(cat expected)"
$systemd_binfmt --unregister
same "after --unregister" "" "$(dump)"
export BINFMTD_BINFMT_D=/usr/lib/binfmt.d:/usr/local/lib/binfmt.d:/run/binfmt.d:/etc/binfmt.d
status 0 binfmtctl reload
same "problems" "" "$(cat output)"
dump >got
diff expected got || fail "binfmtctl registers something else"
status 1 binfmtctl status
same "what is wrong" "  missing: no interpreter is installed: /nonexistent/interpreter (if it is not wanted: binfmtctl disable missing)" "$(sed '1,/^Problems:/d' output)"
# A wrong line does not prevent others from being registered, and shows in the exit status.
printf ':x:M::x\n' >usr/lib/wrong.conf
status 1 $systemd_binfmt
status 1 binfmtctl reload
says "/usr/lib/binfmt.d/wrong.conf:1: the line ends before all of its seven fields"
dump >got
diff expected got || fail "binfmtctl registers something else"
rm usr/lib/wrong.conf
status 0 binfmtctl unregister
same "after unregister" "" "$(dump)"

# Entries that were removed are registered again within a second, and the log says so each time, also when all are removed twice
# in a row, as by "systemctl restart systemd-binfmt". systemd registers its own entries.
rm -r usr/lib/* local/* run/binfmt.d etc/binfmt.d/*
echo ":theirs:M::theirs::/bin/true:" >usr/lib/theirs.conf
export BINFMTD_BINFMT_D="$DIR/none"
make_test_format
start_daemon
printf ':gone:M::GONE::/bin/true:' >bm/register
# said N TEXT: fails unless the log has the text this often.
said() {
	[ "$(grep -c "$2" daemon.log)" = "$1" ]
}
registered=$(grep -c 'test registered' daemon.log)
for turn in 1 2 3 4; do
	if [ $((turn % 2)) = 1 ]; then $systemd_binfmt --unregister; else $systemd_binfmt; fi
	[ ! -e bm/gone ] || fail "nothing was wiped"
	until_true 1 said $((registered + turn)) 'test registered' || { cat daemon.log; fail "not within a second"; }
	said $turn 'not as it should be: test (missing); entries of others: ' || { cat daemon.log; fail "not said"; }
	same "what runs" "interpreted: ./program" "$(./program)"
done
[ -e bm/theirs ] || fail "what systemd-binfmt has registered went"
[ ! -e bm/gone ] || fail "something that is not ours came back"
stop_daemon
