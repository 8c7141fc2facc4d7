# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Takes an automount that is gone.
# An automount in binfmt_misc's place whose server has ended: whichever command touches it first says so, and commands that mount
# binfmt_misc mount it over the automount.
. "$SOURCE_DIR/tests/e2e/automount.sh"
