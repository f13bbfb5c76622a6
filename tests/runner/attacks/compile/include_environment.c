/*
 * include_environment.c - the compiler's own environment holds no secret that an error could quote
 *
 * status: compile_error ok
 * never: NONCE
 */
#include "/proc/self/environ"
int main(void) { return 0; }
