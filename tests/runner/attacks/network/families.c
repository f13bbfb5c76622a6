/*
 * families.c - bits above those the kernel looks at do not hide a family or a type
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <sys/socket.h>

int
main(void)
{
	static const long families[] = { AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG, AF_BLUETOOTH,
	    AF_XDP, AF_TIPC, AF_KEY, AF_CAN };

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		for (int high = 32; high < 64; high += 8)
			for (int type = SOCK_STREAM; type <= SOCK_SEQPACKET; type++) {
				REFUSED(syscall(SYS_socket, families[i] | 1L << high, type, 0));
				REFUSED(syscall(SYS_socket, families[i], (long)type | 1L << high | SOCK_CLOEXEC, 0));
			}
	return held();
}
