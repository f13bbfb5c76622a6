/*
 * redis_watch_test.c - what is remembered of Redis is forgotten when a key changes, when Redis ends, when it comes
 * back. Against a real Redis of its own.
 */
#include "redis_watch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <hiredis/hiredis.h>

#define PATIENCE_MS 30000	/* with a Redis that has to share its machine */

static char folder[] = "/tmp/viva-redis-XXXXXX", path[64];
static pid_t server;
static redisContext *other;

/* Tries for a minute. */
static redisContext *
connect_to_it(void)
{
	for (int i = 0; i < 6000; i++) {
		redisContext *c = redisConnectUnix(path);
		if (c != NULL && c->err == 0)
			return c;
		redisFree(c);
		usleep(10000);
	}
	fail_msg("no Redis at %s", path);
	return NULL;
}

static void
start(void)
{
	unlink(path);
	server = fork();
	if (server == 0) {
		if (freopen("/dev/null", "w", stdout) != NULL)
			execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path, "--save", "",
			    "--dir", folder, (char *)NULL);
		_exit(127);
	}
	other = connect_to_it();
}

static void
end(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	redisFree(other);
}

/* As who ends a session does: when the second is answered, everybody has been told of the first. */
static void
say(const char *command)
{
	freeReplyObject(redisCommand(other, command));
	freeReplyObject(redisCommand(other, "PING"));
}

static void
a_change_is_heard_and_only_of_these_keys(void **state)
{
	struct redis_watch *w = redis_watch_new(path, "gone:", PATIENCE_MS);
	struct redis_watch *idle = redis_watch_new(path, "gone:", PATIENCE_MS);

	(void)state;
	assert_int_equal(redis_watch_now(w), 0);
	redis_watch_open(w);
	uint64_t first = redis_watch_now(w);
	assert_int_not_equal(first, 0);
	say("SET other 1");
	assert_int_equal(redis_watch_now(w), first);
	for (int i = 0; i < 1000; i++) {
		uint64_t before = redis_watch_now(w);
		say("SET gone:a 1 EX 600");
		assert_int_not_equal(redis_watch_now(w), before);
	}
	say("SET gone:b 1");
	uint64_t second = redis_watch_now(w);
	say("DEL gone:b");
	assert_int_not_equal(redis_watch_now(w), second);
	assert_int_equal(redis_watch_now(idle), 0);
	redis_watch_free(w);
	redis_watch_free(idle);
}

static void
its_end_is_noticed_and_no_time_comes_again(void **state)
{
	struct redis_watch *w = redis_watch_new(path, "gone:", PATIENCE_MS);

	(void)state;
	redis_watch_open(w);
	uint64_t first = redis_watch_now(w);
	assert_int_not_equal(first, 0);
	end();
	assert_int_equal(redis_watch_now(w), 0);
	redis_watch_open(w);
	assert_int_equal(redis_watch_now(w), 0);
	start();
	for (int i = 0; i < 600 && redis_watch_now(w) == 0; i++) {
		redis_watch_open(w);
		usleep(100000);
	}
	assert_true(redis_watch_now(w) > first);
	redis_watch_free(w);
}

static void
who_does_not_look_for_long_is_told_all_the_same(void **state)
{
	struct redis_watch *w = redis_watch_new(path, "gone:", PATIENCE_MS);

	(void)state;
	redis_watch_open(w);
	uint64_t before = redis_watch_now(w);
	for (int i = 0; i < 20000; i++)
		redisAppendCommand(other, "SET gone:%d 1", i);
	for (int i = 0; i < 20000; i++) {
		void *reply;
		assert_int_equal(redisGetReply(other, &reply), REDIS_OK);
		freeReplyObject(reply);
	}
	say("SET gone:last 1");
	uint64_t after = redis_watch_now(w);
	assert_true(after == 0 || after > before);
	redis_watch_free(w);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/redis.sock", folder);
	start();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	end();
	unlink(path);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_heard_and_only_of_these_keys),
		cmocka_unit_test(its_end_is_noticed_and_no_time_comes_again),
		cmocka_unit_test(who_does_not_look_for_long_is_told_all_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
