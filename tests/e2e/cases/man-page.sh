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
