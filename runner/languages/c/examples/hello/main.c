#include <stdio.h>
#include <string.h>

int main(void)
{
	char name[80] = "";

	if (fgets(name, sizeof(name), stdin) != NULL)
		name[strcspn(name, "\n")] = '\0';
	printf("hello, %s\n", name[0] != '\0' ? name : "world");
	return 0;
}
