/* RFC 9293 3.9.2.2: ICMP errors that quote a segment of this connection. Not for finding the connection, and not for path MTU discovery. */
#include "lib/model/model.h"

#include "lib/model/reaction.h"
#include "lib/wire/ip.h"
#include "lib/wire/seq.h"

enum icmp_class { ICMP_DISCARDED, /* Source Quench, and what is no error of a connection */
	          ICMP_SOFT,
	          ICMP_HARD };

enum { V4_UNREACHABLE = 3,
       V4_TIME_EXCEEDED = 11,
       V4_PARAMETER = 12,
       V6_UNREACHABLE = 1,
       V6_TOO_BIG = 2,
       V6_TIME_EXCEEDED = 3,
       V6_PARAMETER = 4 };

/* Codes 2 to 4 are hard. RFC 1122 3.2.2.1 and later registrations (6 to 15) are not classed by RFC 9293: soft, for MUST NOT abort is the safer reading. */
static enum icmp_class class_v4(uint8_t type, uint8_t code)
{
	if (type == V4_UNREACHABLE)
		return code >= 2 && code <= 4 ? ICMP_HARD : ICMP_SOFT;
	return type == V4_TIME_EXCEEDED || type == V4_PARAMETER ? ICMP_SOFT : ICMP_DISCARDED;
}

/* RFC 9293 names the soft ones: codes 0 and 3. RFC 5461 2.2 classes 1 and 4 as hard. */
static enum icmp_class class_v6(uint8_t type, uint8_t code)
{
	if (type == V6_UNREACHABLE)
		return code == 1 || code == 4 ? ICMP_HARD : ICMP_SOFT;
	return type == V6_TIME_EXCEEDED || type == V6_PARAMETER ? ICMP_SOFT : ICMP_DISCARDED;
}

/* Fragmentation needed: hard by its number, and yet what path MTU discovery lives on (3.7.2, RFC 1191 6.1). Packet Too Big is its counterpart (RFC 8201 4). */
static bool is_path_mtu(enum family f, uint8_t type, uint8_t code)
{
	return f == IPV4 ? type == V4_UNREACHABLE && code == 4 : type == V6_TOO_BIG;
}

/* The error's connection ends. Whether the abort sends a reset is not said. */
static void hard_error(const struct tcb *t, bool quoted_in_flight, struct outcome *out)
{
	const char *const clause = quoted_in_flight ? "RFC 9293 3.9.2.2, SHLD-26: a hard error, TCP implementations should abort the connection"
	                                            : "RFC 9293 3.9.2.2, MUST-54; RFC 5927 4.1: a hard error whose quoted sequence number is not in flight should not be acted on";
	struct tcb gone = *t;
	gone.may_signal |= SIGNAL_REFUSED | SIGNAL_UNREACHABLE;
	if (t->state == SYN_RECEIVED && t->passive) {
		tcb_return_to_listen(&gone); /* "The user need not be informed" (3.10.7.4): he has no connection yet */
	} else {
		tcb_signal(&gone, SIGNAL_UNREACHABLE);
		tcb_delete(&gone);
	}
	reaction_add(out, &gone, LEVEL_SHOULD, clause)->breaks_should = !quoted_in_flight;
	if (t->state == SYN_SENT)
		return;
	struct reaction *r = reaction_add(out, &gone, LEVEL_SHOULD, clause);
	r->breaks_should = !quoted_in_flight;
	reaction_emit(r, emission_abort(t));
}

/* The connection goes on; the user may be told (SHLD-25), if he has not said that he will not be (SHLD-20). */
static struct reaction *go_on(const struct tcb *t, enum level level, struct outcome *out, const char *clause)
{
	struct reaction *r = reaction_add(out, t, level, clause);
	if (!tcb_has_set(t, SET_REPORTS) || t->setting[SET_REPORTS])
		r->next.may_signal |= SIGNAL_UNREACHABLE;
	return r;
}

/* The least that a segment's text and options are by an error that names this MTU, be it believed or not: less than every link takes it never is (RFC 1191 3, RFC 8201 4). */
static uint16_t mss_told(enum family f, uint16_t mtu)
{
	enum { LINK_LEAST_V4 = 68,
	       LINK_LEAST_V6 = 1280 };
	const unsigned least = f == IPV6 ? LINK_LEAST_V6 : LINK_LEAST_V4, headers = TCP_HEADER + (f == IPV6 ? (unsigned)IPV6_HEADER : (unsigned)IPV4_HEADER);
	return (uint16_t)((mtu > least ? mtu : least) - headers);
}

/* What is in flight may be sent again at once, in smaller segments (RFC 1191 6.4, RFC 8201 5.4), or when the timer expires (RFC 5927 7.2). */
static void path_mtu(const struct tcb *t, enum family f, uint16_t mtu, bool in_flight, struct outcome *out)
{
	struct reaction *r = go_on(t, LEVEL_SHOULD, out, "RFC 9293 3.7.2; RFC 1191 6.1; RFC 8201 4: it informs path MTU discovery");
	if (!in_flight)
		return;
	const uint16_t told = mss_told(f, mtu);
	r->next.path_mss = (uint16_t)tcb_mss_least(t);
	if (told < r->next.path_mss)
		r->next.path_mss = told;
	r->next.too_big = r->next.path_told = true;
	r->next.too_big_end = t->snd_nxt;
	tcb_may_repeat(&r->next);
}

/* RFC 5927 5.2, where the target declares that it follows it. */
static bool is_softened(const struct model *m, const struct tcb *t)
{
	return m->choices.rfc5927_hard && state_synchronized(t->state);
}

void model_icmp(const struct model *m, const struct tcb *t, enum family f, uint8_t type, uint8_t code, uint16_t mtu, uint32_t quoted_seq, uint64_t now, struct outcome *out)
{
	const enum icmp_class class = f == IPV6 ? class_v6(type, code) : class_v4(type, code);
	const bool in_flight = t->iss_known && seq_within(quoted_seq, t->snd_una, t->snd_nxt - t->snd_una);
	(void)now;
	out->count = 0;
	if (t->state == CLOSED || t->state == LISTEN) {
		reaction_add(out, t, LEVEL_MUST, "RFC 9293 3.9.2.2, MUST-54: there is no connection that created the error");
		return;
	}
	if (is_path_mtu(f, type, code))
		path_mtu(t, f, mtu, in_flight, out);
	if (is_path_mtu(f, type, code) && f == IPV6)
		return;
	switch (class) {
	case ICMP_DISCARDED:
		reaction_add(out, t, LEVEL_MUST, "RFC 9293 3.9.2.2, MUST-55: silently discard any received ICMP Source Quench messages");
		return;
	case ICMP_SOFT:
		go_on(t, LEVEL_MUST, out, "RFC 9293 3.9.2.2, MUST-56: a soft error, a TCP implementation must not abort the connection");
		return;
	case ICMP_HARD:
		if (is_softened(m, t)) {
			go_on(t, LEVEL_SHOULD, out, "RFC 5927 5.2; a declared choice: in a synchronized state a hard error is a soft one");
			return;
		}
		if (in_flight)
			hard_error(t, true, out);
		go_on(t, LEVEL_SHOULD, out, in_flight ? "RFC 9293 3.9.2.2, SHLD-26: a hard error, and the connection was not aborted" : "RFC 5927 4.1: the quoted sequence number is not in flight, ignore the error")->breaks_should = in_flight;
		if (!in_flight)
			hard_error(t, false, out);
		return;
	}
}
