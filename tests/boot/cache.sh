# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2016,SC2154,SC2015,SC2034
# What must be so of the cache of translations in a machine that has booted with binfmtd. Needs machine.sh and checks.sh.

# configure_cache yes|no: whether the daemon has a cache. It is not told before it starts again.
configure_cache() {
	in_machine sh -ec '
		conf=/etc/binfmtd.conf
		[ -e $conf ] || conf=/usr/local/etc/binfmtd.conf
		[ -e /root/conf ] || cp $conf /root/conf
		if [ $1 = yes ]; then
			printf "[Daemon]\nCache=yes\n" >$conf
		else
			mv /root/conf $conf
		fi' sh "$1"
}

restart_daemon() {
	in_machine sh -ec 'systemctl reset-failed binfmtd; systemctl restart binfmtd'
}

# said_since_start OPTION...: prints what the journal has of the daemon that runs.
said_since_start() {
	in_machine sh -c 'journalctl --unit=binfmtd --no-pager --output=cat \
		_SYSTEMD_INVOCATION_ID="$(systemctl show binfmtd --property=InvocationID --value)" "$@"' sh "$@"
}

# pages_in_place PROGRAM: prints how many pages of it are executed in place, so from an image.
pages_in_place() {
	in_machine env BINFMT_LOG=stats "$1" </dev/null 2>&1 | sed -n 's/.*pages executed in place \([0-9]*\).*/\1/p'
}

runs_in_place() {
	[ "$(pages_in_place "$1")" -gt 0 ]
}

# translate PROGRAM...: has them translated. The guest of a user namespace is not told what is executed, so they are named. Returns when
# they are executed from the image that is registered.
translate() {
	in_machine env PATH=/usr/local/bin:/usr/bin:/bin binfmtctl cache add "$@" || return 1
	for one in "$@"; do
		until_true 60 runs_in_place "$one" || {
			echo "$one is not executed from an image"
			return 1
		}
	done
}

# image: prints the name of the image that is registered.
image() {
	in_machine sed -n 's/^image //p' /run/binfmtd/registered/qemu-aarch64
}

has_image() {
	[ -n "$(image)" ]
}

has_no_image() {
	[ -z "$(image)" ]
}

# leaves_nothing: whether the daemon without a cache has removed all files of one.
leaves_nothing() {
	expect "files of the cache" "" "$(in_machine sh -c 'ls -d /var/cache/binfmtd /run/binfmtd/registered/.#cache 2>/dev/null')"
}

# Within the unit's sandbox a file can be translated by the worker in its own, and an image be registered. What was removed can be translated
# again. Without the cache nothing remains.
check_cache() {
	configure_cache yes && restart_daemon && translate /root/program || return 1
	restart_daemon
	until_true 5 has_image || {
		echo "no image after a restart"
		return 1
	}
	check_program && check_program_in_chroot || return 1
	in_machine env PATH=/usr/local/bin:/usr/bin:/bin binfmtctl cache clear || return 1
	until_true 10 has_no_image || {
		echo "there is an image of nothing"
		return 1
	}
	translate /root/program && check_program && configure_cache no && restart_daemon && leaves_nothing && check_program
}

# Where /usr is read-only, all of this works: nothing that is written belongs there. Nothing is left of the cache before.
check_read_only_usr() {
	configure_cache yes && in_machine sh -ec '
		mount --bind /usr /usr
		mount -o remount,bind,ro /usr
		! touch /usr/bin/binfmt-translator /usr/file 2>/dev/null' && restart_daemon && leaves_no_image || return 1
	translate /root/program && check_program
	result=$?
	warnings=$(said_since_start --priority=warning | grep -v "Failed to read pids.max")
	in_machine umount -l /usr
	configure_cache no && restart_daemon && leaves_nothing && expect warnings "" "$warnings" && check_program && return $result
}

leaves_no_image() {
	expect "an image before anything was translated" "" "$(image)"
}

# ---- what goes on while packages come and go ----

# make_asked FILE: makes a program for arm64 that answers each line that it reads, and $work/asked, the same for this machine. What it does
# then it has not done before, so that it takes more pages of an image.
make_asked() {
	cat >"$work/asked.c" <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		static int compare(const void *a, const void *b)
		{
		        unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
		        return x < y ? -1 : x > y;
		}
		int main(void)
		{
		        static unsigned v[10000];
		        char line[80];
		        while (fgets(line, sizeof(line), stdin)) {
		                unsigned x = (unsigned)atoi(line);
		                for (unsigned i = 0; i < 10000; i++)
		                        v[i] = x = x * 1664525 + 1013904223;
		                qsort(v, 10000, sizeof(*v), compare);
		                printf("%u %.6f\n", v[5000], v[7000] / (v[1] + 1.0));
		                fflush(stdout);
		        }
		        return 0;
		}
	END
	gcc -O1 -o "$work/asked" "$work/asked.c" && aarch64-linux-gnu-gcc -static -O1 -o "$1" "$work/asked.c"
}

# start_asked NAME: starts such a program, /root/asked.
start_asked() {
	in_machine sh -ec 'mkfifo "/tmp/$1.in"
		/root/asked <>"/tmp/$1.in" >"/tmp/$1.out" 2>&1 &
		echo $! >"/tmp/$1.pid"' sh "$1" && until_true 5 is_translated "$1"
}

is_translated() {
	in_machine sh -c 'readlink "/proc/$(cat "/tmp/$1.pid")/exe" | grep -q translator' sh "$1"
}

# executed NAME: prints "image" or "itself", as is the file of the translator's that the program is executed with, and the first number of its
# version.
executed() {
	in_machine sh -c 'exe="/proc/$(cat "/tmp/$1.pid")/exe"
		case $(readlink "$exe") in */images/*) kind=image ;; *) kind=itself ;; esac
		echo $kind "$(grep -aoE "binfmt-translator [0-9]+" "$exe" | sed -n "1s/.* //p")"' sh "$1"
}

# ask NAME NUMBER: whether the program answers as one of this machine.
ask() {
	in_machine sh -c 'echo "$2" >"/tmp/$1.in"' sh "$1" "$2"
	wanted=$(echo "$2" | "$work/asked")
	until_true 10 answered "$1" "$wanted" || expect "what a running program answers" "$wanted" "$(in_machine tail -n 1 "/tmp/$1.out")"
}

answered() {
	[ "$(in_machine tail -n 1 "/tmp/$1.out")" = "$2" ]
}

end_asked() {
	in_machine sh -c 'kill "$(cat "/tmp/$1.pid")"; rm "/tmp/$1.in" "/tmp/$1.out" "/tmp/$1.pid"' sh "$1"
}

# expect_new EXPECTED: what a program is executed with that starts now.
expect_new() {
	start_asked new && expect "what a new program is executed with" "$1" "$(executed new)" && ask new 3 && end_asked new
}
