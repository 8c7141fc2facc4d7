# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in a root file system (tests/nightly/software): what it prints must not depend on the machine.
set -e
rm -rf /tmp/w
mkdir /tmp/w
cd /tmp/w
cat > a.c <<'E'
#include <pthread.h>
#include <stdio.h>
static void *f(void *p) { long s = 0; for (long i = 0; i < 1000000; i++) s += i ^ (long) p; return (void *) s; }
int main(void) { pthread_t t[4]; long s = 0; for (long i = 0; i < 4; i++) pthread_create(&t[i], 0, f, (void *) i); for (int i = 0; i < 4; i++) { void *r; pthread_join(t[i], &r); s += (long) r; } printf("%ld\n", s); }
E
gcc -O2 -flto a.c -o a -lpthread; echo gcc $(./a)
git init -q r; cd r; git config user.email a@b; git config user.name n
i=0; while [ $i -lt 30 ]; do seq $i 3000 > f$i; git add .; git commit -qm "c$i"; i=$((i+1)); done
git gc -q; git fsck --no-progress; cd ..; git clone -q r r2; cd r2; echo git $(git log --oneline | wc -l) $(git status --short | wc -l); cd ..
sqlite3 t.db 'create table t(a integer primary key,b text); with recursive c(x) as (select 1 union all select x+1 from c where x<100000) insert into t select x, hex(x*7919) from c; create index i on t(b);'; echo sqlite $(sqlite3 t.db 'select count(*), sum(length(b)) from t; pragma integrity_check;')
seq 1 300000 > big
for c in "xz -T1" "zstd -q --single-thread" "gzip -n"; do $c -c < big | tee z | $c -dc | cmp - big; echo $c $(md5sum < z | cut -c1-8); done
7zz a -bso0 -bsp0 -mmt1 z.7z big; 7zz t -bso0 -bsp0 z.7z && echo "7z ok"
for d in sha256 sha512 sha1 md5 sha3-256 blake2b512; do echo $d $(openssl dgst -$d < big | tail -c 9); done
for c in aes-128-cbc aes-256-ctr chacha20; do echo $c $(openssl enc -$c -K 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f -iv 000102030405060708090a0b0c0d0e0f < big 2>/dev/null| md5sum | cut -c1-8); done
echo rsa $(openssl genrsa 2048 2>/dev/null | openssl rsa -check -noout 2>&1 | head -1)
echo speed $(openssl speed -seconds 1 aes-128-gcm sha256 2>&1 | grep -c '^AES-128-GCM\|^sha256')
node -e 'let s=0; for(let i=0;i<1e7;i++){s=(s*31+i)|0}; const c=require("crypto"); console.log("node",s,c.createHash("sha256").update("abc").digest("hex").slice(0,8), [..."hello"].reverse().join(""), Math.sin(1))'
perl -e 'my %h; $h{$_ % 100} += $_ for 1..100000; print "perl ", join(",", map { $h{$_} } (1,50)), "\n"'
