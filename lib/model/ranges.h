/* Numbers in a few ranges, as a sender remembers them. It does not remember all: what there is no room for is left out. */
#ifndef TCPSPEC_MODEL_RANGES_H
#define TCPSPEC_MODEL_RANGES_H

#include <stdbool.h>
#include <stdint.h>

enum { RANGES_MAX = 4 }; /* of a scoreboard: RFC 6675's IsLost asks for no more than three */

struct ranges {
	struct {
		uint32_t left, right; /* [left, right), no two of which meet */
	} at[RANGES_MAX];
	unsigned count;
};

void ranges_add(struct ranges *r, uint32_t left, uint32_t right);

/* Takes [left, right) out. */
void ranges_cut(struct ranges *r, uint32_t left, uint32_t right);

/* Takes out what lies before `from`. */
void ranges_advance(struct ranges *r, uint32_t from);

void ranges_clear(struct ranges *r);

/* Is any of [left, right) there? */
bool ranges_meet(const struct ranges *r, uint32_t left, uint32_t right);

/* The end of what is before `end` and not there. */
uint32_t ranges_open_end(const struct ranges *r, uint32_t end);

#endif
