/* The fences that a live wire can send: ICMP and ICMPv6 echo, and segments of the connection itself. */
#include "lib/net/fence.h"

#include <string.h>

#include "lib/wire/option.h"

static const char *const names[FENCE_KINDS] = {"call", "link", "same", "both", "time"};

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

static size_t same_build(const struct fence_same *n, uint32_t seq, uint32_t text_length, uint8_t *to, size_t room)
{
	static const uint8_t text[1];
	struct segment s = {.src = n->src, .dst = n->dst, .src_port = n->src_port, .dst_port = n->dst_port, .seq = seq, .ack = n->snd_una, .ctl = CTL_ACK, .wnd = n->wnd, .text = text, .text_length = text_length};
	s.options_length = options_timestamps(n->ts_val, n->ts_ecr, s.option_octets);
	return segment_build(&s, to, room);
}

size_t fence_mover_build(const struct fence_same *n, uint8_t *to, size_t room)
{
	return same_build(n, n->rcv_nxt, 0, to, room);
}

size_t fence_old_octet_build(const struct fence_same *n, uint8_t *to, size_t room)
{
	return same_build(n, n->rcv_nxt - 1, 1, to, room);
}

bool fence_same_answers(const struct fence_same *n, const struct segment *s)
{
	const uint16_t care = CTL_SYN | CTL_FIN | CTL_RST | CTL_ACK;
	/* What no TCP would accept proves nothing about what was before it; reserved bits are ignored (RFC 9293 3.1). */
	if (s->bad & ~BAD_RESERVED)
		return false;
	if (s->src_port != n->dst_port || s->dst_port != n->src_port || !address_equal(&s->src, &n->dst) || !address_equal(&s->dst, &n->src))
		return false;
	return (s->ctl & care) == CTL_ACK && s->text_length == 0 && s->options.has_ts && s->options.ts_ecr == n->ts_val;
}
