/* Source routes as options: the one that was recorded on the way here is the way back in the reverse order. */
#include "targets/reference/route.h"

#include <string.h>

#include "lib/wire/ip.h"

enum { HEAD = 3, /* kind, length, pointer */
       POINTER_FIRST = 4 };

/* A route whose pointer stands behind its end, with at least one router. */
static bool is_used_up(const uint8_t *at, size_t length)
{
	return (at[0] == IP_OPTION_LOOSE_ROUTE || at[0] == IP_OPTION_STRICT_ROUTE) && length > HEAD && (length - HEAD) % 4 == 0 && at[2] > length;
}

void route_back(struct route *r, const uint8_t *options, size_t octets)
{
	size_t length;

	for (size_t i = 0; i < octets && options[i] != IP_OPTION_END; i += length) {
		const uint8_t *at = options + i;

		length = ip_option_length(at, octets - i);
		if (length == 0)
			return;
		if (!is_used_up(at, length))
			continue;
		r->kind = at[0];
		r->hops = (uint8_t)((length - HEAD) / 4);
		for (unsigned k = 0; k < r->hops; k++)
			memcpy(r->hop[k], at + length - 4 * (k + 1), sizeof r->hop[k]);
		return;
	}
}

size_t route_write(const struct route *r, const uint8_t end[4], uint8_t to[ROUTE_OCTETS])
{
	size_t length = HEAD + 4 * (size_t)r->hops;

	if (r->kind == 0)
		return 0;
	to[0] = r->kind;
	to[1] = (uint8_t)length;
	to[2] = POINTER_FIRST;
	/* The first router is where the packet is sent to. */
	for (unsigned k = 1; k < r->hops; k++)
		memcpy(to + HEAD + 4 * (k - 1), r->hop[k], sizeof r->hop[k]);
	memcpy(to + length - 4, end, 4);
	return length;
}

uint32_t route_size(const struct route *r)
{
	return r->kind == 0 ? 0 : 4 + 4 * (uint32_t)r->hops;
}
