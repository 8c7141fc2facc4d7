# SPDX-License-Identifier: GPL-2.0-or-later
# Of several entries that match, explain names the one that the kernel takes, whatever was done to them before.
mount -t binfmt_misc b bm
printf BOTH >program
chmod +x program
for n in 1 2 3 4 5; do
	printf '#!/bin/sh\necho %s\n' $n >i$n
	chmod +x i$n
done

winner() {
	binfmtctl explain --json ./program | python3 -c 'import json, sys
x = json.load(sys.stdin)
print(*[e["name"] for e in x["entries"] if e["outcome"] == "wins"])'
}

for order in "1 2 3 4 5" "5 4 3 2 1" "2 5 1 4 3" "4 1 5 3 2"; do
	for n in $order; do
		[ ! -e bm/$n ] || echo -1 >bm/$n
		printf ':%s:M::BOTH::%s/i%s:' $n "$DIR" $n >bm/register
		same "after registering $n" "$(./program)" "$(winner)"
	done
	for n in $order; do
		echo 0 >bm/$n
		cat bm/missing 2>/dev/null || true
		same "after disabling $n" "$(execute ./program ./program 2>/dev/null || true)" "$(winner)"
	done
	for n in 3 1 4 2 5; do
		echo 1 >bm/$n
		same "after enabling $n" "$(./program)" "$(winner)"
	done
done
status 0 binfmtctl explain ./program
says "matches too, but is tried later"

# The bytes of entries that matter are shown, and with --all those of every entry.
tables() {
	binfmtctl explain "$@" | grep -c '^      magic '
}
printf ':near:M::BOT.::/bin/true:' >bm/register
printf ':nearer:M::BOTHER::/bin/true:' >bm/register
same "tables with a winner" 5 "$(tables ./program)"
same "tables of all" 7 "$(tables --all ./program)"
for n in 1 2 3 4 5; do
	echo -1 >bm/$n
done
same "tables without a winner" 1 "$(tables ./program || true)"

# The remedy is carried out as it is printed, and makes the other entry win.
obey() {
	remedy=$(binfmtctl explain --json ./program | python3 -c 'import json, sys; print(json.load(sys.stdin)["remedy"])')
	same "remedy" "If $1 is to run it instead" "${remedy%%:*}"
	sh -c "$(echo "${remedy#*: }" | sed "s,/proc/sys/fs/binfmt_misc,$DIR/bm,")" || fail "it failed: $remedy"
	same "after: $remedy" "$1" "$(winner)"
}
printf '[Format]\nMagic=BOTH\nInterpreter=1 %s/i1\n' "$DIR" >conf/ours.conf
status 0 binfmtctl enable ours
printf ':wide:M::BOT::%s/i2:' "$DIR" >bm/register
same "the other one" 2 "$(./program)"
obey ours
same "then" 1 "$(./program)"
obey wide
same "then" 2 "$(./program)"
echo -1 >bm/wide
status 0 binfmtctl enable ours
printf ':narrow:M::BOTH\\x00::%s/i3:' "$DIR" >bm/register
same "the narrow one" 3 "$(./program)"
obey ours
same "then" 1 "$(./program)"
