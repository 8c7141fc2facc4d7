# SPDX-License-Identifier: GPL-2.0-or-later
# Takes two users.
# explain in a user namespace says whose entries apply there, and where they can be changed.
make_test_format
mount -t binfmt_misc b bm
chmod 755 .

# inside COMMAND...: runs it in a user namespace of a user who is not root here.
inside() {
	setpriv --reuid 1000 --regid 1000 --clear-groups unshare -Urm "$@"
}

# The namespace has no entries of its own.
status 1 inside binfmtctl explain ./program
says "this user namespace has no entries of its own"
same "remedy" "Register it in the namespace above, whose entries apply here: binfmtctl enable test" "$(tail -n 1 output)"
status 1 inside binfmtctl enable test
says "takes root of the user namespace that it belongs to"
status 0 binfmtctl enable test
status 0 inside ./program
status 0 inside binfmtctl explain ./program
echo 0 >bm/test
status 1 inside binfmtctl explain ./program
says "Enable it in the namespace above, whose entries apply here: binfmtctl enable test"
echo 1 >bm/test

# The namespace has entries of its own, and those of the namespace above do not count.
cat >own <<-'EOF'
	mount -t tmpfs t /mnt
	mkdir /mnt/bm /mnt/etc
	mount -t binfmt_misc b /mnt/bm
	export BINFMTD_PROCDIR=/mnt/bm BINFMTD_STATEDIR=/mnt/state BINFMTD_CONFDIRS="$DIR/conf:/mnt/etc"
	binfmtctl explain ./program
	echo "exit status $?"
	binfmtctl enable test
	binfmtctl explain ./program
EOF
status 0 inside sh own
says "this user namespace has entries of its own, and the machine's do not apply"
says "Register it: binfmtctl enable test"
says "exit status 1"
same "then" "There is nothing to do: it runs." "$(tail -n 1 output)"
