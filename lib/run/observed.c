/* The course of a play, followed along its packets: each group's stimulus is the tester's next packet, or a call that the target's next packet shows. Where a state was asked, every
 * answer that the model permits is tried in turn. */
#include "lib/run/observed.h"

#include <stdio.h>
#include <string.h>

#include "lib/net/fence.h"
#include "lib/run/player.h"
#include "lib/run/sprint.h"
#include "lib/wire/packet.h"

enum { ANSWERS_MAX = 32,    /* states asked in one play that may have more than one answer */
       COURSES_MAX = 256 }; /* ways through the answers that are tried */

/* Which answer is taken at each question that has several: an odometer. */
struct answers {
	unsigned taken[ANSWERS_MAX], of[ANSWERS_MAX];
	unsigned count;
};

struct course {
	struct judge judge;
	struct trace trace;
	const struct observed *o;
	const struct script *script;
	size_t next;  /* packet */
	uint64_t now; /* microseconds */
	size_t step;  /* of the group under way */
	struct answers *answers;
	unsigned asked;    /* questions with several answers so far */
	bool contradicted; /* the tester went on, where this answer would have stopped it */
	bool short_of;     /* the packets end before the script does */
	bool unseen;       /* something that is asserted shows in no packet */
};

bool report_is_unseen(const struct observed_report *r)
{
	static const char *const unseen[] = {"next state", "no signal", "wrong signal", "call failed", "wrong octets: RECEIVE", "precondition", "reported state"};
	const char *cause = r->cause;
	if (strncmp(cause, "known, but changed: ", 20) == 0)
		cause += 20;
	for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
		if (strncmp(cause, unseen[i], strlen(unseen[i])) == 0)
			return true;
	return false;
}

static void course_event(struct course *c, struct event *e)
{
	e->step = c->step;
	if (e->at < c->now)
		e->at = c->now; /* stamps of two descriptors may be a microsecond apart */
	c->now = e->at;
	judge_event(&c->judge, trace_add(&c->trace, e));
}

static const struct observed_packet *course_next(const struct course *c)
{
	return c->next < c->o->count ? &c->o->packet[c->next] : NULL;
}

static void course_packet(struct course *c, enum event_kind kind)
{
	const struct observed_packet *p = &c->o->packet[c->next++];
	struct event e = {.kind = kind, .at = p->at, .packet = (uint8_t *)(uintptr_t)p->octets, .length = p->length};
	course_event(c, &e);
}

static void course_plain(struct course *c, enum event_kind kind, uint64_t at)
{
	struct event e = {.kind = kind, .at = at};
	course_event(c, &e);
}

/* ---- stimuli ---- */

/* Could this packet of the tester's be what the step sends? Its numbers are the tester's own choice; its form is the script's. */
static bool packet_is_step(const struct observed_packet *p, const struct step *st)
{
	struct segment s;
	if (st->segment.said & (SAY_RAW | SAY_ICMP))
		return true;
	if (!segment_parse(p->octets, p->length, &s, NULL))
		return st->segment.said & SAY_OFF;
	const bool fills = st->segment.said & SAY_DATA && st->segment.data == DATA_WINDOW;
	return s.ctl == st->segment.ctl && (fills || s.text_length == st->segment.data || s.bad & (BAD_OFFSET | BAD_LENGTH));
}

/* The runner's own old octet, which draws an acknowledgment that may be delayed. */
static bool packet_is_probe(const struct course *c, const struct observed_packet *p)
{
	struct segment s;
	return judge_lingers(&c->judge) && segment_parse(p->octets, p->length, &s, NULL) && s.ctl == CTL_ACK && s.text_length == 1 && s.seq == judge_tcb(&c->judge)->rcv_nxt - WAY_OLD_OCTET;
}

/* False: the packets end before this step. */
static bool course_stimulus(struct course *c, const struct step *st)
{
	const struct observed_packet *p = course_next(c);
	struct event call = {.kind = EVENT_CALLED, .answer = {.result = CALL_UNSEEN, .content_ok = true}};
	switch (st->kind) {
	case STEP_SEND:
		while (p && p->kind != OBSERVED_TO_TARGET) {
			course_packet(c, p->kind == OBSERVED_ECHO ? EVENT_FENCE : EVENT_RECEIVED);
			p = course_next(c);
		}
		if (!p || !packet_is_step(p, st))
			return false;
		course_packet(c, EVENT_SENT);
		return true;
	case STEP_CALL:
		if (!p)
			return false;
		call.at = call.began = p->kind == OBSERVED_FROM_TARGET && p->at > c->now ? p->at : c->now;
		course_event(c, &call);
		return true;
	case STEP_WAIT:
		course_plain(c, EVENT_WAIT, c->now);
		return true;
	case STEP_EXPECT:
	case STEP_SILENCE:
	case STEP_STATE:
	case STEP_SIGNAL:
	case STEP_ISNS:
	case STEP_BY_MODEL:
		break;
	}
	return true;
}

/* ---- up to the fence, and behind it ---- */

/* Takes what the target sent no later than `until`; stops at anything else, and where `met` holds. */
static void course_receive(struct course *c, uint64_t until, bool (*met)(const struct judge *))
{
	const struct observed_packet *p;
	while ((p = course_next(c)) && p->kind == OBSERVED_FROM_TARGET && p->at <= until && !(met && met(&c->judge)))
		course_packet(c, EVENT_RECEIVED);
}

/* Does the next step follow on a call, so that packets cannot tell where this group ends? */
static bool call_follows(const struct course *c, size_t end)
{
	return end < c->script->count && c->script->step[end].kind == STEP_CALL;
}

/* On the way into a state nothing is fenced that has come. */
static void course_close_way(struct course *c, size_t end)
{
	const struct observed_packet *p;
	for (;;) {
		course_receive(c, UINT64_MAX, call_follows(c, end) ? judge_is_met : NULL);
		p = course_next(c);
		if (!p || p->kind == OBSERVED_FROM_TARGET)
			break;
		if (p->kind == OBSERVED_TO_TARGET && packet_is_probe(c, p)) {
			course_packet(c, EVENT_PROBED);
			continue;
		}
		break;
	}
	if (p && p->kind == OBSERVED_ECHO && !judge_is_met(&c->judge)) {
		c->next++;
		course_plain(c, EVENT_FENCE, p->at);
		return;
	}
	course_plain(c, EVENT_MET, c->now);
}

/* The fence's answer; with `time`, its end. False: it never came. */
static bool course_fence(struct course *c)
{
	if (c->o->by_time) {
		const uint64_t at = c->now + FENCE_TIME_US;
		course_receive(c, at, NULL);
		course_event(c, &(struct event){.kind = EVENT_FENCE, .at = at, .by_time = true});
		return true;
	}
	course_receive(c, UINT64_MAX, NULL);
	const struct observed_packet *p = course_next(c);
	if (!p || p->kind != OBSERVED_ECHO)
		return false;
	c->next++;
	course_plain(c, EVENT_FENCE, p->at);
	return true;
}

/* What the group waits for: until it has come, or its time is over. */
static void course_await(struct course *c)
{
	uint64_t until;
	while ((until = judge_awaits(&c->judge)) > c->now) {
		const struct observed_packet *p = course_next(c);
		if (!p || p->kind != OBSERVED_FROM_TARGET || p->at > until) {
			course_plain(c, EVENT_DEADLINE, until);
			return;
		}
		course_packet(c, EVENT_RECEIVED);
	}
}

static bool course_close(struct course *c, const struct step *opener)
{
	if (opener->kind != STEP_WAIT) {
		const bool fenced = course_fence(c);
		course_await(c);
		return fenced;
	}
	course_await(c);
	return course_fence(c);
}

/* ---- what was asked ---- */

static bool answer_same(const struct state_answer *a, const struct state_answer *b)
{
	return a->has_tcb == b->has_tcb && (a->has_tcb ? a->state == b->state : a->has_listener == b->has_listener);
}

/* The answers that the model permits now. */
static unsigned answers_permitted(const struct judge *j, struct state_answer *to)
{
	unsigned count = 0;
	for (unsigned i = 0; i < j->now.count; i++) {
		const struct tcb *t = &j->now.h[i].tcb;
		const bool gone = t->state == CLOSED || t->state == LISTEN;
		const struct state_answer a = {.has_tcb = !gone, .has_listener = gone && (t->listener || t->state == LISTEN), .state = t->state};
		unsigned k = 0;
		while (k < count && !answer_same(&to[k], &a))
			k++;
		if (k == count)
			to[count++] = a;
	}
	return count;
}

static unsigned answer_take(struct course *c, unsigned count)
{
	if (count < 2)
		return 0;
	if (c->asked == ANSWERS_MAX) {
		c->unseen = true;
		return 0;
	}
	if (c->asked == c->answers->count) {
		c->answers->taken[c->asked] = 0;
		c->answers->count++;
	}
	c->answers->of[c->asked] = count;
	return c->answers->taken[c->asked++];
}

/* Signals that the group asserts: told in every hypothesis, or not known. */
static void course_signals(struct course *c)
{
	for (size_t i = c->judge.first; i < c->judge.end; i++)
		for (unsigned k = 0; k < c->judge.now.count && c->script->step[i].kind == STEP_SIGNAL; k++)
			c->unseen |= !(c->judge.now.h[k].tcb.signals & c->script->step[i].signal);
}

static void course_ask(struct course *c)
{
	struct state_answer answer[HYPOTHESES_MAX];
	struct event e = {.kind = EVENT_STATE, .at = c->now};
	if (c->judge.status != JUDGE_GOING)
		return;
	course_signals(c);
	const unsigned count = answers_permitted(&c->judge, answer);
	if (!count)
		return;
	e.state = answer[answer_take(c, count)];
	course_event(c, &e);
	/* The tester went on: that is an answer too. */
	c->contradicted = c->judge.status != JUDGE_GOING && course_next(c) && course_next(c)->kind != OBSERVED_FROM_TARGET;
}

/* ---- the whole ---- */

static bool course_group(struct course *c, size_t *end)
{
	const struct step *opener = &c->script->step[c->step];
	*end = judge_group(&c->judge, c->step);
	if (!course_stimulus(c, opener))
		return false;
	const bool way = c->step < c->script->prelude && !c->o->fenced_each && !c->o->by_time;
	if (way)
		course_close_way(c, *end);
	else if (!course_close(c, opener))
		return false;
	if (!way || *end >= c->script->prelude)
		course_ask(c);
	return true;
}

/* A segment of the runner's own behind the script: the old octet that shows what is owed is judged, probes of the state are not (lib/run/sprint.c). */
static void course_own(struct course *c)
{
	if (c->step < c->script->count && judge_owes(&c->judge)) {
		judge_group(&c->judge, c->step = c->script->count);
		course_packet(c, EVENT_PROBED);
		return;
	}
	course_packet(c, EVENT_INFER);
}

/* What the runner sent behind the script, then the watch. */
static void course_rest(struct course *c)
{
	const uint64_t until = c->judge.fence_at + QUARANTINE_US;
	const struct observed_packet *p;
	bool own = false;
	while ((p = course_next(c)) && p->at <= until) {
		if (p->kind == OBSERVED_TO_TARGET) {
			if (c->judge.status != JUDGE_GOING)
				break;
			course_own(c);
			own = true;
		} else if (p->kind == OBSERVED_ECHO) {
			c->next++;
			if (own)
				course_plain(c, EVENT_FENCE, p->at);
		} else {
			course_packet(c, EVENT_RECEIVED);
		}
	}
	if (c->o->fenced_each || c->o->by_time)
		course_plain(c, EVENT_END, until);
}

static void course_run(struct course *c)
{
	size_t end;
	for (c->step = 0; c->step < c->script->count && c->judge.status == JUDGE_GOING; c->step = end)
		if (!course_group(c, &end)) {
			c->short_of = c->judge.status == JUDGE_GOING;
			break;
		}
	if (c->step >= c->script->count)
		c->step = c->script->count ? c->judge.first : 0;
	if (!c->short_of && !c->contradicted)
		course_rest(c);
}

/* The next way through the answers. False: all were tried. */
static bool answers_turn(struct answers *a)
{
	while (a->count && ++a->taken[a->count - 1] >= a->of[a->count - 1])
		a->count--;
	return a->count > 0;
}

static void undecided(struct result *r, const char *why)
{
	r->verdict = INCONCLUSIVE;
	snprintf(r->cause_class, sizeof r->cause_class, "state not in capture");
	snprintf(r->cause, sizeof r->cause, "state not in capture: %s", why);
}

/* A known deviation pins the state with the reaction: it is the record's to say. */
static void reaction_complete(struct result *r, const struct observed_report *told)
{
	const char *at = text_string(&r->actual);
	if (r->verdict == FAIL && told->state_after[0] && !strstr(at, "=> "))
		text_add(&r->actual, "%s=> %s", at[0] ? " " : "", told->state_after);
}

static void course_result(struct course *c, const struct observed_report *told, struct result *r)
{
	judge_result(&c->judge, r);
	if (c->judge.status == JUDGE_GOING)
		snprintf(r->state_by, sizeof r->state_by, "model");
	if (r->verdict != PASS)
		ladder_of_trace(&c->trace, &c->judge, &r->ladder);
	if (c->short_of)
		undecided(r, c->o->count ? "the tester stopped before the end of the script, and no packet tells why" : "no packet of this 4-tuple is in it");
	else if (c->unseen)
		undecided(r, "what is asserted of the user shows in no packet");
	reaction_complete(r, told);
}

/* The judgement of one way through the answers. False: the packets contradict it. */
static bool course_try(const struct observed *o, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed, struct answers *a, const struct observed_report *told, struct result *r)
{
	struct course c = {.o = o, .script = s, .answers = a, .now = o->count ? o->packet[0].at : 0};
	judge_begin(&c.judge, s, m, at, seed);
	course_run(&c);
	const bool stands = !c.contradicted;
	a->count = c.asked;
	if (stands)
		course_result(&c, told, r);
	judge_end(&c.judge);
	trace_free(&c.trace);
	return stands;
}

void observed_judge(const struct observed *o, const struct script *s, const struct model *m, const struct endpoint *at, uint64_t seed, const struct observed_report *told, struct result *r)
{
	struct answers a = {.count = 0};
	unsigned stood = 0, tried = 0;
	bool differs = false;
	do {
		struct result other = {.verdict = PASS};
		if (!course_try(o, s, m, at, seed, &a, told, &other))
			continue;
		if (stood++ == 0) {
			*r = other;
			continue;
		}
		differs |= other.verdict != r->verdict;
		result_free(&other);
	} while (++tried < COURSES_MAX && answers_turn(&a));
	if (!stood) {
		*r = (struct result){.level = s->level};
		undecided(r, "no answer that the model permits explains how the tester went on");
	} else if (report_is_unseen(told)) {
		undecided(r, "the run's record says that a state or the user decided");
	} else if (differs || tried == COURSES_MAX) {
		undecided(r, "the verdict would be another one for another state that the model permits");
	}
}
