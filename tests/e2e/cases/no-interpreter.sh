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

# Of several that are installed, the one of the highest priority; and the next one when it goes.
printf '#!/bin/sh\necho better\n' >better
chmod +x better
echo "Interpreter=5 $DIR/better" >>conf/test.conf
reload_daemon
same "the better one" better "$(./program)"
rm better
reload_daemon
same "the other one" "interpreted: ./program" "$(./program)"
stop_daemon
