# SPDX-License-Identifier: GPL-2.0-or-later
# status: each kind of drift, who has registered what, which entries overlap, and what is wrong with the files.
make_test_format F
# row NAME: prints state, owner, interpreter and what would be done, without the padding.
row() {
	sed -n "s/^$1  *//p" output | tr -s ' '
}
mkdir -p usr/binfmt.d
for f in stale changed off gone; do
	cp interpreter "i-$f"
	printf '[Format]\nMagic=%s\nFlags=F\nInterpreter=1 %s/i-%s\n' "$f" "$DIR" "$f" >conf/$f.conf
done
printf ':theirs:M::THEIRS::%s/interpreter:F\n' "$DIR" >usr/binfmt.d/theirs.conf
status 1 binfmtctl status
says "binfmt_misc: not-mounted"
mount -t binfmt_misc b bm
printf ':theirs:M::THEIRS::%s/interpreter:F' "$DIR" >bm/register
status 0 binfmtctl enable
status 0 binfmtctl status
same "one that is as wanted" "registered binfmtd $DIR/interpreter" "$(row test)"
same "one that somebody else registered, as wanted" "registered binfmt.d $DIR/interpreter" "$(row theirs)"

cp i-stale new && mv new i-stale
echo -1 >bm/changed
printf ':changed:M::other::/bin/true:' >bm/register
echo 0 >bm/off
echo -1 >bm/test
rm conf/gone.conf
printf '[Format]\nMagic=none\nInterpreter=1 %s/none\n' "$DIR" >conf/none.conf
printf '[Format]\nMagic=no\nInterpreter=1 %s/interpreter\nEnabled=no\n' "$DIR" >conf/no.conf
printf 'rubbish\n' >conf/broken.conf
printf ':byhand:M::other::/bin/true:' >bm/register
printf ':WSLInterop:M::MZ::/init:P' >bm/register
status 1 binfmtctl status
same stale "stale binfmtd $DIR/i-stale (would be replaced)" "$(row stale)"
same changed "changed unknown /bin/true (would be replaced)" "$(row changed)"
same off "disabled binfmtd $DIR/i-off (would be enabled)" "$(row off)"
same missing "missing - $DIR/interpreter (would be registered)" "$(row test)"
same "left over" "left over binfmtd $DIR/i-gone (would be removed)" "$(row gone)"
same "no interpreter" "unavailable - $DIR/none" "$(row none)"
same "not wanted" "disabled - $DIR/interpreter" "$(row no)"
same foreign "foreign unknown /bin/true" "$(row byhand)"
same "known by its looks" "foreign Windows Subsystem for Linux /init" "$(row WSLInterop)"
says "  byhand before changed"
says "$DIR/conf/broken.conf:1: neither a [Section]"

# The output for programs.
status 1 binfmtctl status --json
python3 - output <<'EOP'
import json, sys
s = json.load(open(sys.argv[1]))
assert s["good"] is False and s["binfmt_misc"]["mount"] == "mounted", s
rows = {r["name"]: r for r in s["formats"]}
assert rows["stale"]["state"] == "stale" and rows["stale"]["would_be"] == "replaced", rows["stale"]
assert rows["byhand"]["configured"] is False and rows["byhand"]["owner"] == "unknown", rows["byhand"]
assert rows["no"]["wanted"] is False and rows["no"]["active"] is False, rows["no"]
assert {"winner": "byhand", "loser": "changed"} in s["overlaps"], s["overlaps"]
assert [p["line"] for p in s["problems"] if p["file"].endswith("broken.conf")] == [1], s["problems"]
EOP
# None of these commands has changed anything.
grep -q '^interpreter /bin/true' bm/changed

# An entry that takes all files of another one.
status 0 binfmtctl enable test
printf ':cover:M::\\x7fTEST::/bin/true:' >bm/register
status 1 binfmtctl status
same shadowed "shadowed binfmtd $DIR/interpreter (would be replaced)" "$(row test)"
says "  cover before test"
status 0 binfmtctl enable --dry-run test
says "test: would be replaced, with $DIR/interpreter"
status 0 binfmtctl enable test
status 1 binfmtctl status
same "tried first again" "registered binfmtd $DIR/interpreter" "$(row test)"
says "  test before cover"
echo -1 >bm/cover

# The entry that is shown first is the one that the kernel uses.
printf EARLYbird >early
chmod +x early
printf ':zz-first:M::EA::%s/interpreter:' "$DIR" >bm/register
printf ':aa-last:M::EARLY::/bin/true:' >bm/register
status 1 binfmtctl status
says "  aa-last before zz-first"
same "what runs" "" "$(./early)"
echo 0 >bm/aa-last
status 1 binfmtctl status
! grep -q 'aa-last before' output || fail "an overlap with an entry that is disabled"
echo 0 >bm/status
rm conf/broken.conf
status 1 binfmtctl status
says "disabled as a whole"
