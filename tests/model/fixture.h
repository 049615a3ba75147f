/* Sentences about what an outcome permits, for the model's tests. It computes no expectation: every number is the test's own, read from
 * the standard.
 *
 * An outcome is a set. permits_*(): must be in it. leaves_open_*(): the text does not decide, either way is right.
 * tolerates_silence(): lawful at most as a broken SHOULD. permits_nothing_else(): every other reaction of a finite set is out. */
#ifndef TCPSPEC_TESTS_MODEL_FIXTURE_H
#define TCPSPEC_TESTS_MODEL_FIXTURE_H

#include "tests/model/scene.h"

/* ---- what failed, in words ---- */

static inline void answer_print(const struct answer *a, struct text *to)
{
	if (a->kind == SILENCE)
		text_add(to, "no reply");
	if (a->kind == ACK_OWED)
		text_add(to, "an ACK of %lu owed", (unsigned long)a->ack);
	if (a->kind == SEGMENT) {
		if (a->seq_any)
			text_add(to, "<SEQ=new>");
		else
			text_add(to, "<SEQ=%lu>", (unsigned long)a->seq);
		if (a->ctl & CTL_ACK)
			text_add(to, "<ACK=%lu>", (unsigned long)a->ack);
		text_add(to, "<CTL=");
		ctl_print(a->ctl, to);
		text_add(to, a->text > 0 ? "><DATA=%u>" : ">", (unsigned)a->text);
	}
	text_add(to, ", then %s", state_name(a->next));
}

static inline void reaction_print(const struct reaction *r, struct text *to)
{
	text_add(to, "\n    %s%s:", r->clause ? r->clause : "(no clause)", r->breaks_should ? " (breaks a SHOULD)" : "");
	for (unsigned i = 0; i < r->now_count; i++) {
		const struct emission *e = &r->now[i];
		text_add(to, " %s=%lu ACK%s=%lu CTL=", e->binds_iss ? "SEQ(new)" : "SEQ", (unsigned long)e->seq, e->ack_any ? "(any)" : "", (unsigned long)e->ack);
		ctl_print(e->ctl, to);
		text_add(to, "/care %03x text<=%lu", e->ctl_care, (unsigned long)e->text_max);
	}
	if (r->now_count == 0)
		text_add(to, " nothing now");
	if (r->next.ack_owed)
		text_add(to, ", owes ACK %lu", (unsigned long)r->next.owed_ack);
	if (r->has_due)
		text_add(to, ", SND.NXT due %lu", (unsigned long)r->due);
	text_add(to, " -> %s una=%lu nxt=%lu rcv=%lu signals=%x/%x", state_name(r->next.state), (unsigned long)r->next.snd_una,
	         (unsigned long)r->next.snd_nxt, (unsigned long)r->next.rcv_nxt, r->next.signals, r->next.may_signal);
}

static inline void scene_fail(const struct scene *s, const char *wanted)
{
	struct text to = {0};

	text_add(&to, "%s, ISS=%lu IRS=%lu SND.UNA=%lu SND.NXT=%lu RCV.NXT=%lu RCV.WND=%lu", state_name(s->t.state), (unsigned long)(s->target + 100),
	         (unsigned long)(s->tester + 300), (unsigned long)s->t.snd_una, (unsigned long)s->t.snd_nxt, (unsigned long)s->t.rcv_nxt, (unsigned long)s->t.rcv_wnd);
	if (s->has_stimulus) {
		text_add(&to, ", met by <SEQ=%lu><ACK=%lu><CTL=", (unsigned long)s->stimulus.seq, (unsigned long)s->stimulus.ack);
		ctl_print(s->stimulus.ctl, &to);
		text_add(&to, "><DATA=%lu>", (unsigned long)s->stimulus.text_length);
	}
	text_add(&to, "\n  wanted: %s\n  got, %u reactions:", wanted, s->out.count);
	for (unsigned i = 0; i < s->out.count; i++)
		reaction_print(&s->out.reaction[i], &to);
	print_error("%s\n", text_string(&to));
	text_free(&to);
	fail();
}

static inline void scene_fail_answer(const struct scene *s, const char *what, const struct answer *a)
{
	struct text wanted = {0};

	text_add(&wanted, "%s: ", what);
	answer_print(a, &wanted);
	scene_fail(s, text_string(&wanted));
}

/* ---- does a reaction admit an answer? ---- */

static inline bool emission_admits(const struct emission *e, const struct answer *a)
{
	if ((a->ctl & e->ctl_care) != e->ctl || a->text > e->text_max)
		return false;
	if (a->seq_any ? !e->binds_iss : !e->binds_iss && a->seq != e->seq)
		return false;
	return !(a->ctl & CTL_ACK) || e->ack_any || a->ack == e->ack;
}

static inline bool reaction_owes_anew(const struct scene *s, const struct reaction *r)
{
	return r->next.ack_owed && !(s->t.ack_owed && s->t.owed_ack == r->next.owed_ack);
}

static inline bool reaction_admits(const struct scene *s, const struct reaction *r, const struct answer *a)
{
	if (state_seen(&r->next) != a->next)
		return false;
	if (a->kind == SEGMENT)
		return r->now_count == 1 && emission_admits(&r->now[0], a);
	if (r->now_count > 0 || (r->has_due && seq_lt(s->t.snd_nxt, r->due)))
		return false;
	if (a->kind == SILENCE)
		return !reaction_owes_anew(s, r);
	return reaction_owes_anew(s, r) && r->next.owed_ack == a->ack && r->next.owed_by <= s->now + 500000;
}

static inline const struct reaction *outcome_find(const struct scene *s, const struct answer *a, bool strict)
{
	for (unsigned i = 0; i < s->out.count; i++)
		if (!(strict && s->out.reaction[i].breaks_should) && reaction_admits(s, &s->out.reaction[i], a))
			return &s->out.reaction[i];
	return NULL;
}

static inline void answer_list(struct scene *s, const struct answer *a)
{
	assert_true(s->listed_count < ANSWERS_MAX);
	s->listed[s->listed_count++] = *a;
}

static inline const struct reaction *answer_permit(struct scene *s, struct answer a)
{
	const struct reaction *r = outcome_find(s, &a, true);

	if (!r)
		scene_fail_answer(s, "must be permitted, without breaking a SHOULD", &a);
	answer_list(s, &a);
	return r;
}

/* ---- the sentences ---- */

static inline struct answer answer_segment(const struct scene *s, uint32_t seq, uint32_t ack, uint16_t ctl, enum state next)
{
	return (struct answer){.kind = SEGMENT, .ctl = ctl, .seq = s->target + seq, .ack = s->tester + ack, .next = next};
}

/* <SEQ=seq><ACK=ack><CTL=ctl>, without text, at once. ack says nothing when ctl has no ACK bit. */
static inline const struct reaction *permits_reply(struct scene *s, uint32_t seq, uint32_t ack, uint16_t ctl, enum state next)
{
	return answer_permit(s, answer_segment(s, seq, ack, ctl, next));
}

/* The same with up to so many octets of text. */
static inline const struct reaction *permits_reply_with_text(struct scene *s, uint32_t seq, uint32_t ack, uint32_t text, enum state next)
{
	struct answer a = answer_segment(s, seq, ack, CTL_ACK, next);

	a.text = text;
	return answer_permit(s, a);
}

/* <SEQ=SEG.ACK><CTL=RST>: no ACK bit. */
static inline const struct reaction *permits_reset_at(struct scene *s, uint32_t seq, enum state next)
{
	return permits_reply(s, seq, 0, CTL_RST, next);
}

/* <SEQ=0><ACK=ack><CTL=RST,ACK>, with a literal zero. */
static inline const struct reaction *permits_reset_from_zero(struct scene *s, uint32_t ack, enum state next)
{
	return permits_reply(s, 0u - s->target, ack, CTL_RST | CTL_ACK, next);
}

/* A SYN whose SEQ is a new ISS of the target's choice; ack says nothing when ctl has no ACK bit. */
static inline const struct reaction *permits_new_syn(struct scene *s, uint16_t ctl, uint32_t ack, enum state next)
{
	struct answer a = answer_segment(s, 0, ack, ctl, next);

	a.seq_any = true;
	return answer_permit(s, a);
}

static inline const struct reaction *permits_silence(struct scene *s, enum state next)
{
	return answer_permit(s, (struct answer){.kind = SILENCE, .next = next});
}

/* Nothing now, and <ACK=ack> within 500 ms. */
static inline const struct reaction *permits_owed_ack(struct scene *s, uint32_t ack, enum state next)
{
	return answer_permit(s, (struct answer){.kind = ACK_OWED, .ack = s->tester + ack, .next = next});
}

static inline void leaves_open_reply(struct scene *s, uint32_t seq, uint32_t ack, uint16_t ctl, enum state next)
{
	const struct answer a = answer_segment(s, seq, ack, ctl, next);

	answer_list(s, &a);
}

static inline void leaves_open_silence(struct scene *s, enum state next)
{
	answer_list(s, &(struct answer){.kind = SILENCE, .next = next});
}

static inline void leaves_open_owed_ack(struct scene *s, uint32_t ack, enum state next)
{
	answer_list(s, &(struct answer){.kind = ACK_OWED, .ack = s->tester + ack, .next = next});
}

/* Where the text says "should": silence may be out of the set, or in it as a broken SHOULD, but not as good as the reply. */
static inline void tolerates_silence(struct scene *s, enum state next)
{
	const struct answer a = {.kind = SILENCE, .next = next};

	if (outcome_find(s, &a, true))
		scene_fail_answer(s, "must not be permitted as strict", &a);
	answer_list(s, &a);
}

static inline bool answer_is_listed(const struct scene *s, const struct answer *a)
{
	for (unsigned i = 0; i < s->listed_count; i++) {
		const struct answer *l = &s->listed[i];
		if (l->kind != a->kind || l->next != a->next)
			continue;
		if (l->kind == SILENCE || (l->kind == ACK_OWED && l->ack == a->ack))
			return true;
		if (l->kind != SEGMENT || l->ctl != a->ctl || a->text > l->text)
			continue;
		if ((l->seq_any || l->seq == a->seq) && (!(a->ctl & CTL_ACK) || l->ack == a->ack))
			return true;
	}
	return false;
}

static inline void answer_refuse(const struct scene *s, const struct answer *a)
{
	if (!answer_is_listed(s, a) && outcome_find(s, a, false))
		scene_fail_answer(s, "must not be permitted", a);
}

static inline void answers_refuse_segments(const struct scene *s, enum state next)
{
	static const uint16_t ctls[] = {CTL_ACK, CTL_RST, CTL_RST | CTL_ACK, CTL_SYN, CTL_SYN | CTL_ACK, CTL_FIN, CTL_FIN | CTL_ACK, 0};
	const struct tcb *t = &s->t;
	const struct segment *g = &s->stimulus;
	const uint32_t end = g->seq + g->text_length + !!(g->ctl & CTL_SYN) + !!(g->ctl & CTL_FIN);
	const uint32_t seqs[] = {0, g->ack, g->ack + 1, t->snd_nxt, t->snd_nxt + 1, t->snd_nxt - 1, t->snd_una, t->iss, t->iss - 1, t->iss + 77777};
	const uint32_t acks[] = {0, g->seq, g->seq + 1, end, end + 1, end - 1, t->rcv_nxt, t->rcv_nxt + 1, t->rcv_nxt - 1, t->irs};

	for (size_t c = 0; c < sizeof ctls / sizeof *ctls; c++)
		for (size_t i = 0; i < sizeof seqs / sizeof *seqs; i++)
			for (size_t j = 0; j < sizeof acks / sizeof *acks; j++)
				for (uint32_t text = 0; text < 2; text++)
					answer_refuse(s, &(struct answer){.kind = SEGMENT, .ctl = ctls[c], .seq = seqs[i], .ack = acks[j], .text = text, .next = next});
	for (size_t j = 0; j < sizeof acks / sizeof *acks; j++)
		answer_refuse(s, &(struct answer){.kind = ACK_OWED, .ack = acks[j], .next = next});
}

/* Does any reaction lead there? If none does, none admits an answer that says so: reaction_admits() asks for that first. */
static inline bool state_is_reached(const struct scene *s, enum state next)
{
	for (unsigned i = 0; i < s->out.count; i++)
		if (state_seen(&s->out.reaction[i].next) == next)
			return true;
	return false;
}

/* Every reaction of a finite set that was not listed before is out: no reply, an ACK owed, and ACK, RST, RST-ACK, SYN, SYN-ACK, FIN,
 * FIN-ACK with right and wrong SEQ and ACK, bare and with text, each with every next state. */
static inline void permits_nothing_else(const struct scene *s)
{
	if (s->out.count == 0)
		scene_fail(s, "at least one reaction");
	for (unsigned next = 0; next < STATES; next++) {
		if (!state_is_reached(s, (enum state)next))
			continue;
		answer_refuse(s, &(struct answer){.kind = SILENCE, .next = (enum state)next});
		answers_refuse_segments(s, (enum state)next);
	}
	for (unsigned i = 0; i < s->out.count; i++) {
		bool found = s->several && s->out.reaction[i].now_count > 1;
		for (unsigned j = 0; j < s->listed_count; j++)
			found = found || reaction_admits(s, &s->out.reaction[i], &s->listed[j]);
		if (!found)
			scene_fail(s, "no reaction that this test does not list");
	}
}

/* ---- what holds in every permitted reaction's next TCB ---- */

static inline void every_reaction(const struct scene *s, bool (*holds)(const struct tcb *next, uint32_t n), uint32_t n, const char *wanted)
{
	if (s->out.count == 0)
		scene_fail(s, "at least one reaction");
	for (unsigned i = 0; i < s->out.count; i++) {
		if (holds(&s->out.reaction[i].next, n))
			continue;
		struct text to = {0};
		text_add(&to, "%s %lu in the next TCB of every reaction", wanted, (unsigned long)n);
		scene_fail(s, text_string(&to));
	}
}

static inline bool tcb_snd_una_is(const struct tcb *t, uint32_t n)
{
	return t->snd_una == n;
}

static inline bool tcb_snd_nxt_is(const struct tcb *t, uint32_t n)
{
	return t->snd_nxt == n;
}

static inline bool tcb_rcv_nxt_is(const struct tcb *t, uint32_t n)
{
	return t->rcv_nxt == n;
}

static inline bool tcb_snd_wnd_is(const struct tcb *t, uint32_t n)
{
	return t->snd_wnd == n;
}

static inline bool tcb_unread_is(const struct tcb *t, uint32_t n)
{
	return t->unread == n;
}

static inline bool tcb_signals(const struct tcb *t, uint32_t n)
{
	return (t->signals & n) != 0 || (n == 0 && t->signals == 0);
}

static inline void snd_una_is(const struct scene *s, uint32_t n)
{
	every_reaction(s, tcb_snd_una_is, s->target + n, "SND.UNA");
}

static inline void snd_nxt_is(const struct scene *s, uint32_t n)
{
	every_reaction(s, tcb_snd_nxt_is, s->target + n, "SND.NXT");
}

static inline void rcv_nxt_is(const struct scene *s, uint32_t n)
{
	every_reaction(s, tcb_rcv_nxt_is, s->tester + n, "RCV.NXT");
}

static inline void snd_wnd_is(const struct scene *s, uint32_t octets)
{
	every_reaction(s, tcb_snd_wnd_is, octets, "SND.WND");
}

static inline void unread_is(const struct scene *s, uint32_t octets)
{
	every_reaction(s, tcb_unread_is, octets, "unread octets");
}

/* One at least of these signals was given. */
static inline void user_is_told(const struct scene *s, unsigned signals)
{
	every_reaction(s, tcb_signals, signals, "one of the signals");
}

static inline bool tcb_may_signal(const struct tcb *t, uint32_t n)
{
	return ((t->signals | t->may_signal) & n) != 0 && (t->signals & ~n) == 0;
}

/* One of these signals is given; which one the text does not decide (the same event is "reset" in one place and "refused" in another). */
static inline void user_may_be_told(const struct scene *s, unsigned signals)
{
	every_reaction(s, tcb_may_signal, signals, "one of the signals, perhaps only permitted,");
}

static inline void user_is_not_told(const struct scene *s)
{
	every_reaction(s, tcb_signals, 0, "signals");
}

/* ---- what is queued goes out ---- */

/* Every reaction sends nothing by itself; one that breaks nothing has SND.NXT at `due` before the fence, and that next state. */
static inline const struct reaction *sends_up_to(const struct scene *s, uint32_t due, enum state next)
{
	const struct reaction *found = NULL;

	for (unsigned i = 0; i < s->out.count; i++) {
		const struct reaction *r = &s->out.reaction[i];
		if (r->now_count > 0)
			scene_fail(s, "no segment but those that carry what is queued");
		if (!found && r->has_due && r->due == s->target + due && r->next.state == next && !r->breaks_should)
			found = r;
	}
	if (!found)
		scene_fail(s, "SND.NXT due, as the test says, and the next state");
	return found;
}

#endif
