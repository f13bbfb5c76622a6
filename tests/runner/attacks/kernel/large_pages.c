/*
 * large_pages.c - large pages, which no limit on memory counts, are not to be had
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/shm.h>

int
main(void)
{
	for (int i = 0; i < 200; i++) {
		char *p = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
		if (p != MAP_FAILED) {
			puts("ESCAPED: a large page");
			break;
		}
	}
	REFUSED(shmget(IPC_PRIVATE, 2 << 20, IPC_CREAT | SHM_HUGETLB | 0600));
	int fd = memfd_create("x", MFD_HUGETLB);
	if (fd >= 0 && mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED)
		puts("ESCAPED: a large page by file");
	return held();
}
