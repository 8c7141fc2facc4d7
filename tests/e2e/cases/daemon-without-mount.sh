# Mount=no leaves an unmounted binfmt_misc alone, and says so; so does a place that does not exist.
make_test_format
printf '[Daemon]\nMount=no\n' >binfmtd.conf
status 1 binfmtd --config="$DIR/binfmtd.conf"
says "bm: binfmt_misc is not mounted here"
says "nothing was registered"
status 1 binfmtd --config="$DIR/binfmtd.conf" --procdir="$DIR/none"
says "none: it does not exist"
status 2 binfmtd --nonsense
status 2 binfmtd word
status 0 binfmtd --help
status 0 binfmtd --version
