# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Which options and variables the translator has, and values to set the variables to where they must have no effect.

# secure_variables TRANSLATOR: prints the names of all its variables. -help has them in brackets.
secure_variables() {
	"$1" -help | sed -n 's/.* \[\([A-Z0-9_, ]*\)\]$/\1/p' | tr -d ,
}

# secure_options TRANSLATOR: prints all its options, with their dash.
secure_options() {
	"$1" -help | sed -n 's/^  \(-[a-zA-Z0-9-]*\) .*/\1/p'
}

# secure_value VARIABLE DIR: prints a value that has a visible effect if the translator uses it; a log goes to DIR/log. Fails for a variable that it
# does not know.
secure_value() {
	case ${1#*_} in
	ARGV0) echo other ;;
	LOG_FILENAME) echo "$2/log" ;;
	SET_ENV) echo ADDED=1 ;;
	UNSET_ENV) echo HOME ;;
	LD_PREFIX) echo /nonexistent ;;
	CPU | LOG | OPT) echo nonsense ;;
	UNAME) echo 1.2.3 ;;
	STRACE) echo 1 ;;
	STACK_SIZE | TB_SIZE | X64_LEVEL) echo nonsense ;;
	*) return 1 ;;
	esac
}
