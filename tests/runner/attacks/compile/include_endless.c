/*
 * include_endless.c - a file that never ends comes to an end
 *
 * status: compile_error
 */
#include "/dev/zero"
int main(void) { return 0; }
