# SPDX-License-Identifier: GPL-2.0-or-later
# The lines of update-binfmts --display, which scripts parse, and the flags.
mkdir bin
printf '#!/bin/sh\n' >bin/binfmt-translator
chmod +x bin/binfmt-translator
sed "s|^Interpreter=.*|Interpreter=1 $DIR/bin/binfmt-translator|" "$BUILD_DIR/conf/build-tree/qemu-arm.conf" >conf/qemu-arm.conf
sed -e "/^Interpreter=10 /d" -e "s|^Interpreter=.*|Interpreter=1 $DIR/bin/none|" "$BUILD_DIR/conf/build-tree/qemu-aarch64.conf" \
	>conf/qemu-aarch64.conf
cat >expected <<EOF
qemu-aarch64 (disabled):
     package = binfmtd
        type = magic
      offset = 0
       magic = \x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00
        mask = \xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff
 interpreter = $DIR/bin/none
    detector = 
       flags = POCF
qemu-arm (enabled):
     package = binfmtd
        type = magic
      offset = 0
       magic = \x7f\x45\x4c\x46\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x28\x00
        mask = \xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff
 interpreter = $DIR/bin/binfmt-translator
    detector = 
       flags = POCF
EOF
status 0 binfmtctl enable
status 0 binfmtctl --display
diff expected output || fail "--display differs"
status 0 binfmtctl display
diff expected output || fail "display differs"
sed '1,/^ *flags/d' expected >expected-arm
status 0 binfmtctl --display qemu-arm
diff expected-arm output || fail "--display NAME differs"
status 1 binfmtctl --display none
says "none: no such format"

# An entry of somebody else can be shown by its name, and is in the list.
printf ':other:E::foo::/bin/true:OC' >bm/register
status 0 binfmtctl display other
says "other (enabled):"
says "        type = extension"
says "       magic = foo"
says "       flags = OC"
status 0 binfmtctl list
same "list" "NAME qemu-aarch64 qemu-arm other" "$(cut -d' ' -f1 output | xargs)"
