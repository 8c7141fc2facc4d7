# SPDX-License-Identifier: GPL-2.0-or-later
# binfmtctl --container: the entries of another process's user namespace, shown and changed from outside.
make_test_format
mount -t binfmt_misc b bm
printf '[Format]\nMagic=NOTFIX\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/plain.conf
printf NOTFIX >plain
chmod +x plain
status 0 binfmtctl enable
printf ':other:M::OTHER::/bin/true:' >bm/register

# A container: namespaces of its own, and a directory to work in that is not that of this case.
mkfifo ready
unshare -Urm sh -c 'mount -t tmpfs t /mnt; echo >ready; exec sleep 600' &
read -r _ <ready
pid=$!
printf '#!/bin/sh\nexec nsenter -t %s -U -m --preserve-credentials "$@"\n' $pid >inside
chmod +x inside

# The container inherits the machine's entries, and looking at them changes nothing about that.
status 0 binfmtctl --container=$pid list --names
says "process $pid has no entries of its own"
same "entries" "other plain test" "$(grep -v binfmtctl: output | sort | xargs)"
status 0 ./inside "$DIR/program"
same "inherited" "interpreted: $DIR/program" "$(cat output)"

status 0 binfmtctl --container=$pid --dry-run disable plain
says "would have entries of its own"
says "plain: would be removed"
status 0 binfmtctl --container=$pid --dry-run enable
says "test: would be registered with $DIR/interpreter"
status 0 binfmtctl --container=$pid list --names
says "process $pid has no entries of its own"

# A change gives the container entries of its own: those that applied before, except for the one that is changed.
status 0 binfmtctl --container=$pid disable plain
same "outside" "other plain register status test" "$(ls bm | xargs -n 1 | sort | xargs)"
status 0 ./inside ls /proc/sys/fs/binfmt_misc
same "inside" "other register status test" "$(xargs -n 1 <output | sort | xargs)"
status 0 ./inside "$DIR/program"
same "copied" "interpreted: $DIR/program" "$(cat output)"
status 127 ./inside "$DIR/plain"
says "NOTFIX: not found" # said by a shell, which takes it for a script
status 0 ./plain
[ -z "$(ls etc)" ] || fail "a choice for a container was written to etc: $(find etc)"

status 0 binfmtctl --container=$pid list
same "states" "plain:missing test:registered other:foreign" "$(awk '$1 != "NAME" { print $1 ":" $2 }' output | xargs)"
same "nothing to say" "" "$(grep binfmtctl: output || true)"
status 1 binfmtctl --container $pid status
same "status" "plain:missing test:registered other:foreign" \
	"$(awk 'NR > 3 && NF { print $1 ":" $2 }' output | xargs)"
status 0 binfmtctl --container $pid disable other
status 0 binfmtctl --container $pid enable plain
status 0 ./inside "$DIR/plain"
status 0 binfmtctl --container $pid status
status 0 binfmtctl --container $pid display plain
says "plain (enabled):"
status 0 binfmtctl list --names
same "outside as before" "other plain test" "$(sort output | xargs)"
status 0 binfmtctl --container $pid enable
status 0 binfmtctl --container $pid disable
status 0 ./inside ls /proc/sys/fs/binfmt_misc
same "all disabled" "register status" "$(xargs -n 1 <output | sort | xargs)"

# With F the interpreter is the one outside. Without F it is looked for in the container, which does not have it.
printf '#include <stdio.h>\nint main(int c, char **v) { printf("%%s of %%d\\n", v[c - 1], c); }\n' >static.c
gcc -static -o "$DIR/here" static.c
mkdir elsewhere
mount --bind elsewhere elsewhere
mount -t tmpfs t elsewhere
cp here elsewhere/interpreter
sed -i "s,^Interpreter=.*,Interpreter=1 $DIR/elsewhere/interpreter," conf/*.conf
status 0 binfmtctl --container $pid enable
status 0 ./inside "$DIR/program"
same "F" "$DIR/program of 2" "$(cat output)"
status 127 ./inside sh -c "'$DIR/plain'"
says "$DIR/plain: not found"

# In the container, too, a format follows the other one.
printf '[Format]\nMagic=FOLLOWS\nFollows=plain\n' >conf/follower.conf
status 0 binfmtctl --container $pid enable plain
status 0 ./inside ls /proc/sys/fs/binfmt_misc
says follower
status 0 binfmtctl --container $pid --dry-run disable plain
same "what would be done" "plain: would be removed
follower: would be removed" "$(cat output)"
status 0 binfmtctl --container $pid disable plain
status 0 ./inside ls /proc/sys/fs/binfmt_misc
same "inside" "register status test" "$(xargs -n 1 <output | sort | xargs)"
rm conf/follower.conf

# The container of a user who is not root.
cat >unprivileged <<'END'
unshare -Urm sh -c 'echo >ready; exec sleep 600' &
read -r _ <ready
binfmtctl --container=$! enable test && binfmtctl --container=$! list
kill $!
END
status 0 unshare -U --map-user=1234 --map-group=1234 sh -eu unprivileged
says "test   registered  F "

# Processes that are in no container, or in one that cannot have entries of its own.
status 1 binfmtctl --container $$ enable
says "is in this user namespace: change its entries without --container"
status 1 binfmtctl --container 4194305 list
says "there is no such process"
cat >show-ended <<'END'
import os, subprocess, sys, time
pid = os.fork()
if pid == 0:
    os.execvp("unshare", ["unshare", "-U", "true"])
time.sleep(0.3)  # it is not waited for meanwhile
sys.exit(subprocess.run(["binfmtctl", "--container", str(pid), "list"], check=False).returncode)
END
status 1 python3 show-ended
says "it has ended"
status 2 binfmtctl --container docker list
says "this is the number of a process"
status 1 binfmtctl --container $pid enable none
says "none: no such format"
status 2 binfmtctl --container $pid explain program
kill $pid

# A container whose directories, seen from outside, lead back out of it: its own entries are changed nevertheless, not those
# outside.
mkdir -p evil
unshare -Urm sh -c '
	mount -t tmpfs t "$1" && cd "$1" && mkdir -p proc/sys proc/self/root/proc/sys/fs/binfmt_misc
	ln -s /proc/self/root/proc/sys/fs proc/sys/fs
	for d in bin lib lib64 usr; do [ ! -e /$d ] || { mkdir $d && mount --rbind /$d $d; }; done
	mkdir old && pivot_root . old && : >/is-ready && exec sleep 600' sh "$DIR/evil" >evil.log 2>&1 &
evil=$!
until_true 5 [ -e "/proc/$evil/root/is-ready" ] || { cat evil.log; fail "no container"; }
mount -t binfmt_misc b /proc/sys/fs/binfmt_misc
BINFMTD_PROCDIR=/proc/sys/fs/binfmt_misc binfmtctl enable >output 2>&1 || { cat output; fail "not enabled"; }
before=$(ls /proc/sys/fs/binfmt_misc)
BINFMTD_PROCDIR=/proc/sys/fs/binfmt_misc binfmtctl --container=$evil disable test >output 2>&1 || true
cat output
same "the entries out here" "$before" "$(ls /proc/sys/fs/binfmt_misc)"
kill $evil
