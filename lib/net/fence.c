/* The fences that a live wire can send: ICMP and ICMPv6 echo. */
#include "lib/net/fence.h"

#include <string.h>

static const char *const names[FENCE_KINDS] = {"call", "link", "time"};

const char *fence_name(enum fence_kind k)
{
	return k < FENCE_KINDS ? names[k] : "?";
}

bool fence_read(const char *name, enum fence_kind *k)
{
	for (unsigned i = 0; i < FENCE_KINDS; i++)
		if (strcmp(name, names[i]) == 0) {
			*k = (enum fence_kind)i;
			return true;
		}
	return false;
}

bool fence_send(struct wire *w, const struct link *l, enum family f, uint32_t token, uint64_t *at, struct error *e)
{
	uint8_t packet[64];
	const struct icmp_echo m = {.src = l->tester[family_index(f)], .dst = l->target[family_index(f)], .id = (uint16_t)(token >> 16), .seq = (uint16_t)token};
	const size_t n = icmp_echo_build(&m, packet, sizeof packet);
	return wire_send(w, packet, n, at, e);
}

bool fence_answers(const struct packet *p, uint32_t *token)
{
	if (p->kind != PACKET_ICMP_ECHO_REPLY || p->bad_checksum)
		return false;
	*token = (uint32_t)p->echo.id << 16 | p->echo.seq;
	return true;
}
