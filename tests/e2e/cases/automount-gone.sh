# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Takes an automount that is gone.
# Where an automount is in binfmt_misc's place and who served it has ended, that is said, by whichever command touches it first;
# and what mounts binfmt_misc does so over it.
. "$SOURCE_DIR/tests/e2e/automount.sh"
