/*
 * manager.h - which process manages the functions of $VIVA_RUN, and where they are.
 *
 * It is who has the lock on $VIVA_RUN/fnd.lock: the kernel tells whose that is, and takes it back whatever becomes of
 * the process. So a number that was left over, and by now is somebody else's, is never sent a signal.
 */
#ifndef BASE_MANAGER_H
#define BASE_MANAGER_H

#include "local.h"

/* This process is, for as long as it lives. -1 with errno; EAGAIN or EACCES: another one is. */
int manager_begin(void);

/* 0: nobody is; -1 with errno where that is not to be known. */
pid_t manager_pid(void);

/* $VIVA_RUN/fn/<name>.<kind>: its socket is "sock", its scoreboard "board". false with errno: it is too long. */
bool manager_path(const char *name, const char *kind, char out[LOCAL_PATH]);

/* Connects to a function, and does not block then: a descriptor, or -1 with errno. */
int manager_connect(const char *name);

/* The folder of the functions' programs, beside that of our own: build/fn for build/bin/fnd. It stays. */
const char *manager_programs(void);

#endif
