# SPDX-License-Identifier: GPL-2.0-or-later
# The F flag pins the interpreter's file; after an upgrade, a reload makes the new one run.
make_test_format
start_daemon
printf '#!/bin/sh\necho new\n' >interpreter.new
chmod +x interpreter.new
mv interpreter.new interpreter
reload_daemon
says "test replaced" daemon.log
same "what runs" new "$(./program)"
: >daemon.log
reload_daemon
same "a reload without a change does nothing" "" "$(cat daemon.log)"
stop_daemon
