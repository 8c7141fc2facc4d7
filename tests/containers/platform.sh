# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034
# What the tests need to know of a platform. A new one is a row here and a word in PLATFORMS of ./run.

# platform PLATFORM: sets its Debian name, what uname -m prints, Docker's words, its format, its cross compiler, which system calls its
# C library insists on, and which programs of tests/guest are run for it: some ($guest), and others too with CONTAINERS_LONG ($more).
# v6 and v5 have the same programs, and so cannot be tested in one run.
platform() {
	needed=""
	case $1 in
	linux/arm64) debian=arm64 machine=aarch64 docker_arch=arm64 variant=v8 format=qemu-aarch64 cross=aarch64-linux-gnu-gcc
		guest="exec memory share signals-sync"
		more="calls faults faults-fatal faults-handled litmus process-info selfmod signals-async signals-waiting signals-timers
			signals-storms threads threads-fork threads-calls" ;;
	linux/arm/v7) debian=armhf machine=armv7l docker_arch=arm variant=v7 format=qemu-arm cross=arm-linux-gnueabihf-gcc needed=statx
		guest="memory32 arm32-directories arm32-process"
		more="share arm-access arm-atomics arm-faults arm-frames arm-kernel-pages arm-state arm32-files arm32-messages arm32-time
			exec-stack faults-fatal faults-handled limits literals memory process-info selfmod signal-windows signals-async
			signals-storms signals-timers signals-waiting threads threads-fork threads-calls together" ;;
	linux/arm/v6 | linux/arm/v5) debian=armel machine=armv7l docker_arch=arm variant=${1##*/} format=qemu-arm
		cross=arm-linux-gnueabi-gcc needed=statx
		guest="memory32" more="arm-kernel-pages exec-stack limits literals" ;;
	*) echo "FAIL $1: tests/containers/platform.sh does not know it" && return 1 ;;
	esac
	[ -z "$CONTAINERS_LONG" ] || guest="$guest $more"
}

# whole: true if all is tested of the platform, not the part alone in which it may differ from another one (BRIEFLY of ./run).
whole() {
	case " $BRIEFLY " in *" $p "*) return 1 ;; esac
}
