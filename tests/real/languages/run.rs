fn fib(n: u64) -> u64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }
fn main() {
    let h: Vec<_> = (0..4).map(|i| std::thread::spawn(move || fib(20 + i))).collect();
    let s: u64 = h.into_iter().map(|x| x.join().unwrap()).sum();
    let f: f64 = "2.5e-3".parse().unwrap();
    println!("{} {} {}", s, std::panic::catch_unwind(|| { let v: Vec<i32> = vec![]; v[3] }).is_err(), f.powf(1.5));
}
