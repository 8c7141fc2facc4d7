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
