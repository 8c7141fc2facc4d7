# Messages come in the user's language where there is a catalogue, and what programs read stays as it is.
[ -e "$BUILD_DIR/po/pt_BR/LC_MESSAGES/binfmtd.mo" ] || skip "no catalogue was built (gettext is not installed)"
export BINFMTD_LOCALEDIR="$BUILD_DIR/po"
portuguese() {
	LANGUAGE=pt_BR "$@"
}
make_test_format
status 0 binfmtctl enable
status 2 portuguese binfmtctl frobnicate
says "verbo desconhecido: frobnicate (binfmtctl --help mostra como)"
status 1 portuguese binfmtctl display none
says "none: não há tal formato"
status 0 portuguese binfmtctl help
says "diz o que o kernel faria com um arquivo, e por quê"
# A problem that the library finds.
printf '[Format]\nMagic=X\nFrob=1\n' >bad.conf
status 1 portuguese binfmtctl verify bad.conf
says "chave desconhecida Frob="
for verb in list display "list --json"; do
	# shellcheck disable=SC2086 # words
	same "$verb" "$(binfmtctl $verb)" "$(portuguese binfmtctl $verb)"
done
status 2 binfmtctl frobnicate
says "unknown verb: frobnicate"
LC_ALL=C LANGUAGE=pt_BR status 2 binfmtctl frobnicate
says "unknown verb: frobnicate"
