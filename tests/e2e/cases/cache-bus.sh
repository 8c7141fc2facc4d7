# SPDX-License-Identifier: GPL-2.0-or-later
# Takes two users.
# The cache of translations on the bus: who may fill and empty it, what is read for whom, and what the verbs make of it.
. "$SOURCE_DIR/tests/e2e/bus.sh"
. "$SOURCE_DIR/tests/e2e/cache.sh"
make_translator
chmod 755 translator
start_bus
until_true 5 test -S /run/bus || fail "no bus"
start_daemon
until_true 5 has_name $service || fail "the bus was not joined"
chmod 755 /run

# user COMMAND...: runs it as a user who is not root.
user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}

# send.py FLAGS FILE: hands a descriptor to AddToCache that was opened with these flags of open(2); prints why it was refused.
cat >send.py <<-'EOF2'
	import ctypes, functools, operator, os, sys
	sd = ctypes.CDLL("libsystemd.so.0")
	class Error(ctypes.Structure):
	    _fields_ = [("name", ctypes.c_char_p), ("message", ctypes.c_char_p), ("need_free", ctypes.c_int)]
	bus, reply, error = ctypes.c_void_p(), ctypes.c_void_p(), Error()
	flags = functools.reduce(operator.or_, (getattr(os, name) for name in sys.argv[1].split("|")))
	fd = os.pipe()[0] if sys.argv[2] == "pipe" else os.open(sys.argv[2], flags)
	assert sd.sd_bus_open_system(ctypes.byref(bus)) >= 0
	manager = b"org.binfmtd.Manager1"
	r = sd.sd_bus_call_method(bus, manager, b"/org/binfmtd/Manager1", manager, b"AddToCache", ctypes.byref(error), ctypes.byref(reply),
	                          b"ah", ctypes.c_int(1), ctypes.c_int(fd))
	print(error.message.decode() if r < 0 else "taken")
	sys.exit(r < 0)
EOF2

# Where Cache=yes is not set there is nothing to be had.
put_elf root/usr/bin/first
status 1 binfmtctl cache add root/usr/bin/first
says "There is no cache of translations, because Cache=yes is not set in binfmtd.conf"
status 0 binfmtctl cache status
says "cache: off: Cache=yes is not set"
status 0 call CacheStatus
says '"Obstacle" s "disabled"'
[ ! -e cache ] || fail "there is a cache"

printf '[Daemon]\nCache=yes\n' >binfmtd.conf
reload_daemon
status 0 binfmtctl cache status --json
says '"enabled":true'

busctl --address=$DBUS_SYSTEM_BUS_ADDRESS monitor $service --json=short >monitor.log 2>/dev/null &
monitor=$!
BINFMTD_PROCDIR=$DIR/bm binfmtctl monitor --json >events &
monitors="$monitor $!"
sees_calls() {
	property $manager $service Version >/dev/null && [ -s monitor.log ] && grep -q watching events
}
until_true 5 sees_calls || fail "busctl monitor shows nothing"

# A tree: what is in it, and nothing that a link in it leads to.
put_elf root/usr/lib/second.so
put_elf outside/third
ln -s ../outside root/out
ln -s ../outside/third root/third
echo text >root/text
status 0 binfmtctl cache add root
says "2 files: 2 translated"
status 0 binfmtctl cache list
says "$DIR/root/usr/bin/first"
says "$DIR/root/usr/lib/second.so"
! grep -q third output || fail "a link out of the tree was followed"
same "units" 2 "$(find cache/units -type f ! -name '*.info' | wc -l)"
status 0 binfmtctl cache add root
says "2 files: 0 translated, 2 translated before"
status 1 binfmtctl cache add root/text
says "root/text: not a program or shared object that binfmt-translator runs"
status 1 binfmtctl cache add nothing
says "nothing: No such file or directory"
status 1 binfmtctl cache add 999999999
says "999999999: no such process"
status 0 binfmtctl cache status
says "cache: on, with translations of 2 files"
says "files translated: 2"
is_registered() {
	binfmtctl cache status --json >status.json && grep -q '"entries":\["arm64"\]\|"arm64"' status.json
}
until_true 20 is_registered || { cat status.json daemon.log; fail "no image was registered"; }
image_told() {
	grep -F '"member":"CacheRegistered"' monitor.log | grep -q '"data":\["arm64","[0-9]*"\]' &&
		grep '"event":"cached"' events | grep -q '"name":"arm64","image":"[0-9]'
}
until_true 5 image_told || { cat monitor.log events; fail "nobody was told of the image"; }
progress_told() {
	grep -F '"member":"PropertiesChanged"' monitor.log | grep -q '"CacheProgress":{"type":"(tttttttb)","data":\[[0-9,]*,2,0,0,0,false\]'
}
until_true 5 progress_told || { grep CacheProgress monitor.log; fail "the end of the work was not told"; }
# shellcheck disable=SC2086 # two
kill $monitors

# A program is run with the image, and explain says so, also to a user.
chmod 755 root/usr/bin/first
status 0 execute root/usr/bin/first first
says "translated by "
status 0 user binfmtctl explain root/usr/bin/first
says "the entry arm64 is registered with translations in it"
status 0 binfmtctl explain --json root/usr/bin/first
says '"cause":"interpreter-cached"'
status 0 binfmtctl status
says "cache: on, with translations of 2 files"

# Anybody may look, but not see what others run.
status 0 user binfmtctl cache status
says "cache: on, with translations of 2 files"
status 0 user binfmtctl cache list
same "files" 2 "$(grep -c "^[0-9a-f]\{12\} " output)"
! grep -q first output || fail "a user is told paths"
status 1 user busctl --address=$DBUS_SYSTEM_BUS_ADDRESS call $service $manager $service ListCache b true
says "Access denied"

# Nobody but root, and whom polkit allows it to, changes the cache.
put_elf mine/file
status 1 user binfmtctl cache add mine/file
says "Only root may do this, because polkit does not answer"
: >answers
start_polkit
status 1 user binfmtctl cache add mine/file
says "Permission denied"
for change in "drop $DIR/root/usr/bin/first" clear; do
	# shellcheck disable=SC2086 # words
	status 1 user binfmtctl cache $change
	says "Permission denied"
	tail -n 1 asked | grep -q '^org.binfmtd.manage-cache ' || { cat asked; fail "polkit was not asked"; }
done
status 0 binfmtctl cache status --json
says '"files":2'

# One permission is enough for all files of a connection, and not for another one.
echo "org.binfmtd.manage-cache yes" >answers
: >asked
n=0
while [ $n -lt 20 ]; do
	put_elf mine/file$n
	n=$((n + 1))
done
status 0 user binfmtctl cache add mine
says "21 files: 21 translated"
same "how often polkit was asked" 1 "$(wc -l <asked)"
status 0 user binfmtctl cache add mine/file
same "how often polkit was asked" 2 "$(wc -l <asked)"
status 0 user busctl --address=$DBUS_SYSTEM_BUS_ADDRESS call $service $manager $service ListCache b true
says "$DIR/mine/file19"

# More files than the queue has room for: none is left out, and on a terminal it is shown how far the work has come.
n=0
while [ $n -lt 150 ]; do
	echo many/$n
	n=$((n + 1))
done | xargs python3 -c 'import struct, os, sys
os.mkdir("many")
for name in sys.argv[1:]:
    with open(name, "wb") as f:
        f.write((b"\177ELF\2\1\1".ljust(16, b"\0") + struct.pack("<HHI", 3, 183, 1)).ljust(1024, b"\0") + name.encode().ljust(3072, b"\0"))'
status 0 env TERM=xterm script -qec "binfmtctl cache add many" typescript
says "150 files: 150 translated"
grep -qE 'translating \[#*\.*\] [0-9]+/150 +[0-9]+ %' typescript || { cat -v typescript; fail "no progress is shown"; }
status 0 env TERM=xterm binfmtctl cache add many
same "what is printed where there is no terminal" "150 files: 0 translated, 150 translated before, 0 not suitable, 0 failed" "$(cat output)"

status 0 env TERM=xterm script -qec "stty cols 30; binfmtctl cache add many" typescript
grep -qE 'translating [0-9]+/150' typescript || { cat -v typescript; fail "no progress is shown on a narrow terminal"; }

# What a process has mapped.
put_elf mapped
python3 -c 'import mmap, sys, time
f = open("mapped", "rb")
m = mmap.mmap(f.fileno(), 4096, prot=mmap.PROT_READ)
open("ready", "w").close()
time.sleep(60)' &
process=$!
until_true 10 test -e ready || fail "nothing was mapped"
status 0 binfmtctl cache add $process
says "1 file: 1 translated"
kill $process

# Nothing is read for a caller that he could not read: he opens the files himself, and a descriptor that cannot be read from is refused.
put_elf secret/file
chmod 700 secret
status 1 user binfmtctl cache add secret/file
says "secret/file: Permission denied"
put_elf writable
chmod 666 writable
put_elf closed
chmod 111 closed
for bad in "O_PATH $DIR/closed" "O_PATH $DIR/mine/file" "O_WRONLY $DIR/writable" "O_RDONLY|O_DIRECTORY $DIR/mine" \
	"O_RDONLY pipe" "O_RDWR /dev/null"; do
	# shellcheck disable=SC2086 # words
	status 1 user python3 send.py $bad
	says "This is no file that is open for reading"
done
status 0 user python3 send.py O_RDONLY "$DIR/mine/file"
says taken

# Files that not everybody may read are not translated, even for root.
put_elf private
chmod 600 private
status 0 binfmtctl cache add private
says "1 file: 0 translated, 0 translated before, 1 not suitable"
status 0 binfmtctl cache add private
says "0 failed, 1 the same as others, or known not to be suitable"

status 0 user binfmtctl cache drop "$DIR/mine/file3"
status 1 user binfmtctl cache drop "$DIR/mine/file3"
says "no such file has translations"
ln -s mine/file4 link
status 0 user binfmtctl cache drop link

id=$(binfmtctl cache list --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["files"][0]["id"])')
status 0 binfmtctl cache drop "$(echo "$id" | cut -c1-12)"
[ ! -e cache/units/"$id" ] || fail "not dropped by its id"
status 0 user binfmtctl cache clear
same "units" 0 "$(find cache/units -type f ! -name '*.info' | wc -l)"

# A user who looks all the time cannot keep the daemon from all else; root is served. The units are for the fake translator.
python3 - "$BINFMTD_CACHEDIR/units" <<-'EOF2'
	import struct, sys
	unit = (b"\177binfmtU" + b"\xc5" * 96 + struct.pack("<6I", 5, 4096, 4096, 0, 0, 0)).ljust(8192, b"\0")
	total = 0 # as libbinfmt/cache/sum.c has it
	for word in struct.unpack("<1024Q", unit) + (len(unit),):
	    total = (total ^ word) * 0x9e3779b97f4a7c15 % 2**64
	    total ^= total >> 32
	for i in range(3000):
	    name = f"{sys.argv[1]}/{i:064x}"
	    with open(name, "wb") as f:
	        f.write(unit)
	    with open(f"{name}.info", "w") as f:
	        f.write(f"machine 183\nsize 1234\nsum {total:016x}\npath /usr/bin/{i}\n")
EOF2
cat >look.py <<-'EOF2'
	import ctypes, sys, time
	sd = ctypes.CDLL("libsystemd.so.0")
	class Error(ctypes.Structure):
	    _fields_ = [("name", ctypes.c_char_p), ("message", ctypes.c_char_p), ("need_free", ctypes.c_int)]
	bus, error = ctypes.c_void_p(), Error()
	assert sd.sd_bus_open_system(ctypes.byref(bus)) >= 0
	manager = b"org.binfmtd.Manager1"
	n, end = 0, time.monotonic() + 90
	while time.monotonic() < end:
	    if sd.sd_bus_call_method(bus, manager, b"/org/binfmtd/Manager1", manager, b"CacheStatus", ctypes.byref(error), None, b"") < 0:
	        print(error.message.decode(), "after", n)
	        sys.exit(n < int(sys.argv[1]))
	    n += 1
	sys.exit("never refused: " + str(n))
EOF2
least=5
! grep -q '^SANITIZE:BOOL=ON' "$BUILD_DIR/CMakeCache.txt" || least=1 # of a slow daemon a few have taken that much
status 0 user python3 look.py $least
says "The cache has been looked at too often"
status 0 binfmtctl cache status --json
says '"files":3000'
status 0 binfmtctl cache list
status 0 user binfmtctl cache clear

# A user who does not answer cannot fill the daemon with descriptors.
echo "org.binfmtd.manage-cache never" >answers
: >asked
waiting=
for n in 1 2 3 4; do
	user python3 send.py O_RDONLY "$DIR/mine/file" >/dev/null 2>&1 &
	waiting="$waiting $!"
done
until_true 10 sh -c '[ "$(wc -l <asked)" = 4 ]' || fail "polkit was not asked four times"
status 1 user python3 send.py O_RDONLY "$DIR/mine/file"
says "Too many calls of this kind are waiting"
status 0 python3 send.py O_RDONLY "$DIR/mine/file"
# shellcheck disable=SC2086 # words
kill $waiting
stop_daemon
