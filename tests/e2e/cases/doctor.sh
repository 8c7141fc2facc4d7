# SPDX-License-Identifier: GPL-2.0-or-later
# binfmtctl doctor runs programs for real, here and in other surroundings, and finds what this case has broken before.
arm64=
for f in "$TRANSLATOR" /usr/bin/qemu-aarch64-static; do
	[ ! -x "$f" ] || { arm64=$f; break; }
done
[ -n "$arm64" ] || skip "nothing that runs programs for arm64 is here (binfmt-translator, qemu-user-static)"
mount -t binfmt_misc b bm
mkdir tmp
export TMPDIR="$DIR/tmp"
cp "$BUILD_DIR"/conf/build-tree/*.conf conf/
rm conf/qemu-arm.conf

# arm64_is FLAGS INTERPRETER
arm64_is() {
	sed -i "s,^Flags=.*,Flags=$1,; s,^Interpreter=.*,Interpreter=1 $2," conf/qemu-aarch64.conf
	status 0 binfmtctl enable qemu-aarch64
}

# found EXIT RESULTS CAUSES: compares with what doctor --json says of arm64: the results place by place, and the different causes.
found() {
	status "$1" binfmtctl doctor --json
	python3 - "$2" "$3" <<-'PYTHON' || { cat output; fail "not $2: $3"; }
		import json, sys
		x = json.load(open("output"))
		places = [a for a in x["architectures"] if a["architecture"] == "arm64"][0]["places"]
		results = " ".join(f'{p["place"]}={p["result"]}' for p in places)
		causes = " ".join(dict.fromkeys(p["cause"] for p in places if p["cause"]))
		assert results == sys.argv[1] and causes == sys.argv[2], (results, causes)
		assert x["remedy"] and "\n" not in x["remedy"]
		assert all((p["result"] == "ok") == (p["cause"] is None) for p in places)
	PYTHON
}
all_are() {
	echo "host=$1 chroot=$1 namespace=$1 own-entries=$1 container=$1"
}

# All is well. It is only mentioned that there is nothing for the other architecture.
arm64_is POCF "$arm64"
found 0 "$(all_are ok)" ""
status 0 binfmtctl doctor
says "armhf: no format is for programs of this architecture"
says "There is nothing to do"
same "which interpreter" "5 $(realpath "$arm64")" "$(awk '/^arm64/ { print $NF }' output | sort | uniq -c | xargs)"
same "left behind" "" "$(ls tmp)"
if [ -x /usr/bin/qemu-arm-static ]; then
	sed 's,^Interpreter=.*,Interpreter=1 /usr/bin/qemu-arm-static,' "$BUILD_DIR/conf/build-tree/qemu-arm.conf" \
		>conf/qemu-arm.conf
	status 0 binfmtctl enable qemu-arm
	status 0 binfmtctl doctor
	same "both" 5 "$(grep -c '^armhf .* ok .* ms  /usr/bin/qemu-arm-static$' output)"
	status 0 binfmtctl disable qemu-arm
	status 0 binfmtctl doctor
	says "armhf: the format qemu-arm is disabled"
	says "Enable it: binfmtctl enable qemu-arm"
	rm -r conf/qemu-arm.conf etc/*
fi

# An unprivileged user finds out the same, in namespaces of his own.
status 0 unshare -U --map-user=1234 --map-group=1234 binfmtctl doctor
same "unprivileged" 5 "$(grep -c '^arm64 .* ok ' output)"
says "The chroot and the container were made in user namespaces"

# Places that cannot be made are reported, and are no failure: here there are no user namespaces, or a part of /proc is covered.
more=$(cat /proc/sys/user/max_user_namespaces)
echo 0 >/proc/sys/user/max_user_namespaces
found 0 "host=ok chroot=ok namespace=not-possible own-entries=not-possible container=ok" no-namespaces
status 1 binfmtctl run true
says "no user namespace can be made: there are too many"
echo "$more" >/proc/sys/user/max_user_namespaces
# Where the machine has another /proc, a chroot's, the kernel finds that whole, and permits a new one.
if [ -z "$(awk '$3 == "proc" && $2 != "/proc"' /proc/mounts)" ]; then
	mount -t tmpfs t /proc/fs
	status 0 unshare -U --map-user=1234 --map-group=1234 binfmtctl doctor
	same "without all of /proc" 4 "$(grep -c '^arm64 .* ok ' output)"
	grep -q '^arm64 .* container .* not possible ' output || fail "not said that a container is not possible"
	says "mounting /proc: not permitted, because parts of the /proc here are hidden or read-only"
	umount /proc/fs
fi

# Without F, there is no interpreter in a chroot; with F and a script, there is no shell.
arm64_is POC "$arm64"
found 1 "host=ok chroot=failed namespace=ok own-entries=ok container=failed" not-fixed
printf '#!/bin/sh\nexec %s "$@"\n' "$arm64" >script
chmod +x script
arm64_is F "$DIR/script"
found 1 "host=ok chroot=failed namespace=ok own-entries=ok container=failed" not-self-contained

# Interpreters that are no good.
cp "$(realpath "$arm64")" interpreter
arm64_is '' "$DIR/interpreter"
chmod -x interpreter
found 1 "$(all_are failed)" "interpreter-not-executable not-fixed"
rm interpreter
found 1 "$(all_are failed)" "interpreter-missing not-fixed"
printf '#!/bin/sh\necho "I am out of order" >&2\nexit 3\n' >interpreter
chmod +x interpreter
arm64_is '' "$DIR/interpreter"
found 1 "$(all_are failed)" "interpreter-fails not-fixed"
status 1 binfmtctl doctor
says "it ended with exit status 3; it said: I am out of order"
printf '#!/bin/sh\nkill -SEGV $$\n' >interpreter
found 1 "$(all_are failed)" "interpreter-killed not-fixed"
printf '\177ELFgarbage' >interpreter
arm64_is F "$DIR/interpreter"
found 1 "$(all_are failed)" elf-malformed

# Everything switched off; nothing configured; one that is disabled, which is how it is wanted, but then nothing runs.
arm64_is POCF "$arm64"
echo 0 >bm/status
found 1 "host=failed chroot=failed namespace=failed own-entries=ok container=failed" binfmt-misc-disabled
echo 1 >bm/status
echo 0 >bm/qemu-aarch64 # which is not what the configuration says
found 1 "host=failed chroot=failed namespace=failed own-entries=ok container=failed" entry-disabled
echo 1 >bm/qemu-aarch64
status 0 binfmtctl disable qemu-aarch64
status 1 binfmtctl doctor
says "arm64: the format qemu-aarch64 is disabled"
rm -r conf/* etc/*
found 1 "host=failed chroot=failed namespace=failed container=failed" no-entry
