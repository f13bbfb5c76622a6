/*
 * config.h - settings come from the environment, secrets from files.
 *
 * Names and defaults: infra/machine/README.md. A secret is a file below $VIVA_SECRETS; its
 * content never enters argv, the environment or a log.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "arena.h"
#include "err.h"

#include <stdint.h>

/* The variable's value, or `otherwise` where it is unset or empty. Points into the environment. */
const char *config_str(const char *name, const char *otherwise);

/* A whole number in [min, max]; `otherwise` where unset. A bad value is logged and ends the process. */
int64_t config_int(const char *name, int64_t otherwise, int64_t min, int64_t max);

/* The file $VIVA_SECRETS/<name>, at most 64 KiB, its last newlines cut; owned by the arena. -1 with ERR_INTERNAL. */
int config_secret(struct arena *a, struct err *e, const char *name, const char **out);

#endif
