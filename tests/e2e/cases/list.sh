# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# list shows one format or entry, or those for a machine, with the same states as status.
make_test_format F
mkdir -p usr/binfmt.d
# elf BYTE: the first 20 bytes of a machine's ELF header.
elf() {
	printf '\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\x%s\\x00' "$1"
}
printf '[Format]\nMagic=%s\nInterpreter=1 %s/interpreter\n' "$(elf b7)" "$DIR" >conf/arm64.conf
printf '[Format]\nMagic=%s\nInterpreter=1 %s/none\n' "$(elf f3)" "$DIR" >conf/riscv.conf
mount -t binfmt_misc b bm
# Our entries are registered later, so that the kernel tries them before theirs.
printf ':theirs:M::%s::/bin/true:' "$(elf b7)" >bm/register
printf ':off:M::OFF::/bin/true:' >bm/register
echo 0 >bm/off
status 0 binfmtctl reload
names() {
	tail -n +2 output | cut -d' ' -f1 | xargs
}
status 0 binfmtctl list
same all "arm64 riscv test off theirs" "$(names)"
status 0 binfmtctl list test
same "one format" "test" "$(names)"
status 0 binfmtctl list theirs
same "one entry" "theirs" "$(names)"
for arch in aarch64 arm64; do
	status 0 binfmtctl list --arch=$arch
	same "$arch" "arm64 theirs" "$(names)"
done
status 0 binfmtctl list --arch=aarch64 theirs
same "both" "theirs" "$(names)"
status 0 binfmtctl list --names --arch=riscv64
same "names" "riscv" "$(cat output)"
status 1 binfmtctl list --arch=s390x
says "no format or entry is for programs of s390x"
status 1 binfmtctl list --arch=unheard-of
says "unheard-of: no machine of that name is known"
status 1 binfmtctl list tset
says "did you mean test?"
status 0 binfmtctl list --json --arch=arm64
python3 - <<'EOF'
import json
x = json.load(open("output"))
assert list(x)[0] == "schema_version" and x["schema_version"] == 1, x
assert [(f["name"], f["state"]) for f in x["formats"]] == [("arm64", "registered"), ("theirs", "foreign")], x
assert x["binfmt_misc"]["enabled"] is True, x
EOF

# same_words: fails unless list and status show the same states.
same_words() {
	for verb in list status; do
		binfmtctl $verb 2>/dev/null | sed -n '/^NAME/,/^$/p' | sed '1d; s/  */ /g' |
			sed -E 's/^([^ ]+) (left over|foreign, disabled|[a-z]+).*/\1 \2/' |
			sed '/^$/d' >$verb
	done
	diff list status || fail "list and status differ"
}
same_words
grep -qx "off foreign, disabled" list || fail "what is switched off is not said"
echo -1 >bm/arm64
echo 0 >bm/test
same_words
grep -qx "arm64 missing" list && grep -qx "test disabled" list || fail "$(cat list)"
status 0 binfmtctl enable
status 0 binfmtctl disable arm64
same_words
status 0 binfmtctl enable

# binfmt_misc is switched off as a whole: no entry that is listed works, and neither does one that is registered now.
echo 0 >bm/status
same_words
grep -qx "test disabled" list && grep -qx "theirs foreign, disabled" list || fail "$(cat list)"
off="binfmt_misc is disabled as a whole: until \"echo 1 > $DIR/bm/status\", no entry works"
status 0 binfmtctl list
says "$off"
for command in "enable test" enable reload "enable --dry-run test"; do
	# shellcheck disable=SC2086 # words
	status 1 binfmtctl $command
	says "$off"
done
status 0 binfmtctl disable test
status 1 binfmtctl enable test
[ -e bm/test ] || fail "the choice was not made"
echo 1 >bm/status
status 0 binfmtctl enable test

# Each document for programs begins with its version.
for command in "status" "explain program" "doctor"; do
	# shellcheck disable=SC2086 # words
	binfmtctl $command --json >output 2>/dev/null || true
	same "$command: the first member" '"schema_version":1,' "$(sed -n 2p output | tr -d ' ')"
done
