#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	puts("so far, so good");
	fputs("this one is meant to fail\n", stderr);
	return EXIT_FAILURE;
}
