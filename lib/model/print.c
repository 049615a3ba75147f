/* Segments and emissions in ladder notation, every number told by the target's variables so that no seed shows. It is not the ladder writer. */
#include "lib/model/model.h"

#include <inttypes.h>

#include "lib/model/reaction.h"

enum { NEAR = 65536 };

/* A variable that a number may be told by. */
struct landmark {
	const char *name;
	uint32_t at;
	bool known;
};

static void add_landmark(const struct landmark *l, uint32_t number, struct text *out)
{
	const int64_t k = (int32_t)(number - l->at);
	text_put(out, l->name);
	if (k != 0)
		text_put_signed(out, k);
}

/* By the first landmark that is it, else by the first that is near. A number is never printed but zero, far from everything. */
static void print_number(uint32_t number, const struct landmark *l, size_t n, struct text *out)
{
	for (size_t i = 0; i < n; i++)
		if (l[i].known && number == l[i].at) {
			add_landmark(&l[i], number, out);
			return;
		}
	for (size_t i = 0; i < n; i++) {
		const int32_t k = (int32_t)(number - l[i].at);
		if (l[i].known && k >= -NEAR && k <= NEAR) {
			add_landmark(&l[i], number, out);
			return;
		}
	}
	text_put(out, number == 0 ? "#0" : "?");
}

static bool unsynchronized(const struct tcb *t)
{
	return t->state == CLOSED || t->state == LISTEN || t->state == SYN_SENT;
}

static void print_seq(uint32_t seq, uint16_t ctl, const struct tcb *t, const struct segment *stimulus, struct text *out)
{
	const bool iss = t->iss_known, ack = stimulus && stimulus->ctl & CTL_ACK;
	const struct landmark answer = {"SEG.ACK", stimulus ? stimulus->ack : 0, ack};
	/* A reset without ACK takes its number from the segment (3.5.2, 3.10.7): told so even where SEG.ACK is a variable's value as well. */
	const bool answer_first = unsynchronized(t) || (ctl & (CTL_RST | CTL_ACK)) == CTL_RST;
	const struct landmark l[] = {
	    {"ISS", t->iss, iss && ctl & CTL_SYN},
	    {answer.name, answer.at, answer.known && answer_first},
	    {"SND.NXT", t->snd_nxt, iss},
	    {"SND.UNA", t->snd_una, iss},
	    {"ISS", t->iss, iss},
	    answer,
	};
	if (seq == 0 && (ctl & (CTL_RST | CTL_ACK)) == (CTL_RST | CTL_ACK))
		text_put(out, "#0"); /* the literal zero of 3.10.7.1 */
	else if (ctl & CTL_SYN && iss && seq != t->iss)
		text_put(out, "?"); /* another ISN: how far it lies from this one means nothing */
	else
		print_number(seq, l, sizeof l / sizeof l[0], out);
}

/* A reset acknowledges what provoked it (3.10.7.1), whatever that was. */
static void print_ack(uint32_t ack, uint16_t ctl, const struct tcb *t, const struct segment *stimulus, struct text *out)
{
	const bool met = t->irs_known;
	const struct landmark l[] = {
	    {"SEG.SEQ+SEG.LEN", stimulus ? stimulus->seq + segment_length(stimulus) : 0, stimulus && ctl & CTL_RST},
	    {"RCV.NXT", t->rcv_nxt, met},
	    {"IRS", t->irs, met},
	    {"SEG.SEQ", stimulus ? stimulus->seq : 0, stimulus != NULL},
	};
	print_number(ack, l, sizeof l / sizeof l[0], out);
}

/* The bits in which a claim lies: PSH and the like carry none. */
static void print_ctl(uint16_t ctl, struct text *out)
{
	text_put(out, "<CTL=");
	ctl_print(ctl & CTL_ASSERTED, out);
	text_put(out, ">");
}

void emission_print(const struct emission *e, const struct tcb *t, const struct segment *stimulus, struct text *out)
{
	text_put(out, "<SEQ=");
	if (e->binds_iss)
		text_put(out, "ISS");
	else
		print_seq(e->seq, e->ctl, t, stimulus, out);
	text_put(out, ">");
	if (e->ctl & CTL_ACK && !e->ack_any) {
		text_put(out, "<ACK=");
		print_ack(e->ack, e->ctl, t, stimulus, out);
		text_put(out, ">");
	}
	print_ctl(e->ctl, out);
}

void segment_print_relative(const struct segment *s, const struct tcb *t, const struct segment *stimulus, struct text *out)
{
	const bool may_be_new = !t->iss_known || ((unsynchronized(t) || t->state == TIME_WAIT) && s->seq != t->iss);
	const bool new_iss = s->ctl & CTL_SYN && may_be_new;
	text_put(out, "<SEQ=");
	if (new_iss)
		text_put(out, "ISS");
	else
		print_seq(s->seq, s->ctl, t, stimulus, out);
	text_put(out, ">");
	if (s->ctl & CTL_ACK) {
		text_put(out, "<ACK=");
		print_ack(s->ack, s->ctl, t, stimulus, out);
		text_put(out, ">");
	}
	print_ctl(s->ctl, out);
	if (s->text_length > 0)
		text_add(out, "<DATA=%" PRIu32 ">", s->text_length);
}
