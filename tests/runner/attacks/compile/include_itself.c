/*
 * include_itself.c - a file that includes itself twice, and each of those twice, comes to an end
 *
 * status: compile_error
 */
#include __FILE__
#include __FILE__
int main(void) { return 0; }
