/*
 * docker.h - the few calls of the Docker Engine API that the runner makes, over the engine's unix socket.
 *
 * One handle a thread. Every call answers 0, or -1 with the error set: ERR_BUSY where the engine is
 * away or too slow, ERR_NOT_FOUND, else ERR_INTERNAL with the engine's own words. Never exec, cp,
 * restart or attach: once a container has its job, the engine is asked only to remove it.
 */
#ifndef RUNNER_DOCKER_H
#define RUNNER_DOCKER_H

#include "arena.h"
#include "err.h"

struct docker;

struct docker *docker_new(const char *socket);
void docker_free(struct docker *d);

/* The id of a local image and the value of one of its labels ("" if it has none), in the arena. */
int docker_image(struct docker *d, struct arena *a, struct err *err, const char *ref, const char *label,
    const char **id, const char **value);

/* `body` is the JSON of POST /containers/create. */
int docker_create(struct docker *d, struct err *err, const char *name, const char *body);
int docker_start(struct docker *d, struct err *err, const char *name);

/* Kills and removes; a container that is not there, or is on its way out, is as good as removed. */
int docker_remove(struct docker *d, struct err *err, const char *name);

/* Why a container that should live does not: its state in the engine's words, in the arena. */
const char *docker_state(struct docker *d, struct arena *a, const char *name);

/* The names of all containers with a label=value, ended by NULL, in the arena. */
int docker_list(struct docker *d, struct arena *a, struct err *err, const char *label, const char *value,
    const char ***names);

#endif
