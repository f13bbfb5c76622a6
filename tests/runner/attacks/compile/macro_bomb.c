/*
 * macro_bomb.c - macros that double and double again come to an end
 *
 * status: compile_error
 */
#define A(x) x, x, x, x, x, x, x, x
#define B(x) A(A(x))
#define C(x) B(B(x))
#define D(x) C(C(x))
int bomb[] = { D(D(1)) };
int main(void) { return bomb[0]; }
