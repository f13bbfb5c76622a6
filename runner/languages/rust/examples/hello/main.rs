fn main() {
    let mut name = String::new();
    std::io::stdin().read_line(&mut name).unwrap();
    let name = name.trim();
    println!("hello, {}", if name.is_empty() { "world" } else { name });
}
