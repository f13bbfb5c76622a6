// claim: a constant that takes for ever to compute comes to an end
// status: compile_error
constexpr unsigned long spin(unsigned long n) { unsigned long s = 0; for (unsigned long i = 0; i < n; i++) for (unsigned long j = 0; j < n; j++) s += i ^ j; return s; }
constexpr unsigned long a = spin(100000);
int main() { return a; }
