/*
 * deaf.c - who ignores every signal it can and sits in a session of its own dies with its run
 *
 * status: ok
 * prints: done
 * never: survived
 */
#include "attempt.h"

int
main(void)
{
	if (fork() == 0) {
		setsid();
		for (int s = 1; s < 65; s++)
			signal(s, SIG_IGN);
		sleep(60);
		puts("survived");
		return 0;
	}
	puts("done");
	return 0;
}
