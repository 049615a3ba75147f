/* The judge against every reaction of a finite set, in every cell of the full matrix and of the covering array: what stands outside a cell's permitted set is a FAIL, and nothing inside it is. No wire and
 * no target: a trace is made up for each reaction. What is permitted is not asked here: test_arrives_*.c have it from the text; this says that the judge lets nothing else pass.
 *
 * The set: nothing, ACK, RST, RST-ACK, SYN-ACK, data, FIN; with a right or a wrong SEQ and ACK; each with each of the eleven next states. The permitted ones are read off the
 * outcomes (lib/model/slack.h), number by number; the judge meets octets, and its hypotheses.
 *
 * PROOF_EVERY=n in the environment: every n-th cell; by default each, and under a sanitizer a share. PROOF_SET=exhaustive: of another set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/model/slack.h"
#include "lib/run/judge.h"
#include "lib/script/lint.h"
#include "suite/cells.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif
#ifdef SANITIZED
enum { EVERY = 173 };
#else
enum { EVERY = 1 };
#endif

/* From the stimulus, microseconds. */
enum { REPLY_US = 50,
       FENCE_US = 100,
       STATE_US = 150,
       OWED_US = 300000, /* what is owed comes by 500 ms (MUST-40) */
       END_US = 1150000 };

enum { PERMITTED_MAX = 4 * SIGHTS_MAX,
       FAULTS_SHOWN = 10 };

/* One cell: its stimulus, the worlds that meet it, what is permitted. */
struct cell {
	const char *id;
	const struct tcb *t; /* of the first world: for numbers that no permitted reaction has */
	struct segment stimulus;
	uint64_t at;
	struct endpoint ends;
	struct sight sight[PERMITTED_MAX];
	unsigned sights;
	uint32_t off;       /* what a wrong number is off by */
	uint32_t ts_recent; /* as the stimulus leaves it: what a segment of the target must echo */
};

/* The counts, and the judges: as the stimulus leaves it, as the fence does, and one to be used up. */
struct proof {
	struct judge sent, fenced, used;
	uint64_t cells, outside, inside, let_pass;
	unsigned faults;
	bool hushed; /* faults are wanted */
};

/* ---- judges ---- */

static void feed(struct judge *j, const struct script *s, enum event_kind kind, uint64_t at, struct state_answer state)
{
	judge_event(j, &(struct event){.kind = kind, .at = at, .step = s->prelude, .state = state});
}

static void feed_segment(struct judge *j, const struct script *s, enum event_kind kind, uint64_t at, const struct segment *g)
{
	uint8_t packet[128];
	struct event e = {.kind = kind, .at = at, .step = s->prelude, .packet = packet};
	e.length = segment_build(g, packet, sizeof packet);
	assert_true(e.length > 0);
	judge_event(j, &e);
}

/* ---- reactions ---- */

struct reply {
	enum reaction_kind kind;
	uint32_t seq, ack;
};

static const uint16_t ctl_of[REACTION_KINDS] = {0, CTL_ACK, CTL_RST, CTL_RST | CTL_ACK, CTL_SYN | CTL_ACK, CTL_ACK | CTL_PSH, CTL_FIN | CTL_ACK};

/* The window's edge stays where it was, so that nothing but the numbers is in question. */
static uint16_t window_said(const struct tcb *t, uint32_t ack)
{
	const uint32_t left = t->irs_known ? t->rcv_edge - ack : UINT16_MAX;
	return left > UINT16_MAX ? UINT16_MAX : (uint16_t)left;
}

/* NOP, NOP, Timestamps (RFC 7323 Appendix A). */
static void stamp(struct segment *g, uint32_t val, uint32_t ecr)
{
	const uint8_t octets[] = {1, 1, 8, 10, (uint8_t)(val >> 24), (uint8_t)(val >> 16), (uint8_t)(val >> 8), (uint8_t)val, (uint8_t)(ecr >> 24), (uint8_t)(ecr >> 16), (uint8_t)(ecr >> 8), (uint8_t)ecr};
	memcpy(g->option_octets, octets, sizeof octets);
	g->options_length = sizeof octets;
}

static void reply_segment(const struct cell *c, const struct reply *r, struct segment *g)
{
	static uint8_t octet;
	*g = (struct segment){.src = c->ends.target, .dst = c->ends.tester, .src_port = c->ends.target_port, .dst_port = c->ends.tester_port};
	g->ctl = ctl_of[r->kind];
	g->seq = r->seq;
	g->ack = g->ctl & CTL_ACK ? r->ack : 0;
	g->wnd = g->ctl & CTL_RST ? 0 : window_said(c->t, r->ack);
	if (c->t->ts_on && !(g->ctl & CTL_RST))
		stamp(g, 1, c->ts_recent);
	g->text = &octet;
	g->text_length = r->kind == REACTION_DATA;
	stream_fill(&octet, r->seq - c->t->iss - 1, 1);
}

/* Is what the target is asked for after it a state that the sight leads to? No TCB on a port that listens is both CLOSED and LISTEN (design, "State after"). */
static bool state_meets(enum state next, enum state told)
{
	return next == told || (next == CLOSED && told == LISTEN);
}

static bool sight_is(const struct sight *g, const struct reply *r)
{
	if (g->kind != r->kind)
		return false;
	if (g->kind == REACTION_NOTHING)
		return true;
	const bool after = !g->emission || !g->emission->seq_after || (int32_t)(r->seq - g->seq) > 0;
	const bool any_ack = g->kind == REACTION_RST || (g->emission && g->emission->ack_any);
	return (g->new_iss ? after : g->seq == r->seq) && (any_ack || g->ack == r->ack);
}

static const struct sight *permitted(const struct cell *c, const struct reply *r, enum state told)
{
	for (unsigned i = 0; i < c->sights; i++)
		if (sight_is(&c->sight[i], r) && state_meets(c->sight[i].next, told))
			return &c->sight[i];
	return NULL;
}

/* ---- one reaction ---- */

static void fault(struct proof *p, const struct cell *c, const struct reply *r, enum state told, const char *what)
{
	static const char *const names[REACTION_KINDS] = {"nothing", "ACK", "RST", "RST,ACK", "SYN,ACK", "data", "FIN"};
	if (p->faults++ < FAULTS_SHOWN && !p->hushed)
		print_message("# %s: %s SEQ=SND.NXT%+d ACK=RCV.NXT%+d, then %s: %s (%s)\n", c->id, names[r->kind], (int)(r->seq - c->t->snd_nxt), (int)(r->ack - c->t->rcv_nxt), state_name(told), what, p->used.cause);
}

/* The acknowledgment that a permitted reaction owes beside what was seen. */
static void send_owed(struct proof *p, const struct script *s, const struct cell *c)
{
	const struct hypothesis *h = hypotheses_best(&p->used.now);
	for (unsigned i = 0; i < p->used.now.count; i++)
		if (!p->used.now.h[i].tcb.ack_owed)
			return;
	struct segment g;
	if (!h)
		return;
	reply_segment(c, &(struct reply){REACTION_ACK, h->tcb.snd_nxt, h->tcb.rcv_nxt}, &g);
	feed_segment(&p->used, s, EVENT_RECEIVED, c->at + OWED_US, &g);
}

static void try_state(struct proof *p, const struct script *s, const struct cell *c, const struct reply *r, enum state told)
{
	const struct sight *g = permitted(c, r, told);
	if (p->fenced.status == JUDGE_GOING) {
		const bool tcb = told != CLOSED && told != LISTEN;
		judge_copy(&p->used, &p->fenced, p->fenced.script);
		feed(&p->used, s, EVENT_STATE, c->at + STATE_US, (struct state_answer){.has_tcb = tcb, .state = tcb ? told : CLOSED, .has_listener = told == LISTEN});
		if (g && p->used.status == JUDGE_GOING)
			send_owed(p, s, c);
		feed(&p->used, s, EVENT_END, c->at + END_US, (struct state_answer){0});
	}
	const enum judge_status status = p->fenced.status == JUDGE_GOING ? p->used.status : p->fenced.status;
	if (status != JUDGE_GOING && status != JUDGE_FAILED)
		fault(p, c, r, told, "the judge cannot say");
	else if (g && status == JUDGE_FAILED)
		fault(p, c, r, told, "permitted, and yet a FAIL");
	else if (!g && status == JUDGE_GOING)
		fault(p, c, r, told, "not permitted, and yet no FAIL");
	p->let_pass += !g && status != JUDGE_FAILED;
	p->inside += g != NULL;
	p->outside += g == NULL;
}

static void try_reply(struct proof *p, const struct script *s, const struct cell *c, const struct reply *r)
{
	judge_copy(&p->fenced, &p->sent, p->sent.script);
	if (r->kind != REACTION_NOTHING) {
		struct segment g;
		reply_segment(c, r, &g);
		feed_segment(&p->fenced, s, EVENT_RECEIVED, c->at + REPLY_US, &g);
	}
	feed(&p->fenced, s, EVENT_FENCE, c->at + FENCE_US, (struct state_answer){0});
	for (enum state told = CLOSED; told < STATES; told++)
		try_state(p, s, c, r, told);
}

/* ---- one kind ---- */

/* What such a reply would say: where the standard writes it out, its form. */
static struct reply usual(const struct cell *c, enum reaction_kind k)
{
	const struct segment *s = &c->stimulus;
	struct reply r = {k, c->t->snd_nxt, c->t->irs_known ? c->t->rcv_nxt : s->seq + segment_length(s)};
	if (k == REACTION_RST && s->ctl & CTL_ACK)
		r.seq = s->ack;
	if (k == REACTION_RST_ACK)
		r = (struct reply){k, 0, s->seq + segment_length(s)};
	if (k == REACTION_SYN_ACK)
		r.seq = c->t->iss;
	return r;
}

/* Right numbers of a kind: of its permitted reactions, or the usual ones. */
enum { RIGHT_MAX = 8 };

static bool numbers_have(const uint32_t *in, unsigned n, uint32_t number)
{
	for (unsigned i = 0; i < n; i++)
		if (in[i] == number)
			return true;
	return false;
}

static unsigned numbers_add(uint32_t *to, unsigned n, uint32_t number)
{
	if (numbers_have(to, n, number))
		return n;
	assert_true(n < RIGHT_MAX);
	to[n] = number;
	return n + 1;
}

/* One number that is none of the right ones. */
static unsigned numbers_add_wrong(uint32_t *to, unsigned n, uint32_t off)
{
	uint32_t wrong = to[0] + off;
	while (numbers_have(to, n, wrong))
		wrong += off;
	to[n] = wrong;
	return n + 1;
}

static void try_kind(struct proof *p, const struct script *s, const struct cell *c, enum reaction_kind k)
{
	uint32_t seq[RIGHT_MAX + 1], ack[RIGHT_MAX + 1];
	unsigned seqs = 0, acks = 0;
	for (unsigned i = 0; i < c->sights; i++)
		if (c->sight[i].kind == k) {
			seqs = numbers_add(seq, seqs, c->sight[i].seq + (c->sight[i].new_iss ? 70000 : 0));
			acks = numbers_add(ack, acks, c->sight[i].ack);
		}
	const struct reply r = usual(c, k);
	seqs = numbers_add(seq, seqs, r.seq);
	acks = numbers_add(ack, acks, r.ack);
	seqs = numbers_add_wrong(seq, seqs, c->off);
	acks = k == REACTION_RST ? 1 : numbers_add_wrong(ack, acks, c->off);
	for (unsigned i = 0; i < seqs; i++)
		for (unsigned n = 0; n < acks; n++)
			try_reply(p, s, c, &(struct reply){k, seq[i], ack[n]});
}

/* ---- a cell ---- */

static void cell_permit(struct cell *c, const struct model *m, const struct hypotheses *worlds)
{
	static struct outcome o[HYPOTHESES_MAX]; /* the sights point into it */
	c->sights = 0;
	for (unsigned i = 0; i < worlds->count; i++) {
		assert_true(c->sights + SIGHTS_MAX <= PERMITTED_MAX);
		model_arrives(m, &worlds->h[i].tcb, &c->stimulus, c->at, &o[i]);
		assert_true(o[i].count > 0 && o[i].count < REACTIONS_MAX);
		c->sights += outcome_sights(&o[i], &worlds->h[i].tcb, &c->sight[c->sights]);
	}
}

static void cell_send(struct proof *p, const struct script *s, const struct model *m, const struct cell *c, const struct hypotheses *worlds)
{
	judge_end(&p->sent);
	judge_begin(&p->sent, s, m, &c->ends, 1);
	hypotheses_copy(&p->sent.now, worlds);
	judge_group(&p->sent, s->prelude);
	feed_segment(&p->sent, s, EVENT_SENT, c->at, &c->stimulus);
}

static void cell_prove(struct proof *p, const struct script *s, const struct model *judges, struct cell *c, const struct hypotheses *worlds)
{
	cell_send(p, s, judges, c, worlds);
	c->ts_recent = judge_tcb(&p->sent)->ts_recent;
	try_reply(p, s, c, &(struct reply){.kind = REACTION_NOTHING});
	for (enum reaction_kind k = REACTION_ACK; k < REACTION_KINDS; k++)
		try_kind(p, s, c, k);
	p->cells++;
}

static struct endpoint ends_of(enum family f)
{
	struct endpoint e = {.family = f, .target = {f, {192, 0, 2, 2}}, .tester = {f, {192, 0, 2, 1}}, .target_port = 2049, .tester_port = 40000};
	return e;
}

/* The way into a row, played once: its worlds meet the stimuli of the row's cells. */
struct way {
	struct model permits, judges;
	struct lint_play play;
	struct text why;
	struct script *first; /* what the play refers to */
	char row[128];
};

static void way_close(struct way *w)
{
	lint_play_end(&w->play);
	script_free(w->first);
	text_free(&w->why);
}

/* permits, judges: but for the timestamps that the row needs. */
static void way_open(struct way *w, const struct script *s, const char *row, const struct model *permits, const struct model *judges)
{
	way_close(w);
	*w = (struct way){.permits = *permits, .judges = *judges, .first = script_copy(s)};
	w->permits.choices.timestamps = w->judges.choices.timestamps = s->needs & NEED_TIMESTAMPS;
	snprintf(w->row, sizeof w->row, "%s", row);
	w->play = (struct lint_play){.s = w->first, .model = &w->permits, .why = &w->why};
	if (!lint_play_way(&w->play))
		fail_msg("%s: %s", s->id, text_string(&w->why));
}

static void cell_make(struct cell *c, const struct script *s, enum family f, struct way *w)
{
	c->id = s->id;
	c->ends = ends_of(f);
	c->t = &w->play.worlds.h[0].tcb;
	c->at = w->play.now + 1000;
	lint_send(&w->play, &s->step[s->prelude].segment, &c->stimulus);
	c->stimulus.src = c->ends.tester;
	c->stimulus.dst = c->ends.target;
	c->stimulus.src_port = c->ends.tester_port;
	c->stimulus.dst_port = c->ends.target_port;
	if (c->stimulus.options.has_ts && c->stimulus.options_length == 0)
		stamp(&c->stimulus, c->stimulus.options.ts_val, c->stimulus.options.ts_ecr);
	cell_permit(c, &w->permits, &w->play.worlds);
}

/* Every n-th cell of a set. `permits`: the model that the permitted sets are read off; `judges`: the judge's. */
static void prove(struct proof *p, const char *set, size_t every, const struct model *permits, const struct model *judges)
{
	struct error e = {""};
	struct cells *cells = cells_new(set, &e);
	struct way w = {.row = ""};
	if (!cells)
		fail_msg("%s", e.text);
	for (size_t i = 0; i < cells_count(cells); i += every) {
		struct cell_coordinates k;
		struct cell c = {.off = i % 2 ? UINT32_MAX : 1};
		char row[128];
		enum family f;
		const struct script *s = cells_script(cells, i, &f);
		cells_coordinates(cells, i, &k);
		snprintf(row, sizeof row, "%s%s", k.row, k.further);
		if (strcmp(row, w.row) != 0)
			way_open(&w, s, row, permits, judges);
		cell_make(&c, s, f, &w);
		cell_prove(p, s, &w.judges, &c, &w.play.worlds);
	}
	way_close(&w);
	cells_free(cells);
}

static void proof_free(struct proof *p)
{
	judge_end(&p->sent);
	judge_end(&p->fenced);
	judge_end(&p->used);
}

static size_t every_asked(void)
{
	const char *asked = getenv("PROOF_EVERY");
	const long n = asked ? strtol(asked, NULL, 10) : EVERY;
	return n > 0 ? (size_t)n : 1;
}

/* As cells are played: no options of the target's own. widest: the choices that open a branch are made, the others are the standard's. */
static struct model model_of_cells(enum profile profile, bool widest)
{
	struct model m = model_default(profile);
	m.choices.nagle = m.choices.window_scale = m.choices.sack = m.choices.timestamps = false;
	m.choices.rfc5961_ack = m.choices.time_wait_reuse = m.choices.half_duplex_close = widest;
	return m;
}

static void set_fails(const char *set, size_t every, enum profile profile, bool widest)
{
	const struct model m = model_of_cells(profile, widest);
	struct proof p = {0};
	prove(&p, set, every, &m, &m);
	const uint64_t tried = p.outside + p.inside;
	print_message("# %s, %s%s: %llu cells x %.1f reactions = %llu; %llu outside the permitted sets, %.4f %% of them FAIL; %llu inside; %u faults\n", set, profile_name(profile), every == 1 ? "" : " (a share)", (unsigned long long)p.cells, (double)tried / (double)p.cells, (unsigned long long)tried, (unsigned long long)p.outside, 100.0 * (double)(p.outside - p.let_pass) / (double)p.outside, (unsigned long long)p.inside, p.faults);
	assert_int_equal(p.faults, 0);
	assert_true(p.inside >= p.cells && p.outside > 100 * p.cells);
	proof_free(&p);
}

/* `pairwise` has what `full` leaves at its defaults: timestamps, more control bits, sequence numbers on either side of 2^31 and 2^32. */
static void every_other_reaction_fails(bool widest)
{
	const char *asked = getenv("PROOF_SET");
	set_fails(asked ? asked : "full", every_asked(), PROFILE_RFC9293, widest);
	if (!asked)
		set_fails("pairwise", every_asked(), PROFILE_RFC9293, widest);
}

static void by_the_plain_choices(void **unused)
{
	(void)unused;
	every_other_reaction_fails(false);
}

static void by_the_widest_choices(void **unused)
{
	(void)unused;
	every_other_reaction_fails(true);
}

/* The older readings, on a share. */
static void by_older_readings(void **unused)
{
	(void)unused;
	set_fails("full", 5 * every_asked(), PROFILE_RFC793, true);
	set_fails("full", 5 * every_asked(), PROFILE_TC8, true);
}

/* The proof can fail: a judge that reads another standard than the permitted sets are read off lets something pass, and fails something. */
static void another_judge_is_found_out(void **unused)
{
	const struct model plain = model_of_cells(PROFILE_RFC9293, false);
	struct model m[5] = {plain, plain, plain, plain, plain};
	(void)unused;
	m[0].choices.rfc5961_rst = false;
	m[1].choices.rfc5961_syn = false;
	m[2].choices.rfc5961_ack = true;
	m[3].choices.time_wait_reuse = true;
	m[4].profile = PROFILE_RFC793;
	for (unsigned i = 0; i < 5; i++) {
		struct proof p = {.hushed = true};
		prove(&p, "full", 7, &plain, &m[i]);
		assert_true(p.let_pass > 0);
		proof_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_the_plain_choices),
	    cmocka_unit_test(by_the_widest_choices),
	    cmocka_unit_test(by_older_readings),
	    cmocka_unit_test(another_judge_is_found_out),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("the judge, exhaustively", tests, NULL, NULL);
}
