/*
 * include_shadow.c - what the compiler may read is what the program may: no file of the host, and not the init's
 *
 * status: compile_error
 * never: root:
 */
#include "/etc/shadow"
#include "/proc/1/environ"
#include "/.viva/init"
int main(void) { return 0; }
