/*
 * memory_children.c - memory is counted over all processes of a run
 *
 * wall: 30000
 * status: memory_limit
 */
#include "attempt.h"

int
main(void)
{
	int status, lost = 0;

	for (int i = 0; i < 12; i++)
		if (fork() == 0) {
			volatile char *p = malloc(32 << 20);
			for (size_t at = 0; at < 32 << 20; at += 4096)
				p[at] = 1;
			sleep(3);
			_exit(0);
		}
	while (wait(&status) > 0)
		lost += status != 0;
	return lost > 0;
}
