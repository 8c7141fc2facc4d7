# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2086,SC2016 # $run is words; scripts are for the container
# Docker: running, both builders, set-uid programs.
. "$SOURCE_DIR/tests/secure/values.sh"
export DOCKER_HOST="unix://$out/docker/socket" DOCKER_API_VERSION=1.41

start_docker() {
	[ -z "${docker_pid-}" ] || return 0
	mkdir -p "$out/docker"
	rm -rf "$out/docker/exec" "$out/docker/pid" "$out/docker/socket"
	dockerd --data-root "$out/docker/data" --exec-root "$out/docker/exec" -H "$DOCKER_HOST" -p "$out/docker/pid" --iptables=false \
		--ip6tables=false --bridge=none --storage-driver overlay2 >"$out/dockerd.log" 2>&1 &
	docker_pid=$!
	until_true 60 sh -c 'docker version >/dev/null 2>&1' && return
	fail "$suite/dockerd" "it does not start: $(tail -n 1 "$out/dockerd.log")"
	return 1
}

docker_options() {
	image=test-$debian
	same "$debian/uname" "$machine" $run $image uname -m
	same "$debian/user" "1000 $machine" $run --user 1000:1000 $image sh -c 'echo $(id -u) $(uname -m)'
	same "$debian/read-only" "$machine" $run --read-only $image uname -m
	same "$debian/strict" "$machine" $run --user 1000 --read-only --cap-drop ALL \
		--security-opt no-new-privileges --pids-limit 20 --memory 256m --tmpfs /tmp:noexec,size=1m $image uname -m
	[ "$docker_arch" != arm ] || same "$debian/older-cpu" "armv6l armv5tel" $run -e BINFMT_CPU=armv6 $image sh -c \
		'echo $(uname -m) $(BINFMT_CPU=armv5; uname -m)'
	same "$debian/no-proc" "$machine 5 gone" $run --cap-add SYS_ADMIN --security-opt seccomp=unconfined \
		--security-opt apparmor=unconfined $image sh -c \
			'busybox umount -l /proc; echo $(uname -m) $(seq 5 | wc -l) $([ -e /proc/self ] || echo gone)'
	whole || return
	same "$debian/cap-drop" "$machine" $run --cap-drop ALL $image uname -m
	same "$debian/init" "$machine" $run --init $image sh -c 'uname -m | cat'
	same "$debian/status" 7 sh -c "$run $image sh -c 'exit 7'; echo \$?"
	same "$debian/default-platform" "$machine" env DOCKER_DEFAULT_PLATFORM="$p" docker run --rm --network none $image uname -m
	[ ! -s "$out/said" ] || fail "$suite/$debian/default-platform" "docker warns: $(head -n 1 "$out/said")"
	same "$debian/translator-is-not-there" "" $run $image sh -c "ls -d $translator 2>/dev/null || true"
}

# Limits are the program's, as it asked for them. Under that of addresses it gets what is left of it, and no more: what the translator
# needs counts for little, and nothing is reserved.
docker_limits() {
	same "$debian/ulimits" "300 400 2048 unlimited 0 5000" $run --ulimit nofile=300:400 --ulimit stack=2097152:-1 --ulimit core=0 \
		--ulimit memlock=5120000 test-$debian sh -c 'echo $(ulimit -n) $(ulimit -Hn) $(ulimit -s) $(ulimit -Hs) $(ulimit -c) $(ulimit -l)'
	same "$debian/ulimit-v" "$(printf '%s\n' 600000 first "dd: memory exhausted by input buffer of size 700000000 bytes (668 MiB)" third)" \
		$run test-$debian sh -c 'ulimit -v 600000; ulimit -v
			for n in first:500000000 second:700000000 third:500000000; do
				echo ${n%:*} | dd status=none bs=${n#*:} 2>&1
			done'
}

# Programs of other platforms in the same container: they start each other, also set-uid ones, and each is what it is natively.
docker_mixed() {
	user="$run --user 1000:1000 -e HOME=/ -e BINFMT_UNAME=1.2.3" mine=$debian my_machine=$machine
	rest="release $(uname -r) argv0"
	for other in $PLATFORMS; do
		[ "$other" != "$p" ] || continue
		platform "$other"
		there=/mixed/$debian
		same "$mine/starts-$debian" "$my_machine $machine $my_machine" $run "test-$mine" sh -c \
			"echo \$(uname -m) \$($there/chain | cut -d' ' -f1) \$($there/chain fork:/test/chain | tail -n 1 | cut -d' ' -f1)"
		same "$mine/starts-set-uid-$debian" "secure 1 uid 1000 euid 0 machine $machine $rest $there/set-uid added 0 home 1" \
			$user "test-$mine" /test/plain exec "$there/set-uid"
		same "$mine/started-by-set-uid-$debian" "secure 1 uid 1000 euid 0 machine $my_machine $rest /test/plain added 0 home 1" \
			$user "test-$mine" "$there/set-uid" exec /test/plain
		platform "$p"
	done
	# What a process keeps when it executes programs of several platforms, and of this machine, is what it keeps with native ones.
	native=/mixed/amd64/heritage programs=/test/heritage
	for other in $PLATFORMS; do
		programs="$programs $(platform "$other" && echo "/mixed/$debian/heritage") $native /test/heritage"
	done
	natives=$(echo "$programs" | sed "s,[^ ]*heritage,$native,g")
	$run --user 1000 -e START=1 -w /tmp "test-$debian" sh -c "exec $natives" >"$out/heritage" 2>&1
	same "$debian/heritage" "$(cat "$out/heritage")" $run --user 1000 -e START=1 -w /tmp "test-$debian" sh -c "exec $programs"
}

# The translator's own calls under Docker's seccomp profile: programs that test what a translator may get wrong.
docker_guest() {
	for name in $guest; do
		timeout 250 docker run --rm --network none --init --platform "$p" "test-$debian" "/guest/$name" >"$out/guest.$name" 2>&1
		[ "$(tail -n 1 "$out/guest.$name")" = "done" ] || fail "$suite/$debian/$name" "ended early: $(tail -n 1 "$out/guest.$name")"
		# The profile refuses personality(ADDR_NO_RANDOMIZE), natively too.
		sed -i '/^not ok address_space_is_random: .*seen\[2\]/d' "$out/guest.$name"
		sed -n "s,^not ok ,FAIL $suite/$debian/$name/,p" "$out/guest.$name"
		failed=$((failed + $(grep -c '^not ok ' "$out/guest.$name")))
		passed=$((passed + $(grep -c '^ok ' "$out/guest.$name")))
	done
}

# Calls that the translator can do without, under a profile that refuses them.
docker_refusals() {
	refused=$(printf '%s\n' memfd_create faccessat2 membarrier personality prlimit64 rseq madvise statx close_range sched_getaffinity \
		openat2 clone3 execveat | grep -vx "${needed:--}")
	printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":[%s],"action":"SCMP_ACT_ERRNO","errnoRet":1}]}' \
		"$(printf '"%s",' $refused | sed 's/,$//')" >"$out/refusals.json"
	refusing="$run --security-opt seccomp=$out/refusals.json test-$debian"
	same "$debian/refusals" "$machine 1000" $refusing sh -c 'echo $(uname -m | cat) $(seq 1000 | sort -rn | head -n 1)'
	# A 32-bit program has 256 places to be at, natively too: two of its runs may be at one, but hardly five.
	same "$debian/refusals-random-addresses" random $refusing sh -c \
		'[ "$(for run in 1 2 3 4 5; do /test/address; done | sort -u | wc -l)" -gt 1 ] && echo random'
}

# state NAME EXPECTED: checks whether the container $id runs, and its exit code.
state() { same "$debian/$1" "$2" docker inspect -f '{{.State.Running}} {{.State.ExitCode}}' "$id"; }

# The first process of a container gets only signals that it handles, and is asked to stop by SIGTERM.
docker_lifecycle() {
	id=$(docker run -d --network none --platform "$p" "test-$debian" sleep 300 2>/dev/null)
	same "$debian/exec" "1000 $machine" docker exec -u 1000 "$id" sh -c 'echo $(id -u) $(uname -m)'
	status "$debian/signals-to-the-first" 0 docker exec "$id" sh -c 'kill -INT 1; kill -TERM 1; kill -KILL 1; sleep 0.5'
	state first-stays "true 0"
	status "$debian/kill" 0 docker kill "$id"
	state killed "false 137"
	docker rm "$id" >/dev/null
	id=$(docker run -d --network none --platform "$p" "test-$debian" sh -c \
		'trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done' 2>/dev/null)
	until_true 20 sh -c "docker logs $id | grep -q ready"
	status "$debian/stop" 0 docker stop -t 20 "$id"
	state stopped "false 3"
	docker rm "$id" >/dev/null
	same "$debian/first-ignores" 5 sh -c \
		"$run test-$debian sh -c 'for s in SEGV FPE ILL BUS TRAP TERM; do kill -\$s \$\$; done; exit 5'; echo \$?"
	same "$debian/input" "HELLO" sh -c "echo hello | $run -i test-$debian tr a-z A-Z"
	same "$debian/fault" 139 sh -c "$run --init test-$debian sh -c 'kill -SEGV \$\$'; echo \$?"
}

# Set-uid programs gain the rights that they should, and neither their environment nor their name changes what the translator
# does.
docker_set_uid() {
	release=$(uname -r) script=
	user="$run --user 1000:1000 -e HOME=/"
	line="machine $machine release $release argv0"
	same "$debian/plain" "secure 0 uid 1000 euid 1000 $line /test/plain added 0 home 1" $user test-$debian /test/plain
	same "$debian/variables-work" "secure 0 uid 1000 euid 1000 machine $machine release 1.2.3 argv0 /test/plain added 0 home 1" \
		$user -e BINFMT_UNAME=1.2.3 test-$debian /test/plain
	same "$debian/set-uid" "secure 1 uid 1000 euid 0 $line /test/set-uid added 0 home 1" $user test-$debian /test/set-uid
	same "$debian/no-new-privileges" "secure 0 uid 1000 euid 1000 $line /test/set-uid added 0 home 1" \
		$user --security-opt no-new-privileges test-$debian /test/set-uid
	whole || return
	for variable in $(secure_variables "$translator"); do
		value=$(secure_value "$variable" /tmp) ||
			{ fail "$suite/$debian/$variable" "tests/secure/values.sh does not know it"; continue; }
		script="$script rm -f /tmp/log; echo $variable \$($variable=$value /test/set-uid 2>&1; ls /tmp);"
		script="$script echo \$($variable=$value /test/set-uid become /test/plain 2>&1; ls /tmp);"
	done
	expected=$(for variable in $(secure_variables "$translator"); do
		echo "$variable secure 1 uid 1000 euid 0 $line /test/set-uid added 0 home 1"
		echo "secure 0 uid 0 euid 0 $line /test/plain added 0 home 1"
	done)
	same "$debian/set-uid-variables" "$expected" $user test-$debian sh -c "$script"
	# Capabilities of a file are privileges as well.
	[ ! -e "$out/$debian/tree/test/capable" ] ||
		same "$debian/file-capabilities" "secure 1 uid 1000 euid 1000 $line /test/capable added 0 home 1" \
			$user -e BINFMT_UNAME=1.2.3 -e BINFMT_SET_ENV=ADDED=1 test-$debian /test/capable
	script=$(printf '/test/plain exec %s log;' $(secure_options "$translator") --)
	expected=$(printf "secure 1 uid 1000 euid 0 $line %s added 0 home 1\n" $(secure_options "$translator") --)
	same "$debian/set-uid-named-as-options" "$expected" $user -w /test test-$debian sh -c "$script ls -d log 2>/dev/null || true"
}

# docker_build NAME TAG CONTEXT: builds an image with both builders.
docker_build() {
	for kit in $(! whole || echo 0) 1; do
		export DOCKER_BUILDKIT=$kit
		docker rmi -f "$2" >/dev/null 2>&1
		LIMIT=1500 status "$debian/$1-buildkit-$kit" 0 docker build --no-cache --network none --platform "$p" -t "$2" "$3" ||
			cp "$out/said" "$out/$1-$kit.log"
		same "$debian/$1-buildkit-$kit-platform" "$docker_arch" docker image inspect -f '{{.Architecture}}' "$2"
		"check_$1" "$2" "$kit"
	done
}

check_small() {
	same "$debian/small-buildkit-$2-run" "$machine 5050" $run "$1" cat /result
	whole || return
	status "$debian/small-buildkit-$2-default-platform" 0 env DOCKER_DEFAULT_PLATFORM="$p" \
		docker build --no-cache --network none -t "$1" "$context"
	same "$debian/small-buildkit-$2-default-platform-run" "$machine 5050" $run "$1" cat /result
}

docker_build_small() {
	context=$out/$debian/context
	rm -rf "$context" && mkdir -p "$context"
	cat >"$context/Dockerfile" <<-EOF
		FROM test-$debian
		COPY numbers /numbers
		RUN echo \$(uname -m) \$(sort -n /numbers | busybox awk '{ s += \$1 } END { print s }') >/result
	EOF
	seq 100 >"$context/numbers"
	docker_build small "small-$debian" "$context"
}

check_software() {
	new="$run $1"
	same "$debian/software-buildkit-$2-compiled" "sum 5050 on $machine" $new sum-to-100
	same "$debian/software-buildkit-$2-user" 1000 $new id -u
	same "$debian/software-buildkit-$2-sudo" "0 $machine" $new sh -c 'echo $(sudo id -u) $(sudo uname -m)'
	same "$debian/software-buildkit-$2-sudo-variables" "$(uname -r)" docker run --rm --network none --platform "$p" \
		-e BINFMT_UNAME=1.2.3 -e BINFMT_ARGV0=other "$1" sudo uname -r
	for other in $PLATFORMS; do
		same "$debian/software-buildkit-$2-sudo-$(platform "$other" && echo "$debian")" "$(platform "$other" && echo "$machine") $machine" \
			$new sh -c "echo \$(sudo /mixed/$(platform "$other" && echo "$debian")/chain fork:/usr/bin/uname -m | sed 's/ .*//')"
	done
	same "$debian/software-buildkit-$2-sudo-asks" "refused" $new sh -c \
		'sudo -k; sudo -n -u root /bin/cat /etc/shadow >/dev/null 2>&1 || echo refused'
	same "$debian/software-buildkit-$2-dpkg" "" $new dpkg --audit
}

# Packages are installed from a repository in the context, with their scripts, and a program is compiled.
docker_build_software() {
	context=$out/$debian/software
	rm -rf "$context" && mkdir -p "$context" && cp -r "$out/$debian/repository" "$out/$debian/tree/mixed" "$context/"
	cat >"$context/sum.c" <<-'EOF'
		#include <stdio.h>
		#include <sys/utsname.h>
		int main(void)
		{
			struct utsname u;
			long s = 0;
			for (long i = 1; i <= 100; i++)
				s += i;
			uname(&u);
			printf("sum %ld on %s\n", s, u.machine);
		}
	EOF
	cat >"$context/Dockerfile" <<-EOF
		FROM base-$debian
		COPY repository /repository
		RUN rm -f /etc/apt/sources.list.d/* && echo 'deb [trusted=yes] file:/repository ./' >/etc/apt/sources.list && \
		    apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install gcc libc6-dev sudo
		COPY sum.c /tmp/
		COPY mixed /mixed
		RUN gcc -O2 -Wall -o /usr/bin/sum-to-100 /tmp/sum.c && sum-to-100
		RUN useradd -u 1000 -m user && echo 'user ALL=(ALL) NOPASSWD: /usr/bin/id, /usr/bin/uname, /mixed/*/chain' >/etc/sudoers.d/user
		USER user
	EOF
	docker load -qi "$out/$debian/base.tar" >/dev/null
	docker_build software "software-$debian" "$context"
}

suite_docker() {
	start_docker || return
	for p in $PLATFORMS; do
		platform "$p"
		run="docker run --rm --network none --platform $p"
		status "$debian/load" 0 docker load -qi "$out/$debian/test.tar"
		docker_options
		docker_limits
		docker_set_uid
		docker_refusals
		! whole || docker_mixed
		docker_guest
		! whole || docker_lifecycle
		docker_build_small
		[ -z "$CONTAINERS_LONG" ] || docker_build_software
	done
}
