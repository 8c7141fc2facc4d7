# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# An interpreter that is to be installed is named together with its package, if this machine's distribution is known.
printf '[Format]\nMagic=\\x7fTEST\nInterpreter=1 /usr/bin/qemu-nothing-static\n' >conf/test.conf
printf '\177TEST' >program
printf '#!/usr/bin/qemu-nothing\n' >script
chmod +x program script
mount -t binfmt_misc b bm
printf 'ID=debian\nVERSION_ID="13"\n' >os-release
mount --bind os-release "$(readlink -f /etc/os-release)" || skip "/etc/os-release cannot be another one here"
status 1 binfmtctl explain program
says "Install /usr/bin/qemu-nothing-static (package qemu-user-static), then: binfmtctl enable test"
status 1 binfmtctl explain script
says "Install /usr/bin/qemu-nothing (package qemu-user), or correct the first line"
status 1 binfmtctl enable test
says "no interpreter is installed: /usr/bin/qemu-nothing-static (package qemu-user-static)"
# In another root there may be another distribution.
mkdir root
cp script root
status 1 binfmtctl explain --root="$DIR/root" /script
says "Install /usr/bin/qemu-nothing into $DIR/root"
printf 'ID=unheard-of\n' >os-release
status 1 binfmtctl explain program
says "Install /usr/bin/qemu-nothing-static, then: binfmtctl enable test"
