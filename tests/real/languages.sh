# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a root file system (tests/nightly/languages), with the names of the parts that are wanted, which are the functions here. The
# programs are in the folder beside it. What it prints must not depend on the machine.
programs=${0%.sh}
rm -rf /tmp/w
mkdir /tmp/w
chmod 777 /tmp/w
cd /tmp/w
ip link set lo up

# Whether every program did what it should. One that fails everywhere prints the same everywhere, which says nothing.
bad=0

# succeeded NAME STATUS [COMMAND...]: notes it where the status is not 0, or the command fails.
succeeded() {
	name=$1 status=$2
	shift 2
	if [ $status = 0 ] && { [ $# = 0 ] || "$@" >/dev/null; }; then return; fi
	echo "$name: status $status $(tail -n 1 "$name.errors")" >&2
	bad=1
}

# show NAME COMMAND...: NAME, the command's exit status and its output on one line
show() {
	name=$1
	shift
	text=$(timeout 600 "$@" 2>"$name.errors" </dev/null)
	status=$?
	echo "$name" $status $text
	succeeded "$name" $status
}

# each NAME COMMAND...: NAME and the exit status, then each line of the output with NAME before it.
each() {
	name=$1
	shift
	timeout 1200 "$@" >"$name.lines" 2>"$name.errors" </dev/null
	status=$?
	echo "$name" $status
	sed "s|^|$name/|" "$name.lines"
	succeeded "$name" $status
}

# alike NAME WHAT COMMAND...: whether the command prints what the one that was called WHAT printed.
alike() {
	name=$1 other=$2
	shift 2
	timeout 1200 "$@" >"$name.lines" 2>"$name.errors" </dev/null
	status=$?
	echo "$name" $status "$(cmp "$name.lines" "$other.lines" 2>&1 && echo same)"
	succeeded "$name" $status cmp "$name.lines" "$other.lines"
}

part_go() {
	export GO111MODULE=off GOCACHE=/tmp/w/gocache
	show go-build go build -o main $programs/main.go
	for i in 1 2 3; do show go$i ./main; done
	show go-test sh -c 'go test -vet=off -short sort container/heap | cut -f 1,2'
}

part_rust() {
	show rustc rustc -O $programs/run.rs
	show rust ./run
	show rustc-debug rustc -g -o run-debug $programs/run.rs
	show rust-debug ./run-debug
	export CARGO_HOME=/tmp/w/cargo USER=root
	show cargo-new cargo new --vcs none --lib hello
	show cargo-test sh -c 'cd hello && cargo test --offline -q | grep "^test result" | cut -d\; -f1,2'
}

# The options of OpenJDK's virtual machine: which of the compilers works and when, and collectors of garbage with barriers of their own.
part_java() {
	show javac javac -d . $programs/Run.java
	each java java Run
	alike java-c1 java java -XX:TieredStopAtLevel=1 Run
	alike java-c2 java java -XX:-TieredCompilation -XX:+UseSerialGC Run
	alike java-g1 java java -XX:+UseG1GC -Xmx200m Run
	alike java-parallel java java -XX:+UseParallelGC -Xmx100m Run
	alike java-compile-all java java -Xcomp Run
	show java-interpreted java -Xint -version
	show jar sh -c 'jar cfe run.jar Run *.class && java -jar run.jar | cmp - java.lines && echo same'
}

part_mono() {
	show mcs mcs -out:run.exe $programs/run.cs
	each mono mono run.exe
	alike mono-optimised mono mono -O=all run.exe
	alike mono-plain mono mono -O=-all run.exe
	# On armel Mono's interpreter computes a sum of doubles wrongly, under QEMU too.
	interpreter=--interpreter
	[ "$(dpkg --print-architecture)" != armel ] || interpreter=-O=all
	alike mono-interpreted mono mono $interpreter run.exe
}

part_erlang() {
	show erlc erlc $programs/run.erl
	each erlang erl -noshell -s run main
}

part_ruby() {
	each ruby ruby $programs/run.rb
}

# V8's options: which of its compilers works and when; what it does seldom otherwise, done often; and as if for an older CPU.
part_node() {
	each node node $programs/node.js
	set -- always-opt always-sparkplug jitless gc-interval=500 stress-compaction stress-flush-code force-slow-path \
		turbo-stress-instruction-scheduling
	for option; do alike "node-$option" node node "--$option" $programs/node.js; done
	case $(uname -m) in
	arm*) alike node-armv6 node node --arm-arch=armv6 $programs/node.js ;;
	*) alike node-armv6 node node $programs/node.js ;;
	esac
	each wasm node $programs/wasm.js
	alike wasm-liftoff wasm node --liftoff-only $programs/wasm.js
	alike wasm-turbofan wasm node --no-liftoff $programs/wasm.js
	each node-io node $programs/node-io.js
	alike node-io-opt node-io node --always-opt $programs/node-io.js
	mkdir -p dep app
	echo '{"name":"dep","version":"1.2.3","main":"i.js"}' >dep/package.json
	echo 'module.exports = 42' >dep/i.js
	echo '{"name":"app","version":"1.0.0","scripts":{"test":"node -p \"require(`dep`)\""}}' | tr '`' "'" >app/package.json
	show npm sh -c 'cd app && npm install --silent --offline ../dep && npm test --silent && npm ls --parseable | wc -l'
	show npm-pack sh -c 'cd dep && npm pack --silent && tar tzf dep-1.2.3.tgz | sort'
}

part_luajit() {
	each luajit luajit $programs/luajit.lua
	alike luajit-interpreted luajit luajit -joff $programs/luajit.lua
	alike luajit-eager luajit luajit -Ohotloop=2 -Ohotexit=2 $programs/luajit.lua
	alike luajit-plain luajit luajit -O1 $programs/luajit.lua
	alike luajit-small luajit luajit -Omaxmcode=64 -Osizemcode=16 $programs/luajit.lua
}

part_scripts() {
	show lua lua5.4 -e 'local s=0 for i=1,1e6 do s=s+i%7 end print(s, math.sqrt(2))'
	show php php -r 'echo array_sum(range(1,100000)), " ", md5(str_repeat("x",100000)), PHP_EOL;'
	show guile guile --no-auto-compile -c '(display (let loop ((i 0) (s 0)) (if (= i 300000) s (loop (+ i 1) (+ s i)))))'
	echo 'set s 0; for {set i 0} {$i<100000} {incr i} {incr s $i}; puts $s' >a.tcl
	show tcl tclsh a.tcl
	show emacs emacs --batch --eval "(progn (require 'cl-lib) (princ (cl-loop for i from 1 to 1000 sum i)))"
}

part_redis() {
	redis-server --port 7001 --save '' --appendonly yes --daemonize yes >/dev/null
	sleep 1
	show redis redis-cli -p 7001 eval \
		'local s=0 for i=1,1000 do redis.call("set","k"..i,i) s=s+redis.call("get","k"..i) end return s' 0
	for i in $(seq 200); do echo "zadd z $i m$i"; done | redis-cli -p 7001 >/dev/null
	redis-cli -p 7001 bgsave >/dev/null # by a process that shares memory with it
	show redis-saved sh -c 'for _ in $(seq 60); do [ -s dump.rdb ] && break; sleep 1; done; redis-cli -p 7001 zrange z 10 20 rev
		redis-cli -p 7001 dbsize'
	redis-cli -p 7001 shutdown nosave
}

part_nginx() {
	echo 'server { listen 8088; location / { root /usr/share/doc/nginx-common; } }' >/etc/nginx/conf.d/test.conf
	rm -f /etc/nginx/sites-enabled/default
	nginx
	sleep 1
	show nginx python3 -c 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:8088/copyright").read() == open("/usr/share/doc/nginx-common/copyright", "rb").read())'
	nginx -s stop 2>/dev/null
}

part_postgres() {
	pg=/usr/lib/postgresql/15/bin
	su postgres -c "$pg/initdb -D /tmp/w/pg" >/dev/null 2>&1
	su postgres -c "$pg/pg_ctl -D /tmp/w/pg -o '-k /tmp/w -p 5999' -w -l /tmp/w/pg.log start" >/dev/null 2>&1
	cat >a.sql <<'E'
create table t as select i, md5(i::text) m from generate_series(1,20000) i; create index on t(m);
select count(*), max(m), sum(i) from t; set max_parallel_workers_per_gather=2; select avg(length(m)) from t where m > 'a';
do $$ begin perform 1/0; exception when division_by_zero then raise notice 'division'; end $$;
E
	cat >jit.sql <<'E'
set jit=on; set jit_above_cost=0; set jit_inline_above_cost=0; set jit_optimize_above_cost=0; set max_parallel_workers_per_gather=0;
select sum(i::bigint * 3 % 7), avg(sqrt(i))::numeric(20,8), count(distinct m), bool_or(i > 5 and m like 'a%f') from t;
select i % 5 k, max(m || i), min(i / 3.5) from t where i between 100 and 9000 group by k order by k;
E
	chmod 644 a.sql jit.sql
	show postgres su postgres -c "psql -h /tmp/w -p 5999 -qtf /tmp/w/a.sql"
	show postgres-jit su postgres -c "psql -h /tmp/w -p 5999 -qtf /tmp/w/jit.sql"
	su postgres -c "$pg/pg_ctl -D /tmp/w/pg -m fast stop" >/dev/null
}

part_rabbitmq() {
	# Its virtual machine compiles all of its modules while it starts, one after the other, and flushes each: that must not cost more
	# and more.
	cat >rabbitmq.sh <<'E'
HOME=/tmp/w RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_NODE_PORT=5998 RABBITMQ_MNESIA_BASE=/tmp/w/mnesia RABBITMQ_LOGS=- \
	/usr/lib/rabbitmq/bin/rabbitmq-server >rabbitmq.log 2>&1 &
for _ in $(seq 60); do
	grep 'completed with' rabbitmq.log && break
	sleep 1
done
pkill beam.smp
E
	show rabbitmq sh rabbitmq.sh
}

for part; do "part_$part"; done
exit $bad
