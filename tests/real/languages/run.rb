def say(n, *v) = puts("#{n} #{v.join(' ')}")
def fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)
say 'fib', fib(22)
say 'threads', *4.times.map { |i| Thread.new { (1..20000).sum * i } }.map(&:value)
say 'child', `echo child`.chomp
pid = fork { exit 3 }; Process.wait pid; say 'fork', $?.exitstatus
f = Fiber.new { |x| loop { x = Fiber.yield(x * 2 + 0.5) } }; s = 0; 20000.times { |i| s += f.resume(i % 13) }; say 'fiber', s
fs = 50.times.map { |k| Fiber.new { 100.times { |i| Fiber.yield i * k }; 0 } }; say 'fibers', 100.times.sum { fs.sum(&:resume) }
e = Enumerator.new { |y| a, b = 0, 1; loop { y << a; a, b = b, a + b } }; say 'enumerator', e.lazy.select(&:even?).first(30).last, e.next, e.next, e.next
require 'continuation'; n = 0; c = callcc { |k| k }; n += 1; c.call(c) if n < 50; say 'callcc', n
say 'bignum', (3**2000 % 10**40), (2**521 - 1).to_s.sum, (10**60) / 7**30, Integer.sqrt(10**41), 65537.pow(10**30, 2**127 - 1)
d = 0.0; 1.upto(50000) { |i| d += Math.sin(i) * Math.sqrt(i) + (i / 3.0).round(2) - d.to_i % 7 + (i.to_f % 1.7) }; say 'float', d, 1e23, 0.1 + 0.2, 2.5.rationalize, 5e-324, 1r / 3 + 2i
say 'string', ('a'..'zz').to_a.join.sum, 'héllo'.upcase.unpack('U*').sum, ("x%05.2f|%x" % [3.14159, 255]), 'abc'.crypt('ab'), [1, 2.5, 'x', -1].pack('Cgan').sum
say 'regexp', ((1..5000).to_a.join(' ').scan(/(\d)\1/).size), 'foo bar'.gsub(/(?<a>o+)/) { $~[:a].upcase }
x = 0; 20000.times { |i| begin; i % 3 == 0 ? nil.foo : i % 5 == 0 ? raise(ArgumentError) : Integer(i % 7 == 0 ? 'x' : '1'); x += 1; rescue NoMethodError; x += 2; rescue ArgumentError; x += 3; ensure; x ^= 1; end }; say 'exception', x
def deep(n) = deep(n + 1) + 1
say 'overflow', 3.times.sum { begin; deep(0); rescue SystemStackError; 1; end }
h = Hash.new(0); 50000.times { |i| h["k#{i % 777}"] += i }; say 'hash', h.values.sum, h.to_a.sort.first.inspect
GC.stress = true; a = 20.times.map { |i| "s#{i}" * 3 }; GC.stress = false; GC.compact rescue 0; say 'gc', a.join.sum
r, w = IO.pipe; trap('USR1') { w.write 'signal' }; Process.kill('USR1', $$); say 'signal', r.readpartial(10)
q = Thread::Queue.new; t = Thread.new { 1000.times.sum { q.pop } }; 1000.times { |i| q << i }; say 'queue', t.value
require 'digest'; require 'json'; require 'zlib'; require 'socket'; require 'bigdecimal'
say 'digest', Digest::SHA256.hexdigest('abc' * 1000)[0, 16], Zlib.crc32('abc' * 1000), Zlib::Inflate.inflate(Zlib::Deflate.deflate('x' * 100000)).size
say 'json', JSON.parse(JSON.generate((0..999).map { |i| { 'a' => i / 3.0, 'b' => [i, nil, "\u1234"] } })).sum { |o| o['a'] }
say 'decimal', (BigDecimal(2).sqrt(40)).round(35).to_s
s = TCPServer.new('127.0.0.1', 0); Thread.new { k = s.accept; k.write 'over tcp'; k.close }; say 'tcp', TCPSocket.new('127.0.0.1', s.addr[1]).read
$stderr = File.open('/dev/null', 'w'); say 'ractor', Ractor.new { 1000.times.sum }.take
