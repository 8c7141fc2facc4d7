#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The translator's options and variables.
set -u
dir=$OUT/command-line
mkdir -p "$dir"
files=$SOURCE_DIR/tests/guest/files
hello=$dir/hello dynamic=$dir/dynamic
$CROSS -O1 -static -o "$hello" "$files/hello.c" && $CROSS -O1 -o "$dynamic" "$files/hello.c" || exit 1
T=$TRANSLATOR

# check NAME STATUS OUTPUT-REGEX ERROR-REGEX COMMAND...: the command must end with that status. Its whole output and its whole standard error must
# match, with "|" for each newline.
check() {
	name=$1 want=$2 out_re=$3 err_re=$4
	shift 4
	timeout -k 2 20 "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	out=$(tr '\n' '|' <"$dir/out") err=$(tr '\n' '|' <"$dir/err")
	if [ $status != "$want" ]; then
		echo "not ok $name: status $status instead of $want: $err"
	elif ! echo "$out" | grep -qxE -- "$out_re"; then
		echo "not ok $name: prints \"$out\", not \"$out_re\""
	elif ! echo "$err" | grep -qxE -- "$err_re"; then
		echo "not ok $name: says \"$err\", not \"$err_re\""
	else
		echo "ok $name"
	fi
}

check arguments 0 "hello \[$hello\] \[a\] \[-strace\] \[\] \[x y\]\|" '' "$T" "$hello" a -strace '' 'x y'
check exit-status 0 '' '' "$T" "$hello" exit 0
check exit-status-7 7 '' '' "$T" "$hello" exit 7
check exit-status-255 255 '' '' "$T" "$hello" exit 255
check version 0 'binfmt-translator [0-9][^|]*\|' '' "$T" -version
check help 0 'binfmt-translator .*-strace .*\|' '' "$T" -help
# The words of -opt: the tables of them, the help and the manual page name the same ones.
tables="$SOURCE_DIR/translator/ir/passes.h $SOURCE_DIR/translator/run/settings.h"
# shellcheck disable=SC2086 # two files
sed -n 's/^ *X([A-Z]*, "\(.*\)", "\(.*\)").*/no-\1: \2/p' $tables >"$dir/opt.tables"
sed -n '/^\.B no-/ { s/^\.B //; N; s/\n/: /; p }' "$SOURCE_DIR/docs/binfmt-translator.1.in" | grep -v '^no-wx: the memory' >"$dir/opt.manual"
"$T" -help | sed -n 's/^  -opt LIST .*commas: \(.*\) \[.*/\1/p' | tr ' ' '\n' >"$dir/opt.help"
check opt-manual 0 '' '' diff "$dir/opt.tables" "$dir/opt.manual"
check opt-help 0 '' '' sh -c "cut -d: -f1 '$dir/opt.tables' | diff - '$dir/opt.help'"
for option in -0 -D -E -L -U -comm -cpu -d -help -opt -r -s -strace -tb-size -version; do
	"$T" -help | grep -q -- "^  $option " || echo "not ok help-has$option: it does not"
done
check unknown-option 2 '' '[^|]*-nonsense[^|]*\|' "$T" -nonsense "$hello"
check option-without-argument 2 '' '[^|]*-E[^|]*\|' "$T" -E
check bad-number 2 '' '[^|]*-s[^|]*\|' "$T" -s many "$hello"
check bad-list 2 '' '[^|]*-d[^|]*\|' "$T" -d nonsense "$hello"
check relative-name 0 'hello \[\./hello\]\|' '' sh -c "cd $dir && $T ./hello"

check argv0 0 'hello \[other\] \[x\]\|' '' "$T" -0 other "$hello" x
check argv0-variable 0 "hello \[other\]( \{BINFMT_ARGV0=other\})?\|" '' env BINFMT_ARGV0=other "$T" "$hello"
check set 0 "hello \[$hello\] \{TEST_A=1\} \{TEST_B=x=y\}\|" '' "$T" -E TEST_A=1 -E TEST_B=x=y "$hello"
check set-replaces 0 "hello \[$hello\] \{TEST_A=2\}\|" '' env TEST_A=1 "$T" -E TEST_A=2 "$hello"
check set-without-equals 2 '' '[^|]*-E[^|]*\|' "$T" -E TEST_A "$hello"
check unset 0 "hello \[$hello\] \{TEST_B=2\}\|" '' env TEST_A=1 TEST_B=2 "$T" -U TEST_A "$hello"
check set-variable 0 "hello \[$hello\] .*\{TEST_C=3\}.*\|" '' env BINFMT_SET_ENV=TEST_C=3 "$T" "$hello"
check unset-variable 0 "hello \[$hello\] \{BINFMT_UNSET_ENV=TEST_A\}\|" '' env TEST_A=1 BINFMT_UNSET_ENV=TEST_A "$T" "$hello"

check sysroot 0 "hello \[$dynamic\]\|" '' "$T" -L "$SYSROOT" "$dynamic"
check sysroot-variable 0 "hello .*\|" '' env BINFMT_LD_PREFIX="$SYSROOT" "$T" "$dynamic"
# As many program headers as the kernel takes, 1170; and the name of an interpreter that is as long as the kernel takes, 4095 bytes.
$CROSS -nostdlib -static -Wl,--build-id=none -x c -o "$dir/few" - <<'EOP' || exit 1
__asm__(".globl _start\n_start: mov x0, #7\nmov x8, #93\nsvc #0");
EOP
python3 - "$dir/few" "$dir/many" <<'EOP' || exit 1
import os, struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
at, n = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<H", data, 56)[0]
struct.pack_into("<Q", data, 32, len(data))
struct.pack_into("<H", data, 56, 1170)
open(sys.argv[2], "wb").write(data + data[at:at + n * 56] + bytes((1170 - n) * 56))
os.chmod(sys.argv[2], 0o755)
EOP
check few-headers 7 '' '' "$T" "$dir/few"
check many-headers 7 '' '' "$T" "$dir/many"
root=$dir/root long=$(printf /%0250d/%0250d/%0250d 0 0 0)
mkdir -p "$root$long"
for part in $(cd "$SYSROOT" && echo *); do ln -sfn "$SYSROOT/$part" "$root/$part"; done
ln -sf "$SYSROOT/lib/ld-linux-aarch64.so.1" "$root$long/ld.so"
$CROSS -O1 -Wl,--dynamic-linker="$long/ld.so" -o "$dir/long" "$files/hello.c" || exit 1
check long-interpreter 0 "hello \[$dir/long\]\|" '' "$T" -L "$root" "$dir/long"
check too-long-interpreter 126 '' '[^|]*ELF interpreter cannot be opened: /0[^|]*\|' "$T" -L "$(printf /%04000d 0)" "$dir/long"
[ -e /lib/ld-linux-aarch64.so.1 ] ||
	check no-sysroot 126 '' '[^|]*-L[^|]*ld-linux-aarch64.so.1[^|]*\|' "$T" "$dynamic"

# QEMU's variables do what they do for QEMU, also lists with commas. If the translator's own variable is set, too, that counts.
check qemu-argv0 0 'hello \[other\]\|' '' env QEMU_ARGV0=other "$T" "$hello"
check qemu-set 0 "hello \[$hello\] \{TEST_A=1\} \{TEST_B=x=y\}\|" '' env QEMU_SET_ENV=TEST_A=1,TEST_B=x=y "$T" "$hello"
check qemu-unset 0 "hello \[$hello\] \{TEST_B=2\}\|" '' env TEST_A=1 TEST_B=2 TEST_C=3 QEMU_UNSET_ENV=TEST_A,TEST_C "$T" "$hello"
check qemu-sysroot 0 "hello .*\|" '' env QEMU_LD_PREFIX="$SYSROOT" "$T" "$dynamic"
check qemu-release 0 '9\.8\.5\|' '' env QEMU_UNAME=9.8.5 "$T" "$hello" release
check qemu-stack-size 0 '3072\|' '' env QEMU_STACK_SIZE=3M "$T" "$hello" stack
check qemu-strace 3 '' '.*exit_group\(3\).*' env QEMU_STRACE=1 "$T" "$hello" exit 3
check own-is-stronger 0 '9\.8\.6\|' '' env BINFMT_UNAME=9.8.6 QEMU_UNAME=9.8.5 "$T" "$hello" release
check own-is-stronger-too 0 '9\.8\.6\|' '' env QEMU_UNAME=9.8.5 BINFMT_UNAME=9.8.6 "$T" "$hello" release
# The folder that Debian's QEMU uses when there is no -L.
with_default='mount -t tmpfs t /etc && mkdir /etc/qemu-binfmt && ln -s "$0" /etc/qemu-binfmt/aarch64 && exec "$@"'
check qemu-default-sysroot 0 "hello \[$dynamic\]\|" '' unshare -Urm sh -c "$with_default" "$SYSROOT" "$T" "$dynamic"
check default-is-not-said 126 '' '[^|]*ld-linux-aarch64.so.1[^|]*\|' unshare -Urm sh -c "$with_default" "$SYSROOT" "$T" -L /usr "$dynamic"
check qemu-of-its-own 0 "hello \[$hello\]\|" '' env QEMU_VERSION=v7.2 QEMU_CPU=cortex-a72 QEMU_LOG=page "$T" "$hello"

check release 0 '9\.8\.7-test\|' '' "$T" -r 9.8.7-test "$hello" release
check release-variable 0 '9\.8\.6\|' '' env BINFMT_UNAME=9.8.6 "$T" "$hello" release
check stack-size 0 'hello.*\|' '' "$T" -s 1048576 "$hello"
check stack-size-k 0 '512\|' '' "$T" -s 512k "$hello" stack
check stack-size-M 0 '3072\|' '' "$T" -s 3M "$hello" stack
check stack-size-unit 2 '' '[^|]*-s[^|]*\|' "$T" -s 3G "$hello"
check small-cache 0 'hello.*\|' '' "$T" -tb-size 1 "$hello"
check cpu 0 'hello.*\|' '' "$T" -cpu max "$hello"
check cpu-help 0 'max\|armv7\|armv6\|armv5\|' '' "$T" -cpu help
check cpu-of-others 0 'hello.*\|' '' "$T" -cpu armv6 "$hello"
check cpu-unknown 2 '' '[^|]*-cpu help[^|]*\|' "$T" -cpu cortex-z80 "$hello"
for pass in no-fold no-addr no-flags no-fuse no-dce no-trace no-link no-retstack \
	no-fold,no-addr,no-flags,no-fuse,no-dce,no-trace,no-link,no-retstack; do
	check "opt-$pass" 0 "hello \[$hello\] \[x\]\|" '' "$T" -opt $pass "$hello" x
done
for level in 2 3 4; do
	check "x64-level-$level" 0 "hello \[$hello\]\|" '' "$T" -x64-level $level "$hello"
done

# -strace prints "PID CALL(ARGUMENTS) = RESULT" lines; the last call does not return.
check strace 3 '' '([0-9]+ [a-z0-9_]+\([^|]*\) = [^|]+\|)*[0-9]+ exit_group\(3\)[^|]*\|' "$T" -strace "$hello" exit 3
check strace-variable 3 '' '.*exit_group\(3\).*' env BINFMT_STRACE=1 "$T" "$hello" exit 3
check strace-write 0 'hello.*\|' '.*[0-9]+ write\(1, ?"hello[^|]*\) = [0-9]+\|.*' "$T" -strace "$hello"
# The longest name of an argument.
check strace-clock 0 '' '.*\|[0-9]+ clock_gettime\(CLOCK_PROCESS_CPUTIME_ID, ?[^|]*\) = 0\|.*' "$T" -strace "$hello" clock
# A call with a number far above all others, which 32-bit Arm has for itself (asm/unistd.h).
if command -v arm-linux-gnueabihf-gcc >/dev/null; then
	arm-linux-gnueabihf-gcc -O1 -static -o "$dir/hello-arm" "$files/hello.c" || exit 1
	check strace-own-call 0 'hello.*\|' '.*\|[0-9]+ set_tls\(0x[0-9a-f]+\) = 0\|.*' "$T" -strace "$dir/hello-arm"
else
	echo "skip strace-own-call: no compiler for armhf"
fi
check log-file 0 'hello.*\|' '' "$T" -strace -D "$dir/log" "$hello"
if grep -q 'exit_group(0)' "$dir/log"; then echo "ok log-file-written"; else echo "not ok log-file-written: no exit_group in it"; fi
rm -f "$dir"/log-*.txt
check log-file-pid 0 'hello.*\|' '' "$T" -strace -D "$dir/log-%d.txt" "$hello"
if [ -s "$(find "$dir" -name 'log-[0-9]*.txt')" ]; then echo "ok log-file-with-pid"; else echo "not ok log-file-with-pid: there is none"; fi
# With a log the program gets the same descriptors as without, and the log goes on when the program closes standard error.
check log-descriptors 0 '2 3\|' '.*exit_group\(0\).*' "$T" -strace "$hello" descriptors
check log-file-descriptors 0 '2 3\|' '' "$T" -strace -D "$dir/log" "$hello" descriptors
if grep -q 'exit_group(0)' "$dir/log"; then echo "ok log-goes-on"; else echo "not ok log-goes-on: no exit_group in it"; fi
check log-file-missing 2 '' '[^|]*-D[^|]*\|' "$T" -D /nonexistent/log "$hello"

# -d unimp prints a line with the pc and the instruction. The program dies by SIGILL, and the shell may say so.
# shellcheck disable=SC3045 # dash and bash have it
ulimit -c 0
check undefined 132 '' '([^|]*\|)?' sh -c "$T $hello udf; exit \$?"
check undefined-unimp 132 '' 'undefined instruction at 0x[0-9a-f]+: 00001234\|(Illegal [^|]*\|)?' \
	sh -c "$T -d unimp $hello udf; exit \$?"
check in-asm 0 'hello.*\|' '.*0x[0-9a-f]+.*' "$T" -d in_asm "$hello"
check ir 0 'hello.*\|' '.+' "$T" -d ir "$hello"
check out-asm 0 'hello.*\|' '.+' "$T" -d out_asm "$hello"
check stats 0 'hello.*\|' '.+' "$T" -d stats "$hello"
check log-variable 0 'hello.*\|' '.+' env BINFMT_LOG=in_asm,out_asm "$T" "$hello"
check no-stdio 0 '' '' sh -c "$T $hello exit 0 <&- >&- 2>&-"
# A static program reads /proc/self/exe at its start, and must get an absolute name even where there is no /proc.
check no-proc 0 'hello \[\./hello\]\|' '' \
	unshare -Urm sh -c 'mount -t tmpfs none /proc && cd "$1" && exec "$0" ./hello' "$T" "$dir"
# When it was started by hand, the translator executes itself for other guest programs: where there is no /proc, by the name that it was started
# with. If that is no absolute name, the kernel decides what the program is executed by.
mkdir -p "$dir/entries"
no_entries="mount -t tmpfs none /proc && mount -t binfmt_misc none $dir/entries && cd ${T%/*} &&"
check no-proc-exec 0 "hello \[$hello\] \[x\]\|" '' unshare -Urm sh -c "$no_entries exec $T $hello exec $hello x"
check no-proc-exec-relative 1 '' "$hello: Exec format error\|" unshare -Urm sh -c "$no_entries exec ./${T##*/} $hello exec $hello x"
register=":it:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xff\\xff\\xff:$T:F"
check no-proc-exec-entry 0 "hello \[$hello\] \[x\]\|" '' \
	unshare -Urm sh -c "$no_entries exec 3>$dir/entries/register && printf '%s' '$register' | cat >&3; exec ./${T##*/} $hello exec $hello x"
echo "done"
