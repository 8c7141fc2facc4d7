# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Finds out with readelf which of the usual hardening an x86-64 program has. Sourced by tests/hardening/run and
# tests/nightly/packages.

# unprotected PROGRAM: prints in one line what the program lacks; nothing where it has all.
unprotected() {
	LC_ALL=C readelf --wide --file-header --segments --dynamic --dyn-syms "$1" 2>&1 | awk '
		/^  Type:/ { pie = $2 == "DYN" }
		$1 == "INTERP" { loader = 1 }
		$1 == "GNU_RELRO" { relro = 1 }
		$1 == "GNU_STACK" { stack = !/E/ }
		$1 == "LOAD" && / RWE / { writable_code = 1 }
		/\(FLAGS\).*BIND_NOW/ || /\(FLAGS_1\).* NOW/ { now = 1 }
		/TEXTREL/ { relocated_code = 1 }
		/__stack_chk_fail/ { protector = 1 }
		/ __[a-z]+_chk[@ ]/ { fortified = 1 }
		END {
			if (!pie) printf "position independence, "
			if (!relro) printf "RELRO, "
			if (!now) printf "BIND_NOW, "
			if (!stack) printf "a stack that is not executable, "
			if (writable_code || relocated_code) printf "code that is not writable, "
			if (loader && !protector) printf "the stack protector, "
			if (loader && !fortified) printf "_FORTIFY_SOURCE, "
		}' | sed 's/, $//'
}

# calls FUNCTION FILE...: true if one of these object files or archives calls it (FUNCTION is an extended regular expression).
calls() {
	function=$1
	shift
	LC_ALL=C readelf --wide --syms "$@" 2>/dev/null | grep -qE "UND $function\$"
}
