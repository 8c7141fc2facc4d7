# SPDX-License-Identifier: GPL-2.0-or-later
# A format whose interpreter is not installed is shown as disabled, and registered as soon as one is.
make_test_format
mv interpreter away
start_daemon
same "entries" "register status" "$(ls bm | xargs)"
status 0 binfmtctl --display test
says "test (disabled):"
says " interpreter = $DIR/interpreter"
status 1 binfmtctl --enable test
says "test: not registered, because no interpreter is installed: $DIR/interpreter"
status 0 binfmtctl --enable
mv away interpreter
reload_daemon
same "what runs" "interpreted: ./program" "$(./program)"

# A format that update-binfmts or binfmt.d names is registered all the same, as those do it; but not with the flag F, with which
# the kernel opens the interpreter at once.
mkdir -p usr/binfmt.d admin
printf ':later:M::LATER::%s/later:\n:pinned:M::PINNED::%s/later:F\n' "$DIR" "$DIR" >usr/binfmt.d/later.conf
printf 'p\nmagic\n0\nTHEIRS\n\n%s/theirs\n\n\n\n\n' "$DIR" >admin/theirs
printf ':test:M::OTHER::%s/later:\n' "$DIR" >usr/binfmt.d/test.conf
reload_daemon
same "entries" "later register status test theirs" "$(ls bm | xargs)"
same "what runs" "interpreted: ./program" "$(./program)"
status 0 binfmtctl display later
says "later (enabled):"
printf 'LATER' >file
chmod +x file
status 126 execute ./file ./file
cp interpreter later
same "what runs later" "interpreted: ./file" "$(execute ./file ./file)"
rm later usr/binfmt.d/* admin/*
until_true 1 test ! -e bm/later || fail "what is named no more has stayed"

# Of several interpreters that are installed, the one of the highest priority is registered, and the next one when that is
# removed.
printf '#!/bin/sh\necho better\n' >better
chmod +x better
echo "Interpreter=5 $DIR/better" >>conf/test.conf
reload_daemon
same "the better one" better "$(./program)"
rm better
reload_daemon
same "the other one" "interpreted: ./program" "$(./program)"
stop_daemon
