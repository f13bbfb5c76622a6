/*
 * large_artifact.c - a program of many megabytes is not carried out of the compiler's sandbox
 *
 * status: compile_error
 */
char large[1ull << 30] = { 1 };
int main(void) { return large[0]; }
