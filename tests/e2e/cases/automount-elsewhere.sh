# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Takes an automount that is elsewhere.
# The same where its server mounts in another mount namespace, which the kernel reports as a loop of links.
. "$SOURCE_DIR/tests/e2e/automount.sh"
