# SPDX-License-Identifier: GPL-2.0-or-later
# The program of the container image: its words, its JSON, its exit statuses.
binfmt=$BUILD_DIR/packaging/oci/binfmt
[ -x "$binfmt" ] || skip "the image's program is not in this build"
[ -x "$TRANSLATOR" ] || skip "no translator in this build"

# gives EXPECTED-STATUS ARGUMENT...: runs the image's program and checks its exit status. Its standard output is in ./output, its
# messages are in ./messages.
gives() {
	expected=$1
	shift
	got=0
	"$binfmt" --mount "$DIR/bm" "$@" >output 2>messages || got=$?
	[ $got = "$expected" ] || { cat messages; fail "$*: expected exit status $expected, got $got"; }
}

# json EXPRESSION: prints the value of a Python expression of the status in ./output.
json() { python3 -c 'import json, sys; status = json.load(open("output")); print(eval(sys.argv[1]))' "$1"; }

sed "s|^Interpreter=.*|Interpreter=1 $TRANSLATOR|" "$BUILD_DIR/conf/build-tree/qemu-aarch64.conf" >conf/qemu-aarch64.conf
sed "s|^Interpreter=.*|Interpreter=1 $DIR/none|" "$BUILD_DIR/conf/build-tree/qemu-arm.conf" >conf/qemu-arm.conf

cp "$BUILD_DIR"/conf/build-tree/qemu-*-appimage.conf conf/

gives 0
same "keys" "['emulators', 'supported']" "$(json 'sorted(status)')"
same "before" "[] True False" \
	"$(json 'status["emulators"], "linux/amd64" in status["supported"], "linux/arm64" in status["supported"]' | tr -d '(,)')"

# Entries in a mount of its own are gone with that, and nothing is left but the mount.
gives 1 --install all
says "what was registered is gone with this container, because binfmt_misc is mounted nowhere else" messages
same "entries" "register status" "$(ls bm | xargs)"

gives 0 --install all
says "installing: arm64 OK" messages
same "all" "['qemu-aarch64' 'qemu-aarch64-appimage'] True False" \
	"$(json 'status["emulators"], "linux/arm64" in status["supported"], "linux/arm/v7" in status["supported"]' | tr -d '(,)')"
same "AppImages" "interpreter $TRANSLATOR flags: POCF" "$(grep -e interpreter -e flags: bm/qemu-aarch64-appimage | xargs)"
same "flags" "flags: POCF" "$(grep flags: bm/qemu-aarch64)"
same "interpreter" "interpreter $TRANSLATOR" "$(grep interpreter bm/qemu-aarch64)"

# Installed once more, the new entry replaces the old one.
gives 0 -install=linux/arm64
says "installing: linux/arm64 OK, in the place of $TRANSLATOR" messages

# If one thing cannot be done, the status is 1, and the rest is done all the same.
gives 0 --uninstall aarch64
same "uninstalled" "[]" "$(json 'status["emulators"]')"
gives 1 --install arm,nonsense,arm64
says "installing: arm this image has no translator for it" messages
says "installing: nonsense is no platform that is known here" messages
same "the rest" "['qemu-aarch64', 'qemu-aarch64-appimage']" "$(json 'status["emulators"]')"
gives 0 --uninstall qemu-aarch64-appimage
same "only that" "['qemu-aarch64']" "$(json 'status["emulators"]')"
gives 0 --install arm64
gives 0 --uninstall qemu-aarch64
same "with it goes what follows it" "[]" "$(json 'status["emulators"]')"
gives 0 --install arm64
echo 0 >bm/status
gives 1 --install arm64
says "disabled as a whole" messages
same "nothing runs" "False" "$(json '"linux/arm64" in status["supported"]')"
echo 1 >bm/status

# A translator that does not work is noticed.
printf '#!/bin/sh\nexit 0\n' >broken
chmod +x broken
sed -i "s|^Interpreter=.*|Interpreter=1 $DIR/broken|" conf/qemu-aarch64.conf
gives 1 --install arm64
says "a program for it does not run" messages
same "not supported" "False" "$(json '"linux/arm64" in status["supported"]')"

# Names, patterns, ends of names. A pattern may match nothing, a name must not.
printf ':other:E::foo::/bin/true:' >bm/register
printf ':WSLInterop:E::bar::/bin/true:' >bm/register
gives 1 --uninstall nothing
says "uninstalling: nothing not found" messages
gives 0 --uninstall 'qemu-*'
same "others stay" "['WSLInterop', 'other']" "$(json 'status["emulators"]')"
gives 0 --uninstall 'qemu-*'
gives 0 --uninstall '*'
same "WSL's stays" "['WSLInterop']" "$(json 'status["emulators"]')"

# The probes of all platforms, with QEMU to run them.
for name in riscv64 ppc64le s390x mips64el mips64 loongarch64 arm; do
	[ -e /usr/lib/binfmt.d/qemu-$name.conf ] || continue
	head -n 1 /usr/lib/binfmt.d/qemu-$name.conf | tr -d '\n' >bm/register
done
gives 0
for name in riscv64 ppc64le s390x mips64le mips64 loong64 arm/v7 arm/v6; do
	entry=qemu-$(echo "${name%/*}" | sed 's/mips64le/mips64el/; s/loong64/loongarch64/')
	same "$name" "$([ -e bm/"$entry" ] && echo True || echo False)" "$(json "'linux/$name' in status['supported']")"
done
gives 0 --uninstall 'qemu-*'
same "no probe runs" "False" \
	"$(json "any(p.startswith('linux/' + m) for p in status['supported'] for m in ('arm', 'riscv', 'ppc', 's390', 'mips', 'loong'))")"

gives 0 --version
says "binfmt/"
gives 2 --nonsense
gives 2 word
