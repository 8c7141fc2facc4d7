# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Fetches Debian packages of another architecture, with all they depend on, from wherever this machine gets its own, and
# unpacks them. The machine's dpkg and apt learn nothing of the other architecture. Needs common.sh.

# foreign_apt ARCH DIR WORD...: runs apt-get for that architecture; everything that it writes is below DIR.
foreign_apt() {
	fa_arch=$1 fa_dir=$2
	shift 2
	apt-get -q -y -o "APT::Architecture=$fa_arch" -o "APT::Architectures=$fa_arch" -o "Dir::State=$fa_dir/state" \
		-o "Dir::State::status=$fa_dir/status" -o "Dir::Cache=$fa_dir/cache" -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o APT::Install-Recommends=false -o APT::Update::Post-Invoke=true "$@" </dev/null
}

# foreign_update ARCH DIR LOG: fetches the lists that foreign_apt uses. Fails where there is none.
foreign_update() {
	mkdir -p "$2/state/lists/partial" "$2/cache/archives/partial" || return
	foreign_apt "$1" "$2" update >"$3" 2>&1 || say_left_out "$3"
	[ -n "$(find "$2/state/lists" -maxdepth 1 -name '*_Packages*')" ]
}

# foreign_root ARCH DIR PACKAGE...: makes DIR/root of these packages; where it was made of the same packages before, it stays as
# it is.
foreign_root() {
	arch=$1 dir=$2
	shift 2
	if [ "$(cat "$dir/root/.packages" 2>/dev/null)" = "$arch $*" ]; then
		say "the $arch programs are in $dir/root already"
		return 0
	fi
	rm -rf "$dir/root" "$dir/root.new"
	mkdir -p "$dir/apt" "$dir/root.new/usr"
	: >"$dir/apt/status"
	say "fetching $arch packages: $*"
	foreign_update "$arch" "$dir/apt" "$dir/apt.log" ||
		{
			tail -n 5 "$dir/apt.log" >&2
			die "the list of $arch packages could not be fetched; check the network and that /etc/apt/sources.list" \
				"is not limited to another architecture (arch=), then run this again"
		}
	foreign_apt "$arch" "$dir/apt" --download-only install "$@" >>"$dir/apt.log" 2>&1 ||
		{
			tail -n 5 "$dir/apt.log" >&2
			die "the $arch packages could not be fetched (all of the output: $dir/apt.log); check the network and run this again"
		}
	# In a Debian root these are links that no package brings.
	for d in bin lib sbin; do
		mkdir "$dir/root.new/usr/$d"
		ln -s "usr/$d" "$dir/root.new/$d"
	done
	for deb in "$dir"/apt/cache/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$dir/root.new" ||
			die "$deb could not be unpacked; remove $dir and run this again"
	done
	# Where no device can be made, an empty file is enough for programs that only want /dev/null to exist.
	mkdir -p "$dir/root.new/dev"
	mknod -m 666 "$dir/root.new/dev/null" c 1 3 2>/dev/null || : >"$dir/root.new/dev/null"
	echo "$arch $*" >"$dir/root.new/.packages"
	mv "$dir/root.new" "$dir/root"
}

# foreign_source PACKAGE DIR: fetches the source of a Debian package into DIR and applies its patches.
foreign_source() {
	fs_dir=$2.fetched
	rm -rf "$fs_dir" "$2"
	mkdir -p "$fs_dir/sources" "$fs_dir/state/lists/partial" "$fs_dir/cache/archives/partial"
	: >"$fs_dir/status"
	cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed 's/^Types:.*/Types: deb-src/' >"$fs_dir/sources/source.sources"
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -n 's/^deb /deb-src /p' >"$fs_dir/sources/source.list"
	say "fetching the source of $1"
	(
		cd "$fs_dir" || exit 1
		for fs_command in update "source $1"; do
			# shellcheck disable=SC2086 # words
			foreign_apt "$(dpkg --print-architecture)" "$fs_dir" -o Dir::Etc::sourcelist=/dev/null \
				-o "Dir::Etc::sourceparts=$fs_dir/sources" $fs_command >>"$fs_dir/log" 2>&1 || exit 1
		done
		mv "$1"-*/ "$2"
	) || { tail -n 5 "$fs_dir/log" >&2; die "the source of $1 could not be fetched; check the network and run this again"; }
	rm -rf "$fs_dir"
}
