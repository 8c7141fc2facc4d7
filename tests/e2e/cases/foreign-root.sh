# SPDX-License-Identifier: GPL-2.0-or-later
# Packages of another architecture are fetched although the machine has a source that does not verify; that source is reported.
for command in apt-get dpkg-deb; do
	command -v $command >/dev/null || skip "no $command"
done

# repository NAME PACKAGE: makes a repository with a package for arm64.
repository() {
	mkdir -p "$1" "$2/DEBIAN" "$2/usr/bin"
	echo "$2" >"$2/usr/bin/$2"
	printf 'Package: %s\nVersion: 1\nArchitecture: arm64\nMaintainer: x <x@example>\nDescription: x\n' "$2" >"$2/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$2" "$1/$2.deb"
	(
		cd "$1"
		dpkg-deb -f "$2.deb"
		echo "Filename: ./$2.deb"
		echo "Size: $(stat -c %s "$2.deb")"
		echo "SHA256: $(sha256sum "$2.deb" | cut -d' ' -f1)"
	) >Packages
	mv Packages "$1/"
}
repository own good
repository other bad
printf 'deb [trusted=yes] copy:%s/own ./\ndeb copy:%s/other ./\n' "$DIR" "$DIR" >sources.list
printf 'Dir::Etc::sourcelist "%s/sources.list";\nDir::Etc::sourceparts "/dev/null";\n' "$DIR" >apt.conf
export APT_CONFIG="$DIR/apt.conf"

fetch() {
	(
		. "$SOURCE_DIR/scripts/common.sh"
		. "$SOURCE_DIR/scripts/foreign-root.sh"
		foreign_root arm64 "$@"
	)
}
status 0 fetch "$DIR/out" good
same "fetched" good "$(cat out/root/usr/bin/good)"
says "some lists of packages cannot be had or do not verify, and are left out:"
says "E: The repository 'copy:$DIR/other ./ Release' does not have a Release file."
# A source that is left out is not trusted.
status 1 fetch "$DIR/out" bad
says "the arm64 packages could not be fetched"
[ ! -e out/root/usr/bin/bad ] || fail "taken from a source that does not verify"
# Where there is no list at all, that is the reason that is given.
sed -i 1d sources.list
status 1 fetch "$DIR/none" good
says "the list of arm64 packages could not be fetched"

# mmdebstrap stops at a source that does not verify. It is run once more with the suite alone, unless that is the one at fault.
cat >mmdebstrap <<'END'
#!/bin/sh
echo "$*" >>calls
[ $# = 3 ] || exit 0
echo "$SAYS"
exit 25
END
chmod +x mmdebstrap
debian() {
	(. "$SOURCE_DIR/scripts/common.sh" && bootstrap log bookworm target ./mmdebstrap --option)
}
export SAYS="E: The repository 'http://x bookworm-security InRelease' is not signed."
status 0 debian
says "E: The repository 'http://x bookworm-security InRelease' is not signed."
twice="--option bookworm target
--option bookworm target deb http://deb.debian.org/debian bookworm main"
same "calls" "$twice" "$(cat calls)"
SAYS="E: Failed to fetch http://x/dists/bookworm-security/main/binary-armhf/Packages.xz  File has unexpected size (1 != 2)."
rm calls
status 0 debian
says "$SAYS"
same "calls" "$twice" "$(cat calls)"
for SAYS in "E: The repository 'http://x bookworm InRelease' is not signed." \
	"E: Failed to fetch http://x/dists/bookworm/main/binary-armhf/Packages.xz  File has unexpected size (1 != 2)."; do
	rm calls
	status 1 debian
	same "calls" "--option bookworm target" "$(cat calls)"
done
