/* The path's MTU as ICMP tells it (RFC 1191, RFC 8201), and when that is believed (RFC 5927 7.2). Whether the error is about a segment in flight was found out before. */
#include "lib/wire/ip.h"
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

enum { MTU_LEAST_V4 = 576,    /* what a host sends to a path that wants less: RFC 1191 5 */
       MTU_LEAST_V6 = 1280 }; /* of every link: RFC 8200 5 */

/* Smaller segments, and what is in flight again. */
static void path_mtu_lower(struct tcb *t, uint32_t mtu)
{
	uint32_t smss = effective_mss(t);
	bool cut = t->cut;

	/* Routers may cut these packets: RFC 1191 3, "or cease setting the Don't Fragment bit". */
	if (mtu < MTU_LEAST_V4) {
		mtu = MTU_LEAST_V4;
		cut = true;
	}
	mtu = (uint32_t)least_64(mtu, t->mtu);
	if (mtu == t->mtu && cut == t->cut)
		return;
	t->cut = cut;
	t->mtu = (uint16_t)mtu;
	if (!t->syn_acked) /* a SYN does not get smaller */
		return;
	congestion_shrink(&t->congestion, smss, effective_mss(t));
	resend_all(t);
}

void path_mtu_told(struct tcpspec_stack *s, struct tcb *t, uint32_t seq, uint32_t mtu)
{
	/* RFC 8201 4: "it must discard it". */
	if (t->family == 1 && mtu < MTU_LEAST_V6)
		return;
	/* A router of before RFC 1191, which does not say what it wants (section 5): that is no claim of a size. */
	if (mtu == 0)
		mtu = MTU_LEAST_V4 - 1;
	/* RFC 5927 7.2, Path-MTU Update: packets as large as this have arrived. */
	if (s->set.rfc5927_mtu && mtu < t->size_acked) {
		t->mtu_claimed = true;
		t->claimed_mtu = (uint16_t)mtu;
		t->claimed_seq = seq;
		return;
	}
	path_mtu_lower(t, mtu);
}

void path_mtu_acked(struct tcb *t, uint32_t ack)
{
	uint32_t n = ack - t->snd_una, most = effective_mss(t), size = HEADER_TCP + (uint32_t)least_64(n, most);

	size += t->family == 0 ? IPV4_HEADER : IPV6_HEADER;
	size += t->ts_ok ? OPTIONS_TS : 0;
	t->size_acked = (uint16_t)greatest_64(size, t->size_acked);
	if (seq_lt(t->claimed_seq, ack))
		t->mtu_claimed = false;
}

void path_mtu_timeout(struct tcb *t)
{
	if (!t->mtu_claimed)
		return;
	t->size_acked = t->claimed_mtu;
	path_mtu_lower(t, t->claimed_mtu);
}
