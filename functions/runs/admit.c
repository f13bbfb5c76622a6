/*
 * admit.c - see admit.h.
 */
#include "admit.h"

#include "config.h"

/* Unfinished runs. A room's people wait for each other, a person's rooms too; all wait for the same slots. */
#define ROOM_MAX 5
#define PERSON_MAX 10
#define ALL_MAX 200

#define WAIT_S 60	/* when VIVA_QUEUE_WAIT says nothing */

int64_t
admit_wait_ms(const struct run_load_row *load)
{
	int64_t must_end = load->ahead - load->slots + 1;

	if (load->slots <= 0 || must_end <= 0)
		return 0;
	return must_end * load->service_ms / load->slots;
}

int
admit_retry_s(int64_t wait_ms)
{
	int64_t s = (wait_ms + 999) / 1000;

	return s < 1 ? 1 : s > 120 ? 120 : (int)s;
}

int
admit(struct fn *fn, const char *room, const char *language)
{
	struct run_load_row *load;

	if (run_load(fn->pg, &load, room, fn->me.participant, fn->account, language) < 0)
		return -1;
	int64_t wait_ms = admit_wait_ms(load), most_s = config_int("VIVA_QUEUE_WAIT", WAIT_S, 1, 3600);
	int next_s = admit_retry_s(load->service_ms);	/* about when the next of their runs has ended */
	if (load->here >= ROOM_MAX)
		return err_limit(&fn->err, next_s, "%d runs of this room have not ended: wait, or stop one", ROOM_MAX);
	if (load->mine >= PERSON_MAX)
		return err_limit(&fn->err, next_s, "%d of your runs have not ended: wait, or stop one", PERSON_MAX);
	if (load->everywhere >= ALL_MAX || wait_ms > most_s * 1000)
		return err_limit(&fn->err, admit_retry_s(wait_ms),
		    "many rooms are running code at this moment: try again in %d s", admit_retry_s(wait_ms));
	return 0;
}
