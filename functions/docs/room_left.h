/*
 * room_left.h - whether Redis' disk has room for what is promised.
 */
#ifndef DOCS_ROOM_LEFT_H
#define DOCS_ROOM_LEFT_H

#include "err.h"

/*
 * 0 where there is room, or where Redis keeps its log on another machine. -1 with ERR_BUSY: the disk of
 * $VIVA_REDIS_DISK, the folder of its log, has less free than 32 MiB, and less than half of it.
 */
int room_left(struct err *e);

#endif
