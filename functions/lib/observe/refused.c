/*
 * refused.c - what the gateway refused by itself, of which no function heard and stub_status does not tell.
 *
 * nginx writes a byte for each into $VIVA_RUN/refused/<status> (nginx/gateway.conf): a file's length is a counter that
 * outlives both of us, loses nothing while nobody looks, and costs a write for thousands. What it holds nobody reads:
 * it is punched out now and then, so that it takes no room however long it is.
 */
#include "page.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 4096

static const char *const statuses[] = { "429", "503" };
#define STATUSES (sizeof(statuses) / sizeof(*statuses))

static const char *
path_of(char path[512], const char *run, const char *status)
{
	snprintf(path, 512, "%s/refused/%s", run, status);
	return path;
}

bool
refused_page(struct sources *s, struct buf *out)
{
	const char *name = "viva_gateway_refused_total";
	char path[512];
	struct stat st;

	family(out, name, "counter", "Requests that the gateway refused before a function had them, by status.");
	for (size_t i = 0; i < STATUSES; i++) {
		if (stat(path_of(path, s->run, statuses[i]), &st) < 0) {
			err_set(&s->err, ERR_INTERNAL, "%s: %s", path, strerror(errno));
			return false;
		}
		sample(out, name, (double)st.st_size, "status=\"%s\"", statuses[i]);
	}
	return true;
}

/* The last block stays: it is being written. */
static int
punch(const char *path)
{
	struct stat st;
	int done = 0, fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		done = -1;
	else if (st.st_size >= BLOCK)
		done = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, st.st_size / BLOCK * BLOCK);
	int why = errno;
	if (fd >= 0)
		close(fd);
	errno = why;
	return done;
}

void
refused_trim(const char *run)
{
	static bool told;
	char path[512];

	for (size_t i = 0; i < STATUSES; i++)
		if (punch(path_of(path, run, statuses[i])) < 0 && !told) {
			log_warn("%s takes a byte for each request that is refused: %s", path, strerror(errno));
			told = true;
		}
}
