# SPDX-License-Identifier: GPL-2.0-or-later
# Messages come in the user's language where there is a catalogue, and what programs read stays as it is.
[ -e "$BUILD_DIR/po/pt_BR/LC_MESSAGES/binfmtd.mo" ] || skip "no catalogue was built (gettext is not installed)"
export BINFMTD_LOCALEDIR="$BUILD_DIR/po"
portuguese() {
	LANGUAGE=pt_BR "$@"
}

# The catalogue has all messages of the source, and everything that looks like one is marked.
if [ -d "$SOURCE_DIR/po" ] && command -v xgettext >/dev/null; then
	status 0 sh "$SOURCE_DIR/po/update" --check pt_BR
fi

# The Portuguese README has every heading, paragraph, table and block of commands of the English one.
outline() {
	awk 'BEGIN { RS = "" } {
		print $0 ~ /^#/ ? "heading" : $0 ~ /^    / ? "commands" : $0 ~ /^\|/ ? "table " split($0, rows, "\n") : "text"
	}' "$1"
}
[ ! -e "$SOURCE_DIR/README.md" ] ||
	[ "$(outline "$SOURCE_DIR/README.md")" = "$(outline "$SOURCE_DIR/README.pt_BR.md")" ] ||
		fail "README.pt_BR.md lacks what README.md has"

make_test_format
printf '[Format]\nMagic=ZZ\nInterpreter=2 %s/interpreter\nInterpreter=1 /none\n' "$DIR" >conf/other.conf
mount -t binfmt_misc b bm
status 0 binfmtctl enable test
status 2 portuguese binfmtctl frobnicate
says "verbo desconhecido: frobnicate (binfmtctl --help mostra como)"
status 1 portuguese binfmtctl display none
says "none: não há tal formato"
status 0 portuguese binfmtctl help
says "diz o que o kernel faria com um arquivo, e por quê"
[ "$(wc -L <output)" -le 80 ] || fail "the help is wider than 80 columns"

# column TITLE TEXT: true if the text in ./output begins in the column of its title. A letter takes one column, however many bytes
# it has.
column() {
	python3 - "$1" "$2" <<-'EOF'
		import sys
		title, text = sys.argv[1:]
		lines = open("output", encoding="utf-8").read().splitlines()
		at = next(line.index(title) for line in lines if title in line)
		sys.exit(not any(line[at:].startswith(text) for line in lines))
	EOF
}
status 0 portuguese binfmtctl list
column ESTADO registrado || fail "list: the states are not below their title"
column OPÇÕES F || fail "list: the flags are not below their title"
column INTERPRETADOR "$DIR/interpreter (2 alternativas)" || fail "list: the interpreters are not below their title"
status 1 portuguese binfmtctl status
says "binfmt_misc: montado, habilitado"
column ESTADO ausente || fail "status: the states are not below their title"
column "REGISTRADO POR" binfmtd || fail "status: the owners are not below their title"
column INTERPRETADOR "$DIR/interpreter (seria registrado)" || fail "status: the interpreters are not below their title"
status 0 portuguese binfmtctl explain program
says "a entrada test o aceita, com o interpretador $DIR/interpreter (aberto quando ela foi registrada)"
says "Não há nada a fazer: ele roda."
status 1 portuguese binfmtctl explain none
says "none: não roda"
says "Dê o caminho de um arquivo que exista."
portuguese binfmtctl doctor >output 2>&1 || true
says "ARQUITETURA"
status 0 portuguese binfmtctl disable --dry-run test
says "test: de agora em diante seria desabilitado"
says "test: seria removido"
status 0 portuguese binfmtctl use --dry-run test "$DIR/interpreter"
says "test: de agora em diante ficaria com $DIR/interpreter"
status 1 portuguese binfmtctl use test /none
says "/none não é um dos interpretadores dele"
status 0 portuguese binfmtctl install --dry-run --magic=XY new "$DIR/interpreter"
says "instalar a seguinte descrição de formato:"
status 1 portuguese binfmtctl run --arch=vax true
says "vax: não há tal formato"
# The cache of translations.
status 0 portuguese binfmtctl cache status
says "cache: desligado: Cache=yes não está definido em binfmtd.conf"
status 2 portuguese binfmtctl cache frobnicate
says "cache não tem a ação frobnicate"
status 0 portuguese binfmtctl help cache
says "remove todas as traduções"
[ "$(wc -L <output)" -le 80 ] || fail "the help of cache is wider than 80 columns"
. "$SOURCE_DIR/tests/e2e/cache.sh"
printf '[Daemon]\nCache=yes\n' >binfmtd.conf
put_unit $one 183 7 /usr/bin/first
status 0 portuguese binfmtctl cache list
column MÁQUINA aarch64 || fail "cache list: the machines are not below their title"
column USADO 2 || fail "cache list: the times are not below their title"
column ARQUIVO /usr/bin/first || fail "cache list: the files are not below their title"
for action in status list; do
	binfmtctl cache $action --json >english
	LANGUAGE=pt_BR binfmtctl cache $action --json >translated
	cmp english translated || fail "cache $action --json differs from language to language"
done
says '"machine":"aarch64"' english

LANGUAGE=pt_BR binfmtctl monitor >seen 2>&1 & # a function would be a shell of its own, which alone would be killed
monitor=$!
until_true 5 grep -q "monitor  observando" seen || fail "monitor: watching was not said"
binfmtctl disable test
until_true 5 grep -q "kernel   removido  test, $DIR/interpreter" seen || fail "monitor: removed was not said"
kill $monitor
binfmtctl enable test

# A problem that the library finds, and a reason in it.
printf '[Format]\nMagic=X\nFrob=1\nOffset=x\n' >bad.conf
status 1 portuguese binfmtctl verify bad.conf
says "chave desconhecida Frob="
says "Offset=: uma posição é um número decimal"
status 0 portuguese binfmtctl verify conf/test.conf
says "conf/test.conf: certo (um formato)"

# Output for programs is the same in all languages, to the byte and with all texts in it; so is all output of update-binfmts.
ln -s "$BUILD_DIR/cli/binfmtctl" update-binfmts
# both COMMAND...: compares its output and messages in both languages, without times and names of temporary files, which differ
# each time.
both() {
	env LANGUAGE= "$@" >english 2>&1 || true
	env LANGUAGE=pt_BR "$@" >output 2>&1 || true
	for file in english output; do
		sed -i 's/"microseconds":[0-9 ]*/x/; s/binfmtctl-....../x/g' $file
	done
	[ -s english ] || fail "$*: no output"
	diff english output || fail "$*: not the same in both languages"
}
both binfmtctl display
both binfmtctl list --names
both binfmtctl is-enabled test other
both binfmtctl list --json
both binfmtctl status --json
both binfmtctl explain --json program
both binfmtctl explain --json none
both binfmtctl doctor --json
both ./update-binfmts --procdir "$DIR/bm" --help
both ./update-binfmts --procdir "$DIR/bm" --display test
both ./update-binfmts --procdir "$DIR/bm" --test --install new "$DIR/interpreter" --magic XY
both ./update-binfmts --procdir "$DIR/bm" --install new "$DIR/interpreter" --magic XY --offset x
both ./update-binfmts --procdir "$DIR/bm" --remove none "$DIR/interpreter"

status 2 binfmtctl frobnicate
says "unknown verb: frobnicate"
LC_ALL=C LANGUAGE=pt_BR status 2 binfmtctl frobnicate
says "unknown verb: frobnicate"
