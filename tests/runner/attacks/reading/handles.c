/*
 * handles.c - files cannot be opened by handle, past every path
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"

int
main(void)
{
	struct {
		struct file_handle h;
		unsigned char id[MAX_HANDLE_SZ];
	} f = { .h = { .handle_bytes = MAX_HANDLE_SZ } };
	int mount;

	REFUSED(name_to_handle_at(AT_FDCWD, "/", &f.h, &mount, 0));
	f.h.handle_bytes = 8;
	f.h.handle_type = 1;
	f.id[0] = 2;
	REFUSED(open_by_handle_at(AT_FDCWD, &f.h, O_RDONLY));
	return held();
}
