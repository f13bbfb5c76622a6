// claim: Rust's macros read no more than the program may
// status: compile_error
// never: root:
fn main() {
    println!("{}", include_str!("/etc/shadow"));
    println!("{}", include_str!("/proc/1/environ"));
}
