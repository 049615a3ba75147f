/* The harness of two stacks at once: an input is played on the reference stack, then on lwIP, and each is judged with its own declaration, as their harnesses do it. Where both pass, they are held against
 * each other, move by move: where the model sees both connections at the same point, and permits one reaction, the same to both, there is no choice to be had, and what is seen and told must be the same.
 * Anything else is lawful: the standard's choices, declared ones, and what follows from either. It knows of no rule of TCP itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/guard.h"
#include "fuzz/harness.h"
#include "lib/base/memory.h"
#include "lib/run/replay.h"

/* targets/NAME/target.ini and targets/lwip/fuzz.tsv, as the Makefile has put them in; each stack under a name of its own. */
extern const char fuzz_reference_declaration[], fuzz_lwip_declaration[], fuzz_causes[];
const struct tcpspec_stack_operations *reference_stack_operations(void);
const struct tcpspec_stack_operations *lwip_stack_operations(void);

enum { POINT_MAX = 2 * MOVES_MAX };

/* What a move came to. */
struct point {
	struct text sure; /* where the model sees the connection, and the one reaction that it permits; "" where it is not sure */
	struct text seen; /* the reaction, what the user was told, the octets that it has */
	size_t event;     /* in the trace: the stimulus, to be marked */
	size_t step;      /* which move of the script it is; a play may have left some out */
	enum event_kind kind;
	enum call call; /* of a call */
	enum state before;
};

struct party {
	const char *name;
	struct core *core;
	struct point point[POINT_MAX];
	unsigned points;
	uint64_t octets;          /* given to the user by the move under way */
	const struct point *part; /* while it is drawn: where the two part */
	struct text ladder;
};

static struct party party[2] = {{.name = "reference"}, {.name = "lwIP"}};
static struct causes *causes;
static unsigned long compared, sure, apart;

/* ---- what the model is sure of ---- */

static void place_print(const struct tcb *t, struct text *to)
{
	text_add(to, "%s received=%u unread=%u sent=%u acknowledged=%u queued=%u window=%u%s\n", state_name(t->state), t->irs_known ? t->rcv_nxt - t->irs : 0, t->unread, t->iss_known ? t->snd_nxt - t->iss : 0,
	         t->iss_known ? t->snd_una - t->iss : 0, t->queued, t->snd_wnd, t->listener ? ", and a listener" : "");
}

/* Every hypothesis sees it at the same place. */
static bool is_one_place(const struct hypotheses *s, struct text *to)
{
	struct text other = {0};
	bool one = s->count > 0;
	for (unsigned i = 0; i < s->count && one; i++) {
		text_clear(&other);
		place_print(&s->h[i].tcb, &other);
		if (i == 0)
			text_put(to, text_string(&other));
		else
			one = strcmp(text_string(to), text_string(&other)) == 0;
	}
	text_free(&other);
	return one;
}

/* What may be delayed, and what of the queue is sent, is the stack's choice. */
static bool is_one_reaction(const struct judge *j, struct text *to)
{
	const size_t from = to->length;
	judge_permitted(j, to);
	const char *said = text_string(to) + from, *end = strchr(said, '\n');
	return end && !end[1] && !strstr(said, "(within") && !strstr(said, "(what");
}

/* May it send by itself: text that waits or is repeated, an acknowledgment that it owes, a window that has grown? When it does, and whether a call is its occasion, is its choice. */
static bool may_send(const struct judge *j)
{
	const struct hypotheses *s = judge_before(j);
	for (unsigned i = 0; i < s->count; i++) {
		const struct tcb *t = &s->h[i].tcb;
		if (t->queued || t->fin_queued || t->ack_owed || t->window_update_due || t->snd_una != t->snd_nxt)
			return true;
	}
	return j->stimulus.kind != EVENT_SENT;
}

/* Of what was seen, all that the model can be sure of. What the user is told beside is the judge's: when, and by which words, is the interface's choice. */
static void seen_print(const struct judge *j, uint64_t octets, struct text *to)
{
	const char *actual = text_string(&j->actual), *state = strstr(actual, "=> ");
	text_put(to, may_send(j) && state ? state : actual);
	if (j->stimulus.kind == EVENT_CALLED && j->stimulus.call == CALL_RECEIVE)
		text_add(to, "; %llu octets", (unsigned long long)octets);
}

static void point_take(struct party *s, const struct judge *j, size_t event)
{
	struct point *p = &s->point[s->points];
	const struct hypothesis *h = hypotheses_best(judge_before(j));
	const uint64_t octets = s->octets;
	s->octets = 0;
	if (s->points == POINT_MAX || !j->stimulated || j->probing)
		return;
	s->points++;
	text_clear(&p->sure);
	text_clear(&p->seen);
	p->event = event;
	p->step = j->stimulus.step;
	p->kind = j->stimulus.kind;
	p->call = j->stimulus.call;
	p->before = h ? h->tcb.state : CLOSED;
	if (!is_one_place(judge_before(j), &p->sure) || !is_one_reaction(j, &p->sure))
		text_clear(&p->sure);
	else if (may_send(j))
		text_put(&p->sure, "it may send by itself\n");
	seen_print(j, octets, &p->seen);
}

static void on_trace(void *self, const struct trace *t, const struct script *script, const struct model *m, const struct endpoint *at, uint64_t seed)
{
	struct party *s = self;
	struct judge j;
	size_t group = SIZE_MAX, event = 0;
	s->points = 0;
	s->octets = 0;
	judge_begin(&j, script, m, at, seed);
	j.exact = true;
	for (size_t i = 0; i < t->count; i++) {
		const struct event *e = &t->event[i];
		if (e->step != group) {
			if (group != SIZE_MAX)
				point_take(s, &j, event);
			judge_group(&j, group = e->step);
			event = i;
		}
		if (e->kind == EVENT_CALLED && e->call == CALL_RECEIVE)
			s->octets += e->answer.octets;
		judge_event(&j, e);
	}
	if (group != SIZE_MAX)
		point_take(s, &j, event);
	judge_end(&j);
}

/* ---- where they part ---- */

static void on_draw(void *self, const struct trace *t, const struct script *script, const struct model *m, const struct endpoint *at, uint64_t seed)
{
	struct party *s = self;
	struct judge j;
	judge_begin(&j, script, m, at, seed);
	j.status = JUDGE_FAILED;
	snprintf(j.cause_class, sizeof j.cause_class, "here they part");
	j.fault_event = (unsigned)s->part->event;
	ladder_of_trace(t, &j, &s->ladder);
	judge_end(&j);
}

static bool found(const struct input *in, const struct point *a, const struct point *b, struct finding *f)
{
	f->rule = RULE_stacks_differ;
	f->state = a->before;
	f->cause[0] = '\0';
	snprintf(f->words, sizeof f->words, "%s: %.150s\n%s: %.150s", party[0].name, text_string(&a->seen), party[1].name, text_string(&b->seen));
	text_clear(&f->ladder);
	text_add(&f->ladder, "permitted: %s", text_string(&a->sure));
	party[0].part = a;
	party[1].part = b;
	for (unsigned i = 0; i < 2; i++) {
		const struct core_listener draw = {.trace = on_draw, .self = &party[i]};
		text_clear(&party[i].ladder);
		core_retell(party[i].core, in, &draw);
		text_add(&f->ladder, "\n%s:\n%s", party[i].name, text_string(&party[i].ladder));
	}
	return true;
}

/* Of the same move: may they not differ, and do? */
static bool points_part(const struct point *a, const struct point *b)
{
	const bool both = a->sure.length && strcmp(text_string(&a->sure), text_string(&b->sure)) == 0;
	const bool same = strcmp(text_string(&a->seen), text_string(&b->seen)) == 0;
	compared++;
	sure += both;
	apart += !same;
	return both && !same;
}

static bool is_same_move(const struct point *a, const struct point *b)
{
	return a->step == b->step && a->kind == b->kind && (a->kind != EVENT_CALLED || a->call == b->call);
}

/* The first move at which the two part. What one of them was not given is not held against the other. */
static bool part(const struct point **a, const struct point **b)
{
	for (unsigned i = 0, k = 0; i < party[0].points && k < party[1].points;) {
		*a = &party[0].point[i];
		*b = &party[1].point[k];
		if (is_same_move(*a, *b) && points_part(*a, *b))
			return true;
		const size_t first = (*a)->step, second = (*b)->step;
		i += first <= second;
		k += second <= first;
	}
	return false;
}

/* ---- the harness ---- */

static struct core *opened(unsigned slot, const char *name, const char *declaration, const struct tcpspec_stack_operations *o, const char *connections)
{
	struct error e;
	struct declaration *d = declaration_read_text(name, declaration, PROFILE_RFC9293, &e);
	struct core *c = d ? core_new(slot, o, d, connections, &e) : NULL;
	if (!c)
		harness_unusable(&e);
	return c;
}

void harness_open(int argc, char **argv)
{
	struct error e;
	const char *known = harness_option(argc, argv, "known"), *judge = harness_option(argc, argv, "judge");
	party[0].core = opened(0, "targets/reference/target.ini", fuzz_reference_declaration, reference_stack_operations(), "16");
	party[1].core = opened(1, "targets/lwip/target.ini", fuzz_lwip_declaration, guard_operations(lwip_stack_operations()), NULL);
	causes = causes_new("targets/lwip/fuzz.tsv", fuzz_causes, &e);
	if (!causes)
		harness_unusable(&e);
	if (!known || strcmp(known, "no") != 0)
		core_knows(party[1].core, causes);
	for (unsigned i = 0; i < 2; i++) {
		core_needs(party[i].core, core_needs_met(party[!i].core));
		core_judges(party[i].core, !judge || strcmp(judge, "no") != 0); /* without it, what it would say is left to the comparison: that this can tell is tested so */
	}
}

/* At its end the user takes what there is. */
static void input_drained(const struct input *in, struct input *to)
{
	*to = *in;
	if (to->count == MOVES_MAX)
		return;
	struct move *m = &to->move[to->count++];
	*m = (struct move){.kind = MOVE_CALL, .value = UINT16_MAX};
	while (input_calls[m->which].call != CALL_RECEIVE)
		m->which++;
}

bool harness_play(const struct input *in, struct finding *f)
{
	static struct input whole;
	input_drained(in, &whole);
	for (unsigned i = 0; i < 2; i++) {
		const struct core_listener take = {.trace = on_trace, .self = &party[i]};
		if (core_play(party[i].core, &whole, f))
			return true;
		if (!core_passed(party[i].core))
			return false;
		core_retell(party[i].core, &whole, &take);
	}
	const struct point *a, *b;
	return part(&a, &b) && found(&whole, a, b, f);
}

void harness_sums(json_t *report, FILE *lines)
{
	if (report) {
		json_object_set_new(report, "sums", json_pack("{s:I,s:I,s:I,s:I,s:I}", "known", (json_int_t)causes_met(causes), "crowded", (json_int_t)core_crowded(), "compared", (json_int_t)compared, "sure", (json_int_t)sure, "apart", (json_int_t)apart));
		json_object_set_new(report, "causes", causes_json(causes));
	}
	if (lines) {
		causes_print(causes, lines);
		fprintf(lines, "differential: %lu moves compared, %lu where the model is sure of both; %lu where they part\n", compared, sure, apart);
	}
}
