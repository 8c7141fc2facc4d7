# SPDX-License-Identifier: GPL-2.0-or-later
# A program is executed again and again while its interpreter is switched 1,000 times, which never fails.
make_test_format F
printf '#include <unistd.h>\nint main(void) { return write(1, WHICH, 1) != 1; }\n' >static.c
for i in a b; do
	gcc -static -O1 -DWHICH="\"$i\"" -o $i static.c
done
sed -i '/^Interpreter/d' conf/test.conf
printf 'Interpreter=2 %s/a\nInterpreter=1 %s/b\n' "$DIR" "$DIR" >>conf/test.conf
status 0 binfmtctl enable test
cat >loop.c <<'EOC'
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_term(int s)
{
	(void)s;
	stop = 1;
}

int main(void)
{
	int n = 0, failed = 0, status;

	signal(SIGTERM, on_term);
	for (; !stop; n++) {
		pid_t pid = vfork();
		if (pid == 0) {
			execl("./program", "program", NULL);
			_exit(errno == 0 ? 255 : errno);
		}
		while (waitpid(pid, &status, 0) < 0)
			;
		if (status != 0 && failed++ < 5)
			fprintf(stderr, "execution %d: %s\n", n, strerror(WEXITSTATUS(status)));
	}
	fprintf(stderr, "%d %d\n", n, failed);
	return 0;
}
EOC
gcc -O1 -o loop loop.c
./loop >ran 2>log &
loop=$!
set +x
begin=$(date +%s)
for i in $(seq 500); do
	binfmtctl use test "$DIR/b" && binfmtctl use test "$DIR/a" || fail "switch $i failed"
	[ $(($(date +%s) - begin)) -lt 480 ] || fail "only $((2 * i)) switches in eight minutes"
done
set -x
kill $loop
wait $loop
# shellcheck disable=SC2046
set -- $(tail -n 1 log)
[ "$1" -gt 500 ] || fail "it was executed $1 times only"
same "failures of $1" 0 "$2"
# Both interpreters must have run, or this test has shown nothing.
grep -q a ran && grep -q b ran || fail "only one of the interpreters ran"
