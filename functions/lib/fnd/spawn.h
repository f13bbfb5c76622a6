/*
 * spawn.h - how a function's program is started.
 */
#ifndef FND_SPAWN_H
#define FND_SPAWN_H

#include "place.h"

#include <sys/types.h>

/*
 * Starts the program as base/zygote.h says, with its own role, secrets and user, its memory limited, and no rights
 * but these; *control is our end. It lives on when we die. The process id, or -1 with the reason in the log.
 */
pid_t spawn(const struct place *at, const struct board_limits *limits, int *control);

#endif
