/*
 * mounts.c - nothing can be mounted, unmounted or moved, by the old calls or the new
 *
 * status: ok
 * prints: held
 */
#include "attempt.h"
#include <sys/mount.h>

int
main(void)
{
	REFUSED(mount("x", "/w", "tmpfs", 0, ""));
	REFUSED(mount("/", "/w", NULL, MS_BIND, NULL));
	REFUSED(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
	REFUSED(mount("proc", "/w", "proc", 0, NULL));
	REFUSED(umount2("/proc/kcore", MNT_DETACH));
	REFUSED(umount2("/sys", MNT_DETACH));
	REFUSED(syscall(SYS_pivot_root, ".", "."));
	REFUSED(chroot("/w"));
	REFUSED(syscall(428, AT_FDCWD, "/", 1));		/* open_tree */
	REFUSED(syscall(429, 0, "", 0, "/w", 0));		/* move_mount */
	REFUSED(syscall(430, "tmpfs", 0));			/* fsopen */
	REFUSED(syscall(431, 0, 0, "", "", 0));			/* fsconfig */
	REFUSED(syscall(432, 0, 0, 0));				/* fsmount */
	REFUSED(syscall(433, AT_FDCWD, "/", 0));		/* fspick */
	REFUSED(syscall(442, AT_FDCWD, "/", 0, "", 0));		/* mount_setattr */
	return held();
}
