# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Takes an automount that is elsewhere.
# An automount in binfmt_misc's place whose server mounts in another mount namespace, which the kernel reports as a loop of links:
# the case is the same as that of automount-gone.
. "$SOURCE_DIR/tests/e2e/automount.sh"
