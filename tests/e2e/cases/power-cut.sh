# SPDX-License-Identifier: GPL-2.0-or-later
# What is written survives a power cut: a file is on the disk before it gets its name, the name before success is
# reported, and the same holds for new directories.
command -v strace >/dev/null || skip "strace is not installed"
make_test_format
mount -t binfmt_misc b bm
# traced COMMAND...: writes its calls that matter to ./trace, with descriptors as paths.
traced() {
	# The search for leaks does not work under strace.
	ASAN_OPTIONS=detect_leaks=0 strace -f -y -e trace=fsync,renameat,renameat2,rename,mkdir,unlinkat,write -o trace \
		"$@" >output 2>&1 || { cat output; fail "$* failed"; }
}
# order DIRECTORY NAME: fails unless the file was written, synchronised and renamed, and then the directory synchronised.
order() {
	python3 - "$1" "$2" <<'EOP'
import re, sys
directory, name = sys.argv[1:]
state, temporary = 0, None
for line in open("trace"):
    m = re.search(r'write\(\d+<(%s/[^>]*)>' % re.escape(directory), line)
    if m:
        state, temporary = 1, m.group(1)
    elif state == 1 and re.search(r'fsync\(\d+<%s>' % re.escape(temporary), line):
        state = 2
    elif re.search(r'rename.*"[^"]*%s"' % re.escape(name), line) and directory in line:
        assert state == 2, "renamed before it was on the disk: " + line
        state = 3
    elif state == 3 and re.search(r'fsync\(\d+<%s>' % re.escape(directory), line):
        state = 4
        break
assert state == 4, "%s/%s: only got as far as step %d" % (directory, name, state)
EOP
}
traced binfmtctl disable test
order "$DIR/etc/test.conf.d" 50-binfmtctl.conf || fail "the choice is not safe"
# The directory is new, and so its name in the one above must be safe too.
grep -n "mkdir(\"$DIR/etc/test.conf.d\"" trace >made && grep -n "fsync([0-9]*<$DIR/etc>" trace >synchronised ||
	fail "the new directory is not safe"
[ "$(cut -d: -f1 made | head -n 1)" -lt "$(cut -d: -f1 synchronised | head -n 1)" ] || fail "synchronised before it was made"
traced binfmtctl enable test
grep -A 1 'unlinkat.*50-binfmtctl.conf' trace | grep -q "fsync([0-9]*<$DIR/etc/test.conf.d>" ||
	fail "taking the choice back is not safe"
echo "Interpreter=0 $DIR/other" >>conf/test.conf
cp interpreter other
traced binfmtctl use test "$DIR/other"
order "$DIR/etc/test.conf.d" 51-binfmtctl.conf || fail "the choice of an interpreter is not safe"
order "$DIR/etc/test.conf.d" 51-binfmtctl.history || fail "the history is not safe"
# A text from the editor gets its name only when it is on the disk, whether it is right or wrong.
edited() {
	printf '#!/bin/sh\nprintf %%s %s >"$1"\n' "'$1'" >editor
	chmod +x editor
	ASAN_OPTIONS=detect_leaks=0 strace -f -y -e trace=fsync,rename,unlinkat -o trace env -u VISUAL EDITOR="$DIR/editor" \
		binfmtctl edit test >output 2>&1 || true
	python3 - "$DIR/etc/test.conf.d" "$2" <<'EOP'
import re, sys
directory, name = sys.argv[1:]
text, state = open("trace").read(), 0
for pattern in (r'fsync\(\d+<[^>]*/60-edit\.conf>\)', r'rename\("[^"]*", "%s/%s"\)' % tuple(map(re.escape, (directory, name))),
                r'fsync\(\d+<%s>\)' % re.escape(directory)):
    found = re.search(pattern, text)
    assert found, "%s: no %s, or not in this order" % (name, pattern)
    text = text[found.end():]
EOP
}
edited "[Format]
Flags=P
" 60-edit.conf || fail "what was edited is not safe"
edited rubbish 60-edit.conf.rejected || fail "what was rejected is not safe"
# The database of update-binfmts, which is made where no package brings it.
traced binfmtctl install other "$DIR/interpreter" --magic=OTHER
order "$DIR/admin" other || fail "what was installed is not safe"
[ -e bm/other ] || fail "installed, and not registered"
traced binfmtctl remove other
grep -A 1 "unlinkat.*\"other\"" trace | grep -q "fsync([0-9]*<$DIR/admin>" || fail "removing is not safe"
