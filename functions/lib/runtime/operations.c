/*
 * operations.c - see operations.h.
 *
 * Places are looked up by name once, in the zygote; a request finds its own by where its route stands in the table.
 */
#include "operations.h"

#include "log.h"

#include <stdint.h>

static const struct function *function;
static uint8_t of_routes[BOARD_OPERATIONS], of_triggers[BOARD_OPERATIONS];

static void
name_all(struct board *b, const struct route *routes, size_t count, uint8_t places[BOARD_OPERATIONS])
{
	for (size_t i = 0; i < count && i < BOARD_OPERATIONS; i++) {
		places[i] = (uint8_t)board_place(b, routes[i].id);
		if (places[i] == 0)
			log_warn("%s is counted as no operation: the scoreboard is full", routes[i].id);
	}
}

void
operations_open(struct board *b, const struct function *f)
{
	function = f;
	name_all(b, f->routes, f->routes_count, of_routes);
	name_all(b, f->triggers, f->triggers_count, of_triggers);
}

/* By address, since a route of the other table is not within this one. */
static unsigned
place_in(const struct route *route, const struct route *routes, size_t count, const uint8_t places[BOARD_OPERATIONS])
{
	size_t i = ((uintptr_t)route - (uintptr_t)routes) / sizeof(*route);

	return i < count && i < BOARD_OPERATIONS ? places[i] : 0;
}

unsigned
operations_place(const struct route *route)
{
	if (route == NULL)
		return 0;
	unsigned place = place_in(route, function->routes, function->routes_count, of_routes);
	return place != 0 ? place : place_in(route, function->triggers, function->triggers_count, of_triggers);
}
