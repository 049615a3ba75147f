/* What the target sends, against hypotheses (the model's part) and against steps (the author's part): a PASS needs both. */
#include "lib/run/judge_parts.h"

#include <string.h>
#include <strings.h>

#include "lib/run/frame.h"
#include "lib/wire/seq.h"

/* A segment that crosses the stimulus was sent before it was processed: no later than this after its departure. */
enum { CROSSING_US = 5000 };

/* All ways in which `from` can explain s: into scratch. */
static void judge_explain(struct judge *j, const struct hypotheses *from, const struct segment *s, uint64_t at)
{
	hypotheses_clear(&j->scratch);
	hypotheses_explain(&j->scratch, from, j->model, s, at);
}

/* A merged segment: a pure ACK was expected, and the segment after it with the same SEQ and ACK came alone (doc/ladder.md, "Order of segments"). */
static bool expect_is_merged(const struct step *ack, const struct step *next)
{
	return ack->segment.ctl == CTL_ACK && !(ack->segment.said & SAY_DATA) && next->kind == STEP_EXPECT &&
	       memcmp(&ack->segment.seq, &next->segment.seq, sizeof ack->segment.seq) == 0 && memcmp(&ack->segment.ack, &next->segment.ack, sizeof ack->segment.ack) == 0;
}

/* The EXPECT that s satisfies, or end. Skips the ones that may be absent. */
static size_t judge_expected(const struct judge *j, const struct segment *s)
{
	const struct script *sc = j->script;
	for (size_t i = j->expect; i < j->end; i = next_expect(j, i + 1)) {
		if (expect_matches(&sc->step[i], &j->numbers, judge_tcb(j), s, i == j->expect ? j->text_got : 0))
			return i;
		const bool merged = i + 1 < j->end && expect_is_merged(&sc->step[i], &sc->step[i + 1]);
		if (!expect_open(j, i) && !merged && sc->step[i].level == LEVEL_MUST)
			break;
	}
	return j->end;
}

static void judge_consume(struct judge *j, size_t at, const struct segment *s)
{
	const struct step *st = &j->script->step[at];
	for (size_t i = j->expect; i < at; i = next_expect(j, i + 1))
		if (!expect_is_merged(&j->script->step[i], &j->script->step[i + 1]) && !expect_open(j, i))
			judge_breach(j, j->script->step[i].level, "no reply", j->script->step[i].line, "what it expects did not come");
	if (at != j->expect)
		j->text_got = 0;
	if (j->text_got == 0)
		numbers_bind(&j->numbers, SIDE_TARGET, &st->segment.seq, s->seq, st->binds);
	if (s->ctl & CTL_ACK)
		numbers_bind(&j->numbers, SIDE_TESTER, &st->segment.ack, s->ack, false);
	j->text_got += s->text_length;
	j->expect = at;
	if (st->segment.data_split && j->text_got < st->segment.data)
		return;
	j->text_got = 0;
	j->expect = next_expect(j, at + 1);
}

/* Adds s to the reaction as it is written down. Repetitions that the clock permits are no part of it: they would make it depend on load. */
static void judge_note(struct judge *j, const struct segment *s, const char *how)
{
	const struct hypothesis *h = hypotheses_best(judge_before(j));
	j->replies++;
	if (j->in_prelude || j->untold) /* no reaction of interest: the ladder shows it */
		return;
	text_put(&j->actual, j->actual.length ? " " : "");
	text_put(&j->actual, how);
	segment_print_relative(s, h ? &h->tcb : &no_tcb, j->has_stimulus_segment ? &j->stimulus_segment : NULL, &j->actual);
}

/* An acknowledgment that was owed came behind the fence. It is written where it would stand had it come before: whether it was delayed depends on the moment. */
static void judge_note_owed(struct judge *j, const struct segment *s)
{
	struct text state = {0};
	const char *at = strstr(text_string(&j->actual), "=> ");
	if (j->untold && j->asked) /* it is counted, where nothing is written down */
		judge_note(j, s, "");
	if (!at)
		return;
	text_add(&state, "%s", at);
	j->actual.length = (size_t)(at - j->actual.at);
	if (j->actual.length)
		j->actual.length--; /* judge_note() puts the space */
	j->actual.at[j->actual.length] = '\0';
	judge_note(j, s, "");
	text_add(&j->actual, " %s", text_string(&state));
	text_free(&state);
}

static const char *clause_now(const struct judge *j)
{
	const struct hypothesis *h = hypotheses_best(&j->now);
	return h && h->clause ? h->clause : j->clause;
}

static bool covers_what_is_owed(const struct hypotheses *h, const struct segment *s)
{
	for (unsigned i = 0; i < h->count; i++)
		if (h->h[i].tcb.ack_owed && h->h[i].tcb.owed_ack == s->ack)
			return true;
	return false;
}

/* Nothing but an acknowledgment. */
static bool segment_is_ack(const struct segment *s)
{
	return (s->ctl & (CTL_SYN | CTL_FIN | CTL_RST | CTL_ACK)) == CTL_ACK && s->text_length == 0;
}

/* May it be that nothing was owed? Then silence was lawful, and what the probe shows is all that speaks against it. */
static bool owes_perhaps(const struct hypotheses *h)
{
	for (unsigned i = 0; i < h->count; i++)
		if (!h->h[i].tcb.ack_owed)
			return true;
	return false;
}

/* The answer to a probe is no part of the reaction: it shows the acknowledgment that was owed, or that this does not come, or that something is wrong. */
static void judge_note_probed(struct judge *j, const struct segment *s)
{
	const struct hypothesis *h = hypotheses_best(&j->before);
	const bool acks = segment_is_ack(s);
	if (j->scratch.count == 0 && (!j->owes || !acks || owes_perhaps(&j->before)))
		judge_note(j, s, "probed: ");
	if (j->scratch.count == 0 && j->owes && acks)
		judge_against(j, JUDGE_FAILED, "no reply", h && h->tcb.owed_clause ? h->tcb.owed_clause : clause_now(j), "no reply: what is owed is not acknowledged, as an old octet shows");
	else if (j->owes && j->scratch.count && covers_what_is_owed(&j->before, s))
		judge_note_owed(j, s);
	j->owes = false;
}

/* How a set explains a segment. */
struct kinds {
	bool due;      /* as a reply, or as queued text for the first time: it should have come before the fence */
	bool owed;     /* as an acknowledgment that may be delayed */
	bool repeated; /* as what the clock permits */
};

static void judge_kinds(struct judge *j, const struct hypotheses *from, const struct segment *s, uint64_t at, struct kinds *k)
{
	judge_explain(j, from, s, at);
	for (unsigned i = 0; i < j->scratch.count; i++) {
		const enum unasked role = j->scratch.h[i].role;
		k->due |= role == UNASKED_FORBIDDEN || role == UNASKED_TEXT;
		k->owed |= role == UNASKED_OWED;
		k->repeated |= role == UNASKED_RETRANSMISSION || role == UNASKED_PROBE || role == UNASKED_WINDOW_UPDATE || role == UNASKED_KEEPALIVE;
	}
}

/* Could the fence have overtaken a segment that comes so much behind its answer? */
static bool straggler_counts(const struct judge *j, uint64_t late)
{
	return !j->exact && late < (j->by_time ? STRAGGLER_BY_TIME_US : STRAGGLER_US);
}

/* Nothing explains it but what the connection's own program may have done meanwhile: that is neither a reply nor late. */
static bool judge_explain_served(struct judge *j, const struct segment *s, uint64_t at)
{
	if (!j->model->service)
		return false;
	judge_serve(j, at);
	judge_explain(j, &j->now, s, at);
	return j->scratch.count > 0;
}

/* A straggler that counts shows that the fence was not sound; from there on the target is late. */
static void judge_straggler(struct judge *j, const struct segment *s, uint64_t late)
{
	const char *clause = clause_now(j);
	j->status = JUDGE_GOING;
	judge_note(j, s, "late ");
	if (straggler_counts(j, late))
		judge_against(j, JUDGE_VIOLATED, "fence violated", clause, "fence violated: a segment came %llu us after %s", (unsigned long long)late, j->by_time ? "the time that stood for a fence" : "the fence's answer");
	else
		judge_against(j, JUDGE_FAILED, "late reply", clause, "late reply: a segment came %llu %s after the fence's answer", (unsigned long long)(late < 1000 ? late : late / 1000), late < 1000 ? "us" : "ms");
}

/* Octets of the stream that are not the stream's, whether they come for the first time or again. */
static bool octets_wrong(const struct judge *j, const struct segment *s)
{
	const struct tcb *t = judge_tcb(j);
	return s->text_length && t->iss_known && seq_le(t->iss + 1, s->seq + ((s->ctl & CTL_SYN) != 0)) && !text_is_stream(s, t->iss);
}

static const char *form_fault_in(const struct judge *j, const struct tcb *t, const struct segment *s, enum level *level)
{
	const char *fault = model_size_fault(j->model, t, s);
	*level = LEVEL_MUST;
	return fault ? fault : model_segment_fault(j->model, t, s, level);
}

/* A connection that is no more sends nothing but a reset: where there may be one still it is that one's. */
static bool is_of_no_more(const struct tcb *t, const struct segment *s)
{
	return (t->state == CLOSED || t->state == LISTEN) && !(s->ctl & CTL_RST);
}

/* What the segment breaks under every hypothesis that may have sent it: they may differ in TS.Recent. */
static const char *form_fault(const struct judge *j, const struct segment *s, enum level *level)
{
	const struct tcb *best = judge_tcb(j);
	const char *fault = form_fault_in(j, best, s, level);
	bool sent = !is_of_no_more(best, s);
	for (unsigned i = 0; (fault || !sent) && i < j->now.count; i++) {
		const struct tcb *t = &j->now.h[i].tcb;
		enum level other;
		const char *one = form_fault_in(j, t, s, &other);
		if (is_of_no_more(t, s))
			continue;
		if (!one)
			return NULL;
		if (!sent) {
			fault = one;
			*level = other;
		}
		sent = true;
	}
	return fault;
}

/* The always-on checks: what is wrong with the segment itself, whatever it answers. It shows in the reaction, so that no known deviation excuses it. */
static void judge_form(struct judge *j, const struct segment *s, uint64_t at)
{
	enum level level;
	const char *fault = form_fault(j, s, &level), *clock = judge_clock_fault(j, s, at);
	if (clock && (!fault || level != LEVEL_MUST)) {
		fault = clock;
		level = LEVEL_MUST;
	} else if (!fault) {
		fault = judge_reset_fault(j, s);
		level = LEVEL_SHOULD;
	}
	const bool wrong = octets_wrong(j, s);
	if (wrong || (fault && level == LEVEL_MUST))
		text_add(&j->actual, "%s!", j->actual.length ? " " : "");
	if (wrong)
		judge_against(j, JUDGE_FAILED, "wrong octets", "RFC 9293 3.4, 3.10.2", "wrong octets: the text is not what the user sent");
	if (fault && level == LEVEL_MUST)
		judge_against(j, JUDGE_FAILED, "malformed segment", fault, "malformed segment: %s", fault);
	if (!fault || level == LEVEL_MUST)
		return;
	j->strained = true;
	j->strained_clause = fault;
}

/* Does a line still wait for a repetition, as a fast retransmit is? What comes late may be that one, and no other. */
static bool repetition_awaited(const struct judge *j)
{
	for (size_t i = j->expect; i < j->end; i++)
		if (j->script->step[i].kind == STEP_EXPECT && j->script->step[i].again)
			return true;
	return false;
}

/* After a FAIL: a straggler takes it back, a late reply names it. What was due decides for any FAIL; what nothing explains does where silence or a state that was
 * asked too early made the FAIL, and an acknowledgment that is owed where a line had asked for it at once. */
static void judge_late_after_fail(struct judge *j, const struct segment *s, uint64_t at, uint64_t late)
{
	struct kinds k = {0};
	const bool formal = strcmp(j->cause_class, "malformed segment") == 0 || strcmp(j->cause_class, "wrong octets") == 0;
	const bool early_state = strcmp(j->cause_class, "next state") == 0;
	judge_kinds(j, &j->missed, s, at, &k);
	judge_kinds(j, &j->now, s, at, &k);
	const bool unexplained = !k.due && !k.owed && !k.repeated;
	/* A state that no reply would have led to takes a straggler's word away, unless it is the state before the stimulus and the straggler is what was due: that had not been processed yet. */
	const bool confirmed = j->confirmed && !(k.due && judge_any_state_is(&j->before, &j->state_after));
	const bool straggles = (k.due && !k.owed) || (k.owed && j->silent) || (k.repeated && j->silent && repetition_awaited(j)) || (unexplained && (j->silent || early_state));
	if (!formal && !confirmed && (straggler_counts(j, late) ? straggles : k.due && j->silent))
		judge_straggler(j, s, late);
}

/* Behind the fence nothing is due at once: what is owed, queued or residue is explained without a line of the script. */
static void judge_late(struct judge *j, const struct segment *s, uint64_t at)
{
	const uint64_t late = at > j->fence_at ? at - j->fence_at : 0;
	struct kinds k = {0};
	if (j->status == JUDGE_FAILED)
		judge_late_after_fail(j, s, at, late);
	if (j->status != JUDGE_GOING)
		return;
	judge_form(j, s, at);
	judge_time(j, at);
	judge_kinds(j, &j->now, s, at, &k);
	if (j->scratch.count == 0 && judge_explain_served(j, s, at))
		k.due = false;
	const bool explained = j->scratch.count > 0;
	if (!explained && j->owed_late) { /* replies come in order: behind what was owed there is none that the fence could have overtaken */
		judge_note(j, s, "late ");
		judge_against(j, JUDGE_FAILED, "unexpected segment", clause_now(j), "unexpected segment: one more than is permitted");
	} else if (!explained || (j->silent && k.due && !k.repeated && straggler_counts(j, late))) {
		judge_straggler(j, s, late);
	}
	if (!explained || j->status != JUDGE_GOING)
		return;
	if (j->scratch.h[0].role == UNASKED_OWED) {
		judge_note_owed(j, s);
		j->owed_late = true;
	}
	hypotheses_swap(&j->now, &j->scratch);
	judge_check(j);
}

/* Did s leave the target before the stimulus arrived there? It was captured behind the stimulus's departure, but TCBs before it explain it as residue: the
 * two crossed on the wire. Each such segment is taken from the budget of those TCBs; a stimulus that is a segment came to them, and to none that cannot have sent s. */
static bool judge_crossed(struct judge *j, const struct segment *s, uint64_t at)
{
	bool crossed = false;
	if (j->exact || j->fenced || j->replies || at > j->stimulus_at + CROSSING_US)
		return false;
	hypotheses_clear(&j->scratch);
	for (unsigned i = 0; i < j->before.count; i++) {
		struct hypothesis h = j->before.h[i];
		const char *clause;
		const bool residue = role_is_residue(model_emits(j->model, &j->before.h[i].tcb, s, at, &h.tcb, &clause));
		crossed |= residue;
		if (!residue)
			h.tcb = j->before.h[i].tcb;
		if (residue || !j->arrived)
			hypotheses_add(&j->scratch, &h);
	}
	if (crossed)
		hypotheses_swap(&j->before, &j->scratch);
	hypotheses_clear(&j->scratch);
	if (crossed && j->arrived) {
		judge_arrives_again(j);
		judge_time(j, at);
	}
	return crossed;
}

/* May a repetition satisfy the line? */
static bool step_again(const struct step *st)
{
	return st->again || st->may;
}

/* Is every explanation a repetition? */
static bool hypotheses_only_repeat(const struct hypotheses *h)
{
	for (unsigned i = 0; i < h->count; i++)
		if (h->h[i].role != UNASKED_RETRANSMISSION && h->h[i].role != UNASKED_PROBE)
			return false;
	return h->count > 0;
}

/* Does a line still wait for an acknowledgment that may be delayed? Then one that comes before the fence is judged as one that comes behind it. */
static bool delay_awaited(const struct judge *j)
{
	return j->expect < j->end && j->script->step[j->expect].has_within;
}

/* The group's (nothing), or NULL. */
static const struct step *group_strict(const struct judge *j)
{
	for (size_t i = j->first; i < j->end; i++)
		if (j->script->step[i].kind == STEP_SILENCE && j->script->step[i].strict)
			return &j->script->step[i];
	return NULL;
}

/* The script has the say over what the model permits: an EXPECT, residue, or a group (by the model). False: it permits none of the explanations. */
static bool judge_by_script(struct judge *j, size_t expected)
{
	if (j->probing)
		return true;
	const struct step *strict = group_strict(j);
	if (strict && expected == j->end) {
		judge_breach(j, strict->level, "unexpected segment", strict->line, "nothing was to be sent, not even what may come unasked");
		return j->status == JUDGE_GOING;
	}
	const bool again = expected < j->end && step_again(&j->script->step[expected]);
	if (group_has(j, STEP_BY_MODEL) && expected == j->end)
		return true;
	if (hypotheses_keep_roles(&j->scratch, expected < j->end, again))
		return true;
	judge_breach(j, j->script->level, "unexpected segment", j->script->step[j->first].line, "no line expects it, and it is no repetition");
	return j->status == JUDGE_GOING;
}

static void judge_in_group(struct judge *j, const struct segment *s, uint64_t at)
{
	judge_form(j, s, at);
	if (j->status == JUDGE_GOING)
		judge_time(j, at);
	judge_explain(j, &j->now, s, at);
	const bool served = j->scratch.count == 0 && judge_explain_served(j, s, at);
	if (j->scratch.count == 0 && judge_crossed(j, s, at))
		return;
	size_t expected = judge_expected(j, s);
	if (expected < j->end && !step_again(&j->script->step[expected]) && hypotheses_only_repeat(&j->scratch))
		expected = j->end; /* residue that looks like the reply: the line still waits for it */
	const bool repeated = expected == j->end && j->scratch.count && role_is_residue(j->scratch.h[0].role) && j->scratch.h[0].role != UNASKED_OWED;
	if (!repeated && !j->probing && !served)
		judge_note(j, s, "");
	else if (!repeated && !served)
		judge_note_probed(j, s);
	if (j->scratch.count == 0) {
		j->ack_doubted = segment_is_ack(s) && !delay_awaited(j) && at > j->stimulus_at + ACK_TIMER_US / 2;
		judge_against(j, JUDGE_FAILED, "unexpected segment", clause_now(j), "unexpected segment: %s", j->replies > 1 ? "one more than is permitted" : "none of this form is permitted here");
		return;
	}
	if (!(served && expected == j->end) && !judge_by_script(j, expected))
		return;
	hypotheses_swap(&j->now, &j->scratch);
	judge_check(j);
	if (expected == j->end)
		return;
	judge_consume(j, expected, s);
	if (j->fenced && j->deadline)
		j->deadline = group_deadline(j);
}

static bool hypotheses_repeat(const struct hypotheses *h, const struct model *m, const struct segment *s, uint64_t at)
{
	for (unsigned i = 0; i < h->count; i++) {
		struct tcb next;
		const char *clause;
		const enum unasked role = model_emits(m, &h->h[i].tcb, s, at, &next, &clause);
		if (role == UNASKED_RETRANSMISSION || role == UNASKED_PROBE || role == UNASKED_KEEPALIVE)
			return true;
	}
	return false;
}

bool judge_repeats(const struct judge *j, const struct segment *s, uint64_t at)
{
	return hypotheses_repeat(&j->before, j->model, s, at) || hypotheses_repeat(&j->now, j->model, s, at);
}

/* Is it another connection's, which may answer it? */
static bool said_of_another(const struct said_segment *q)
{
	return q->said & SAY_SRC || (q->said & SAY_FROM && q->ip.from == ROLE_OTHER);
}

/* Octets in place of a header have ports of their own, and by chance the right checksum: does it go to where they came from? */
static bool answers_octets(const struct said_segment *q, const struct segment *s)
{
	char port[5];
	snprintf(port, sizeof port, "%04x", s->dst_port);
	return q->said & SAY_RAW && strncasecmp(q->raw, port, 4) == 0;
}

static void judge_note_isn(struct judge *j, const struct segment *s, uint64_t at)
{
	isns_note(&j->isns, &(struct isn_seen){.port = s->dst_port, .seq = s->seq, .at = at, .has_stamp = s->options.has_ts, .stamp = s->options.ts_val});
}

/* From the played port, but not between the connection's ends: the answer to a <SRC=...>, or to octets with other ports, is none of its business, but of a line that says the same, anything else breaks the most basic of checks. */
static void judge_strange(struct judge *j, const struct segment *s, uint64_t at_us)
{
	const char *const clause = "RFC 9293 3.1, 3.4.1: a connection is its pair of sockets";
	const struct said_segment *q = j->stimulated && !j->probing && j->stimulus.kind == EVENT_SENT ? &j->script->step[j->stimulus.step].segment : NULL;
	if (q && (said_of_another(q) || answers_octets(q, s))) {
		const size_t at = j->expect;
		if (j->status == JUDGE_GOING && at < j->end && j->script->step[at].segment.said & SAY_SRC && expect_matches(&j->script->step[at], &j->numbers, judge_tcb(j), s, 0))
			j->expect = next_expect(j, at + 1);
		if (s->ctl & CTL_SYN)
			judge_note_isn(j, s, at_us);
		return;
	}
	if (j->status == JUDGE_GOING) /* a known deviation pins it */
		judge_note(j, s, "elsewhere ");
	if (s->dst_port != j->endpoint.tester_port) {
		judge_against(j, JUDGE_FAILED, "malformed segment", clause, "malformed segment: to port %u of the tester, the connection's is %u", s->dst_port, j->endpoint.tester_port);
		return;
	}
	struct text line = {0};
	address_print(&s->src, &line);
	text_put(&line, " to ");
	address_print(&s->dst, &line);
	judge_against(j, JUDGE_FAILED, "malformed segment", clause, "malformed segment: from %s, which are not the connection's addresses", text_string(&line));
	text_free(&line);
}

void judge_received(struct judge *j, const struct event *e)
{
	struct segment read;
	const struct segment *s = e->segment ? e->segment : &read;
	if (!e->segment && !segment_parse(e->packet, e->length, &read, NULL))
		return;
	if (!judge_owns(j, &s->src, s->src_port, &s->dst, s->dst_port)) {
		judge_strange(j, s, e->at);
		return;
	}
	if (s->ctl & CTL_SYN)
		judge_note_isn(j, s, e->at);
	numbers_timestamp(&j->numbers, SIDE_TARGET, s);
	j->shown_snd_nxt = s->seq + segment_length(s);
	if ((s->ctl & (CTL_ACK | CTL_RST)) == CTL_ACK) {
		j->has_shown = true;
		j->shown_rcv_nxt = s->ack;
	}
	if (j->asked || (j->fenced && !j->deadline))
		judge_late(j, s, e->at);
	else if (j->status == JUDGE_GOING)
		judge_in_group(j, s, e->at);
	else if (!hypotheses_repeat(&j->before, j->model, s, e->at))
		judge_note(j, s, ""); /* the reaction is written down to its end */
}
