# 0 where it was done, 1 where it could not be, 2 where the command line makes no sense.
make_test_format
status 0 binfmtctl --version
grep -Eq '^binfmtctl [0-9.]+$' output || fail "$(cat output)"
status 0 binfmtctl version
status 0 binfmtctl --help
says "Usage: binfmtctl"
status 0 binfmtctl help
status 2 binfmtctl
status 2 binfmtctl nonsense
says "unknown verb: nonsense"
status 2 binfmtctl --nonsense
status 2 binfmtctl --display one two
status 2 binfmtctl --display --enable test
status 2 binfmtctl list test
status 2 binfmtctl --procdir
status 1 binfmtctl --enable none
status 1 binfmtctl --disable none
status 1 binfmtctl --display none
status 1 sh -c 'binfmtctl --help >/dev/full'

# Options and environment say where things are.
mount -t binfmt_misc b bm
status 0 env -u BINFMTD_PROCDIR -u BINFMTD_CONFDIRS -u BINFMTD_STATEDIR binfmtctl --procdir="$DIR/bm" \
	--confdirs="$DIR/conf:$DIR/etc" --statedir="$DIR/state2" enable test
[ -e bm/test ] && [ -e state2/test ]
