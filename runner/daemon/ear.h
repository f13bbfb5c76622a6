/*
 * ear.h - hears that people type, and wakes whoever has the program.
 */
#ifndef RUNNER_EAR_H
#define RUNNER_EAR_H

/* Starts the thread that listens to Redis. A bell that is lost is made up for by those that it would have woken. */
void ear_start(void);

#endif
