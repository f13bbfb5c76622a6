/*
 * room.h - what the operations of rooms share.
 */
#ifndef ROOMS_ROOM_H
#define ROOMS_ROOM_H

#include "api.h"
#include "queries_rooms.h"

/* Members of a room at one time, and how many a reply shows: maxItems of Presence and Room. */
#define ROOM_PEOPLE_MAX 200

/* The room that fn->me is in, as the caller sees it. */
int room_show(struct fn *fn, struct room *out);

/* A language's name as it is stored: `wanted`, or the default for NULL. ERR_INVALID at /language if unknown. */
int room_language(struct fn *fn, const char *wanted, const char **name);

/* Whether the caller interviews in the room that was entered. */
bool room_interviewer(const struct fn *fn);

/* Tells everyone in the room its title, language, mode, and whether it has ended. */
void room_tell(struct fn *fn, const struct room *room);

#endif
