# SPDX-License-Identifier: GPL-2.0-or-later
# What shells offer for a command line: all that binfmtctl takes there, and nothing that it refuses.
completions=$BUILD_DIR/cli/completion
make_test_format
mount -t binfmt_misc b bm
printf ':other:E::foo::/bin/true:' >bm/register
mkdir directory
: >file.txt

status 0 bash -n "$completions/binfmtctl.bash"
for shell in zsh:_binfmtctl fish:binfmtctl.fish; do
	if command -v "${shell%%:*}" >/dev/null; then
		status 0 "${shell%%:*}" -n "$completions/${shell#*:}"
	else
		echo "${shell%%:*} is not installed, and its completion not looked at"
	fi
done
if command -v shellcheck >/dev/null; then
	status 0 shellcheck -s bash "$completions/binfmtctl.bash"
fi

# fish and zsh load their completion, and offer the same as bash for the commonest lines.
if command -v fish >/dev/null; then
	# fished LINE: prints what fish offers at the end of the line.
	fished() {
		HOME=$DIR fish --no-config -c 'source $argv[1]; complete -C $argv[2]' "$completions/binfmtctl.fish" "$1" | cut -f1 | sort |
			xargs
	}
	same "fish: verbs" "disable display doctor" "$(fished 'binfmtctl d')"
	same "fish: formats" "other test" "$(fished 'binfmtctl enable ')"
	same "fish: options" "--json" "$(fished 'binfmtctl explain --j')"
	same "fish: no option" "" "$(fished 'binfmtctl enable --j')"
	same "fish: an option's argument" "other test" "$(fished 'binfmtctl run --arch ')"
	same "fish: yes or no" "no yes" "$(fished 'binfmtctl install --preserve ')"
	same "fish: files" "file.txt" "$(fished 'binfmtctl explain fi')"
	same "fish: verbs to be helped with" "verify version" "$(fished 'binfmtctl help ver')"
	same "fish: commands" "unshare" "$(fished 'binfmtctl run unshar')"
	same "fish: actions" "add clear drop list status" "$(fished 'binfmtctl cache ')"
	same "fish: an action's files" "file.txt" "$(fished 'binfmtctl cache add fi')"
	same "fish: an action's options" "--json" "$(fished 'binfmtctl cache list --j')"
	same "fish: not those of the verb of its name" "" "$(fished 'binfmtctl cache list --names')"
	same "fish: an action without options" "" "$(fished 'binfmtctl cache add --j')"
fi
if command -v zsh >/dev/null; then
	status 0 zsh -fc 'fpath=($1 $fpath); autoload -Uz compinit && compinit -u -D && [[ $_comps[binfmtctl] = _binfmtctl ]] &&
		autoload +X _binfmtctl' zsh "$completions"
fi

# complete WORD...: prints what bash offers in place of the last word, sorted.
complete() {
	bash -c '. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_binfmtctl
		printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/binfmtctl.bash" "$@" | sort -u | xargs
}

# offers WHAT WORD...: fails unless bash offers this.
offers() {
	expected=$1
	shift
	same "offered for $*" "$expected" "$(complete "$@")"
}

offers "disable display doctor" binfmtctl d
offers "explain" binfmtctl --procdir=x ex
offers "explain" binfmtctl --procdir x ex
offers "other test" binfmtctl enable ""
offers "test" binfmtctl enable te
offers "test" binfmtctl --enable te
offers "--json" binfmtctl explain --j
offers "" binfmtctl enable --j
offers "--root=" binfmtctl explain --ro
offers "directory" binfmtctl explain --root dir
offers "directory" binfmtctl explain --root = dir
offers "other test" binfmtctl run --arch = ""
offers "other test" binfmtctl run --arch =
offers "no yes" binfmtctl install --preserve = ""
offers "yes" binfmtctl install --preserve y
offers "directory" binfmtctl explain direc
offers "file.txt" binfmtctl explain fi
offers "other test" binfmtctl list ""
offers "verify version" binfmtctl help ver
offers "" binfmtctl reload ""
offers "add clear drop list status" binfmtctl cache ""
offers "clear" binfmtctl --procdir=x cache cl
offers "file.txt" binfmtctl cache add fi
offers "file.txt" binfmtctl cache drop one fi
offers "--json" binfmtctl cache list --j
offers "" binfmtctl cache list ""
offers "" binfmtctl cache add --j
offers "" binfmtctl cache nonsense ""
offers "file.txt" binfmtctl run cat fi
offers "file.txt" binfmtctl run --arch = test -- cat fi
offers "unshare" binfmtctl run unshar

# The verbs are those that --help has, and the options of each are those that it takes.
status 0 binfmtctl --help
same "verbs" "$(sed -n '/^Verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p' output | sort | xargs)" "$(complete binfmtctl '')"
all=$(complete binfmtctl --)
export EDITOR=true VISUAL=true
for verb in $(complete binfmtctl ''); do
	# A verb that has actions takes options with these only.
	binfmtctl help "$verb" | sed -n "/^Actions:/,/^\$/s/^  \([a-z][a-z-]*\) .*/$verb \1/p" >actions
	[ -s actions ] || echo "$verb" >actions
	cat actions
done >lines
grep -qx "cache list" lines || fail "the actions were not found"
while read -r verb; do
	# shellcheck disable=SC2086 # a verb, or a verb and its action
	offered=" $(complete binfmtctl $verb --) "
	for option in $all; do
		argument=
		[ "${option%=}" = "$option" ] || argument==none
		# shellcheck disable=SC2086
		timeout 10 binfmtctl $verb "${option%=}$argument" none none none >output 2>&1 </dev/null || true
		refused=no
		! grep -q 'this verb does not take' output || refused=yes
		case $offered in
		*" $option "*) same "$verb refuses $option, which is offered" no $refused ;;
		*) same "$verb refuses $option, which is not offered" yes $refused ;;
		esac
	done
done <lines
