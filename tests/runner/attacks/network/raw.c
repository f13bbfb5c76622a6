/*
 * raw.c - packets cannot be written or heard by hand
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int
main(void)
{
	for (int protocol = 0; protocol < 256; protocol++) {
		REFUSED(socket(AF_INET, SOCK_RAW, protocol));
		REFUSED(socket(AF_INET6, SOCK_RAW, protocol));
	}
	REFUSED(socket(AF_INET, SOCK_PACKET, htons(3)));
	REFUSED(socket(AF_PACKET, SOCK_RAW, htons(3)));
	return held();
}
