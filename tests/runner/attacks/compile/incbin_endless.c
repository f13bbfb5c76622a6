/*
 * incbin_endless.c - an assembler that repeats without end comes to one
 *
 * status: compile_error
 */
__asm__(".rept 1000000000\n.quad 1, 2, 3, 4, 5, 6, 7, 8\n.endr\n");
int main(void) { return 0; }
