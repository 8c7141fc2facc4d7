-- The same lines from the interpreter and from compiled traces.
local bit, ffi = require("bit"), require("ffi")
local function say(name, ...) print(name, ...) end
local s = 0 for i = 1, 3e6 do s = (s * 31 + i) % 1000003 end say("mod", s)
local b = 1 for i = 1, 1e6 do b = bit.bxor(bit.rol(b, 5), bit.lshift(i, i), bit.arshift(b, i), bit.bswap(i), bit.bnot(b)) end say("bits", b)
local f = 0 for i = 1, 5e5 do f = f + math.sin(i) * math.sqrt(i) + math.floor(i / 3) - i ^ 0.5 + math.max(i % 7, -0.5) - math.abs(f) * 1e-9 end say("float", string.format("%.7g", f))
ffi.cdef [[ typedef struct { int8_t a; uint16_t b; int32_t c; int64_t d; float e; double f; } all; size_t strlen(const char *); int snprintf(char *, size_t, const char *, ...); double atof(const char *); ]]
local a = ffi.new("all[100]")
for i = 0, 99999 do local x = a[i % 100] x.a = i % 128 x.b = (x.b + i) % 65536 x.c = bit.tobit(x.c * 3 + i) x.d = x.d * 7LL + i x.e = x.e + i / 3 x.f = x.f - i / 7 end
local h = 0LL for i = 0, 99 do local x = a[i] h = h * 31 + x.a + x.b * 3 + x.c + x.d + math.floor(x.e) + math.floor(x.f) end say("struct", tostring(h))
local q = 1ULL for i = 1, 200000 do q = q * 6364136223846793005ULL + i q = bit.bxor(q, bit.rshift(q, 33)) / 3 + q % 1000 end say("int64", tostring(q))
local buf, n = ffi.new("char[64]"), 0 for i = 1, 20000 do ffi.C.snprintf(buf, 64, "%d %g %s", ffi.cast("int", i), i / 4, "x") n = n + tonumber(ffi.C.strlen(buf)) end say("calls", n, ffi.C.atof("2.5e3"))
local cb = ffi.cast("int (*)(int, double)", function(i, d) return i * 2 + d end) n = 0 for i = 1, 5000 do n = n + cb(i, 1.5) end cb:free() say("callback", n)
local t = {} for i = 1, 2e5 do t[#t + 1] = tostring(i * 7 % 1013) if #t > 1000 then t = { table.concat(t, ","):sub(-50) } end end say("strings", #t, t[1]:reverse():upper():rep(2, "-"))
local co = coroutine.wrap(function() for i = 1, 1e5 do coroutine.yield(i % 11) end return -1 end) n = 0 repeat local v = co() n = n * 2 % 65521 + v until v < 0 say("coroutine", n)
local e = 0 for i = 1, 20000 do local ok, m = pcall(function() if i % 3 == 0 then error({ i }) elseif i % 5 == 0 then return nil .. "x" end return i end) e = e + (ok and m or type(m) == "table" and m[1] or #m) end say("errors", e)
local function fib(k) return k < 2 and k or fib(k - 1) + fib(k - 2) end say("fib", fib(27))
local mt = setmetatable({}, { __index = function(_, k) return k * 2 end, __add = function(x, y) return y end, __lt = function() return true end }) n = 0 for i = 1, 3e5 do n = n + mt[i] + (mt + i) + (mt < mt and 1 or 0) end say("meta", n)
local g = {} for i = 1, 3e5 do g[i % 1000] = { i, { i }, function() return i end } end collectgarbage() n = 0 for i = 0, 999 do n = n + g[i][1] + g[i][2][1] + g[i][3]() end say("collect", n)
local w = ffi.new("double[1000]") for r = 1, 100 do for i = 0, 999 do w[i] = w[(i + r) % 1000] * 0.5 + i end end say("doubles", string.format("%.9g", w[123]))
say("unsigned", tonumber(ffi.cast("uint32_t", 3e9)), tonumber(ffi.cast("int32_t", -2e9)), tostring(ffi.cast("uint64_t", 1e19)), 2 ^ 53 + 1, -7 % 3, 7 % -3, 0x7fffffff + 1, bit.tobit(2 ^ 31))
