# SPDX-License-Identifier: GPL-2.0-or-later
# cat-config prints what systemd-binfmt prints, and binfmtd's own files besides; cat the files of one format.
systemd_binfmt=/lib/systemd/systemd-binfmt
mkdir -p systemd/etc systemd/usr
printf '# comment\n:a:M::a::/a:\n' >systemd/etc/b.conf
printf ':x:M::x::/x:' >systemd/usr/a.conf
printf ':replaced:M::x::/x:' >systemd/usr/b.conf
printf ':masked:M::x::/x:' >systemd/usr/c.conf
ln -s /dev/null systemd/etc/c.conf
: >systemd/etc/d.conf
printf '\n:e:M::x::/x:\n\n' >systemd/usr/e.conf
printf 'no configuration' >systemd/usr/README
if [ -x $systemd_binfmt ] && [ -d /etc/binfmt.d ] && [ -d /usr/lib/binfmt.d ]; then
	mount --bind systemd/etc /etc/binfmt.d
	mount --bind systemd/usr /usr/lib/binfmt.d
	SYSTEMD_PAGER='' $systemd_binfmt --cat-config >expected
	status 0 binfmtctl --cat-config --confdirs="$DIR/none" \
		--binfmt-d=/usr/lib/binfmt.d:/usr/local/lib/binfmt.d:/run/binfmt.d:/etc/binfmt.d
	diff expected output || fail "not what systemd-binfmt prints"
	grep -q ':a:M::a' expected || fail "systemd-binfmt did not read the files of this case"
fi

make_test_format
mkdir -p usr/binfmt.d admin conf/test.conf.d etc/test.conf.d
printf '# base' >>conf/test.conf
printf ':test:M::x::%s/other:' "$DIR" >usr/binfmt.d/test.conf
printf ':more:M::x::%s/other:' "$DIR" >usr/binfmt.d/more.conf
printf 'p\nextension\n0\nx\n\n/x\n\n\n\n\n' >admin/theirs
printf '[Format]\nFlags=\n' >conf/test.conf.d/b.conf
printf '# last\n' >etc/test.conf.d/c.conf
headers() {
	sed -n "s|^# $DIR/||p" output | xargs
}
status 0 binfmtctl cat-config
same "order" "conf/test.conf admin/theirs usr/binfmt.d/more.conf usr/binfmt.d/test.conf conf/test.conf.d/b.conf etc/test.conf.d/c.conf" "$(headers)"
status 0 binfmtctl cat test
same "its files" "conf/test.conf usr/binfmt.d/test.conf conf/test.conf.d/b.conf etc/test.conf.d/c.conf" "$(headers)"
{
	for f in conf/test.conf usr/binfmt.d/test.conf conf/test.conf.d/b.conf etc/test.conf.d/c.conf; do
		printf '# %s/%s\n%s\n\n' "$DIR" $f "$(cat $f)"
	done
} | sed '$d' >expected
diff expected output || fail "cat differs"
status 0 binfmtctl cat theirs
same "its files" "admin/theirs" "$(headers)"
# Files that are broken or masked are shown, too.
echo rubbish >>conf/test.conf
status 0 binfmtctl cat test
says "rubbish"
status 1 binfmtctl cat none
says "none: no such format"

# unregister removes our entries, and nothing else.
mount -t binfmt_misc b bm
printf ':other:M::OTHER::/bin/true:' >bm/register
rm conf/test.conf.d/b.conf
make_test_format
status 0 binfmtctl enable test
status 0 binfmtctl unregister --dry-run
same "what it says" "test: would be removed" "$(cat output)"
[ -e bm/test ]
status 0 binfmtctl --unregister
same "entries" other "$(cd bm && echo [to]*)"
