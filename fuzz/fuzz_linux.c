/* The harness of the running Linux kernel: it is played on in a namespace of its own, as a black box. What it does that targets/linux/fuzz.tsv has a cause for is counted, and no finding. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/causes.h"
#include "fuzz/feedback.h"
#include "fuzz/harness.h"
#include "fuzz/kernel.h"
#include "fuzz/live.h"
#include "lib/wire/seq.h"

/* targets/linux/target.ini and fuzz.tsv, as the Makefile has put them in. */
extern const char fuzz_declaration[], fuzz_causes[];

static struct live *live;
static struct kernel *kernel;
static struct causes *causes;
static struct script *script;
static bool forked; /* since all was opened: a process that was is another one */

/* The inputs played last: of the last `batched` one may be worth to be played alone, and of the last LIVE_UNPROVED the proof may be missing. */
static struct input last[KERNEL_BATCH];
static unsigned long played;
static unsigned batched;
_Static_assert(KERNEL_BATCH >= LIVE_UNPROVED, "an input is forgotten before it is proved");

/* Those that are to be played again. */
static struct {
	struct input input;
	enum kernel_company company;
	enum live_proof proof;
} wanted[KERNEL_BATCH];
static unsigned wants;

/* Of the next. Nobody comes back to one that libFuzzer has not made up itself. */
static enum kernel_company company = KERNEL_ALONE;
static enum live_proof proof = LIVE_NOW;

/* ---- feedback ---- */

static enum place place_of(const struct tcb *t, const struct segment *s)
{
	if (!t->irs_known || s->seq == t->rcv_nxt)
		return PLACE_EXACT;
	return seq_lt(s->seq, t->rcv_nxt) ? PLACE_BEFORE : seq_lt(s->seq, t->rcv_nxt + t->rcv_wnd) ? PLACE_INSIDE
	                                                                                           : PLACE_BEYOND;
}

static enum reaction_class reaction_of(const struct live_move *m)
{
	if (m->segments != 1)
		return m->segments ? REACTION_SEVERAL : REACTION_SILENT;
	return m->ctl & CTL_RST ? REACTION_RST : m->ctl & CTL_SYN ? REACTION_SYN
	                                     : m->ctl & CTL_FIN   ? REACTION_FIN
	                                     : m->text            ? REACTION_TEXT
	                                                          : REACTION_ACK;
}

static void on_move(void *self, const struct live_move *m)
{
	(void)self;
	if (m->stimulus)
		feedback_segment(m->before->state, m->stimulus, place_of(m->before, m->stimulus), reaction_of(m));
	feedback_transition(m->before->state, m->after->state);
}

static void on_ended(void *self, const struct target *t, struct connection *c)
{
	(void)self;
	kernel_connection(t, c);
}

static bool on_failed(void *self, const struct judge *j)
{
	(void)self;
	return causes_match(causes, j) != NULL;
}

/* ---- scripts that are to be played alone ---- */

static void input_copy(struct input *to, const struct input *from)
{
	to->v6 = from->v6;
	to->count = from->count;
	memcpy(to->move, from->move, from->count * sizeof *from->move);
}

static void input_wanted(const struct input *in, enum kernel_company c, enum live_proof p)
{
	if (wants == KERNEL_BATCH)
		return;
	wanted[wants].company = c;
	wanted[wants].proof = p;
	input_copy(&wanted[wants++].input, in);
}

/* i: from the first of all on. */
static struct input *input_at(unsigned long i)
{
	return &last[i % KERNEL_BATCH];
}

static void batch_looked(enum kernel_look look)
{
	for (unsigned i = batched; look == KERNEL_FRESH && i-- > 0;)
		input_wanted(input_at(played - 1 - i), batched <= KERNEL_GROUP ? KERNEL_ALONE : KERNEL_GROUPED, LIVE_LATER);
	if (look != KERNEL_UNREAD)
		batched = 0;
}

/* What it has shown libFuzzer stays as it was; whether it passes is asked once more, and this time at once. */
static void on_disproved(void *self, unsigned long play)
{
	(void)self;
	wants -= wants == KERNEL_BATCH;
	input_wanted(input_at(play - 1), KERNEL_BATCHED, LIVE_NOW);
}

void harness_made(void)
{
	company = KERNEL_BATCHED;
	proof = LIVE_LATER;
}

/* The last that fits: how much may be written depends on the input that would be mutated, so that another has room later. */
size_t harness_offers(uint8_t *octets, size_t room)
{
	for (unsigned i = wants; i-- > 0;) {
		const size_t n = input_encode(&wanted[i].input, octets, room);
		if (n == 0)
			continue;
		company = wanted[i].company;
		proof = wanted[i].proof;
		wants--;
		if (i != wants) {
			wanted[i].company = wanted[wants].company;
			wanted[i].proof = wanted[wants].proof;
			input_copy(&wanted[i].input, &wanted[wants].input);
		}
		return n;
	}
	return 0;
}

/* ---- the harness ---- */

/* Namespaces, sockets and the capture's ring are a process's own: one that was forked, to minimise, makes others. */
static void open_all(void)
{
	struct error e;
	struct declaration *d = declaration_read_text("targets/linux/target.ini", fuzz_declaration, PROFILE_RFC9293, &e);
	const struct live_events events = {.move = on_move, .ended = on_ended, .is_known = on_failed, .disproved = on_disproved};
	forked = false;
	played = batched = wants = 0;
	live = d ? live_new(d, &events, &e) : NULL;
	kernel = live ? kernel_new(&e) : NULL;
	if (!kernel)
		harness_unusable(&e);
}

static void on_fork(void)
{
	forked = true;
}

void harness_open(int argc, char **argv)
{
	struct error e;
	(void)argc;
	(void)argv;
	script = input_script_new();
	causes = causes_new("targets/linux/fuzz.tsv", fuzz_causes, &e);
	if (!causes)
		harness_unusable(&e);
	pthread_atfork(NULL, NULL, on_fork);
	open_all();
}

/* What waits is left out, for time is real here; and a path's MTU, which the kernel keeps for all connections to come. */
static bool is_left_out(const struct move *m)
{
	return m->kind == MOVE_WAIT || (m->kind == MOVE_ICMP && input_icmps[m->which].type == 3 && input_icmps[m->which].code == 4);
}

static void input_hurry(const struct input *in, struct input *to)
{
	to->v6 = in->v6;
	to->count = 0;
	for (unsigned i = 0; i < in->count; i++)
		if (!is_left_out(&in->move[i]))
			to->move[to->count++] = in->move[i];
}

static bool found(struct finding *f, const struct result *r)
{
	char id[CAUSE_ID_MAX], reaction[256];
	f->state = CLOSED;
	f->rule = r->verdict == FAIL ? rule_of_cause(r->cause_class) : RULE_judge_inconclusive;
	state_read(r->state_before, strlen(r->state_before), &f->state);
	cause_id(live_judge(live), id);
	cause_reaction(live_judge(live), reaction, sizeof reaction);
	snprintf(f->words, sizeof f->words, "%s\t%s\n%.100s [%.100s]", id, reaction, r->cause, r->clause);
	text_put(&f->ladder, text_string(&r->ladder));
	return true;
}

static bool play(const struct input *in, enum live_proof p, struct finding *f)
{
	struct result r;
	struct error e;
	if (!live_play(live, script, in->v6 ? IPV6 : IPV4, p, &r, &e))
		harness_unusable(&e);
	const bool fails = (r.verdict == FAIL || r.verdict == INCONCLUSIVE) && found(f, &r);
	result_free(&r);
	return fails;
}

bool harness_play(const struct input *in, struct finding *f)
{
	f->rule = RULE_NONE;
	text_clear(&f->ladder);
	if (forked)
		open_all();
	struct input *const hurried = input_at(played);
	const enum kernel_company with = company;
	const enum live_proof by = proof;
	company = KERNEL_ALONE;
	proof = LIVE_NOW;
	kernel_input();
	input_hurry(in, hurried);
	if (!input_script(hurried, live_needs_met(live), script))
		return false;
	batch_looked(kernel_begins(kernel, with));
	const bool fails = play(in, by, f);
	played++;
	batched++;
	batch_looked(kernel_ended(kernel));
	return fails;
}

void harness_sums(json_t *report, FILE *lines)
{
	const struct live_counts *c = live ? live_counts(live) : NULL;
	struct error e;
	if (live && !live_prove(live, &e))
		fprintf(stderr, "%s\n", e.text);
	if (c && report) {
		json_object_set_new(report, "mib", json_integer(kernel_moved(kernel)));
		json_object_set_new(report, "sums", json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "known", (json_int_t)causes_met(causes), "careful", (json_int_t)c->careful, "fences", (json_int_t)c->fences, "doubtful", (json_int_t)c->doubtful, "unsettled", (json_int_t)c->unsettled, "taken_back", (json_int_t)c->taken_back, "disproved", (json_int_t)c->disproved, "wavering", (json_int_t)c->wavering, "crowded", (json_int_t)c->crowded, "strays", (json_int_t)c->strays));
		json_object_set_new(report, "causes", causes_json(causes));
	}
	if (c && lines) {
		causes_print(causes, lines);
		fprintf(lines, "live: %lu scripts, %lu times known deviations; %lu careful plays, %lu doubtful, %lu hasty verdicts taken back, %lu of them by two plays behind one that had failed, %lu hasty passes taken back by a later fence, %lu scripts unsettled, %lu with more hypotheses than room; %lu fences, %lu strays; %u counters of the MIB moved\n",
		        c->hasty, causes_met(causes), c->careful, c->doubtful, c->taken_back, c->wavering, c->disproved, c->unsettled, c->crowded, c->fences, c->strays, kernel_moved(kernel));
	}
}
