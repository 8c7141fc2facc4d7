// What it prints must not depend on the machine.
const out = [];
const say = (n, v) => console.log(n, v);
function hash(s) { let h = 0; for (let i = 0; i < s.length; i++) h = (h * 31 + s.charCodeAt(i)) | 0; return h; }
// integers, deoptimisation: the same function sees other types
function mix(a, b) { return a * 3 + b; }
let t = 0; for (let i = 0; i < 200000; i++) t = mix(t, i) | 0;
for (let i = 0; i < 200000; i++) t += mix(i / 3, .5) % 7;
say('mix', t + mix('a', 'b') + mix(null, undefined) + mix(2 ** 31, -(2 ** 31)));
// typed arrays, all widths
let th = 0;
for (const T of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array]) {
  const a = new T(1000); for (let r = 0; r < 50; r++) for (let i = 0; i < 1000; i++) a[i] = a[i] * 1.25 + i * r - 500.25;
  th = (th * 33 + hash(Array.from(a).join())) | 0; }
say('typed', th);
const dv = new DataView(new ArrayBuffer(64)); let dh = 0;
for (let i = 0; i < 100000; i++) { const o = i % 50; dv.setFloat64(o, i / 7, i & 1); dv.setInt16(o + 3, i, i & 2); dv.setUint32(o + 1, i * 77777, i & 1); dh = (dh * 31 + dv.getInt32(o, i & 4) + (dv.getFloat32(o + 2) || 0)) | 0; }
say('dataview', dh);
// maths
let m = 0; for (let i = 1; i < 100000; i++) m += Math.sin(i) * Math.sqrt(i) + Math.atan2(i, 3) - Math.log(i) + Math.pow(i, .3) + Math.fround(i / 3) + Math.imul(i, 0x12345) + Math.clz32(i) + Math.trunc(-i / 3) + Math.round(i / 8) + Math.ceil(-i / 7) + Math.floor(i / 9) + Math.hypot(i, 2) + Math.min(i, NaN, 0) ** 0;
say('math', m);
let d = 0; for (let i = -50000; i < 50000; i++) { d = (d * 3 + ((i / (i % 13)) | 0) + ((i * 1e10) >>> 3) + (i % 17 ^ i >> 3) + ((i << (i & 63)) >>> 1) - (-i % 5)) | 0; }
say('div', d);
say('bigint', (function () { let a = 1n; for (let i = 1n; i < 600n; i++) a *= i; return hash((a / 3n ** 50n % 10n ** 60n).toString()) + ' ' + BigInt.asIntN(64, a >> 500n) + ' ' + (-a) % 97n; })());
say('number', [1e21, 1 / 3, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, -0, 123456789012345680000, (25).toString(36), (0.5).toFixed(20), (1234.5678).toExponential(3), parseFloat('3.14e-5x'), Number('0x1f')].join());
// strings and regular expressions: V8 compiles these too
const text = Array.from({ length: 5000 }, (_, i) => 'w' + (i * 7919 % 1000) + (i % 13 ? ' ' : ',é\n')).join('');
say('regexp', [text.match(/\bw\d*7\b/g).length, hash(text.replace(/(w)(\d+)/g, (x, a, b) => b + a)), text.split(/[,\s]+/u).length, /(?<=w)(\d)\1/.exec(text).index, [...text.matchAll(/(?<n>\d{3})é/giu)].length, hash(text.toUpperCase().normalize('NFD'))].join());
// objects, classes, closures, generators, maps
class A { #p = 1; constructor(x) { this.x = x; } get y() { return this.x + this.#p; } f(k) { return k + this.y; } }
class B extends A { f(k) { return super.f(k) * 2; } }
let o = 0; for (let i = 0; i < 100000; i++) { const v = i % 3 ? new A(i) : new B(i); o = (o + v.f(i)) | 0; }
say('class', o);
function* g(n) { let a = 0, b = 1; while (n--) { yield a; [a, b] = [b, (a + b) | 0]; } }
let gs = 0; for (let k = 0; k < 200; k++) for (const v of g(60)) gs = (gs * 31 + v) | 0; say('generator', gs);
const map = new Map(), set = new Set(), wm = new WeakMap(); for (let i = 0; i < 50000; i++) { map.set('k' + i % 5000, (map.get('k' + i % 5000) || 0) + i); set.add(i % 777); wm.set({}, i); }
say('map', hash(JSON.stringify([...map])) + ' ' + set.size);
say('sort', hash(Array.from({ length: 20000 }, (_, i) => i * 7919 % 10007 + (i % 2 ? .5 : 0)).sort((a, b) => a - b).join()));
// exceptions, deep recursion
let ex = 0; for (let i = 0; i < 20000; i++) { try { try { if (i % 3 == 0) null.x; if (i % 5 == 0) throw i; ex++; } finally { ex += 2; } } catch (e) { ex += e instanceof TypeError ? 10 : e; } }
say('exception', ex);
function deep(n) { return deep(n + 1) + 1; } let ov = 0; for (let i = 0; i < 3; i++) try { deep(0); } catch (e) { ov += e instanceof RangeError; } say('overflow', ov);
say('json', hash(JSON.stringify(JSON.parse(JSON.stringify(Array.from({ length: 3000 }, (_, i) => ({ a: i / 3, b: 'x'.repeat(i % 9) + '\u1234"', c: [null, true, { d: -i }] })))))));
say('eval', (function () { let s = 0; for (let i = 0; i < 2000; i++) s = (s + new Function('a', 'return a*' + i + '+' + i % 7)(i)) | 0; return s; })());
const P = new Proxy({}, { get: (t, k) => k.length }); let ps = 0; for (let i = 0; i < 50000; i++) ps += P['abc'] + Reflect.get(P, 'zz'); say('proxy', ps);
