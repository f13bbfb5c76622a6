/*
 * include_stdin.c - the compiler's input is nobody's
 *
 * status: compile_error ok
 * never: VIVA
 */
#include "/dev/stdin"
#include "/dev/tty"
int main(void) { return 0; }
