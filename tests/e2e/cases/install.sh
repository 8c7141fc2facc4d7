# SPDX-License-Identifier: GPL-2.0-or-later
# cmake --install puts everything where the usual directories say, and the unit is one that systemd accepts.
DESTDIR=$DIR/dest cmake --install "$BUILD_DIR" >install.log 2>&1 || { cat install.log; fail "cmake --install failed"; }
prefix=$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$BUILD_DIR/CMakeCache.txt")
for f in bin/binfmtctl sbin/binfmtd lib/binfmtd/qemu-arm.conf lib/binfmtd/qemu-aarch64.conf lib/systemd/system/binfmtd.service \
	share/dbus-1/system-services/org.binfmtd.Manager1.service \
	share/bash-completion/completions/binfmtctl share/zsh/site-functions/_binfmtctl share/fish/vendor_completions.d/binfmtctl.fish; \
		do
	[ -e "dest$prefix/$f" ] || fail "$f was not installed"
done
grep -q "^Interpreter=100 $prefix/bin/binfmt-translator$" "dest$prefix/lib/binfmtd/qemu-aarch64.conf" ||
	fail "the installed format does not name the installed translator"
for f in /dbus-1/system.d/org.binfmtd.Manager1.conf /polkit-1/actions/org.binfmtd.policy; do
	[ -n "$(find dest -path "*$f")" ] || fail "$f was not installed"
done
[ -n "$(find dest -name binfmtd.conf)" ] || fail "binfmtd.conf was not installed"
if command -v systemd-analyze >/dev/null; then
	# systemd-analyze looks for the programs that a unit names, and here they are not where the unit says.
	sed "s|$prefix/sbin/|$BUILD_DIR/daemon/|" "dest$prefix/lib/systemd/system/binfmtd.service" >binfmtd.service
	systemd-analyze verify --man=no "$DIR/binfmtd.service" >verify.log 2>&1 || true
	! grep -E 'binfmtd.service' verify.log || fail "systemd-analyze verify complains"
fi
