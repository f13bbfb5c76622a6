/*
 * id.h - names that nobody can guess.
 *
 * 128 random bits as 22 characters of base64url (digits.h): ids of rooms, runs, participants, connections, and the
 * secret part of invites. Id of api.yaml.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>

#define ID_LEN 22

void id_new(char out[ID_LEN + 1]);
bool id_valid(const char *s);

/* As many random bits in lower-case hexadecimal: ids that others give as well (of requests, of traces). */
#define HEX_ID_LEN 32
void hex_id_new(char out[HEX_ID_LEN + 1]);

#endif
