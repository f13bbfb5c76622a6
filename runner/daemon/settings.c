/*
 * settings.c - see settings.h.
 *
 * The tree is where our own program lies (<tree>/build/bin/runner), or VIVA_TREE.
 */
#include "settings.h"

#include "config.h"
#include "log.h"
#include "manifest.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct settings settings;

static void __attribute__((noreturn))
refuse(const char *what, const char *why)
{
	log_error("%s: %s", what, why);
	exit(78);	/* EX_CONFIG of sysexits.h */
}

static char *
join(const char *a, const char *b)
{
	char *s;

	if (asprintf(&s, "%s/%s", a, b) < 0)
		abort();
	return s;
}

/* The directory `up` levels above our program. */
static char *
above_program(int up)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		refuse("/proc/self/exe", strerror(errno));
	path[n] = '\0';
	for (; up >= 0; up--) {
		char *slash = strrchr(path, '/');
		if (slash != NULL)
			*slash = '\0';
	}
	return strdup(path);
}

static const char *
need(const char *name)
{
	const char *value = config_str(name, NULL);

	if (value == NULL)
		refuse(name, "is not set; infra/machine/README.md says what it is");
	return value;
}

static char *
read_file(const char *path)
{
	char *text = calloc(1, 65536);
	FILE *f = fopen(path, "re");

	if (text == NULL || f == NULL || fread(text, 1, 65535, f) == 0)
		refuse(path, f == NULL ? strerror(errno) : "cannot be read");
	fclose(f);
	return text;
}

static const char *
host_name(void)
{
	static char name[HOST_NAME_MAX + 1];

	if (gethostname(name, sizeof(name) - 1) < 0)
		refuse("hostname", strerror(errno));
	return name;
}

static void
read_limits(void)
{
	settings.slots = (int)config_int("VIVA_SLOTS", 4, 1, SLOTS_MAX);
	settings.terminals = (int)config_int("VIVA_TERMINALS", 8, 1, TERMINALS_MAX);
	settings.idle_ms = (int)config_int("VIVA_IDLE", 300, 1, 86400) * 1000;
	settings.warm_bytes = config_int("VIVA_WARM_MB", 512, 0, 1 << 20) << 20;
	settings.install_ms = (int)config_int("VIVA_INSTALL", 120, 1, 3600) * 1000;
	settings.drain_ms = (int)config_int("VIVA_DRAIN", 180, 0, 3600) * 1000;
}

/* Beside the directory of jobs, by both of its names. */
static char *
beside(const char *jobs, const char *name)
{
	char *s;
	const char *slash = strrchr(jobs, '/');

	if (asprintf(&s, "%.*s/%s", (int)(slash - jobs), jobs, name) < 0)
		abort();
	return s;
}

/* http:// or https://, a host, perhaps a port, perhaps a path; names and passwords would be seen by programs. */
static void
read_index(struct index_of *index, const char *setting)
{
	const char *url = config_str(setting, NULL);
	char host[256], scheme[6] = "";
	int port = 0, end = 0;

	index->setting = setting;
	if (url == NULL || *url == '\0')
		return;
	if (sscanf(url, "%5[a-z]://%255[A-Za-z0-9.-]%n", scheme, host, &end) != 2 ||
	    (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		refuse(setting, "want http:// or https:// and a host, without a name and a password");
	if (url[end] == ':' && (sscanf(url + end, ":%5d", &port) != 1 || port < 1 || port > 65535))
		refuse(setting, "its port is none");
	if (strpbrk(url + end, "@ \t\"'\\") != NULL)
		refuse(setting, "there is a name, a password or a blank in it");
	index->port = port > 0 ? port : strcmp(scheme, "https") == 0 ? 443 : 80;
	index->host = strdup(host);
	index->url = url;
}

void
settings_read(void)
{
	const char *run = need("VIVA_RUN");
	const char *tree = above_program(2);

	settings.name = config_str("VIVA_RUNNER", host_name());
	settings.pg = need("VIVA_PG");
	settings.redis = need("VIVA_REDIS");
	settings.realtime = need("VIVA_REALTIME");
	settings.docker = config_str("VIVA_DOCKER", "/var/run/docker.sock");
	settings.jobs = join(run, "jobs");
	settings.jobs_host = config_str("VIVA_JOBS", settings.jobs);
	settings.images = config_str("VIVA_IMAGES", join(run, "images"));
	settings.compiled = config_str("VIVA_COMPILED", join(run, "compiled"));
	settings.libraries = beside(settings.jobs, "libraries");
	settings.libraries_host = beside(settings.jobs_host, "libraries");
	read_index(&settings.index[MANIFEST_PYTHON], "VIVA_PYPI");
	read_index(&settings.index[MANIFEST_NODE], "VIVA_NPM");
	settings.languages = config_str("VIVA_LANGUAGES", join(tree, "runner/languages"));
	settings.recipes = config_str("VIVA_RECIPES", join(above_program(1), "recipes"));
	settings.seccomp = read_file(join(settings.languages, "../daemon/seccomp.json"));
	settings.metrics = config_str("VIVA_METRICS", join(run, "metrics.sock"));
	settings.init = join(above_program(0), "init");
	read_limits();
	if (mkdir(settings.jobs, 0711) < 0 && errno != EEXIST)
		refuse(settings.jobs, strerror(errno));
	if (mkdir(settings.compiled, 0700) < 0 && errno != EEXIST)
		refuse(settings.compiled, strerror(errno));
}
