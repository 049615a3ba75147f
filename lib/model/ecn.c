/* Explicit Congestion Notification (RFC 3168 6.1), as far as single segments show it: what SYNs agree on, and which codepoint a segment may bear. How far a window falls is not here. */
#include "lib/model/model.h"

#include "lib/model/reaction.h"
#include "lib/wire/seq.h"

enum { FIELD = 3, /* of the IP header's octet: RFC 3168 5 */
       ECT_1 = 1,
       SETUP = CTL_ECE | CTL_CWR };

/* 6.1.1: "ECN-setup". */
static bool is_setup(const struct segment *s)
{
	return (s->ctl & SETUP) == (s->ctl & CTL_ACK ? CTL_ECE : SETUP);
}

void tcb_ecn_peer_syn(struct tcb *t, const struct segment *s)
{
	if (is_setup(s))
		t->ecn_asked = true;
	else
		t->ecn_declined = true;
}

void tcb_ecn_own_syn(struct tcb *t, const struct segment *s)
{
	if (is_setup(s))
		t->target_ecn_asked = true;
	else
		t->target_ecn_declined = true;
}

static bool marks(const struct segment *s)
{
	return (s->tos & FIELD) != 0;
}

static const char *syn_fault(const struct tcb *t, const struct segment *s, enum level *level)
{
	*level = LEVEL_MUST;
	if (marks(s))
		return "RFC 3168 6.1.1: a host must not set ECT on SYN or SYN-ACK packets";
	if (s->ctl & CTL_ACK && is_setup(s) && !t->ecn_asked)
		return "RFC 3168 6.1.1: an ECN-setup SYN-ACK, and no ECN-setup SYN was received";
	*level = LEVEL_SHOULD;
	if (!is_setup(s) && s->ctl & SETUP)
		return "RFC 3168 6.1.1: a host that is not willing to use ECN should clear both ECE and CWR";
	return NULL;
}

static const char *text_fault(const struct tcb *t, const struct segment *s, enum level *level)
{
	const bool again = seq_lt(s->seq, t->snd_nxt), probe = t->snd_wnd == 0;
	*level = LEVEL_MUST;
	if (marks(s) && !(t->target_ecn_asked && t->ecn_asked && !t->target_ecn_declined))
		return "RFC 3168 6.1.1: ECT on data, and ECN was not negotiated";
	if (marks(s) && again)
		return "RFC 3168 6.1.5: ECT on retransmitted data";
	if (probe && (marks(s) || s->ctl & CTL_CWR))
		return "RFC 3168 6.1.6: ECT or CWR on a window probe";
	*level = LEVEL_SHOULD;
	if (marks(s) && t->ecn_declined)
		return "RFC 3168 6.1.1: ECT on data, and the peer has sent a non-ECN-setup SYN or SYN-ACK";
	if (again && s->ctl & CTL_CWR)
		return "RFC 3168 6.1.2: CWR should not be set on retransmitted packets";
	if ((s->tos & FIELD) == ECT_1)
		return "RFC 3168 6.1.2: ECT(0) should be used";
	return NULL;
}

const char *model_ecn_fault(const struct tcb *t, const struct segment *s, enum level *level)
{
	if (s->ctl & CTL_SYN)
		return syn_fault(t, s, level);
	if (!state_synchronized(t->state) || s->ctl & CTL_RST)
		return NULL;
	if (s->text_length)
		return text_fault(t, s, level);
	*level = LEVEL_MUST;
	return marks(s) && !(s->ctl & CTL_FIN) ? "RFC 3168 6.1.4: pure acknowledgments must be sent with the not-ECT codepoint" : NULL;
}
