# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a root file system (tests/nightly/languages): what it prints must not depend on the machine.
rm -rf /tmp/w
mkdir /tmp/w
chmod 777 /tmp/w
cd /tmp/w
ip link set lo up

# show NAME COMMAND...: NAME, the command's exit status and its output on one line
show() {
	name=$1
	shift
	text=$(timeout 300 "$@" 2>errors </dev/null)
	echo "$name" $? $text
}

cat >main.go <<'E'
package main

import ("fmt"; "io"; "net"; "os/exec"; "runtime"; "sync"; "sync/atomic"; "time"; "math"; "encoding/json")

func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }

func nothing() (s string) {
	defer func() { s = fmt.Sprint(recover()) }()
	var p *int
	return fmt.Sprint(*p)
}

func main() {
	var wg sync.WaitGroup
	var n int64
	for i := 0; i < 200; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			m := map[string]int{}
			for j := 0; j < 2000; j++ { m[fmt.Sprint(i, j)] = j }
			atomic.AddInt64(&n, int64(len(m)))
		}(i)
	}
	wg.Wait()
	go func() { for {} }() // the collector has to stop it by a signal
	time.Sleep(20 * time.Millisecond)
	runtime.GC()
	fmt.Println(n, fib(30), math.FMA(1e16, 1e16, -1), nothing())
	out, _ := exec.Command("echo", "child").Output()
	b, _ := json.Marshal(map[string]interface{}{"a": 1.5, "b": []int{1, 2}})
	l, _ := net.Listen("tcp", "127.0.0.1:0")
	go func() { c, _ := l.Accept(); io.WriteString(c, "over tcp"); c.Close() }()
	c, _ := net.Dial("tcp", l.Addr().String())
	d, _ := io.ReadAll(c)
	fmt.Println(string(out), string(b), string(d))
}
E
export GO111MODULE=off GOCACHE=/tmp/w/gocache
show go-build go build -o main main.go
for i in 1 2 3; do show go$i ./main; done

cat >r.rs <<'E'
fn fib(n: u64) -> u64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }
fn main() {
    let h: Vec<_> = (0..4).map(|i| std::thread::spawn(move || fib(20 + i))).collect();
    let s: u64 = h.into_iter().map(|x| x.join().unwrap()).sum();
    let f: f64 = "2.5e-3".parse().unwrap();
    println!("{} {} {}", s, std::panic::catch_unwind(|| { let v: Vec<i32> = vec![]; v[3] }).is_err(), f.powf(1.5));
}
E
show rustc rustc -O r.rs
show rust ./r

cat >A.java <<'E'
import java.util.*; import java.util.concurrent.*; import java.util.stream.*;
public class A {
    static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
    static int deep(int n) { return deep(n + 1) + 1; }
    public static void main(String[] a) throws Exception {
        System.out.println(fib(32));
        ExecutorService e = Executors.newFixedThreadPool(4);
        List<Future<Long>> f = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            final int k = i;
            f.add(e.submit(() -> { Map<Integer, String> m = new HashMap<>(); for (int j = 0; j < 100000; j++) m.put(j * k, "v" + j);
                long s = 0; for (String v : m.values()) s += v.length(); return s; }));
        }
        long t = 0;
        for (Future<Long> x : f) t += x.get();
        e.shutdown();
        System.out.println(t + " " + IntStream.range(0, 1000000).mapToDouble(Math::sqrt).sum());
        try { Object o = null; o.toString(); } catch (NullPointerException x) { System.out.println("null"); }
        try { deep(0); } catch (StackOverflowError x) { System.out.println("overflow"); }
        System.gc();
    }
}
E
show javac javac A.java
show java java A
show java-interpreted java -Xint -cp . A

cat >a.cs <<'E'
using System;
class A {
    static int F(int n) { return n < 2 ? n : F(n - 1) + F(n - 2); }
    static void Main() {
        Console.WriteLine(F(25));
        try { string s = null; Console.WriteLine(s.Length); } catch (NullReferenceException) { Console.WriteLine("null"); }
        var t = new System.Threading.Thread(() => Console.WriteLine("thread")); t.Start(); t.Join();
        GC.Collect(); Console.WriteLine(Math.Sqrt(2));
    }
}
E
show mcs mcs a.cs
show mono mono a.exe

show erlang erl -noshell -eval \
	'S=self(), [spawn(fun()->S!(N*N) end)||N<-lists:seq(1,1000)], io:format("~p~n",[lists:sum([receive X->X end||_<-lists:seq(1,1000)])]), halt().'
show ruby ruby -e 'def fib(n) n<2 ? n : fib(n-1)+fib(n-2) end; puts fib(22); p 4.times.map{|i| Thread.new{ (1..20000).sum*i }}.map(&:value); puts `echo child`; pid=fork{exit 3}; Process.wait pid; p $?.exitstatus'
show lua lua5.4 -e 'local s=0 for i=1,1e6 do s=s+i%7 end print(s, math.sqrt(2))'
show php php -r 'echo array_sum(range(1,100000)), " ", md5(str_repeat("x",100000)), PHP_EOL;'
show guile guile --no-auto-compile -c '(display (let loop ((i 0) (s 0)) (if (= i 300000) s (loop (+ i 1) (+ s i)))))'
echo 'set s 0; for {set i 0} {$i<100000} {incr i} {incr s $i}; puts $s' >a.tcl
show tcl tclsh a.tcl
show emacs emacs --batch --eval "(progn (require 'cl-lib) (princ (cl-loop for i from 1 to 1000 sum i)))"

redis-server --port 7001 --save '' --daemonize yes >/dev/null
sleep 1
show redis redis-cli -p 7001 eval \
	'local s=0 for i=1,1000 do redis.call("set","k"..i,i) s=s+redis.call("get","k"..i) end return s' 0
redis-cli -p 7001 shutdown nosave

echo 'server { listen 8088; location / { root /usr/share/doc/nginx-common; } }' >/etc/nginx/conf.d/test.conf
rm -f /etc/nginx/sites-enabled/default
nginx
sleep 1
show nginx python3 -c 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:8088/copyright").read() == open("/usr/share/doc/nginx-common/copyright", "rb").read())'
nginx -s stop 2>/dev/null

pg=/usr/lib/postgresql/15/bin
su postgres -c "$pg/initdb -D /tmp/w/pg" >/dev/null 2>&1
su postgres -c "$pg/pg_ctl -D /tmp/w/pg -o '-k /tmp/w -p 5999' -w -l /tmp/w/pg.log start" >/dev/null 2>&1
cat >a.sql <<'E'
create table t as select i, md5(i::text) m from generate_series(1,20000) i; create index on t(m);
select count(*), max(m), sum(i) from t; set max_parallel_workers_per_gather=2; select avg(length(m)) from t where m > 'a';
do $$ begin perform 1/0; exception when division_by_zero then raise notice 'division'; end $$;
E
chmod 644 a.sql
show postgres su postgres -c "psql -h /tmp/w -p 5999 -qtf /tmp/w/a.sql"
su postgres -c "$pg/pg_ctl -D /tmp/w/pg -m fast stop" >/dev/null

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
