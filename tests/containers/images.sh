# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Makes what the tests run: the daemons, and images of the platform that platform() has set. Needs $here, $out, $translator.
. "$SOURCE_DIR/scripts/common.sh"
. "$SOURCE_DIR/scripts/foreign-root.sh"
. "$SOURCE_DIR/tests/secure/values.sh"

# usable COMMAND: true if it is installed and does what is tested. Docker's client has had no BuildKit of its own since version
# 23.
usable() {
	command -v "$1" >/dev/null || return
	[ "$1" != docker ] || docker buildx version >/dev/null 2>&1 || docker --version | grep -qE 'version (1[0-9]|20)\.'
}

# fetch_tools DIR COMMAND...: unpacks the packages into DIR, unless all commands can be used as they are installed. Sets PATH and
# the libraries' path.
fetch_tools() {
	tools=$1
	shift
	PATH=$tools/usr/sbin:$tools/usr/bin:$tools/bin:$PATH
	LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu
	export PATH LD_LIBRARY_PATH
	for command; do
		usable "$command" || { unpack_tools "$tools" >"$tools.log" 2>&1; return; }
	done
}

unpack_tools() {
	rm -rf "$1" && mkdir -p "$1.debs/archives/partial" "$1" || return
	: >"$1.apt.log"
	apt_get "$1.apt.log" update || say_left_out "$1.apt.log"
	# shellcheck disable=SC2086 # words
	apt_get "$1.apt.log" --no-install-recommends --download-only --reinstall -o "Dir::Cache=$1.debs" -o APT::Sandbox::User=root \
		install $PACKAGES golang-github-containers-common || { cat "$1.apt.log"; return 1; }
	for deb in "$1.debs"/archives/*.deb; do
		dpkg-deb -x "$deb" "$1" || return
	done
}

# docker_archive NAME LAYER.tar OUTPUT: makes a file that docker load and podman load read.
docker_archive() {
	work=$(mktemp -d "$out/archive-XXXXXX") || return
	cp "$2" "$work/layer.tar"
	cat >"$work/config.json" <<-EOF
		{ "architecture": "$docker_arch", "variant": "$variant", "os": "linux", "config": { "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] },
		  "rootfs": { "type": "layers", "diff_ids": ["sha256:$(sha256sum "$2" | cut -d' ' -f1)"] },
		  "history": [{ "created": "2024-01-01T00:00:00Z" }], "created": "2024-01-01T00:00:00Z" }
	EOF
	printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$1" >"$work/manifest.json"
	tar -C "$work" -cf "$3" manifest.json config.json layer.tar
	rm -rf "$work"
}

# plain_programs DIR: the programs of these tests of which an image has those for all platforms.
plain_programs() {
	mkdir -p "$1" && "$cross" -O1 -Wall -Wextra -Werror -static -o "$1/plain" "$SOURCE_DIR/tests/secure/secure.c" &&
		"$cross" -O1 -static -o "$1/chain" "$SOURCE_DIR/tests/guest/files/chain.c" &&
		"$cross" -O1 -static -o "$1/heritage" "$SOURCE_DIR/tests/guest/files/heritage.c" && install -m 4755 -o 0 "$1/plain" "$1/set-uid"
}

# make_image: a few of Debian's programs unpacked, and programs of these tests, as a tree and as an image test-ARCH:latest.
make_image() {
	dir=$out/$debian tree=$out/$debian/tree
	mkdir -p "$dir"
	foreign_root "$debian" "$dir" busybox-static coreutils dash libc6 || return
	rm -rf "$tree" && cp -a "$dir/root" "$tree" &&
		mkdir -p "$tree/etc" "$tree/proc" "$tree/sys" "$tree/root" "$tree/test" "$tree/guest" &&
		mkdir -m 1777 "$tree/tmp" || return
	echo root:x:0:0::/root:/bin/sh >"$tree/etc/passwd"
	plain_programs "$tree/test" && "$cross" -O1 -fPIE -pie -o "$tree/test/address" "$here/address.c" || return
	for other in $PLATFORMS; do
		(platform "$other" && plain_programs "$tree/mixed/$debian") || return
	done
	mkdir -p "$tree/mixed/amd64" &&
		gcc -O1 -static -o "$tree/mixed/amd64/heritage" "$SOURCE_DIR/tests/guest/files/heritage.c" || return
	# The set-uid program gets the names of the translator's options, too.
	for name in $(secure_options "$translator") --; do
		ln "$tree/test/set-uid" "$tree/test/$name" || return
	done
	# shellcheck disable=SC2015
	command -v setcap >/dev/null && cp "$tree/test/plain" "$tree/test/capable" && setcap cap_net_raw+ep "$tree/test/capable" ||
		rm -f "$tree/test/capable"
	for name in $guest; do
		"$cross" -std=gnu11 -O2 -fno-strict-aliasing -w -pthread $([ "$debian" != arm64 ] || echo -march=armv8.1-a) -static \
			-o "$tree/guest/$name" "$SOURCE_DIR/tests/guest/$name.c" -lrt || return
	done
	tar -C "$tree" --numeric-owner --xattrs --xattrs-include=security.capability -cf "$dir/layer.tar" . &&
		docker_archive "test-$debian:latest" "$dir/layer.tar" "$dir/test.tar"
}

# make_base: Debian with apt and systemd, made under the translator, as an image base-ARCH:latest; a repository of packages that
# are not in it.
make_base() {
	dir=$out/$debian include=systemd-sysv,dbus
	if [ "$(cat "$dir/base.packages" 2>/dev/null)" != $include ]; then
		bootstrap "$dir/mmdebstrap.log" bookworm "$dir/base-layer.tar" env ENTRY_MACHINE="$docker_arch" \
			"$SOURCE_DIR/tests/real/namespace" "$translator" \
			mmdebstrap --mode=root --variant=apt --include=$include --skip=check/qemu --architectures="$debian" &&
			docker_archive "base-$debian:latest" "$dir/base-layer.tar" "$dir/base.tar" || return
		echo $include >"$dir/base.packages"
	fi
	[ ! -e "$dir/repository/Packages" ] || return 0
	rm -rf "$dir/repository" && mkdir -p "$dir/more" "$dir/repository" || return
	tar -xOf "$dir/base-layer.tar" ./var/lib/dpkg/status >"$dir/more/status"
	foreign_update "$debian" "$dir/more" "$dir/more.log" &&
		foreign_apt "$debian" "$dir/more" --download-only install gcc libc6-dev sudo || return
	cp "$dir"/more/cache/archives/*.deb "$dir/repository/"
	for deb in "$dir"/repository/*.deb; do
		dpkg-deb -f "$deb"
		echo "Filename: ./${deb##*/}"
		echo "Size: $(stat -c %s "$deb")"
		echo "SHA256: $(sha256sum "$deb" | cut -d' ' -f1)"
		echo
	done >"$dir/Packages"
	mv "$dir/Packages" "$dir/repository/Packages"
}
