# SPDX-License-Identifier: GPL-2.0-or-later
# binfmtctl explain says what the kernel does: each file is examined, and then executed.
make_test_format
mount -t binfmt_misc b bm

# explained FILE CAUSE: explain finds this cause; its error is what execve fails with, and it says "runs" where it runs.
explained() {
	expected=$2 file=$1
	binfmtctl explain --json "$file" >output 2>&1 || true
	error=
	execute "$file" "$file" a >/dev/null 2>errors || error=$(tail -n 1 errors)
	python3 - "$expected" "$error" <<-'PYTHON' || { cat output; fail "$file: not what the kernel does ($error) or not $expected"; }
		import errno, json, os, sys
		x = json.load(open("output"))
		causes = [f["cause"] for f in x["findings"]]
		assert sys.argv[1] in causes + (["runs"] if x["runs"] else []), causes
		said = os.strerror(getattr(errno, x["error"])) if x["error"] else ""
		assert said == sys.argv[2], said
		assert x["remedy"].count("\n") == 0 and x["remedy"]
	PYTHON
}

entry() {
	printf '%s' "$1" >bm/register
}

explained ./program format-not-registered
status 0 binfmtctl enable test
explained ./program runs
status 0 binfmtctl explain ./program
says "the entry test takes it, with the interpreter $DIR/interpreter (opened when it was registered)"
says "runs"
# With F the kernel runs the file that it has opened, whatever file has that name now.
mv interpreter good
cp /bin/true interpreter
status 0 binfmtctl enable test
write_program() {
	printf '%s' "$2" >"$1"
	chmod +x "$1"
}
write_program junk.new junk
mv junk.new interpreter
explained ./program interpreter-stale
status 0 execute ./program program
status 0 binfmtctl explain ./program
says "Register it anew, to have the new file run: binfmtctl enable test"
mv good interpreter
status 0 binfmtctl enable test
explained ./program runs
status 0 binfmtctl explain ./program
says "There is nothing to do"
printf '\177TES.' >nearly
chmod +x nearly
explained ./nearly not-a-program
status 1 binfmtctl explain ./nearly
says "differs at byte 4: the file has 2e, the magic 54 (mask ff)"

# Bytes beyond the end of a short file count as zeros.
entry ":short:M::SHO\\x00\\x00::$DIR/interpreter:"
printf SHO >short
chmod +x short
explained ./short runs
printf SH >shorter
chmod +x shorter
explained ./shorter not-a-program
echo -1 >bm/short

# What is wrong with the file.
explained ./none file-missing
mkdir directory
explained ./directory file-not-regular
printf '\177TEST' >plain
explained ./plain not-executable
mkdir noexec nosuid
mount -t tmpfs -o noexec n noexec
cp program noexec/
explained noexec/program mount-noexec
mount -t tmpfs -o nosuid n nosuid
cp program nosuid/
chmod u+s nosuid/program
explained nosuid/program mount-nosuid
chmod u+s program
explained ./program set-uid-ignored
chmod u-s program
: >empty
chmod +x empty
explained ./empty file-empty

# What is wrong with its interpreter.
entry ":gone:M::GONE::$DIR/gone:"
write_program needs-gone GONE
explained ./needs-gone interpreter-missing
entry ":plain:M::PLAIN::$DIR/plain:"
write_program needs-plain PLAIN
explained ./needs-plain interpreter-not-executable
entry ":noexec:M::NOEXEC::$DIR/noexec/program:"
write_program needs-noexec NOEXEC
explained ./needs-noexec interpreter-mount-noexec
entry ":dir:M::DIRECT::$DIR/directory:"
write_program needs-directory DIRECT
explained ./needs-directory interpreter-not-regular
entry ":junk:M::JUNK::$DIR/junk:"
write_program needs-junk JUNK
write_program junk 'nothing to run'
explained ./needs-junk not-a-program
entry ":foreign:M::FOREIGN::$DIR/foreign:"
write_program needs-foreign FOREIGN
python3 - /bin/true <<-'PYTHON'
	import os, sys
	program = bytearray(open(sys.argv[1], "rb").read())
	program[18:20] = b"\xf3\x00"  # e_machine: RISC-V
	open("foreign", "wb").write(program)
	os.chmod("foreign", 0o755)
PYTHON
explained ./needs-foreign interpreter-wrong-machine
explained ./foreign no-entry
# A program that the kernel gives no memory, unless its user is root.
limit=$(cat /proc/sys/vm/mmap_min_addr)
if [ "$limit" -gt 0 ]; then
	entry ":riscv:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xf3\x00:\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff:$DIR/interpreter:"
	python3 - "$limit" <<-'PYTHON'
		import os, struct, sys
		for name, address in ("low", int(sys.argv[1]) - 4096), ("high", int(sys.argv[1])):
		    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 243, 1, address, 64, 0, 0, 64, 56, 1, 0, 0, 0)
		    with open(name, "wb") as f:
		        f.write(head + struct.pack("<IIQQQQQQ", 1, 5, 0, address, address, 120, 120, 4096))
		    os.chmod(name, 0o755)
	PYTHON
	explained ./low address-too-low
	explained ./high runs
	status 0 binfmtctl explain ./low
	says "is linked for addresses from"
	echo -1 >bm/riscv
fi
# Programs for 32-bit ARM of a kind that the translator refuses.
entry ":arm:M::\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x28\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff:$DIR/interpreter:"
python3 - <<-'PYTHON'
	import os, struct
	for name, flags, abi in ("eabi", 0x05000000, 0), ("oabi", 2, 0), ("fdpic", 0x05000000, 65):
	    head = struct.pack("<7sB8xHHIIIIIHHHHHH", b"\x7fELF\1\1\1", abi, 2, 40, 1, 0x100000, 52, 0, flags, 52, 32, 1, 0, 0, 0)
	    with open(name, "wb") as f:
	        f.write(head + struct.pack("<8I", 1, 0, 0x100000, 0x100000, 84, 84, 5, 4096))
	    os.chmod(name, 0o755)
PYTHON
explained ./eabi runs
for abi in oabi fdpic; do
	explained ./$abi arm-abi
	status 0 binfmtctl explain ./$abi
	says "./$abi is an $(echo $abi | tr a-z A-Z) program, which binfmt-translator does not run"
	says "Have QEMU run it: binfmtctl use qemu-arm"
done
! binfmtctl explain ./eabi | grep -q "does not run" || fail "a program for the EABI is taken for another one"
echo -1 >bm/arm
# Bytes of the header that a kernel for that machine does not look at, and bytes that it does look at.
with_bytes() { # FILE FROM FIRST-BYTE BYTES
	cp "$2" "$1"
	printf "$4" | dd of="$1" bs=1 seek="$3" conv=notrunc status=none
}
entry ":riscv:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xf3\x00:\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\xff\xff:$DIR/interpreter:"
explained ./foreign dynamic-linker-unusable
with_bytes foreign-abi foreign 8 '\001'
explained ./foreign-abi ignored-bytes
status 1 binfmtctl explain ./foreign-abi
says "only byte 8 of its ELF header keeps it from the entry riscv; a kernel for riscv64 does not look at that"
says "Describe a format that takes such files, with the interpreter $DIR/interpreter: see binfmtd.conf(5)."
with_bytes foreign-ident foreign 7 '\003AI\002\000\000\000\000\001'
explained ./foreign-ident ignored-bytes
status 1 binfmtctl explain ./foreign-ident
says "only bytes among 7 to 15 of its ELF header keep it from the entry riscv"
with_bytes foreign-version foreign-abi 6 '\002'
explained ./foreign-version no-entry
printf '[Format]\nExtension=none\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/riscv.conf
status 1 binfmtctl explain ./foreign-abi
says "Describe a format that takes such files, with Follows=riscv: see binfmtd.conf(5)."
rm conf/riscv.conf
echo 0 >bm/riscv
explained ./foreign-abi no-entry
echo -1 >bm/riscv
printf '#!%s/foreign\n' "$DIR" >foreign-script
chmod +x foreign-script
explained ./foreign-script no-entry
entry ":loop:M::LOOP::$DIR/loops:"
write_program loops LOOP
explained ./loops interpreter-loop
entry ":loop2:M::OOPL::$DIR/loops2:O"
write_program loops2 OOPL
explained ./loops2 interpreter-loop
entry ":opens:M::OPENS::$DIR/interpreter:O"
write_program opened OPENS
explained ./opened open-binary-chain
cp /bin/echo interpreter2
entry ":pinned:M::PINNED::$DIR/interpreter2:F"
rm interpreter2
write_program needs-pinned PINNED
explained ./needs-pinned interpreter-pinned
entry ":by-name:E::byname::$DIR/interpreter:"
write_program x.byname whatever
explained ./x.byname runs
explained "$DIR/./x.byname" runs
ln -s x.byname linked
explained ./linked not-a-program

# Scripts.
printf '#!/bin/echo  a b \n' >script
printf '#!/bin/echo\r\n' >crlf
printf '#! \n' >nameless
printf '#!/none x\n' >lost
printf '#!/%0300d\n' 1 >long
printf '#! /bin/echo %0300d\n' 1 >long-argument
printf '#!/bin/echo' >unended
printf '#!%s/1\n' "$DIR" >2
printf '#!%s/script\n' "$DIR" >1
printf '#!%s/2\n' "$DIR" >3
printf '#!%s/3\n' "$DIR" >4
printf '#!%s/4\n' "$DIR" >5
chmod +x script crlf nameless lost long long-argument unended 1 2 3 4 5
explained ./script runs
explained ./crlf shebang-crlf
explained ./nameless shebang-empty
explained ./lost interpreter-missing
explained ./long shebang-too-long
explained ./long-argument runs
explained ./unended runs
explained ./4 runs
explained ./5 chain-too-long

# The state of entries and of binfmt_misc.
echo 0 >bm/test
explained ./program entry-disabled
echo 1 >bm/test
explained ./program runs
status 1 sh -c 'echo 0 >bm/by-name; binfmtctl explain ./x.byname'
says "Enable it: echo 1 >/proc/sys/fs/binfmt_misc/by-name"
printf '[Format]\nMagic=SLEEP\nFlags=D\nInterpreter=1 %s/interpreter\n' "$DIR" >conf/asleep.conf
status 0 binfmtctl enable asleep
write_program asleep SLEEP
explained ./asleep entry-disabled
status 1 binfmtctl explain ./asleep
says "Enable it: echo 1 >/proc/sys/fs/binfmt_misc/asleep"
rm conf/asleep.conf
echo 0 >bm/status
explained ./program binfmt-misc-disabled
echo 1 >bm/status
status 0 binfmtctl disable test
explained ./program format-disabled
rm -r etc/*
mv interpreter away
explained ./program format-no-interpreter
mv away interpreter
umount bm
status 1 binfmtctl explain ./program
says "binfmt_misc is not mounted"
status 1 binfmtctl explain ./junk
says "neither an ELF program nor a script"
status 1 binfmtctl --procdir="$DIR/nowhere" explain ./program
says "there is no binfmt_misc"
mount -t binfmt_misc b bm

# A file counts as one that runs unless it is known not to.
explained /bin/true runs

# No colour where the output is no terminal, and none where NO_COLOR says so.
status 0 binfmtctl enable test
if command -v script >/dev/null; then
	TERM=xterm script -qec "binfmtctl explain ./program" /dev/null >output
	grep -q "$(printf '\033')" output || fail "no colour on a terminal"
	TERM=xterm NO_COLOR=1 script -qec "binfmtctl explain ./program" /dev/null >output
	! grep -q "$(printf '\033')" output || fail "colour in spite of NO_COLOR"
fi
status 0 binfmtctl explain ./program
! grep -q "$(printf '\033')" output || fail "colour where there is no terminal"
