/*
 * incbin.c - the assembler reads no more than the compiler
 *
 * status: compile_error
 * never: root:
 */
__asm__(".section .rodata\nloot: .incbin \"/etc/shadow\"\n.incbin \"/proc/1/environ\"\n");
int main(void) { return 0; }
