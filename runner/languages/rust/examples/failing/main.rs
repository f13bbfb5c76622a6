fn main() {
    println!("so far, so good");
    panic!("this one is meant to fail");
}
