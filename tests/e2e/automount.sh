# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What binfmtctl and the daemon make of an automount, $DIR.automount, that mounts nothing.
make_test_format
printf '\177TEST' >program
BINFMTD_PROCDIR=$DIR.automount

# The first process that touches the automount is not killed for that.
status 1 binfmtctl explain program
says "binfmt_misc: dead-automount"
says "error  binfmt_misc is not mounted: an automount is in its place"
says "Mount it over the automount and register all formats, as root: binfmtctl enable"
! grep -q "this has mounted it\|Ask again as root" output || fail "it contradicts itself"
status 1 binfmtctl explain --json program
python3 - <<'EOF' || fail "explain --json"
import json
x = json.load(open("output"))
assert x["binfmt_misc"]["mount"] == "dead-automount" and x["binfmt_misc"]["autofs_untriggered"], x
assert [f["cause"] for f in x["findings"] if f["severity"] == "error"] == ["binfmt-misc-dead-automount"], x
EOF
status 1 binfmtctl status
says "binfmt_misc: dead-automount"
says "an automount is here, and nothing gets mounted"

# A command that mounts binfmt_misc mounts it over the automount.
status 0 binfmtctl reload
status 0 binfmtctl status
says "binfmt_misc: mounted, enabled"
same "what runs" "interpreted: ./program" "$(./program)"
umount "$DIR.automount"
start_daemon
[ -e "$DIR.automount/test" ] || fail "the daemon has not registered it"
stop_daemon
