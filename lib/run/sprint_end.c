/* The end of a cell's connection where nobody steers the target: by a reset of the tester's, whose effect an old octet shows. What it draws is no observation of the cell's. */
#include "lib/run/frame.h"
#include "lib/run/sprint_parts.h"

enum { END_TRIES = 3 };

static bool end_send(struct sprint *sp, uint16_t ctl, uint32_t seq, uint32_t text, struct error *e)
{
	static const uint8_t octet[1];
	uint8_t packet[128];
	uint64_t at;
	const struct tcb *t = judge_tcb(&sp->judge);
	const struct segment s = {.src = sp->at.tester, .dst = sp->at.target, .src_port = sp->at.tester_port, .dst_port = sp->at.target_port, .seq = seq, .ack = ctl & CTL_ACK ? t->snd_una : 0, .ctl = ctl, .wnd = 65535, .text = octet, .text_length = text};
	return stage_send(sp->stage, packet, segment_build(&s, packet, sizeof packet), &at, e);
}

/* It has acknowledged something, so there may be a connection: an exact reset ends it, and if RCV.NXT was another the old octet's acknowledgment tells which. Without a TCB that draws a reset. */
bool sprint_end(struct sprint *sp, struct error *e)
{
	bool answered;
	sp->unended = sp->has_shown;
	for (unsigned i = 0; sp->unended && i < END_TRIES; i++) {
		sp->ending = true;
		const bool ok = end_send(sp, CTL_RST, sp->shown, 0, e) && end_send(sp, CTL_ACK, sp->shown - 1, 1, e) && sprint_fence_pass(sp, &answered, e);
		sp->ending = false;
		if (!ok)
			return false;
	}
	return true;
}

void sprint_ending(struct sprint *sp, const struct segment *s)
{
	if (s->ctl & CTL_RST)
		sp->unended = false;
	else if (s->ctl & CTL_ACK)
		sp->shown = s->ack;
}
