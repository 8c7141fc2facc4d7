# SPDX-License-Identifier: GPL-2.0-or-later
# A copy of update-binfmts' database follows it where there is one, and is not begun where there is none.
mkdir admin import
ln -s "$BUILD_DIR/cli/binfmtctl" update-binfmts
u() {
	./update-binfmts --admindir "$DIR/admin" --importdir "$DIR/import" --procdir "$DIR/bm" "$@"
}
make_test_format
cp interpreter other
printf 'package p\ninterpreter %s/other\nmagic IMPORTED\n' "$DIR" >import/imported
status 0 u --install early "$DIR/other" --magic EARLY
[ ! -e admin.copy ] || fail "a copy was begun"

cp -a admin admin.copy
status 0 u --install mine "$DIR/other" --magic MINE
status 0 u --import imported
diff -r admin admin.copy || fail "the copy is another"
status 0 u --install mine "$DIR/interpreter" --magic MINE
diff -r admin admin.copy || fail "the copy is another after a change"
status 0 u --remove mine "$DIR/interpreter"
status 0 u --package p --unimport imported
same "what is left" early "$(ls admin.copy)"

# A format that the copy lacks can be removed all the same. Where the copy cannot be written, that is said, and everything else is
# done.
rm admin.copy/early
status 0 u --remove early "$DIR/other"
if grep -F admin.copy output; then fail "complains about what is missing"; fi
mkdir admin.copy/blocked
status 0 u --install blocked "$DIR/other" --magic BLOCKED
says "admin.copy/blocked: Is a directory: it could not be put back"
[ -e admin/blocked ] && [ -e bm/blocked ] || fail "not installed"
