# SPDX-License-Identifier: GPL-2.0-or-later
# Each verb and option is in binfmtctl(8).
sed 's/\\f[BIR]//g; s/\\-/-/g' "$BUILD_DIR/docs/binfmtctl.8" >page
status 0 binfmtctl --help
sed -n '/^Verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p' output >verbs
sed -n 's/^  --\([a-z-]*\).*/\1/p' output >options
[ "$(wc -l <verbs)" -ge 10 ] && [ "$(wc -l <options)" -ge 10 ] || fail "--help does not have what this test reads"
missing=
while read -r verb; do
	grep -qE "^\.B[RI]? (.*[ \"|])?$verb\b" page || missing="$missing $verb"
done <verbs
while read -r option; do
	grep -q -- "--$option\b" page || missing="$missing --$option"
done <options
same "not in binfmtctl(8)" "" "$missing"

# Each verb is in the synopsis, too, and all verbs and options of the examples exist.
sed '1,/^\.SH SYNOPSIS/d; /^\.SH DESCRIPTION/,$d' page >synopsis
while read -r verb; do
	grep -qE "(^\.B[RI]* |[\"|] )$verb\b" synopsis || fail "$verb is not in the synopsis of binfmtctl(8)"
done <verbs
sed '1,/^\.SH EXAMPLES/d; /^\.SH/,$d' page | grep '^binfmtctl' >examples
[ "$(wc -l <examples)" -ge 10 ] || fail "binfmtctl(8) has no examples"
sed 's/^binfmtctl //; s/--container=[^)]*) *//; s/ .*//' examples | while read -r verb; do
	grep -qx -- "$verb" verbs || fail "an example has the verb $verb"
done
grep -o -- ' --[a-z-]*' examples | sed 's/ --//' | grep -vx 'its-option' | while read -r option; do
	grep -qx -- "$option" options || fail "an example has the option --$option"
done

# The formats in the examples of binfmtd.conf(5) can be used as they are.
awk '/^\.SH EXAMPLES/ { examples = 1 } /^\.nf/ { text = ""; inside = 1; next }
	/^\.fi/ { if (examples && text ~ /Magic=|Extension=/) printf "%s", text >("example-" ++n ".conf"); inside = 0 }
	inside { gsub(/\\e/, "\\"); gsub(/\\-/, "-"); text = text $0 "\n" }' "$BUILD_DIR/docs/binfmtd.conf.5"
[ -e example-4.conf ] || fail "the examples were not found"
status 0 binfmtctl verify example-*.conf
same "formats" 4 "$(grep -c ': good (a format)$' output)"
