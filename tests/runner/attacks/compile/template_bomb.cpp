// claim: templates that ask for ever more of themselves come to an end
// status: compile_error
template <int N, int M> struct Bomb { static constexpr int value = Bomb<N - 1, M>::value + Bomb<N - 1, M + N>::value; };
template <int M> struct Bomb<0, M> { static constexpr int value = M; };
int main() { return Bomb<60, 0>::value; }
