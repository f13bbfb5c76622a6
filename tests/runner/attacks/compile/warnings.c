/*
 * warnings.c - what the compiler prints is bounded like what a program prints
 *
 * status: ok compile_error output_limit
 */
#define W _Pragma("GCC warning \"a long warning, a long warning, a long warning, a long warning, a long warning\"")
#define A W W W W W W W W W W W W W W W W
#define B A A A A A A A A A A A A A A A A
#define C B B B B B B B B B B B B B B B B
C C C C
int main(void) { return 0; }
