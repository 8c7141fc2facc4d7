// WebAssembly by hand: loops, memory, i64, f64, indirect calls, traps
const leb = n => { const r = []; for (;;) { const b = n & 127; n >>>= 7; if (n) r.push(b | 128); else { r.push(b); return r; } } };
const sec = (id, b) => [id, ...leb(b.length), ...b];
const vec = a => [...leb(a.length), ...a.flat()];
const str = s => vec([...Buffer.from(s)].map(x => [x]));
const code = (locals, body) => { const b = [...vec(locals), ...body, 0x0b]; return [...leb(b.length), ...b]; };
const I32 = 0x7f, I64 = 0x7e, F64 = 0x7c;
const types = [[0x60, ...vec([[I32]]), ...vec([[I32]])], [0x60, ...vec([[I64], [I64]]), ...vec([[I64]])], [0x60, ...vec([[F64], [I32]]), ...vec([[F64]])], [0x60, ...vec([[I32], [I32]]), ...vec([[I32]])]];
const fns = [
  // 0 fib
  code([], [0x20, 0, 0x41, 2, 0x48, 0x04, I32, 0x20, 0, 0x05, 0x20, 0, 0x41, 1, 0x6b, 0x10, 0, 0x20, 0, 0x41, 2, 0x6b, 0x10, 0, 0x6a, 0x0b]),
  // 1 i64 mix: (a*b) ^ (a/b) + rotl(a,13) + ctz(b) + popcnt(a)
  code([], [0x20, 0, 0x20, 1, 0x7e, 0x20, 0, 0x20, 1, 0x7f, 0x85, 0x20, 0, 0x42, 13, 0x89, 0x7c, 0x20, 1, 0x7a, 0x7c, 0x20, 0, 0x7b, 0x7c, 0x20, 0, 0x20, 1, 0x82, 0x7c, 0x20, 0, 0x20, 1, 0x87, 0x85]),
  // 2 f64 loop: x = sqrt(x)*1.5 + trunc(x), n times
  code([], [0x03, 0x40, 0x20, 0, 0x9f, 0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0xa2, 0x20, 0, 0x9d, 0xa0, 0x21, 0, 0x20, 1, 0x41, 1, 0x6b, 0x22, 1, 0x0d, 0, 0x0b, 0x20, 0]),
  // 3 store, load bytes at an address (traps outside)
  code([], [0x20, 0, 0x20, 1, 0x36, 2, 0, 0x20, 0, 0x2d, 0, 1, 0x20, 0, 0x2e, 1, 2, 0x6a]),
  // 4 call_indirect by index
  code([], [0x20, 1, 0x20, 0, 0x11, 0, 0]),
  // 5 divide
  code([], [0x20, 0, 0x20, 1, 0x6d]),
];
const bytes = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sec(1, vec(types)), ...sec(3, vec([[0], [1], [2], [3], [3], [3]])),
  ...sec(4, vec([[0x70, 0, 2]])), ...sec(5, vec([[0, 1]])),
  ...sec(7, vec(['fib', 'mix', 'flt', 'mem', 'ind', 'div'].map((n, i) => [...str(n), 0, i]))),
  ...sec(9, vec([[0, 0x41, 0, 0x0b, ...vec([[0], [0]])]])), ...sec(10, vec(fns))]);
const { fib, mix, flt, mem, ind, div } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
console.log(fib(25));
let h = 0n; for (let i = 1n; i < 50000n; i++) h = BigInt.asIntN(64, h * 31n + mix(h ^ (i << 20n), i * 0x123456789n - 5n)); console.log(h);
console.log(flt(12345.678, 100000));
let s = 0; for (let i = 0; i < 100000; i++) s = (s * 31 + mem(i % 65532, i * 12345)) | 0; console.log(s);
console.log(ind(0, 10));
const trap = (...f) => { let r = []; for (const k of f) for (let i = 0; i < 3; i++) try { r.push(k()); } catch (e) { r.push(e.message); } return r.join('|'); };
console.log(trap(() => mem(65533, 1), () => mem(-1, 1), () => mem(0x7ffffff0, 1), () => ind(7, 1), () => div(1, 0), () => div(-0x80000000, -1), () => mix(1n, 0n), () => fib(1e9 | 0)));
