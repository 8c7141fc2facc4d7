using System; using System.Collections.Generic; using System.Linq; using System.Text; using System.Text.RegularExpressions; using System.Threading; using System.Threading.Tasks;
class A {
    static int F(int n) { return n < 2 ? n : F(n - 1) + F(n - 2); }
    struct P { public double X, Y; public int I; public static P operator +(P a, P b) { return new P { X = a.X + b.X, Y = a.Y * .5 + b.Y, I = a.I ^ b.I }; } }
    interface IShape { double Area(); } class Sq : IShape { public double A; public double Area() { return A * A; } } class Ci : IShape { public double R; public double Area() { return R * R * 3; } }
    static T Max<T>(T a, T b) where T : IComparable<T> { return a.CompareTo(b) > 0 ? a : b; }
    static int Deep(int n) { return n == 0 ? 0 : Deep(n - 1) + 1; }
    static async Task<int> Async(int n) { int s = 0; for (int i = 0; i < n; i++) { if (i % 100 == 0) await Task.Delay(1); else await Task.Yield(); s += i; } return s; }
    static void Say(string n, object o) { Console.WriteLine(n + " " + o); }
    static void Main() {
        Say("fib", F(25));
        long l = 1; for (int i = 1; i < 300000; i++) { long x = l * 6364136223846793005L + i; l = x ^ (long)((ulong)x >> (i & 63)) + x / (i | 1) + x % (i * 3 + 1) + (x << (i & 31)) - (x < l ? 1 : 0); } Say("long", l);
        uint u = 1; for (uint i = 1; i < 300000; i++) { u = u * 1103515245 + i; u ^= (u >> (int)(i & 31)) + u / (i | 1) + u % (i * 3 + 1) + (byte)u + (ushort)(u >> 3); } Say("uint", u);
        double d = 0; for (int i = 1; i < 100000; i++) d += Math.Sin(i) * Math.Sqrt(i) + Math.Floor(i / 3.0) - (float)d * 1e-6 + (int)d % 7 + (long)d % 5; Say("double", d.ToString("G10"));
        float f = 0; for (int i = 1; i < 100000; i++) f = f * .9f + i / 3f - (int)f % 3; Say("float", f.ToString("G6"));
        P p = new P(); for (int i = 0; i < 100000; i++) p = p + new P { X = i, Y = i * .5, I = i }; Say("struct", p.X + " " + p.Y.ToString("G10") + " " + p.I);
        IShape[] sh = { new Sq { A = 2 }, new Ci { R = 3 } }; double ar = 0; for (int i = 0; i < 200000; i++) ar += sh[i % 2].Area(); Say("virtual", ar);
        Say("generic", Max(3, 4) + Max("a", "b") + Max(2.5, 1.5) + Max(1L << 40, 2));
        int e = 0; object[] o = { null, "a", 1, new int[2] }; for (int i = 0; i < 3000; i++) try { switch (i % 6) { case 0: e += o[0].GetHashCode(); break; case 1: e += ((int[])o[3])[i % 7]; break; case 2: e += 1 / (i % 4); break; case 3: e += ((string)o[i % 3]).Length; break; case 4: checked { e += (int)(i * 1000000L); } break; case 5: throw new Exception("x"); } e++; }
            catch (NullReferenceException) { e += 2; } catch (IndexOutOfRangeException) { e += 3; } catch (DivideByZeroException) { e += 5; } catch (InvalidCastException) { e += 7; } catch (OverflowException) { e += 11; } catch (Exception x) { e += x.Message.Length; } finally { e ^= 1; } Say("exceptions", e);
        int c = 0; var ts = new Thread[4]; object lk = new object(); int locked = 0; long il = 0; for (int t = 0; t < 4; t++) { ts[t] = new Thread(() => { for (int i = 0; i < 20000; i++) { Interlocked.Increment(ref c); Interlocked.Add(ref il, 0x100000001L); lock (lk) locked++; } }); ts[t].Start(); } foreach (var t in ts) t.Join(); Say("threads", c + " " + il + " " + locked);
        Say("linq", Enumerable.Range(0, 50000).Where(x => x % 3 == 0).Select(x => x * 2.5).GroupBy(x => (int)x % 7).OrderBy(g => g.Key).Select(g => g.Sum()).Aggregate("", (a, b) => a + b + ","));
        Say("async", Async(1000).Result); Say("parallel", ParallelEnumerable.Range(0, 100000).Sum(x => (long)x));
        var sb = new StringBuilder(); for (int i = 0; i < 20000; i++) sb.Append(i).Append(i % 7 == 0 ? "\u00e9" : " "); string s = sb.ToString(); int h = 0; foreach (char ch in s.ToUpperInvariant()) h = h * 31 + ch; Say("string", h + " " + Regex.Matches(s, "(\\d)\\1").Count + " " + s.Split(' ').Length);
        var di = new Dictionary<string, int>(); for (int i = 0; i < 50000; i++) { int v; di.TryGetValue("k" + i % 777, out v); di["k" + i % 777] = v + i; } Say("dictionary", di.Values.Sum());
        Say("decimal", 1m / 3 + " " + decimal.MaxValue + " " + Math.Round(2.5m)); Say("deep", Deep(20000)); Say("big", System.Security.Cryptography.SHA256.Create().ComputeHash(Encoding.UTF8.GetBytes(s)).Aggregate(0, (a, b) => a * 31 + b));
        var keep = new List<byte[]>(); long n = 0; for (int i = 0; i < 20000; i++) { var b = new byte[i % 3000]; if (i % 50 == 0) keep.Add(b); if (keep.Count > 50) keep.RemoveAt(0); n += b.Length; } GC.Collect(); GC.WaitForPendingFinalizers(); Say("collect", n + " " + keep.Count);
        Say("delegate", ((Func<int, int>)(x => x * 3))(7) + " " + string.Join(",", new[] { 3, 1, 2 }.OrderBy(x => x)));
    }
}
