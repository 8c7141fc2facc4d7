# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034
# What the tests need to know of a platform. A new one is a row here and a word in PLATFORMS of ./run.

# platform PLATFORM: sets its Debian name, what uname -m prints, Docker's words, its format, its cross compiler, and which programs of
# tests/guest are run for it: some ($guest), and others too with CONTAINERS_LONG ($more).
platform() {
	case $1 in
	linux/arm64) debian=arm64 machine=aarch64 docker_arch=arm64 variant=v8 format=qemu-aarch64 cross=aarch64-linux-gnu-gcc
		guest="exec memory share signals-sync"
		more="calls faults litmus process-info selfmod signals-async signals-waiting signals-timers signals-storms threads threads-fork
			threads-calls" ;;
	linux/arm/v7) debian=armhf machine=armv7l docker_arch=arm variant=v7 format=qemu-arm cross=arm-linux-gnueabihf-gcc
		guest="memory32 share signals-async"
		more="arm-faults arm-frames arm-state process-info selfmod signals-waiting signals-timers signals-storms threads threads-fork
			threads-calls" ;;
	linux/arm/v6) debian=armel machine=armv7l docker_arch=arm variant=v6 format=qemu-arm cross=arm-linux-gnueabi-gcc
		guest="limits" more="exec-stack" ;;
	*) echo "FAIL $1: tests/containers/platform.sh does not know it" && return 1 ;;
	esac
	[ -z "$CONTAINERS_LONG" ] || guest="$guest $more"
}
