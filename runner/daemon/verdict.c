/*
 * verdict.c - see verdict.h.
 */
#include "verdict.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* What a signal usually means to somebody who wrote a program. */
static const char *
meaning(int signal)
{
	switch (signal) {
	case SIGSEGV: return "it used memory that is not its own (SIGSEGV)";
	case SIGBUS: return "it used memory that is not there (SIGBUS)";
	case SIGFPE: return "a calculation that has no result, such as a division by zero (SIGFPE)";
	case SIGABRT: return "it aborted itself (SIGABRT)";
	case SIGILL: return "an instruction that this processor does not have (SIGILL)";
	case SIGSYS: return "it asked the kernel for something that is not allowed here (SIGSYS)";
	case SIGXFSZ: return "it wrote a file that is too large (SIGXFSZ)";
	case SIGKILL: return "it was killed (SIGKILL)";
	case SIGTERM: return "it was ended (SIGTERM)";
	}
	return NULL;
}

static void
exited(struct arena *a, int status, struct run *run)
{
	if (WIFEXITED(status)) {
		run->has_exit_code = true;
		run->exit_code = WEXITSTATUS(status);
		run->status = run->exit_code == 0 ? RUN_STATUS_OK : RUN_STATUS_RUNTIME_ERROR;
		return;
	}
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : SIGKILL;
	const char *text = meaning(signal);
	run->has_signal = true;
	run->signal = signal;
	run->status = RUN_STATUS_RUNTIME_ERROR;
	run->detail = text != NULL ? text : arena_printf(a, "signal %d ended it", signal);
}

static const char *
amount(struct arena *a, int64_t bytes)
{
	return arena_printf(a, "%lld MiB", (long long)(bytes >> 20));
}

void
verdict(struct arena *a, const struct facts *f, struct run *run)
{
	bool good = f->ended && WIFEXITED(f->ending.status) && WEXITSTATUS(f->ending.status) == 0;

	if (f->cancelled) {
		run->status = RUN_STATUS_CANCELLED;
	} else if (f->lost != NULL) {
		run->status = RUN_STATUS_RUNNER_LOST;
		run->detail = f->lost;
	} else if (f->refused != NULL) {
		run->status = RUN_STATUS_DEPENDENCY_ERROR;
		run->detail = f->refused;
	} else if (f->failed != NULL) {
		run->status = RUN_STATUS_INTERNAL_ERROR;
		run->detail = f->failed;
	} else if (f->uncompiled != NULL) {
		run->status = RUN_STATUS_COMPILE_ERROR;
		run->detail = f->uncompiled;
	} else if (f->over) {
		run->status = RUN_STATUS_OUTPUT_LIMIT;
		run->detail = arena_printf(a, "it printed more than %s", amount(a, f->output_limit));
	} else if (f->late) {
		run->status = RUN_STATUS_TIME_LIMIT;
		run->detail = arena_printf(a, "stopped after %lld.%lld s", (long long)f->wall_limit_ms / 1000,
		    (long long)f->wall_limit_ms / 100 % 10);
	} else if (f->oom_kills > 0 && !good) {
		run->status = RUN_STATUS_MEMORY_LIMIT;
		run->detail = arena_printf(a, "it wanted more than %s of memory", amount(a, f->memory_limit));
	} else
		exited(a, f->ending.status, run);
}
