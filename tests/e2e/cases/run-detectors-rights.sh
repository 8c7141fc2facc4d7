# SPDX-License-Identifier: GPL-2.0-or-later
# Takes two users.
# A set-uid program whose format has a detector: the interpreter gets the rights and the very file, if it is to have
# them; detectors and other interpreters do not; and who executes it has no say in which interpreter that is.
unset BINFMTD_PROCDIR BINFMTD_ADMINDIR
mount -t tmpfs -o mode=755 lib /var/lib
mkdir /var/lib/binfmts evil
mount -t binfmt_misc bm /proc/sys/fs/binfmt_misc
export BINFMTD_RUN_DETECTORS="$BUILD_DIR/cli/run-detectors"
ln -s "$BUILD_DIR/cli/binfmtctl" update-binfmts

cat >interpreter.c <<-'END'
	#include <stdio.h>
	#include <string.h>
	#include <sys/auxv.h>
	#include <unistd.h>
	int main(int argc, char **argv)
	{
		char text[32] = "";
		FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;
		if (f && !fgets(text, sizeof(text), f))
			return 1;
		printf("%s: uid %d euid %d secure %lu path %s: %s\n", strrchr(argv[0], '/') + 1, getuid(), geteuid(),
		       getauxval(AT_SECURE), strncmp(argv[1], "/proc/self/fd/", 14) ? argv[1] : "fd", f ? text : "unreadable");
		return fflush(stdout);
	}
END
cc -static -o first interpreter.c || skip "no C compiler that makes static programs"
cp first second
cp first third
# The interpreter is no script, because shells give up rights by themselves.
cat >detector.c <<-END
	#include <stdio.h>
	#include <unistd.h>
	int main(void)
	{
		FILE *f = fopen("$DIR/asked", "w");
		char name[32], path[256];
		fprintf(f, "uid %d euid %d gid %d egid %d\n", getuid(), geteuid(), getgid(), getegid());
		for (int i = 0; i < 64; i++) {
			snprintf(name, sizeof(name), "/proc/self/fd/%d", i);
			ssize_t n = readlink(name, path, sizeof(path));
			if (n > 0)
				fprintf(f, "%d %.*s\n", i, (int)n, path);
		}
		return access("$DIR/refuse", F_OK) == 0;
	}
END
cc -static -o detector detector.c
chmod 755 detector first second third
: >asked
chmod 666 asked
printf 'AB secret' >program
chmod 6711 program
chmod 755 .

as_user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups env "$@"
}

./update-binfmts --install two "$DIR/second" --magic AB
./update-binfmts --install one "$DIR/first" --magic AB --detector "$DIR/detector" --credentials yes
same "the rights" "first: uid 1000 euid 0 secure 1 path fd: AB secret" "$(as_user ./program)"
same "the detector's" "uid 1000 euid 1000 gid 1000 egid 1000" "$(head -n 1 asked)"
! grep -q program asked || fail "a detector inherits the file"

touch refuse
same "without rights" "second: uid 1000 euid 1000 secure 0 path ./program: unreadable" "$(as_user ./program)"
rm refuse

printf ':\nmagic\n0\nAB\n\n%s/third\n\nyes\n\n\n' "$DIR" >evil/one
for variable in "BINFMTD_ADMINDIR=$DIR/evil" "BINFMTD_PROCDIR=$DIR/evil" "LD_PRELOAD=$DIR/evil/x.so"; do
	same "$variable" "first: uid 1000 euid 0 secure 1 path fd: AB secret" "$(as_user "$variable" ./program)"
done

# A program that this user may only execute, and that gives no rights.
chmod 711 program
same "only executable" "first: uid 1000 euid 1000 secure 0 path fd: AB secret" "$(as_user ./program)"
! grep -q program asked || fail "a detector inherits the file"
chmod 755 program
same "readable" "first: uid 1000 euid 1000 secure 0 path ./program: AB secret" "$(as_user ./program)"
