# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2086 # $podman is words
# podman: running and building.

start_podman() {
	mkdir -p "$out/podman" /run/etc /run/work
	# A podman that is unpacked, not installed, has no configuration. And conmon starts one without our LD_LIBRARY_PATH where a container has
	# ended; if that cannot start, the first one waits for it for 20 seconds.
	if [ ! -e /etc/containers/policy.json ]; then
		mount -t overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/work overlay /etc && cp -r "$out/tools/etc/containers" /etc/ &&
			echo "$out/tools/usr/lib/x86_64-linux-gnu" >/etc/ld.so.conf.d/zz-unpacked.conf && ldconfig || return
	fi
	podman="podman --root $out/podman/root --runroot /run/podman --cgroup-manager cgroupfs --runtime runc --events-backend file
		--storage-driver overlay"
}

podman_platform() {
	image=test-$debian
	run="$podman run --rm --network none --platform $p"
	status "$debian/load" 0 $podman load -qi "$out/$debian/test.tar"
	same "$debian/uname" "$machine" $run $image uname -m
	same "$debian/user" "1000 $machine" $run --user 1000 $image sh -c 'echo $(id -u) $(uname -m)'
	same "$debian/strict" "$machine" $run --user 1000 --read-only --cap-drop all --security-opt no-new-privileges $image uname -m
	same "$debian/masked" "$machine" $run --security-opt mask=/proc/cpuinfo:/proc/meminfo:/proc/stat:/proc/sys $image uname -m
	same "$debian/set-uid" "secure 1 uid 1000 euid 0 machine $machine release $(uname -r) argv0 /test/set-uid added 0 home 1" \
		$run --user 1000:1000 -e HOME=/ -e BINFMT_UNAME=1.2.3 -e BINFMT_SET_ENV=ADDED=1 $image /test/set-uid
	printf 'FROM localhost/%s\nRUN uname -m >/result; seq 100 | sort -rn | head -n 1 >>/result\n' "$image" >"$out/podman/Dockerfile"
	status "$debian/build" 0 $podman build --no-cache --network none --platform "$p" -t "built-$debian" -f "$out/podman/Dockerfile" \
		"$out/podman/empty"
	# Older versions forget the variant of a platform that they have built for.
	same "$debian/build-run" "$machine 100" $podman run --rm --network none "built-$debian" sh -c 'echo $(cat /result)'
}

suite_podman() {
	start_podman || { fail "$suite/start" "no configuration for podman"; return; }
	mkdir -p "$out/podman/empty"
	for p in $PLATFORMS; do
		platform "$p"
		podman_platform
	done
}
