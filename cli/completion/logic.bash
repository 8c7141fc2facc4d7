# _binfmtctl_complete KIND WORD: puts into COMPREPLY what a word of this kind can become.
_binfmtctl_complete() {
	case $1 in
	format) mapfile -t COMPREPLY < <(IFS=$'\n' && compgen -W "$(binfmtctl list --names 2>/dev/null)" -- "$2") ;;
	file) mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
	directory) mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
	boolean) mapfile -t COMPREPLY < <(compgen -W "yes no" -- "$2") ;;
	verb) mapfile -t COMPREPLY < <(compgen -W "$(_binfmtctl_verbs)" -- "$2") ;;
	command) mapfile -t COMPREPLY < <(compgen -c -- "$2") ;;
	esac
	case $1 in
	file | directory) compopt -o filenames 2>/dev/null ;;
	esac
}

# _binfmtctl_scan: finds the verb before the word to complete, with its action if it has one, and where the command of one that takes a command begins
# (0: not before that word).
_binfmtctl_scan() {
	local i=1 word
	verb='' command=0
	while [ "$i" -lt "$COMP_CWORD" ]; do
		word=${COMP_WORDS[i]}
		i=$((i + 1))
		if _binfmtctl_argument "$word" >/dev/null; then
			[ "${COMP_WORDS[i]}" != = ] || i=$((i + 1))
			i=$((i + 1))
		elif [ -z "$verb" ] && _binfmtctl_words "${word#--}" | grep -q .; then
			verb=${word#--}
		elif [ "$(_binfmtctl_words "$verb")" = action ] && [[ $word != -* ]]; then
			verb="$verb $word"
		elif [ "$(_binfmtctl_words "$verb")" = command ]; then
			case $word in
			--) [ "$i" -ge "$COMP_CWORD" ] || command=$i ;;
			-*) continue ;;
			*) command=$((i - 1)) ;;
			esac
			[ "$command" = 0 ] || return
		fi
	done
}

_binfmtctl() {
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb command kind

	COMPREPLY=()
	# The shell makes three words of --option=argument.
	if [ "$current" = = ]; then
		current=''
	elif [ "$before" = = ] && [ "$COMP_CWORD" -gt 1 ]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	_binfmtctl_scan
	if [ "$command" != 0 ]; then
		if declare -F _command_offset >/dev/null; then
			_command_offset "$command"
		else
			_binfmtctl_complete file "$current"
		fi
	elif kind=$(_binfmtctl_argument "$before"); then
		_binfmtctl_complete "$kind" "$current"
	elif [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_binfmtctl_options "$verb")" -- "$current")
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
	elif [ -z "$verb" ] || [ "$(_binfmtctl_words "$verb")" = action ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_binfmtctl_verbs "$verb")" -- "$current")
	else
		_binfmtctl_complete "$(_binfmtctl_words "$verb")" "$current"
	fi
}

complete -F _binfmtctl binfmtctl
