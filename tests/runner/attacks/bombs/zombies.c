/*
 * zombies.c - thousands of orphans and of children nobody waits for are buried, and hold nothing up
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"

int
main(void)
{
	for (int i = 0; i < 2000; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			if (fork() == 0)
				_exit(0);
			_exit(0);
		}
		if (pid > 0 && i % 3 != 0)
			waitpid(pid, NULL, 0);
		if (pid < 0)
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
	}
	return held();
}
