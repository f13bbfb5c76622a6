/*
 * netlink.c - none of netlink's families can be spoken
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <sys/socket.h>

int
main(void)
{
	for (int protocol = 0; protocol < 32; protocol++) {
		REFUSED(socket(AF_NETLINK, SOCK_RAW, protocol));
		REFUSED(socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK, protocol));
	}
	return held();
}
