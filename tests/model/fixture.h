/* Scenes for the model's tests: a TCB in a state, an event, and sentences about what the outcome permits. It computes no
 * expectation: every number is the test's own, read from the standard.
 *
 * Numbers are those of the standard's figures: ISS is 100, IRS is 300. Each scene is played at several placements, where an offset
 * is added to the target's numbers and another to the tester's, so that 2^31 and 2^32 fall onto the numbers in use.
 * An outcome is a set. permits_*(): must be in it. leaves_open_*(): the text does not decide, either way is right.
 * tolerates_silence(): lawful at most as a broken SHOULD. permits_nothing_else(): every other reaction of a finite set is out. */
#ifndef TCPSPEC_TESTS_MODEL_FIXTURE_H
#define TCPSPEC_TESTS_MODEL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/model/model.h"
#include "lib/wire/seq.h"

enum { ANSWERS_MAX = 16,
       START_US = 10000000, /* the scene's clock, microseconds */
       WINDOW = 65535 };

enum answer_kind { SILENCE,
	           ACK_OWED,
	           SEGMENT };

/* One reaction as a test says it. Numbers are live ones, offsets added. */
struct answer {
	enum answer_kind kind;
	uint16_t ctl;
	bool seq_any; /* the target chooses: a new ISS */
	uint32_t seq, ack;
	uint32_t text; /* octets, at most */
	enum state next;
};

struct scene {
	struct model m;
	struct tcb t; /* before the event */
	struct outcome out;
	struct segment stimulus;
	bool has_stimulus;
	uint64_t now;
	uint32_t target, tester; /* offsets */
	uint32_t una, nxt, rcv;  /* SND.UNA, SND.NXT, RCV.NXT of t, as figure numbers */
	struct answer listed[ANSWERS_MAX];
	unsigned listed_count;
	bool several; /* reactions of more than one segment are left open */
};

/* With ISS=100 and IRS=300: the SYN, the octet after it, or the middle of the window meets 2^31 or 2^32. */
static const struct {
	uint32_t target, tester;
} placements[] = {
    {0, 0},
    {0x80000000u - 101, 0x80000000u - 301},
    {0u - 101, 0u - 301},
    {0u - 100, 0x80000000u - 300},
    {0x80000000u - 102, 0u - 302},
    {0u - 106, 0u - 306},
    {0u - 1000, 0u - 30301},
    {0x80000000u - 1000, 0x80000000u - 30301},
};

static const enum state synchronized[] = {ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT};
enum { SYNCHRONIZED = 7,
       BEFORE_TIME_WAIT = 6, /* synchronized[] without TIME-WAIT */
       RECEIVING = 3 };      /* ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2: the peer has not sent its FIN */

/* A stack that makes every choice the tests do not speak of in the plainest way. */
static inline struct model scene_model(void)
{
	struct model m = model_default(PROFILE_RFC9293);

	m.choices = (struct choices){.rfc5961_rst = true, .rfc5961_syn = true, .delayed_ack = true};
	m.constants.rto_initial = 1000000;
	m.constants.rto_min = 200000;
	m.constants.rto_max = 60000000;
	m.constants.delayed_ack_max = 500000;
	m.constants.msl = 120000000;
	m.constants.tick = 10000;
	m.constants.challenge_interval = 0;
	return m;
}

static inline bool state_has_syn_of_peer(enum state st)
{
	return st != CLOSED && st != LISTEN && st != SYN_SENT;
}

static inline bool state_has_fin_of_peer(enum state st)
{
	return st == CLOSE_WAIT || st == CLOSING || st == LAST_ACK || st == TIME_WAIT;
}

static inline bool state_has_sent_fin(enum state st)
{
	return st == FIN_WAIT_1 || st == FIN_WAIT_2 || st == CLOSING || st == LAST_ACK || st == TIME_WAIT;
}

static inline bool state_awaits_ack(enum state st)
{
	return st == SYN_SENT || st == SYN_RECEIVED || st == FIN_WAIT_1 || st == CLOSING || st == LAST_ACK;
}

static inline void scene_fill_numbers(struct scene *s, enum state st)
{
	struct tcb *t = &s->t;

	s->una = st == SYN_SENT || st == SYN_RECEIVED ? 100 : 101;
	s->nxt = state_has_sent_fin(st) ? 102 : 101;
	if (st == FIN_WAIT_2 || st == TIME_WAIT)
		s->una = 102;
	s->rcv = state_has_fin_of_peer(st) ? 302 : 301;
	t->iss_known = true;
	t->iss = s->target + 100;
	t->snd_una = s->target + s->una;
	t->snd_nxt = s->target + s->nxt;
	t->fin_sent = state_has_sent_fin(st);
	t->sent_at = state_awaits_ack(st) ? s->now : 0;
	if (!state_has_syn_of_peer(st))
		return;
	t->irs_known = true;
	t->irs = s->tester + 300;
	t->rcv_nxt = t->last_ack_sent = s->tester + s->rcv;
	t->fin_received = state_has_fin_of_peer(st);
	t->snd_wnd = t->max_snd_wnd = WINDOW;
	t->snd_wl1 = st == SYN_RECEIVED ? t->irs : s->tester + 301;
	t->snd_wl2 = t->snd_una;
}

/* Enters a state as the standard preludes leave it: nothing outstanding but a SYN or FIN, windows of 65535. SYN-RECEIVED by
 * simultaneous open; from_listen() for the other way. False when there is no such placement: the loop's end. */
static inline bool scene_in(struct scene *s, enum state st, unsigned placement)
{
	if (placement >= sizeof placements / sizeof *placements)
		return false;
	memset(s, 0, sizeof *s);
	s->m = scene_model();
	s->now = START_US;
	s->target = placements[placement].target;
	s->tester = placements[placement].tester;
	s->t = tcb_closed(st == LISTEN);
	s->t.state = st;
	if (st == CLOSED)
		return true;
	s->t.passive = st == LISTEN;
	s->t.opened_at = s->now;
	s->t.rcv_wnd = WINDOW;
	s->t.snd_mss = s->t.rcv_mss = 536;
	if (st == LISTEN)
		return true;
	scene_fill_numbers(s, st);
	s->t.rcv_edge = s->t.rcv_nxt + WINDOW;
	if (st == TIME_WAIT)
		s->t.time_wait_from = s->now;
	return true;
}

/* SYN-RECEIVED came from LISTEN, and the port still listens. */
static inline void from_listen(struct scene *s)
{
	s->t.passive = true;
	s->t.listener = true;
}

/* The window that the target advertised last. */
static inline void receive_window(struct scene *s, uint32_t octets)
{
	s->t.rcv_wnd = octets;
	s->t.rcv_edge = s->t.rcv_nxt + octets;
}

/* The target has sent this many octets that nobody acknowledged: SND.UNA stays, SND.NXT moves. Before the FIN, if one was sent. */
static inline void has_outstanding(struct scene *s, uint32_t octets)
{
	s->nxt += octets;
	s->t.snd_nxt += octets;
	s->t.sent_at = s->now;
}

/* The target has sent this many octets, all acknowledged. */
static inline void has_sent(struct scene *s, uint32_t octets)
{
	s->una += octets;
	s->nxt += octets;
	s->t.snd_una += octets;
	s->t.snd_nxt += octets;
	s->t.snd_wl2 = s->t.snd_una;
}

/* ... and has received and acknowledged this many, which the user has not read. */
static inline void has_received(struct scene *s, uint32_t octets)
{
	s->rcv += octets;
	s->t.rcv_nxt += octets;
	s->t.last_ack_sent = s->t.rcv_nxt;
	s->t.rcv_wnd -= octets;
	s->t.unread += octets;
}

/* A segment of the tester, in figure numbers. */
static inline struct segment said(const struct scene *s, uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text)
{
	static const uint8_t octets[256];
	struct segment g = {.seq = s->tester + seq, .ctl = ctl, .wnd = WINDOW, .off = 5, .text = octets, .text_length = text};

	assert_true(text <= sizeof octets);
	if (ctl & CTL_ACK)
		g.ack = s->target + ack;
	return g;
}

static inline void arrives_as(struct scene *s, const struct segment *g)
{
	memset(&s->out, 0, sizeof s->out);
	s->stimulus = *g;
	s->has_stimulus = true;
	s->listed_count = 0;
	s->several = false;
	model_arrives(&s->m, &s->t, g, s->now, &s->out);
}

static inline void arrives(struct scene *s, uint32_t seq, uint32_t ack, uint16_t ctl, uint32_t text)
{
	const struct segment g = said(s, seq, ack, ctl, text);

	arrives_as(s, &g);
}

static inline void calls(struct scene *s, enum call c, uint32_t octets)
{
	memset(&s->out, 0, sizeof s->out);
	memset(&s->stimulus, 0, sizeof s->stimulus);
	s->has_stimulus = false;
	s->listed_count = 0;
	s->several = false;
	model_call(&s->m, &s->t, c, octets, s->now, &s->out);
}

/* The scene goes on from this reaction. una, nxt and rcv stay: the test says its own numbers from here. */
static inline void follow(struct scene *s, const struct reaction *r)
{
	s->t = r->next;
}

/* LISTEN and "no TCB, but the port listens" are one (model.h, struct tcb, listener). */
static inline enum state state_seen(const struct tcb *t)
{
	return t->state == CLOSED && t->listener ? LISTEN : t->state;
}

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

/* Every reaction of a finite set that was not listed before is out: no reply, an ACK owed, and ACK, RST, RST-ACK, SYN, SYN-ACK, FIN,
 * FIN-ACK with right and wrong SEQ and ACK, bare and with text, each with every next state. */
static inline void permits_nothing_else(const struct scene *s)
{
	if (s->out.count == 0)
		scene_fail(s, "at least one reaction");
	for (unsigned next = 0; next < STATES; next++) {
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

static inline void user_is_not_told(const struct scene *s)
{
	every_reaction(s, tcb_signals, 0, "signals");
}

#endif
