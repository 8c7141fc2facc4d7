# SPDX-License-Identifier: GPL-2.0-or-later
# edit: a drop-in through an editor; what is wrong never takes its place, and what was written is never lost.
make_test_format F
status 0 binfmtctl enable test
dropin=etc/test.conf.d/60-edit.conf
# editor TEXT: makes an editor that writes this and keeps what it was given in ./given. It is a command of several words, because
# an editor may have arguments.
editor() {
	printf '%s' "$1" >text
	printf '#!/bin/sh\ncp "$2" %s/given && cp %s/text "$2"\n' "$DIR" "$DIR" >editor
	chmod +x editor
	export EDITOR="$DIR/editor -argument"
}
unset VISUAL
# A text that sets nothing is not written.
editor "# only a comment
"
status 0 binfmtctl edit test
[ -z "$(find etc -type f)" ] || fail "something was written: $(find etc)"
grep -qxF '#Flags=F' given && grep -qxF "#Interpreter=1 $DIR/interpreter" given ||
	{ cat given; fail "the template does not say what there is"; }

editor "[Format]
Flags=P
"
status 0 env TMPDIR="$DIR" binfmtctl edit test --dry-run
says "test: would be replaced, with $DIR/interpreter"
[ ! -e $dropin ]
status 0 binfmtctl edit test
same "what was written" "$(cat text)" "$(cat $dropin)"
grep -q '^flags: P$' bm/test || fail "$(cat bm/test)"
same "what it is readable for" 644 "$(stat -c %a $dropin)"

# A wrong text is reported, kept, and given to the next edit.
editor "[Format]
Flags=nonsense
# precious thoughts
"
status 1 binfmtctl edit test
same "what was given" "[Format]
Flags=P" "$(cat given)"
says "60-edit.conf:2: Flags=: flags are capital letters"
says "the text is kept in $DIR/$dropin.rejected"
same "the drop-in" "[Format]
Flags=P" "$(cat $dropin)"
start_daemon
grep -q '^flags: P$' bm/test || fail "$(cat bm/test)"
stop_daemon
cp text wrong
editor "[Format]
Flags=PO
# precious thoughts
"
status 0 binfmtctl edit test
diff wrong given || fail "the text was lost"
grep -q '^flags: PO$' bm/test || fail "$(cat bm/test)"
[ ! -e $dropin.rejected ] || fail "what was rejected is still there"

# Somebody else changes it meanwhile; the editor fails; there is none.
printf '#!/bin/sh\necho "[Format]" >"$1"; echo Flags= >>"$1"; echo "# other" >>%s/%s\n' "$DIR" $dropin >editor
export EDITOR="$DIR/editor"
status 1 binfmtctl edit test
says "changed by somebody else meanwhile"
grep -q '^# other' $dropin
grep -q '^Flags=$' $dropin.rejected || fail "the text was lost"
printf '#!/bin/sh\necho more >>"$1"; exit 3\n' >editor
status 1 binfmtctl edit test
says "the editor ended with exit status 3"
grep -q '^more$' $dropin.rejected || fail "the text was lost"
rm $dropin.rejected
export EDITOR=/nowhere/editor
status 1 binfmtctl edit test
says "no editor was found"

# A change that makes sense only without what the drop-in has now.
editor "[Format]
Magic=\\x7fTESTING
"
status 0 binfmtctl edit test
editor "[Format]
Mask=\\xff\\xff\\xff\\xff\\xff
"
status 0 binfmtctl edit test
grep -q '^mask ffffffffff$' bm/test || fail "$(cat bm/test)"
# A text that sets nothing any more removes the drop-in.
editor ""
status 0 binfmtctl edit test
[ -z "$(find etc -mindepth 1)" ] || fail "something was left: $(find etc)"
grep -q '^flags: F$' bm/test || fail "$(cat bm/test)"

status 1 binfmtctl edit none
says "none: no such format"
echo rubbish >>conf/test.conf
status 1 binfmtctl edit test
says "test: its own file cannot be used"
