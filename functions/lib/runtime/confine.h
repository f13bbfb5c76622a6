/*
 * confine.h - what is left to a worker once it serves strangers.
 *
 * From the call on, whatever becomes of the process: it reads libraries, settings and its own secrets, writes to
 * sockets and to the log, and speaks to the services' unix sockets. It starts no program and no process, opens no
 * network connection, writes no file, looks into no other process and signals none. A function that uses objects.h
 * writes below VIVA_OBJECTS; where objects or the database are on another machine the network is open to it, and to one
 * that uses smtp.h where there is a mail server.
 *
 * Call it in the process that serves, after everything that needs more and after the last fork(2).
 */
#ifndef RUNTIME_CONFINE_H
#define RUNTIME_CONFINE_H

#include <stdbool.h>

/* What can be made before the last fork(2), once for all: a millisecond. 0, or -1 with the reason in the log. */
int confine_prepare(void);

/* 0, or -1 with the reason in the log: such a process must not serve. What the kernel lacks is told in the log, too. */
int confine(void);

/* Whether what it may write to was away when it was confined: nothing brings that back, so another should serve. */
bool confine_lacks(void);

#endif
