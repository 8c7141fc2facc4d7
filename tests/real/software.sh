# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a root file system (tests/nightly/software): what it prints must not depend on the machine.
#
# usage: software.sh [PART...]    the words of PARTS; default: all
PARTS="system compilers build git data crypto perl musl"

# What maintainer scripts and administrators call.
part_system() {
	mkdir -p p/DEBIAN p/usr/share/p
	printf '%s\n' "Package: p" "Version: 1" "Architecture: all" "Maintainer: n <n@example.invalid>" "Description: test" >p/DEBIAN/control
	printf '#!/bin/sh\nset -e\necho "$1" >/usr/share/p/ran\n' >p/DEBIAN/postinst
	chmod 755 p/DEBIAN/postinst
	dpkg-deb --root-owner-group -Zxz -b p p.deb >/dev/null
	dpkg -i p.deb >/dev/null
	echo dpkg "$(cat /usr/share/p/ran)" "$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' p)" "$(dpkg -V p | wc -l)"
	dpkg -P p >/dev/null 2>&1
	echo purge "$(dpkg-query -W p 2>&1 | wc -l)" "$(dpkg --audit | wc -l)"
	ldconfig
	echo ldconfig "$(ldconfig -p | grep -c 'libc.so.6 ')"
	update-ca-certificates --fresh >/dev/null
	echo certificates "$(find /etc/ssl/certs -name '*.0' | wc -l)" "$(md5sum </etc/ssl/certs/ca-certificates.crt)"
	echo "de_DE.UTF-8 UTF-8" >/etc/locale.gen
	locale-gen >/dev/null
	echo locale "$(locale -a | tr '\n' ' ')" "$(LC_ALL=de_DE.UTF-8 /usr/bin/printf "%'.2f" 1234567,891)" \
		"$(LC_ALL=de_DE.UTF-8 TZ=UTC date -d @0 +%A)" "$(printf '%s\n' z Ä a | LC_ALL=de_DE.UTF-8 sort | tr '\n' ' ')"
	apt-get check >/dev/null
	echo apt "$(apt-cache policy base-files | grep -c Installed)" "$(apt-get -s -y purge git 2>/dev/null | grep -c '^Purg git ')"
}

part_compilers() {
	cat > a.c <<-'E'
	#include <pthread.h>
	#include <stdio.h>
	static void *f(void *p) { unsigned long s = 0; for (long i = 0; i < 1000000; i++) s += i ^ (long) p; return (void *) (s & 0xffff); }
	int main(void) { pthread_t t[4]; long s = 0; for (long i = 0; i < 4; i++) pthread_create(&t[i], 0, f, (void *) i); for (int i = 0; i < 4; i++) { void *r; pthread_join(t[i], &r); s += (long) r; } printf("%ld\n", s); }
	E
	gcc -O2 -flto a.c -o a -lpthread
	echo gcc "$(./a)"
	cat > b.cc <<-'E'
	#include <atomic>
	#include <chrono>
	#include <future>
	#include <iostream>
	#include <map>
	#include <regex>
	#include <stdexcept>
	#include <thread>
	#include <vector>
	struct base { virtual ~base() {} virtual int f(int n) { if (n == 0) throw std::runtime_error("deep"); return f(n - 1) + 1; } };
	struct derived : base { int f(int n) override { try { return base::f(n); } catch (const std::logic_error &) { return -1; } } };
	std::atomic<long long> wide{0};
	thread_local int local = 7;
	int main() {
		try { derived().f(20); } catch (const std::exception &e) { std::cout << e.what(); }
		std::vector<std::thread> threads;
		for (int i = 0; i < 4; i++) threads.emplace_back([i] { local += i; for (int k = 0; k < 100000; k++) wide += (1LL << 33) + local; });
		for (auto &t : threads) t.join();
		std::map<std::string, int> count;
		std::string text = "one two three two one two";
		std::regex word("[a-z]+");
		for (std::sregex_iterator i(text.begin(), text.end(), word), e; i != e; ++i) count[i->str()]++;
		for (auto &[w, n] : count) std::cout << ' ' << w << n;
		auto thrown = std::async(std::launch::async, []() -> int { throw std::out_of_range("thread"); });
		try { thrown.get(); } catch (std::out_of_range &e) { std::cout << ' ' << e.what(); }
		std::cout << ' ' << wide << ' ' << local << ' ' << 1.0L / 4 << ' ' << 1e300 * 1e10 << std::endl;
	}
	E
	for o in -O0 -O2; do g++ $o b.cc -o b -pthread -latomic; echo "g++$o" "$(./b)"; done
	printf '#include <stdio.h>\n#include <stdlib.h>\nint main(int c, char **v) { char *p = malloc(c); free(p); if (c > 1) puts("leaving"); return v[c] != 0; }\n' >c.c
	for o in "-static" "-no-pie -fno-pie" "-fopenmp -Os" "-fsanitize=undefined" "-g3 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -O1"; do
		gcc $o c.c -o c -latomic; echo "gcc$o" "$(./c x)"
	done
}

# A project of a hundred files, made by CMake and ninja, that has tests.
part_build() {
	mkdir project
	cd project
	for i in $(seq 100); do echo "int f$i(int x) { return x * $i + 1; }" >f$i.c; done
	{ for i in $(seq 100); do echo "int f$i(int);"; done; echo '#include <stdio.h>'; echo 'int main(void) { long s = 0;'
	for i in $(seq 100); do echo "s += f$i($i);"; done; echo 'printf("%ld\n", s); return s != 338450; }'; } >main.c
	cat >CMakeLists.txt <<-'E'
	cmake_minimum_required(VERSION 3.20)
	project(p C CXX)
	include(CheckIncludeFile)
	include(CheckTypeSize)
	check_include_file(sys/epoll.h HAVE_EPOLL)
	check_type_size(int INT)
	find_package(Threads REQUIRED)
	file(GLOB all f*.c)
	add_library(f SHARED ${all})
	add_executable(p main.c)
	target_link_libraries(p f Threads::Threads)
	enable_testing()
	add_test(NAME sum COMMAND p)
	message(STATUS "found ${HAVE_EPOLL} ${INT}")
	E
	cmake -G Ninja -B b >log
	echo cmake "$(sed -n 's/^-- found //p' log)"
	ninja -C b -j2 >log
	echo ninja "$(./b/p)" "$(ninja -C b | tail -n 1)" "$(ctest --test-dir b 2>&1 | grep -c '100% tests passed')"
	cd ..
}

part_git() {
	git init -q r; cd r; git config user.email a@b; git config user.name n
	i=0; while [ $i -lt 30 ]; do seq $i 3000 > f$i; git add .; GIT_AUTHOR_DATE="@$i +0000" GIT_COMMITTER_DATE="@$i +0000" git commit -qm "c$i"; i=$((i+1)); done
	git gc -q; git fsck --no-progress; cd ..; git clone -q r r2; git clone -q file://"$PWD"/r r3; cd r3
	echo git $(git log --oneline | wc -l) $(git status --short | wc -l) $(git rev-parse HEAD); git fsck --no-progress; cd ..
	cmp r2/f7 r3/f7
}

part_data() {
	sqlite3 t.db 'create table t(a integer primary key,b text); with recursive c(x) as (select 1 union all select x+1 from c where x<100000) insert into t select x, hex(x*7919) from c; create index i on t(b);'
	echo sqlite $(sqlite3 t.db 'select count(*), sum(length(b)) from t; pragma integrity_check; select group_concat(round(sqrt(a)*exp(1.0/a),9)) from t where a<9; pragma journal_mode=wal; update t set b=a||b; select count(distinct b) from t; vacuum;')
	seq 1 300000 > big
	for c in "xz -T1" "zstd -q --single-thread" "gzip -n" bzip2; do $c -c < big | tee z | $c -dc | cmp - big; echo $c $(md5sum < z | cut -c1-8); done
	7zz a -bso0 -bsp0 -mmt1 z.7z big; 7zz t -bso0 -bsp0 z.7z && echo "7z ok"
	tar -cf - big z | tar -tf - | tr '\n' ' '; echo tar
}

part_crypto() {
	[ -e big ] || seq 1 300000 > big
	for d in sha256 sha512 sha1 md5 sha3-256 blake2b512 sm3 ripemd160; do echo $d $(openssl dgst -provider default -provider legacy -$d < big | tail -c 9); done
	for c in aes-128-cbc aes-256-ctr chacha20 camellia-256-cbc aria-128-cbc; do echo $c $(openssl enc -$c -K 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f -iv 000102030405060708090a0b0c0d0e0f < big 2>/dev/null| md5sum | cut -c1-8); done
	echo rsa $(openssl genrsa 2048 2>/dev/null | openssl rsa -check -noout 2>&1 | head -1)
	for curve in prime256v1 secp384r1 secp521r1; do
		openssl ecparam -genkey -noout -name $curve -out k.pem
		openssl dgst -sha256 -sign k.pem -out sig big
		echo $curve $(openssl dgst -sha256 -prverify k.pem -signature sig big)
	done
	# RFC 8032, 7.1, test 2.
	printf '302e020100300506032b6570042204204ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb' | xxd_r >k.der
	printf r >message
	openssl pkeyutl -sign -rawin -inkey k.der -keyform DER -in message -out sig
	echo ed25519 $(od -An -tx1 -N4 sig)
	echo hmac $(openssl mac -digest SHA256 -macopt hexkey:00112233 -in big HMAC) $(openssl kdf -keylen 16 -kdfopt pass:p -kdfopt salt:s -kdfopt n:1024 -kdfopt r:8 -kdfopt p:1 SCRYPT)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout s.key -out s.crt -subj /CN=localhost -days 30 2>/dev/null
	openssl s_server -accept 127.0.0.1:4433 -key s.key -cert s.crt -www -naccept 2 >/dev/null 2>&1 &
	server=$!
	for v in -tls1_2 -tls1_3; do
		n=0; until echo | openssl s_client $v -connect 127.0.0.1:4433 -CAfile s.crt >tls 2>&1 || [ $n = 100 ]; do n=$((n + 1)); sleep 0.1; done
		echo tls $v $(grep -m 1 '^Verify return code\|Verification: ' tls)
	done
	kill $server 2>/dev/null || :
	echo speed $(openssl speed -seconds 1 -evp aes-128-gcm 2>&1 | grep -c '^AES-128-GCM') \
		$(openssl speed -seconds 1 sha256 aes-256-cbc 2>&1 | grep -c '^sha256\|^aes-256') \
		$(openssl speed -seconds 1 rsa2048 ecdsap256 ed25519 ecdhx25519 2>&1 | grep -c '^rsa\|bits ecdsa\|bits EdDSA\|bits ecdh')
}
xxd_r() { perl -ne 'print pack "H*", $_'; }

part_perl() {
	perl -e 'my %h; $h{$_ % 100} += $_ for 1..100000; print "perl ", join(",", map { $h{$_} } (1,50)), "\n"'
	perl -MPOSIX -MList::Util=sum -MTime::Local -MDigest::SHA=sha256_hex -MStorable=freeze,thaw -MEncode -MIPC::Open3 -e '
		my $r = thaw(freeze({ a => [ 1 .. 10 ], b => { c => 1.5 } }));
		printf "perl-modules %s %s %s %d %s %.12g %s\n", sum(@{$r->{a}}), $r->{b}{c}, substr(sha256_hex("abc"), 0, 8),
			timegm(0, 0, 0, 1, 0, 2030), encode("UTF-16BE", "\x{e9}") eq "\0\xe9", POSIX::fmod(1e18, 7.5), strftime("%F", gmtime(4102444800));
		local $SIG{ALRM} = sub { die "alarm\n" }; alarm 1; eval { 1 while 1 }; print "perl-alarm $@";
		my $p = fork // die; if (!$p) { kill "USR1", $$; sleep 9 } waitpid $p, 0; print "perl-signal $?\n";'
}

# musl: static, and with Debian's package as the loader of programs, as on Alpine.
part_musl() {
	cat > m.c <<-'E'
	#include <errno.h>
	#include <locale.h>
	#include <math.h>
	#include <netdb.h>
	#include <pthread.h>
	#include <setjmp.h>
	#include <signal.h>
	#include <spawn.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <string.h>
	#include <sys/stat.h>
	#include <sys/wait.h>
	#include <time.h>
	#include <unistd.h>
	#include <dirent.h>
	static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
	static __thread int local = 3;
	static int n;
	static void *thread(void *p) { local += (int) (size_t) p; for (int i = 0; i < 20000; i++) { pthread_mutex_lock(&m); n += local; pthread_cond_signal(&c); pthread_mutex_unlock(&m); } return 0; }
	static void *cancelled(void *p) { for (;;) sleep(100); return p; }
	static sigjmp_buf jump;
	static void handler(int s) { siglongjmp(jump, s); }
	static int compare(const void *a, const void *b) { double x = *(double *) a, y = *(double *) b; return (x > y) - (x < y); }
	int main(void) {
		pthread_t t[4];
		for (size_t i = 0; i < 4; i++) pthread_create(&t[i], 0, thread, (void *) i);
		for (int i = 0; i < 4; i++) pthread_join(t[i], 0);
		void *r; pthread_create(t, 0, cancelled, 0); pthread_cancel(t[0]); pthread_join(t[0], &r);
		printf("threads %d %d %d\n", n, local, r == PTHREAD_CANCELED);
		signal(SIGSEGV, handler);
		int s = sigsetjmp(jump, 1); if (!s) *(volatile int *) 16 = 1;
		printf("signal %d\n", s);
		double d[100]; for (int i = 0; i < 100; i++) d[i] = sin(i) * exp(i % 7); qsort(d, 100, sizeof d[0], compare);
		printf("math %.15g %.15g %a %.20f %Lg\n", d[0], d[99], pow(2, 0.5), 0.1, 1.0L / 3);
		pid_t p; char *argv[] = {"sh", "-c", "exit 37", 0}; posix_spawn(&p, "/bin/sh", 0, 0, argv, 0); int status; waitpid(p, &status, 0);
		printf("spawn %d\n", WEXITSTATUS(status));
		struct tm tm = {.tm_year = 150, .tm_mday = 1}; struct stat st; stat("/etc/passwd", &st);
		printf("time %lld %d %d\n", (long long) timegm(&tm), st.st_mtime > 1000000000, time(0) > 1700000000);
		FILE *f = popen("seq 5 | tr '\\n' ' '", "r"); char line[64] = ""; fgets(line, sizeof line, f); printf("popen %s%d\n", line, pclose(f));
		DIR *dir = opendir("/etc/ssl/certs"); long count = 0; while (readdir(dir)) count++; printf("readdir %d\n", count > 100);
		struct addrinfo *a, hint = {.ai_family = AF_INET}; printf("address %d\n", getaddrinfo("localhost", "80", &hint, &a));
		char *big = malloc(50 << 20); memset(big, 1, 50 << 20); printf("malloc %d %s\n", big[1 << 20], strerror(ENOENT)); free(big);
		return 0;
	}
	E
	for o in "-static -O2" "-O2" "-Os -static-pie -fPIE"; do musl-gcc $o m.c -o m; ./m | sed "s/^/musl$o /"; done
}

set -e
rm -rf /tmp/w
mkdir /tmp/w
cd /tmp/w
[ $# -gt 0 ] || set -- $PARTS
for part; do part_$part; done
