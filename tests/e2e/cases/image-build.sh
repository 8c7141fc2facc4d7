# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# The image's build takes a translator by any name, and refuses a file that nothing could run in a container.
[ -x "$BUILD_DIR/packaging/oci/binfmt" ] || skip "the image's program is not in this build"
[ -x "$TRANSLATOR" ] || skip "no translator in this build"
build() {
	env TRANSLATOR="$1" "$SOURCE_DIR/packaging/oci/build" "$DIR/image.tar"
}
# refused FILE REASON
refused() {
	status 1 build "$1"
	says "$1: $2"
	[ ! -e image.tar ] || fail "an image was made"
}
refused "$DIR/none" "there is no such file"
refused "$DIR" "there is no such file"
cp "$TRANSLATOR" data
chmod -x data
refused "$DIR/data" "it is not executable"
printf '#!/bin/sh\n' >script
chmod +x script
refused "$DIR/script" "it is not a program for x86-64"
refused /bin/true "it is dynamically linked"

cp "$TRANSLATOR" my-own-name
status 0 build "$DIR/my-own-name"
mkdir image root
tar -C image -xf image.tar
for blob in image/blobs/sha256/*; do
	! tar -tzf "$blob" >/dev/null 2>&1 || tar -C root -xzf "$blob"
done
same programs "binfmt binfmt-translator" "$(cd root/usr/bin && echo ./* | sed "s,\./,,g")"
wanted=$(sed -n 's/^Interpreter=100 *//p' root/usr/lib/binfmtd/qemu-aarch64.conf)
[ -x "root$wanted" ] || fail "the format wants $wanted, and the image has $(ls root/usr/bin)"
