# SPDX-License-Identifier: GPL-2.0-or-later
# The verbs about the cache of translations without the daemon: what can be looked at and removed, what is in the way, and what takes the
# daemon.
. "$SOURCE_DIR/tests/e2e/cache.sh"
make_test_format
mount -t binfmt_misc b bm
export BINFMTD_TRANSLATOR="$DIR/interpreter"

# member NAME: prints a member of the JSON document in ./output.
member() {
	python3 -c 'import json, sys; v = json.load(open("output"))
for k in sys.argv[1].split("."): v = v[int(k) if k.isdigit() else k]
print(json.dumps(v))' "$1"
}

# Nothing is said of a cache that nobody wants.
: >binfmtd.conf
status 0 binfmtctl cache status
says "cache: off: Cache=yes is not set in binfmtd.conf"
status 0 binfmtctl cache status --json
same "obstacle" '"disabled"' "$(member obstacle)"
same "used" false "$(member used)"
same "enabled" false "$(member enabled)"
status 0 binfmtctl enable test
status 0 binfmtctl status
! grep -q "^cache" output || fail "status speaks of a cache that is off"
status 0 binfmtctl status --json
same "cache in status" null "$(member cache)"
[ ! -e cache ] || fail "looking has made the cache"

printf '[Daemon]\nCache=yes\nCacheSize=8M\n' >binfmtd.conf
status 0 binfmtctl cache status
says "on, with translations of 0 files (0.0 kB); binfmtd does not run"
says "Have binfmtd run"
status 0 binfmtctl cache list
same "lines of an empty list" 1 "$(wc -l <output)"

# The list, of what was used last first.
put_unit $one 183 7 /usr/bin/first "/usr/bin/other name"
put_unit $two 40 9 "/lib/$(printf 'a\033b')"
touch -d 2024-01-02 cache/units/$one
touch -d 2025-03-04 cache/units/$two
status 0 env TZ=UTC binfmtctl cache list
sed 's/  */ /g' output >words
same "titles" "ID MACHINE PAGES SIZE USED FILE" "$(sed -n 1p words)"
same "first line" "222222222222 arm 9 8.2 kB 2025-03-04 00:00 /lib/a?b" "$(sed -n 2p words)"
same "second line" "111111111111 aarch64 7 8.2 kB 2024-01-02 00:00 /usr/bin/first (and 1 other path)" "$(sed -n 3p words)"
status 0 binfmtctl cache list --json
same "ids" "[\"$two\", \"$one\"]" "[$(member files.0.id), $(member files.1.id)]"
same "paths" '["/usr/bin/first", "/usr/bin/other name"]' "$(member files.1.paths)"
same "pages" 7 "$(member files.1.pages)"
same "size of the file" 1234 "$(member files.1.file_bytes)"
same "used" "$(stat -c %Y cache/units/$one)" "$(member files.1.used)"
same "machine" '"arm"' "$(member files.0.machine)"
status 0 binfmtctl cache status --json
same "files" 2 "$(member files)"
same "pages" 16 "$(member pages)"
same "limit" 8388608 "$(member limit)"
same "image" null "$(member image)"
same "daemon" null "$(member daemon)"
status 0 binfmtctl status
says "cache: on, with translations of 2 files (16.4 kB)"
status 0 binfmtctl status --json
same "files in status" 2 "$(member cache.files)"

# Files go by path and by id; what is no file of the cache is named.
status 1 binfmtctl cache drop /usr/bin/first nothing
says "nothing: no such file has translations"
says "before binfmtd runs"
[ ! -e cache/units/$one ] && [ ! -e cache/units/$one.info ] && [ -e cache/units/$two ] || fail "not dropped by path: $(ls cache/units)"
status 1 binfmtctl cache drop 2222222
[ -e cache/units/$two ] || fail "seven letters were enough"
status 0 binfmtctl cache drop 22222222
same "what is left" "" "$(ls cache/units)"
put_unit $one 183 7 /usr/bin/first
put_unit $two 183 7
: >cache/units/unrelated
status 0 binfmtctl cache clear
[ ! -e cache/units/$one ] && [ ! -e cache/units/$two ] || fail "not cleared: $(ls cache/units)"
status 0 binfmtctl cache clear

# To translate is the daemon's work.
put_elf program
status 1 binfmtctl cache add program
says "translating is the work of binfmtd, which cannot be asked"

# What is in the way.
obstacle() {
	status 0 binfmtctl cache status --json
	same "obstacle" "\"$1\"" "$(member obstacle)"
	same "used" false "$(member used)"
	binfmtctl doctor >output 2>&1 || true
	says "cache of translations: $2"
	binfmtctl doctor --json >output 2>/dev/null || true
	same "cause for doctor" "\"$1\"" "$(member cache.cause)"
	status 0 binfmtctl status
	says "cache: $3"
}
mount -t tmpfs -o noexec,mode=700 noexec cache
obstacle noexec "its directory is on a file system that is mounted with noexec" \
	"on, with translations of 0 files (0.0 kB); its directory"
umount cache
mount -t tmpfs -o ro tmpfs cache
obstacle read-only "its directory is on a file system that is read-only" \
	"on, with translations of 0 files (0.0 kB); its directory"
umount cache
mount -t tmpfs -o size=1M tmpfs cache
obstacle no-room "the file system of its directory is full" "on, with translations of 0 files (0.0 kB); the file system"
umount cache
obstacle no-daemon "binfmtd does not run" "on, with translations of 0 files (0.0 kB); binfmtd does not run"
status 0 binfmtctl disable test
status 0 binfmtctl cache status --json
same "obstacle" '"no-format"' "$(member obstacle)"
status 0 binfmtctl cache status
says "cache: off: no format that is enabled has binfmt-translator for its interpreter"
status 0 binfmtctl enable test
printf '[Daemon]\nCache=no\n' >binfmtd.conf
binfmtctl doctor >output 2>&1 || true
! grep -q "cache of translations" output || fail "doctor speaks of a cache that is off"
