/*
 * reload.c - fn reload: has fnd look at its programs anew and replace every worker, as SIGHUP does.
 *
 * It takes no name: a program or pool.conf that has changed is replaced without being asked, and who asks wants all.
 */
#include "command.h"

#include "config.h"
#include "manager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

int
command_reload(int argc, char **argv)
{
	const char *run = config_str("VIVA_RUN", "/run/viva/state/run");
	pid_t fnd = manager_pid();

	(void)argv;
	if (argc != 0)
		return command_usage("reload takes no name: it replaces all; what is built anew is replaced by itself");
	if (fnd == 0) {
		fprintf(stderr, "fn: no fnd runs for %s: start a stack, or set VIVA_RUN to its\n", run);
		return EX_UNAVAILABLE;
	}
	if (fnd < 0 || kill(fnd, SIGHUP) < 0) {
		fprintf(stderr, "fn: %s: %s; whoever started fnd may have it reload\n", run, strerror(errno));
		return EX_NOPERM;
	}
	printf("fnd (%d) replaces every worker; those at a request finish it\n", (int)fnd);
	return 0;
}
