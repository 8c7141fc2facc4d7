#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Directories of each file system as programs of 32-bit ARM read them: offsets fit into 31 bits whatever the file system gives, and lead
# back to the same entry. Needs rights to mount, and loop devices.
set -u
dir=$OUT/directories32
program=$dir/directories
mkdir -p "$dir/on" "$dir/over"
cross=arm-linux-gnueabihf-gcc
command -v $cross >/dev/null || { echo "skip all: $cross is not installed"; echo "done"; exit 0; }
$cross -std=gnu11 -O1 -w -static -pthread -o "$program" "$SOURCE_DIR/tests/guest/arm32-directories.c" || { echo "not ok compile: see the log"; echo "done"; exit 1; }

# read_in NAME SETUP FOLDER: reads directories in that folder, where SETUP has mounted a file system.
read_in() {
	name=$1
	got=$(on=$dir/on over=$dir/over image=$dir/image DIRECTORIES_IN=$3 unshare -m sh -c "{ $2; }"' >&2 && echo mounted && exec "$@"' sh "$TRANSLATOR" "$program" \
		directories 2>"$dir/$name.err")
	case $got in
	*"not ok"*) echo "not ok $name: $(echo "$got" | grep -m 1 "^not ok")" ;;
	*"ok directories"*) echo "ok $name" ;;
	mounted*) echo "not ok $name: $(tail -n 1 "$dir/$name.err")" ;;
	*) echo "skip $name: cannot be mounted here: $(tail -n 1 "$dir/$name.err")" ;;
	esac
}

# made NAME MKFS WORD...: directories of a file system that this command makes, and of overlayfs on it.
made() {
	name=$1
	shift
	command -v "$1" >/dev/null || { echo "skip $name: $1 is not installed"; return; }
	rm -f "$dir/image"
	truncate -s 320M "$dir/image"
	"$@" "$dir/image" >"$dir/$name.err" 2>&1 || { echo "skip $name: $(tail -n 1 "$dir/$name.err")"; return; }
	# shellcheck disable=SC2016 # read_in's shell sets these
	both "$name" 'mount -o loop "$image" "$on"'
	rm -f "$dir/image"
}

# both NAME MOUNT: directories of what MOUNT mounts on $on, and of overlayfs on it.
both() {
	read_in "$1" "$2" "$dir/on"
	read_in "$1-overlay" "$2"' && mkdir "$on/low" "$on/up" "$on/work" && touch "$on/low/lower" &&
		mount -t overlay all -o "lowerdir=$on/low,upperdir=$on/up,workdir=$on/work" "$over"' "$dir/over"
}

PATH=$PATH:/usr/sbin:/sbin
made ext4 mkfs.ext4 -q -F
made ext4-without-hashes mkfs.ext4 -q -F -O '^dir_index'
made ext4-inline mkfs.ext4 -q -F -O inline_data
made xfs mkfs.xfs -q
made btrfs mkfs.btrfs -q
# shellcheck disable=SC2016 # read_in's shell sets it
both tmpfs 'mount -t tmpfs -o inode64 t "$on"'
echo "done"
