/*
 * terminal.c - see terminal.h.
 *
 * A terminal belongs to who opens its master, and the init may not give files away (no CAP_CHOWN): so it opens it as
 * the job's user, in order that a program can open /dev/tty and its own /dev/pts again.
 */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKER "/dev/pts/ptmx"

int
terminal_forbid(void)
{
	return chmod(MAKER, 0600);
}

static int
open_master(uint32_t uid)
{
	if (chmod(MAKER, 0666) < 0 || seteuid(uid) < 0)
		return -1;
	int fd = open(MAKER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	int error = errno;
	/* Another identity is dumpable again where fs.suid_dumpable says so. */
	if (seteuid(0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || terminal_forbid() < 0)
		abort();
	errno = error;
	return fd;
}

int
terminal_open(uint32_t uid, uint16_t rows, uint16_t columns, int *master, int *slave)
{
	struct winsize size = { .ws_row = rows, .ws_col = columns };

	*slave = -1;
	*master = open_master(uid);
	if (*master >= 0 && unlockpt(*master) == 0 && ioctl(*master, TIOCSWINSZ, &size) == 0)
		*slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*slave < 0 && *master >= 0)
		close(*master);
	return *slave < 0 ? -1 : 0;
}

int
terminal_control(int slave)
{
	return ioctl(slave, TIOCSCTTY, 0);
}
