/* Tests of the probes: what every state answers, which pairs are told apart by what, and inference against a target that is played by the model, or by a stack with
 * habits of its own. Expectations are RFC 9293 3.10.7, read by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/run/probe.h"

enum { NOW = 5000000,
       SIGNATURES_MAX = 6 };

static const struct model *default_model(void)
{
	static struct model m;
	m = model_default(PROFILE_RFC9293);
	return &m;
}

static struct segment segment_for(enum probe p, const struct tcb *t, uint8_t octet[1])
{
	struct probe_numbers n = {.iss_known = false};
	struct segment s = {.src = {.family = IPV4}};
	probe_numbers_take(&n, t);
	probe_segment(p, &n, 70000, octet, &s);
	return s;
}

/* ---- what each state answers ---- */

#define ACK_NOW "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>"
#define RST_NOW "<SEQ=SEG.ACK><CTL=RST>"
#define RST_ACK_NOW "<SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>"

/* The columns: old-octet, old-octet-nxt, ack-iss, ack-beyond, fin-alone, syn. "x|y": both are permitted. */
static const struct {
	enum probe_row row;
	const char *answer[PROBE_SYN + 1];
} answers[] = {
    {ROW_CLOSED, {RST_NOW, RST_NOW, RST_NOW, RST_NOW, RST_ACK_NOW, RST_ACK_NOW}},
    {ROW_LISTEN, {RST_NOW, RST_NOW, RST_NOW, RST_NOW, "-", "<SEQ=new ISS><ACK=SEG.SEQ+SEG.LEN><CTL=SYN,ACK>"}},
    {ROW_SYN_SENT, {RST_NOW, "-", RST_NOW, RST_NOW, "-", "<SEQ=ISS><ACK=SEG.SEQ+SEG.LEN><CTL=SYN,ACK>"}},
    {ROW_SYN_RECEIVED, {ACK_NOW "|" RST_NOW, ACK_NOW, RST_NOW, RST_NOW, "-", ACK_NOW}},
    {ROW_SYN_RECEIVED_SIMULTANEOUS, {ACK_NOW "|" RST_NOW, ACK_NOW, RST_NOW, RST_NOW, "-", ACK_NOW}},
    {ROW_ESTABLISHED, {ACK_NOW, ACK_NOW, "-", ACK_NOW, "-", ACK_NOW}},
    {ROW_FIN_WAIT_1, {ACK_NOW, ACK_NOW, "-", ACK_NOW, "-", ACK_NOW}},
    {ROW_FIN_WAIT_2, {ACK_NOW, ACK_NOW, "-", ACK_NOW, "-", ACK_NOW}},
    {ROW_CLOSE_WAIT, {ACK_NOW, ACK_NOW, "-", ACK_NOW, "-", ACK_NOW}},
    {ROW_CLOSING, {ACK_NOW, ACK_NOW, "-", ACK_NOW, "-", ACK_NOW}},
    {ROW_LAST_ACK, {ACK_NOW, ACK_NOW, "-", ACK_NOW, "-", ACK_NOW}},
    {ROW_TIME_WAIT, {ACK_NOW, ACK_NOW, "-|" ACK_NOW, ACK_NOW, "-", ACK_NOW}},
};

static void each_row_answers_as_the_standard_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		for (enum probe p = 0; p <= PROBE_SYN; p++) {
			const struct tcb t = probe_row_tcb(answers[i].row);
			struct signature s[SIGNATURES_MAX];
			struct text got = {0};
			uint8_t octet[1];
			const struct segment g = segment_for(p, &t, octet);
			const unsigned n = probe_predict(default_model(), &t, p, &g, s, SIGNATURES_MAX);
			for (unsigned k = 0; k < n; k++) {
				text_add(&got, "%s", k ? "|" : "");
				signature_print(&s[k], &got);
			}
			if (strcmp(text_string(&got), answers[i].answer[p]) != 0)
				fail_msg("%s, %s: %s, expected %s", probe_row_name(answers[i].row), probe_name(p), text_string(&got), answers[i].answer[p]);
			text_free(&got);
		}
}

/* ---- the pairs ---- */

/* What the old octet does not tell apart. */
static const struct {
	enum probe_row a, b;
	const char *plan;
} pairs[] = {
    {ROW_CLOSED, ROW_LISTEN, "fin-alone"},
    {ROW_CLOSED, ROW_SYN_SENT, "old-octet-nxt"},
    {ROW_CLOSED, ROW_SYN_RECEIVED, "old-octet-nxt"}, /* <ACK=SND.UNA> is the ISS, which SYN-RECEIVED may answer by a reset too (3.5.2, group 2) */
    {ROW_CLOSED, ROW_SYN_RECEIVED_SIMULTANEOUS, "old-octet-nxt"},
    {ROW_LISTEN, ROW_SYN_SENT, "old-octet-nxt"},
    {ROW_LISTEN, ROW_SYN_RECEIVED, "old-octet-nxt"},
    {ROW_LISTEN, ROW_SYN_RECEIVED_SIMULTANEOUS, "old-octet-nxt"},
    {ROW_SYN_SENT, ROW_SYN_RECEIVED, "old-octet-nxt"},
    {ROW_SYN_SENT, ROW_SYN_RECEIVED_SIMULTANEOUS, "old-octet-nxt"},
    {ROW_SYN_RECEIVED, ROW_SYN_RECEIVED_SIMULTANEOUS, ""}, /* one state */
    {ROW_SYN_RECEIVED, ROW_ESTABLISHED, "ack-iss"},
    {ROW_SYN_RECEIVED_SIMULTANEOUS, ROW_ESTABLISHED, "ack-iss"},
    {ROW_FIN_WAIT_1, ROW_FIN_WAIT_2, ""},
    {ROW_CLOSING, ROW_LAST_ACK, "ack, old-octet"},
    {ROW_CLOSING, ROW_TIME_WAIT, ""},
    {ROW_LAST_ACK, ROW_TIME_WAIT, "ack, old-octet"},
};

static const char *pair_plan(enum probe_row a, enum probe_row b)
{
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if ((pairs[i].a == a && pairs[i].b == b) || (pairs[i].a == b && pairs[i].b == a))
			return pairs[i].plan;
	return "old-octet";
}

static void plan_is(const struct probe_plans *plans, enum probe_row a, enum probe_row b, const char *want)
{
	const struct probe_plan *p = &plans->plan[a][b];
	struct text got = {0};
	for (unsigned i = 0; i < p->count; i++)
		text_add(&got, "%s%s", i ? ", " : "", probe_name(p->step[i]));
	if (strcmp(text_string(&got), want) != 0)
		fail_msg("%s and %s: \"%s\", expected \"%s\"", probe_row_name(a), probe_row_name(b), text_string(&got), want);
	text_free(&got);
}

static void all_pairs_but_two_are_told_apart(void **state)
{
	struct probe_plans plans;
	(void)state;
	probe_plans_make(&plans, default_model(), NULL);
	for (enum probe_row a = 0; a < PROBE_ROWS; a++)
		for (enum probe_row b = 0; b < a; b++)
			plan_is(&plans, a, b, pair_plan(a, b));
}

/* MAY-2: a target that opens TIME-WAIT anew. */
static struct signatures reopens(void)
{
	struct signatures s;
	memset(&s, 0, sizeof s);
	s.at[ROW_TIME_WAIT][PROBE_SYN] = (struct signature){.known = true, .kind = REPLY_SYN_ACK_NEW, .ack = NUMBER_SEG_END};
	return s;
}

static void reopening_time_wait_tells_the_two_apart(void **state)
{
	const struct signatures learned = reopens();
	struct model m = *default_model();
	struct probe_plans plans;
	(void)state;
	m.choices.time_wait_reuse = true;
	probe_plans_make(&plans, &m, &learned);
	plan_is(&plans, ROW_FIN_WAIT_1, ROW_FIN_WAIT_2, "fin, syn");
	plan_is(&plans, ROW_CLOSING, ROW_TIME_WAIT, "syn");
	assert_false(plans.by_model[ROW_CLOSING][ROW_TIME_WAIT]); /* it may, and may not */
}

/* ---- inference against a target ---- */

/* A target played by the model, or by what it was learned to do: of several lawful reactions it takes number `choice`. */
struct stack {
	const struct model *m;
	const struct signatures *habits;
	struct tcb t;
	unsigned choice;
};

static void stack_answers(struct stack *k, struct probing *p, enum probe which, const struct segment *s)
{
	struct outcome o;
	probe_outcome(k->m, k->habits, &k->t, which, s, NOW, &o);
	const struct reaction *r = &o.reaction[k->choice % o.count];
	for (unsigned i = 0; i < r->now_count; i++) {
		const struct emission *e = &r->now[i];
		static const uint8_t none[1];
		const struct segment reply = {.src = {.family = IPV4}, .ctl = e->ctl, .seq = e->binds_iss ? 0x40000000 : e->seq, .ack = e->ctl & CTL_ACK ? e->ack : 0, .wnd = UINT16_MAX, .text = none};
		probe_take(p, &reply, NOW);
	}
	k->t = r->next;
}

/* Probes until there is nothing more to ask. */
static enum probe_advice infer(struct probing *p, struct stack *k)
{
	uint8_t octet[1];
	struct segment s = {.src = {.family = IPV4}};
	enum probe_advice advice;
	for (unsigned i = 0; (advice = probe_next(p, octet, &s)) == PROBE_SEND; i++) {
		assert_true(i < 8);
		probe_sent(p, &s, NOW);
		stack_answers(k, p, p->current, &s);
		probe_fenced(p);
	}
	return advice;
}

static void candidates_add(struct hypotheses *among, enum probe_row r)
{
	struct hypothesis h;
	memset(&h, 0, sizeof h);
	h.tcb = probe_row_tcb(r);
	hypotheses_add(among, &h);
}

/* The pair among which the truth is, and the class that comes of it. */
static enum probe_advice infer_pair(const struct model *m, const struct signatures *learned, const struct probe_plans *plans, enum probe_row truth, enum probe_row other, unsigned choice, uint16_t *class)
{
	struct probing p = {.sent = 0};
	struct hypotheses among = {0};
	struct stack k = {.m = m, .habits = learned, .t = probe_row_tcb(truth), .choice = choice};
	candidates_add(&among, truth);
	candidates_add(&among, other);
	probing_begin(&p, m, learned, plans, &among, &among.h[0].tcb, true, 1, 1, 70000);
	const enum probe_advice advice = infer(&p, &k);
	*class = probe_class(&p);
	probing_end(&p);
	hypotheses_free(&among);
	return advice;
}

static void pair_is_inferred(const struct probe_plans *plans, enum probe_row truth, enum probe_row other, unsigned choice)
{
	const enum state s = probe_row_state(truth), o = probe_row_state(other);
	uint16_t class;
	const enum probe_advice advice = infer_pair(default_model(), NULL, plans, truth, other, choice, &class);
	const bool apart = s == o || plans->plan[truth][other].count > 0;
	if (!(class >> s & 1))
		fail_msg("%s (among %s): it is not in its own class, %x", probe_row_name(truth), probe_row_name(other), class);
	if (s != o && apart && class >> o & 1)
		fail_msg("%s: not told from %s", probe_row_name(truth), probe_row_name(other));
	assert_int_equal(advice, apart ? PROBE_ENOUGH : PROBE_TIMER);
}

static void every_state_is_inferred_among_two(void **state)
{
	struct probe_plans plans;
	(void)state;
	probe_plans_make(&plans, default_model(), NULL);
	for (enum probe_row a = 0; a < PROBE_ROWS; a++)
		for (enum probe_row b = 0; b < PROBE_ROWS; b++)
			for (unsigned choice = 0; a != b && choice < 3; choice++)
				pair_is_inferred(&plans, a, b, choice);
}

/* Nothing permits the state that the target is in: the answers show it all the same. */
static void a_state_that_nothing_permits_is_seen(void **state)
{
	struct probe_plans plans;
	uint16_t class;
	(void)state;
	probe_plans_make(&plans, default_model(), NULL);
	struct probing p = {.sent = 0};
	struct hypotheses among = {0};
	struct stack k = {.m = default_model(), .t = tcb_in_state(CLOSE_WAIT, true, true, 300, 100)};
	const struct tcb before = tcb_in_state(ESTABLISHED, true, true, 300, 100);
	candidates_add(&among, ROW_ESTABLISHED);
	probing_begin(&p, default_model(), NULL, &plans, &among, &before, true, 1, 1, 70000);
	assert_int_equal(infer(&p, &k), PROBE_ENOUGH);
	class = probe_class(&p);
	assert_true(class >> CLOSE_WAIT & 1);
	assert_false(class >> ESTABLISHED & 1);
	probing_end(&p);
	hypotheses_free(&among);
}

/* What was shown is not undone, and no state has received a FIN that was not sent. */
static void what_cannot_be_is_in_no_class(void **state)
{
	struct probe_plans plans;
	struct hypotheses none = {0};
	struct probing p = {.sent = 0};
	const struct tcb established = tcb_in_state(ESTABLISHED, true, true, 300, 100), close_wait = tcb_in_state(CLOSE_WAIT, true, true, 300, 100);
	(void)state;
	probe_plans_make(&plans, default_model(), NULL);
	probing_begin(&p, default_model(), NULL, &plans, &none, &established, false, 1, 1, 70000);
	assert_int_equal(probe_class(&p), 1u << CLOSED | 1u << LISTEN | 1u << ESTABLISHED | 1u << FIN_WAIT_1 | 1u << FIN_WAIT_2);
	probing_begin(&p, default_model(), NULL, &plans, &none, &established, true, 1, 1, 70000);
	assert_int_equal(probe_class(&p), ((1u << STATES) - 1) & ~(1u << SYN_SENT | 1u << SYN_RECEIVED));
	probing_begin(&p, default_model(), NULL, &plans, &none, &close_wait, true, 1, 1, 70000);
	assert_int_equal(probe_class(&p), 1u << CLOSED | 1u << LISTEN | 1u << CLOSE_WAIT | 1u << CLOSING | 1u << LAST_ACK | 1u << TIME_WAIT);
	probing_end(&p);
	hypotheses_free(&none);
}

/* Text on its way: what CLOSING and LAST-ACK answer to more than the old octet is another row's matter. */
static void an_unlike_connection_gets_the_old_octet_alone(void **state)
{
	struct probe_plans plans;
	struct hypotheses among = {0};
	struct probing p = {.sent = 0};
	(void)state;
	probe_plans_make(&plans, default_model(), NULL);
	candidates_add(&among, ROW_CLOSING);
	candidates_add(&among, ROW_LAST_ACK);
	for (unsigned i = 0; i < among.count; i++)
		among.h[i].tcb.snd_una -= 10;
	struct stack k = {.m = default_model(), .t = among.h[0].tcb};
	probing_begin(&p, default_model(), NULL, &plans, &among, &among.h[0].tcb, true, 1, 1, 70000);
	assert_int_equal(infer(&p, &k), PROBE_ALIKE);
	assert_int_equal(p.sent, 1);
	assert_int_equal(probe_class(&p) & (1u << CLOSING | 1u << LAST_ACK), 1u << CLOSING | 1u << LAST_ACK);
	probing_end(&p);
	hypotheses_free(&among);
}

/* As Linux does: RST to the old octet in SYN-RECEIVED (lawful), an ACK to a FIN without ACK in TIME-WAIT and silence to an ACK of the unsent there (not). */
static struct signatures habits(void)
{
	struct signatures s = reopens();
	s.at[ROW_SYN_RECEIVED][PROBE_OLD_OCTET] = (struct signature){.known = true, .kind = REPLY_RST, .seq = NUMBER_SEG_ACK};
	s.at[ROW_TIME_WAIT][PROBE_FIN_ALONE] = (struct signature){.known = true, .kind = REPLY_ACK, .seq = NUMBER_SND_NXT, .ack = NUMBER_RCV_NXT};
	s.at[ROW_TIME_WAIT][PROBE_ACK_BEYOND] = (struct signature){.known = true};
	return s;
}

static void learned_habits_are_used(void **state)
{
	const struct signatures learned = habits();
	struct model m = *default_model();
	struct probe_plans plans;
	uint16_t class;
	(void)state;
	m.choices.time_wait_reuse = true;
	probe_plans_make(&plans, &m, &learned);
	plan_is(&plans, ROW_CLOSING, ROW_TIME_WAIT, "syn");
	assert_int_equal(infer_pair(&m, &learned, &plans, ROW_TIME_WAIT, ROW_CLOSING, 0, &class), PROBE_ENOUGH);
	assert_int_equal(class & (1u << CLOSING | 1u << TIME_WAIT), 1u << TIME_WAIT);
	assert_int_equal(infer_pair(&m, &learned, &plans, ROW_CLOSING, ROW_TIME_WAIT, 0, &class), PROBE_ENOUGH);
	assert_int_equal(class & (1u << CLOSING | 1u << TIME_WAIT), 1u << CLOSING);
	assert_int_equal(infer_pair(&m, &learned, &plans, ROW_SYN_RECEIVED, ROW_LISTEN, 0, &class), PROBE_ENOUGH);
	assert_int_equal(class & (1u << LISTEN | 1u << SYN_RECEIVED), 1u << SYN_RECEIVED);
}

/* CLOSED that keeps silent as LISTEN does, and is mute to a SYN as it is: nothing is guessed. */
static void what_a_target_answers_alike_is_said(void **state)
{
	struct signatures learned;
	struct probe_plans plans;
	uint16_t class;
	(void)state;
	memset(&learned, 0, sizeof learned);
	learned.at[ROW_CLOSED][PROBE_FIN_ALONE] = learned.at[ROW_CLOSED][PROBE_SYN] = (struct signature){.known = true};
	learned.at[ROW_LISTEN][PROBE_SYN] = (struct signature){.known = true};
	probe_plans_make(&plans, default_model(), &learned);
	assert_int_equal(plans.plan[ROW_CLOSED][ROW_LISTEN].count, 0);
	assert_int_equal(infer_pair(default_model(), &learned, &plans, ROW_CLOSED, ROW_LISTEN, 0, &class), PROBE_ALIKE);
	assert_int_equal(class, 1u << CLOSED | 1u << LISTEN);
}

/* A control cell that ended in another state: what its probe draws says nothing. */
static void an_unusable_probe_is_not_used(void **state)
{
	struct signatures learned;
	struct probe_plans plans;
	(void)state;
	memset(&learned, 0, sizeof learned);
	learned.at[ROW_CLOSED][PROBE_FIN_ALONE].unusable = true;
	probe_plans_make(&plans, default_model(), &learned);
	plan_is(&plans, ROW_CLOSED, ROW_LISTEN, "syn");
}

/* ---- signatures ---- */

static void signatures_are_read_off_a_reply(void **state)
{
	const struct tcb t = tcb_in_state(FIN_WAIT_1, true, true, 300, 100);
	uint8_t octet[1];
	const struct segment probe = segment_for(PROBE_OLD_OCTET, &t, octet);
	static const uint8_t none[1];
	struct segment reply = {.ctl = CTL_ACK, .seq = t.snd_nxt, .ack = t.rcv_nxt, .text = none};
	struct signature s = signature_of(&t, &probe, &reply);
	(void)state;
	assert_true(s.known && s.kind == REPLY_ACK && s.seq == NUMBER_SND_NXT && s.ack == NUMBER_RCV_NXT);
	reply.seq = t.snd_nxt - 1;
	assert_int_equal(signature_of(&t, &probe, &reply).seq, NUMBER_SEG_ACK);
	reply.ctl = CTL_RST;
	assert_int_equal(signature_of(&t, &probe, &reply).kind, REPLY_RST);
	reply = (struct segment){.ctl = CTL_SYN | CTL_ACK, .seq = t.iss, .ack = t.rcv_nxt, .text = none};
	assert_int_equal(signature_of(&t, &probe, &reply).kind, REPLY_SYN_ACK);
	reply.seq++;
	assert_int_equal(signature_of(&t, &probe, &reply).kind, REPLY_SYN_ACK_NEW);
	s = signature_of(&t, &probe, NULL);
	assert_true(s.known && s.kind == REPLY_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_row_answers_as_the_standard_says),
	    cmocka_unit_test(all_pairs_but_two_are_told_apart),
	    cmocka_unit_test(reopening_time_wait_tells_the_two_apart),
	    cmocka_unit_test(every_state_is_inferred_among_two),
	    cmocka_unit_test(a_state_that_nothing_permits_is_seen),
	    cmocka_unit_test(what_cannot_be_is_in_no_class),
	    cmocka_unit_test(an_unlike_connection_gets_the_old_octet_alone),
	    cmocka_unit_test(learned_habits_are_used),
	    cmocka_unit_test(what_a_target_answers_alike_is_said),
	    cmocka_unit_test(an_unusable_probe_is_not_used),
	    cmocka_unit_test(signatures_are_read_off_a_reply),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("probes", tests, NULL, NULL);
}
