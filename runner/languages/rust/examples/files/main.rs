mod numbers;

fn main() {
    println!("{}", numbers::twice(21));
}
