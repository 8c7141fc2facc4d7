# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2086 # $run is words
# The image that registers its own translators, in Docker and podman. It replaces what binfmtd has registered, so it comes last.

# field EXPRESSION: prints the value of a Python expression of the status that the image printed last.
field() { python3 -c 'import json, sys; status = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$out/printed" "$1"; }

image_platform() {
	image=test-$debian
	run="docker run --rm --network none --platform $p $image"
	status "$debian/load" 0 docker load -qi "$out/$debian/test.tar"
	status "$debian/uninstall" 0 $binfmt --uninstall "${format#qemu-}"
	same "$debian/uninstalled" "(False, False)" field "'$p' in status['supported'], '$format' in status['emulators']"
	status "$debian/nothing-runs" 1 $run uname -m
	status "$debian/install" 0 $binfmt --install "$docker_arch"
	same "$debian/installed" "(True, True)" field "'$p' in status['supported'], '$format' in status['emulators']"
	same "$debian/runs" "$machine" $run uname -m
	same "$debian/flags" "flags: POCF" grep flags $BINFMT/$format
	status "$debian/again" 0 $binfmt --install "$p"
	same "$debian/runs-again" "$machine" $run uname -m
}

suite_image() {
	start_docker || return
	status load 0 docker load -qi "$out/image.tar"
	binfmt="docker run --rm --network none --privileged binfmtd/binfmt"
	status version 0 $binfmt --version
	status nonsense 1 $binfmt --install nonsense
	status usage 2 $binfmt --nonsense
	status unprivileged 1 docker run --rm --network none binfmtd/binfmt --install all
	grep -q 'docker run --privileged' "$out/said" || fail "$suite/unprivileged" "it does not say what is missing: $(cat "$out/said")"
	for p in $PLATFORMS; do
		platform "$p"
		image_platform
	done
	status uninstall-pattern 0 $binfmt --uninstall 'qemu-*'
	same none "[]" field "[e for e in status['emulators'] if e.startswith('qemu-')]"
	status install-all 0 $binfmt --install all
	status not-quite-privileged 0 docker run --rm --network none --cap-add SYS_ADMIN --security-opt seccomp=unconfined \
		--security-opt apparmor=unconfined --read-only binfmtd/binfmt --install all
	# Here the kernel does not tell it what runs: it installs, says so, and ends. tests/cache has one that stays.
	status cache 0 $binfmt --install all --cache
	grep -q "the kernel does not tell" "$out/said" || fail "$suite/cache" "it does not say what is missing: $(cat "$out/said")"
	image_rootless
	image_unmounted
	# The kernel keeps the translator open, so nothing of the image is needed any more.
	status remove 0 docker rmi -f binfmtd/binfmt
	for p in $PLATFORMS; do
		platform "$p"
		same "$debian/outlives-the-image" "$machine" docker run --rm --network none --platform "$p" test-$debian uname -m
	done
	image_elsewhere
	image_in_podman
}

# Somebody who is only root of a namespace of his own must not lose the machine's entries by the image: binfmt_misc that is
# mounted there would hide them.
image_rootless() {
	cp "$BUILD_DIR/packaging/oci/binfmt" /run/
	rootless="setpriv --reuid 1000 --regid 1000 --clear-groups unshare -Urmpf"
	status rootless 1 $rootless sh -c 'mount -t proc proc /proc && exec /run/binfmt --install arm64'
	grep -q 'Run the image as root' "$out/said" || fail "$suite/rootless" "it does not say what to do: $(cat "$out/said")"
	status rootless-status 0 $rootless sh -c 'mount -t proc proc /proc && exec /run/binfmt'
	for p in $PLATFORMS; do
		platform "$p"
		same "$debian/rootless-still-runs" True field "'$p' in status['supported']"
	done
}

# Where binfmt_misc is mounted nowhere but in the container, the entries are gone when that ends.
image_unmounted() {
	umount $BINFMT
	status unmounted 1 $binfmt --install all
	grep -q -e '--pid=host' "$out/said" || fail "$suite/unmounted" "it does not say what to do: $(cat "$out/said")"
	same unmounted-emulators "[]" field "status['emulators']"
	status unmounted-still 1 test -e $BINFMT/register
	status first-process 0 docker run --rm --network none --privileged --pid=host binfmtd/binfmt --install all
	status first-process-has-it 0 test -e $BINFMT/register
}

# The image's file can be read by others too: by containerd, with which Kubernetes' nodes load images, and by readers of an OCI
# layout.
image_elsewhere() {
	socket=$out/docker/exec/containerd/containerd.sock
	status containerd 0 ctr --address "$socket" --namespace test images import --no-unpack "$out/image.tar"
	same containerd-name docker.io/binfmtd/binfmt:latest ctr --address "$socket" --namespace test images list -q
	status build-again 0 env TRANSLATOR="$translator" "$SOURCE_DIR/packaging/oci/build" "$out/again.tar"
	status same-bytes 0 cmp "$out/image.tar" "$out/again.tar"
}

image_in_podman() {
	start_podman || { fail "$suite/podman" "no configuration for podman"; return; }
	status podman-oci 0 $podman pull -q "oci-archive:$out/image.tar"
	status podman-load 0 $podman load -qi "$out/image.tar"
	status podman-install 0 $podman run --rm --network none --privileged binfmtd/binfmt --install all
	for p in $PLATFORMS; do
		platform "$p"
		same "$debian/podman" "(True, True)" field "'$p' in status['supported'], '$format' in status['emulators']"
	done
}
