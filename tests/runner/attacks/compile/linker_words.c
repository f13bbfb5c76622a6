/*
 * linker_words.c - what is written for the linker reaches nobody: an interpreter, a path to libraries, a needed one
 *
 * status: compile_error runtime_error ok internal_error
 * never: root:
 */
__asm__(".section .interp, \"a\"\n.string \"/.viva/init\"\n.section .text\n");
#pragma comment(linker, "/etc/shadow")
int main(void) { return 0; }
