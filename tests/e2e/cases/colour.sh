# SPDX-License-Identifier: GPL-2.0-or-later
# There is colour on a terminal and nowhere else. Without the colours the output is the same, so that columns stay where they are.
command -v script >/dev/null || skip "script is not installed (bsdutils)"
make_test_format
printf '[Format]\nMagic=A\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/a-longer-name.conf
mount -t binfmt_misc b bm
status 0 binfmtctl enable test

# terminal COMMAND: runs it on a terminal; its output is in ./seen.
terminal() {
	script -qec "$1" /dev/null >seen </dev/null || true
	sed -i 's/\r$//' seen
}
escape=$(printf '\033')

export TERM=xterm
for command in list display "display test" help status "explain program" "explain none" doctor; do
	binfmtctl $command >plain 2>&1 || true
	! grep -q "$escape" plain || fail "$command: colour in a file"
	terminal "binfmtctl $command"
	grep -q "$escape\[[1-9]" seen || { cat seen; fail "$command: no colour on a terminal"; }
	# Times are different each time, and so are names of temporary files.
	sed "s/$escape\[[0-9;]*m//g" seen | sed 's/[0-9.]* ms/ms/; s/binfmtctl-....../x/g' >stripped
	sed 's/[0-9.]* ms/ms/; s/binfmtctl-....../x/g' plain >expected
	diff expected stripped || fail "$command: colour changes more than colour"
	for without in NO_COLOR=1 TERM=dumb TERM=; do
		terminal "env $without binfmtctl $command"
		! grep -q "$escape" seen || fail "$command: colour in spite of $without"
	done
	terminal "env NO_COLOR= binfmtctl $command"
	grep -q "$escape" seen || fail "$command: an empty NO_COLOR switches colour off"
done

# Texts of files must not make the terminal do anything.
printf '#!/none\033]0;title\007\302\233m a\033[31mb\n' >hostile
chmod +x hostile
status 1 binfmtctl explain ./hostile
! LC_ALL=C grep -q "$(printf '[\033\007\233]')" output || fail "control characters of a file were printed"
says "/none?]0;title???m"

# Columns: each begins where its title does.
binfmtctl list >plain
for title in STATE INTERPRETER; do
	column=$(head -n 1 plain | grep -bo $title | cut -d: -f1)
	same "rows where $title begins" "$(wc -l <plain)" "$(grep -cE "^.{$((column - 1))} [^ ]" plain)"
done
