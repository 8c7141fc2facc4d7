# SPDX-License-Identifier: GPL-2.0-or-later
# A format of files with an extension, as in the manual: Python's zip applications.
command -v python3 >/dev/null || skip "python3 is not installed"
mkdir app
echo 'import sys; print("zipapp:", *sys.argv[1:])' >app/__main__.py
python3 -m zipapp app -o hello.pyz
chmod +x hello.pyz
cp hello.pyz hello.PYZ
status 126 execute ./hello.pyz hello.pyz
cat >conf/pyz.conf <<'EOC'
[Format]
Description=Python zip applications
Extension=pyz
Interpreter=100 /usr/bin/python3
EOC
status 0 binfmtctl enable pyz
same "what runs" "zipapp: a b" "$(execute ./hello.pyz hello.pyz a b)"
status 126 execute ./hello.PYZ hello.PYZ
status 0 binfmtctl display pyz
says "        type = extension"
says "       magic = pyz"
status 0 binfmtctl list
same "its row" "pyz registered /usr/bin/python3" "$(grep ^pyz output | xargs)"
status 0 binfmtctl status
status 0 binfmtctl explain hello.pyz
says "pyz"
status 1 binfmtctl explain hello.PYZ
says "the name does not end with .pyz"
status 0 binfmtctl disable pyz
status 126 execute ./hello.pyz hello.pyz
# The same works in binfmt.d, where the fields of a magic are ignored for it.
mkdir -p usr/binfmt.d
printf ':zip:E:junk:PYZ:junk:/usr/bin/python3:\n' >usr/binfmt.d/zip.conf
status 0 binfmtctl enable zip
same "what runs" "zipapp: c" "$(execute ./hello.PYZ hello.PYZ c)"
