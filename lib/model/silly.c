/* Silly windows (RFC 9293 3.8.6.2): segments that are small because the window is, and windows that open in small steps. It holds a TCP to the avoidance of both, not to one algorithm for it. */
#include "lib/model/reaction.h"

#include "lib/wire/seq.h"

enum { OVERRIDE_LEAST_US = 100000, /* 3.8.6.2.1: "in the range 0.1-1.0 seconds" */
       SMALL_PART = 8 /* of Max(SND.WND): "a fraction Fs", of which 1/2 is recommended */ };

void tcb_note_queue(struct tcb *t, uint64_t now)
{
	if (t->queued == 0)
		t->queued_since = 0;
	else if (t->queued_since == 0)
		t->queued_since = now;
}

bool tcb_text_silly(const struct model *m, const struct tcb *t, const struct segment *s, uint32_t n, uint64_t now)
{
	const bool cut = n > 0 && n < t->queued && n == tcb_usable(t);
	const bool small = n + s->options_length < tcb_mss_least(t) && n < t->max_snd_wnd / SMALL_PART;
	return cut && small && t->queued_since != 0 && now + m->constants.tick < t->queued_since + OVERRIDE_LEAST_US;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

const char *tcb_window_silly(const struct tcb *t, const struct segment *s)
{
	const uint32_t wnd = (uint32_t)s->wnd << t->rcv_scale, edge = s->ack + wnd, step = UINT32_C(1) << t->rcv_scale, mss = tcb_mss_least(t);
	/* min(Fr * RCV.BUFF, Eff.snd.MSS), of a buffer that is no smaller than what was offered of it; the unit in which a scaled edge is told is no choice. Eff.snd.MSS is less the options (3.7.1). */
	const uint32_t worth = least(t->max_rcv_wnd / 2, least(t->rcv_mss, s->options_length < mss ? mss - s->options_length : 1));
	if (!state_synchronized(t->state) || t->fin_received || s->ctl & (CTL_SYN | CTL_RST) || !(s->ctl & CTL_ACK) || !t->edge_shown)
		return NULL;
	if (wnd == 0 || !seq_lt(t->rcv_edge, edge) || wnd >= worth || edge - t->rcv_edge >= worth || edge - t->rcv_edge < step)
		return NULL;
	return "RFC 9293 3.8.6.2.2, MUST-39: the right edge of the window was advanced in a small increment";
}
