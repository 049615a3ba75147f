/* The traits of what a target does otherwise than the model has it (fuzz/cause_traits.h): segments that go whole, ACKs that have counted, windows that were kept; of a judge that is made up. */
#include "tests/fuzz/made_up_judge.h"

/* ---- what the reaction shows ---- */

static void assert_reaction_trait(uint32_t ack, const char *actual, const char *wanted)
{
	char id[CAUSE_ID_MAX];
	connection();
	if (ack)
		arrives(CTL_ACK, RCV, ack, 0)->wnd = 50;
	else
		last_is(STEP_WAIT);
	text_put(&c.j.actual, actual);
	cause_id(&c.j, id);
	const char *traits = strrchr(id, '+');
	assert_non_null(traits);
	assert_memory_equal(traits, wanted, strlen(wanted));
	assert_int_equal(traits[strlen(wanted)], '/');
}

static void what_was_acknowledged_in_part_and_goes_whole_is_a_trait(void **state)
{
	(void)state;
	assert_reaction_trait(0, "<SEQ=SND.NXT-25><ACK=RCV.NXT><CTL=ACK><DATA=10> => ESTABLISHED", "+whole");
	assert_reaction_trait(0, "<SEQ=SND.NXT-25><ACK=RCV.NXT><CTL=ACK><DATA=5> => ESTABLISHED", "+unacked"); /* all of it was acknowledged */
	assert_reaction_trait(0, "<SEQ=SND.NXT-25><ACK=RCV.NXT><CTL=FIN,ACK><DATA=5> => ESTABLISHED", "+whole");
	assert_reaction_trait(0, "<SEQ=SND.UNA><ACK=RCV.NXT><CTL=ACK><DATA=20> => ESTABLISHED", "+unacked");
	assert_reaction_trait(0, "<SEQ=SND.NXT-25><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED", "+unacked");
	assert_reaction_trait(0, "=> ESTABLISHED late <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> <SEQ=SND.NXT-25><ACK=RCV.NXT><CTL=ACK><DATA=20>", "+whole");
	assert_reaction_trait(UNA + 5, "<SEQ=SND.UNA><ACK=RCV.NXT><CTL=ACK><DATA=10> => ESTABLISHED", "+whole");
	assert_reaction_trait(UNA + 5, "<SEQ=SND.UNA><ACK=RCV.NXT><CTL=ACK><DATA=5> => ESTABLISHED", "+unacked");
	assert_reaction_trait(UNA, "<SEQ=SND.UNA><ACK=RCV.NXT><CTL=ACK><DATA=10> => ESTABLISHED", "+unacked");
	assert_reaction_trait(0, "<SEQ=SND.UNA><ACK=RCV.NXT><CTL=SYN,ACK> => ESTABLISHED", "+unacked");
	assert_reaction_trait(NXT + 1, "<SEQ=SND.UNA><ACK=RCV.NXT><CTL=ACK><DATA=20> => ESTABLISHED", "+unacked");
}

static void a_fin_behind_the_window_is_a_trait(void **state)
{
	(void)state;
	assert_reaction_trait(0, "<SEQ=SND.NXT+20><ACK=RCV.NXT><CTL=FIN,ACK><DATA=10> => FIN-WAIT-1", "+flush");
	assert_reaction_trait(0, "<SEQ=SND.NXT+30><ACK=RCV.NXT><CTL=FIN,ACK> => FIN-WAIT-1", "+flush");
	assert_reaction_trait(0, "<SEQ=SND.NXT+20><ACK=RCV.NXT><CTL=FIN,ACK><DATA=11> => FIN-WAIT-1", "+unacked");
	assert_reaction_trait(0, "<SEQ=SND.NXT+20><ACK=RCV.NXT><CTL=ACK><DATA=10> => FIN-WAIT-1", "+unacked");
	assert_reaction_trait(UNA + 5, "<SEQ=SND.NXT+35><ACK=RCV.NXT><CTL=FIN,ACK> => FIN-WAIT-1", "+flush");
}

/* ---- duplicates and windows of which the target may think otherwise ---- */

struct came_ack {
	uint16_t ctl;
	unsigned said;
	uint32_t data;
	int64_t seq, ack;
	const char *opt;
	uint8_t off;
};

static void assert_behind_acks(const struct came_ack *acks, size_t n, unsigned duplicates, const char *traits)
{
	struct tcb *t = connection();
	t->duplicate_acks = duplicates;
	for (size_t i = 0; i < n; i++) {
		struct said_segment *s = came_before(acks[i].ctl);
		s->said = acks[i].said;
		s->data = acks[i].data;
		s->seq = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = acks[i].seq};
		s->ack = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_SND_NXT, .offset = acks[i].ack};
		s->off = acks[i].off;
		snprintf(s->opt, sizeof s->opt, "%s", acks[i].opt ? acks[i].opt : "");
	}
	arrives(CTL_ACK, RCV, UNA, 0);
	assert_traits(traits);
}

static void acks_that_may_have_counted_are_a_trait(void **state)
{
	static const struct came_ack plain_ack = {.ctl = CTL_ACK, .said = SAY_SEQ}, odd = {.ctl = CTL_ACK, .said = SAY_SEQ, .seq = 100000}, text = {.ctl = CTL_ACK, .said = SAY_SEQ, .seq = -1, .data = 1},
	                             blocks = {.ctl = CTL_ACK, .said = SAY_SEQ | SAY_OPT, .opt = "SACK:SND.NXT-1/SND.NXT"}, unstamped = {.ctl = CTL_ACK, .said = SAY_SEQ | SAY_OPT, .opt = "NOP,NOP"}, reset = {.ctl = CTL_RST | CTL_ACK, .said = SAY_SEQ, .seq = 100000};
	(void)state;
	assert_behind_acks(NULL, 0, 1, "+unacked");
	assert_behind_acks(NULL, 0, 2, "+unacked+counted");
	assert_behind_acks((const struct came_ack[]){plain_ack, plain_ack}, 2, 1, "+unacked"); /* the model has counted what is plain */
	assert_behind_acks((const struct came_ack[]){odd}, 1, 1, "+unacked+counted");
	assert_behind_acks((const struct came_ack[]){odd, blocks}, 2, 0, "+unacked+counted");
	assert_behind_acks((const struct came_ack[]){unstamped}, 1, 1, "+unacked+counted");
	assert_behind_acks((const struct came_ack[]){reset, reset}, 2, 1, "+unacked");
	assert_behind_acks((const struct came_ack[]){text}, 1, 1, "+unacked+edged");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = SAY_WND}, plain_ack}, 2, 0, "+unacked+shrunk+counted"); /* the second says another window than the first */
}

/* A data offset that is said is not one that makes options text. */
static void an_offset_that_cuts_nothing_leaves_an_ack_empty(void **state)
{
	static const struct came_ack fits = {.ctl = CTL_ACK, .said = SAY_OPT | SAY_OFF, .opt = "NOP", .off = 6}, cuts = {.ctl = CTL_ACK, .said = SAY_OPT | SAY_OFF, .opt = "NOP,NOP,WS:13", .off = 6}, beyond = {.ctl = CTL_ACK, .said = SAY_OPT | SAY_OFF, .opt = "none", .off = 6};
	(void)state;
	assert_behind_acks((const struct came_ack[]){fits}, 1, 1, "+unacked+odd+counted");
	assert_behind_acks((const struct came_ack[]){cuts}, 1, 1, "+unacked+odd");
	assert_behind_acks((const struct came_ack[]){beyond}, 1, 1, "+unacked+odd");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = SAY_WND}, {.ctl = CTL_ACK, .said = SAY_OFF, .off = 5}}, 2, 0, "+unacked+shrunk+odd+counted+disputed");
}

/* Behind a SYN the first window that is scaled is another one. */
static void the_first_ack_of_a_scaled_window_may_have_counted(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct tcb *t = connection();
		t->duplicate_acks = 1;
		t->snd_scale = i == 1 ? 0 : 5;
		t->passive = i == 2;
		came_before(CTL_SYN | CTL_ACK);
		if (i == 3)
			came_before(CTL_ACK)->data = 1; /* has said it */
		came_before(CTL_ACK);
		arrives(CTL_ACK, RCV, UNA, 0);
		assert_traits(i == 0 ? "+unacked+counted" : i == 2 ? "+unacked+synack"
		                                                   : "+unacked");
	}
	struct tcb *t = connection(); /* no ACK of our SYN has */
	t->duplicate_acks = 1;
	t->snd_scale = 5;
	t->snd_una = t->iss;
	came_before(CTL_SYN);
	came_before(CTL_ACK);
	arrives(CTL_ACK, RCV, ISS, 0);
	assert_traits("+unacked+early+counted");
	t = connection(); /* and one before it is none */
	t->duplicate_acks = 1;
	t->snd_scale = 5;
	t->snd_una = t->iss;
	came_before(CTL_ACK);
	came_before(CTL_SYN);
	came_before(CTL_ACK);
	arrives(CTL_ACK, RCV, ISS, 0);
	assert_traits("+unacked+early+counted");
}

/* Once it has been sent again for those that were counted it is not for the next. */
static void acks_behind_a_repetition_have_counted(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct tcb *t = connection();
		t->duplicate_acks = 3;
		t->recovering = i != 0;
		t->early_data = i == 1;
		if (i == 2)
			step_behind(STEP_WAIT);
		arrives(CTL_ACK, RCV, UNA, 0);
		assert_traits(i == 3 ? "+unacked" : "+unacked+counted");
	}
}

static void an_ack_behind_a_wait_is_a_trait(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		connection()->congested = i != 3;
		if (i != 0)
			step_behind(STEP_WAIT);
		came_before(i == 1 ? CTL_SYN : CTL_ACK);
		arrives(CTL_ACK, RCV, UNA, 0);
		assert_traits(i == 2 ? "+unacked+lost+remeasured" : i == 3 ? "+unacked"
		                                                           : "+unacked+lost");
	}
}

static void windows_that_may_have_been_kept_are_a_trait(void **state)
{
	static const struct came_ack window = {.ctl = CTL_ACK, .said = SAY_WND}, text = {.ctl = CTL_ACK, .data = 1}, syn = {.ctl = CTL_SYN, .said = SAY_WND}, fin = {.ctl = CTL_ACK | CTL_FIN};
	(void)state;
	assert_behind_acks((const struct came_ack[]){syn}, 1, 0, "+unacked+shrunk");
	assert_behind_acks((const struct came_ack[]){window}, 1, 0, "+unacked+shrunk"); /* the first behind the SYN */
	assert_behind_acks((const struct came_ack[]){syn, window}, 2, 0, "+unacked+shrunk");
	assert_behind_acks((const struct came_ack[]){text, window}, 2, 0, "+unacked+shrunk");
	assert_behind_acks((const struct came_ack[]){fin, window}, 2, 0, "+unacked+shrunk");
	assert_behind_acks((const struct came_ack[]){window, window}, 2, 0, "+unacked+shrunk+counted+disputed");
	assert_behind_acks((const struct came_ack[]){window, {.ctl = CTL_ACK, .said = SAY_CHK, .data = 1}, window}, 3, 0, "+unacked+shrunk+counted+disputed"); /* what was not taken neither */
	assert_behind_acks((const struct came_ack[]){window, {.ctl = CTL_URG, .data = 1}, window}, 3, 0, "+unacked+shrunk+dropped+counted+disputed");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = SAY_WND | SAY_OPT, .opt = "5:L29"}, {.ctl = CTL_ACK}}, 2, 0, "+unacked+shrunk+odd+counted+disputed"); /* of which SEG.SEQ is may turn on the first */
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK}, {.ctl = CTL_FIN, .said = SAY_SEQ, .seq = 100000}, window}, 3, 0, "+unacked+shrunk+dropped+ahead+disputed");
	assert_behind_acks((const struct came_ack[]){fin, text, window}, 3, 0, "+unacked+shrunk+disputed"); /* behind a FIN nothing makes SEG.SEQ later */
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = SAY_WND | SAY_ACK, .ack = -1}}, 1, 0, "+unacked+shrunk+disputed");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = SAY_WND | SAY_SEQ, .seq = -1}}, 1, 0, "+unacked+shrunk+disputed+barred");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_RST, .said = SAY_WND | SAY_SEQ, .seq = -1}}, 1, 0, "+unacked+shrunk");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = SAY_SEQ, .seq = -1}}, 1, 0, "+unacked"); /* no window was said */
}

static void what_an_unacceptable_segment_acknowledges_in_part_is_a_trait(void **state)
{
	static const unsigned said = SAY_SEQ | SAY_ACK;
	(void)state;
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = said, .seq = -100000, .ack = -1}}, 1, 0, "+unacked+stray");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = said, .ack = -1}}, 1, 0, "+unacked");      /* it is acceptable */
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = said, .seq = -100000}}, 1, 0, "+unacked"); /* it is of all */
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = SAY_SEQ, .seq = -100000, .ack = -1}}, 1, 0, "+unacked");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = said | SAY_CHK, .seq = -100000, .ack = -1}}, 1, 0, "+unacked");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_RST | CTL_ACK, .said = said, .seq = -100000, .ack = -1}}, 1, 0, "+unacked");
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = SAY_ACK | SAY_OPT, .ack = -1, .opt = "NOP,NOP"}}, 1, 0, "+unacked"); /* no timestamps were agreed upon */
	assert_behind_acks((const struct came_ack[]){{.ctl = CTL_ACK, .said = SAY_ACK | SAY_OPT, .ack = -1, .opt = "5:L29"}}, 1, 0, "+unacked+odd+stray");
	for (unsigned i = 0; i < 2; i++) {
		struct tcb *t = connection();
		t->ts_on = true;
		t->ts_recent = 100;
		struct said_segment *s = came_before(CTL_ACK);
		s->said = SAY_ACK | SAY_OPT;
		s->ack = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_SND_NXT, .offset = -1};
		snprintf(s->opt, sizeof s->opt, i ? "TS:100/0" : "none");
		struct segment *now = arrives(CTL_ACK, RCV, UNA, 0);
		now->options.has_ts = true;
		now->options.ts_val = 100;
		assert_traits(i ? "+unacked+ts" : "+unacked+ts+stray");
	}
}

/* Scaling says a window in steps. */
static void what_lies_within_a_step_behind_the_window_is_a_trait(void **state)
{
	(void)state;
	for (uint32_t past = 0; past < 4; past++)
		for (unsigned on = 0; on < 2; on++) {
			char id[CAUSE_ID_MAX];
			struct tcb *t = connection();
			t->ws_on = on;
			t->rcv_scale = 2;
			arrives(CTL_ACK, t->rcv_nxt + t->rcv_wnd + past, UNA, 0);
			cause_id(&c.j, id);
			assert_int_equal(strstr(id, "+rounded") != NULL, on && past > 0);
			arrives(CTL_ACK, t->rcv_nxt + t->rcv_wnd + past + 4, UNA, 0);
			cause_id(&c.j, id);
			assert_null(strstr(id, "+rounded"));
		}
}

static void what_lies_behind_a_fin_that_is_held_is_a_trait(void **state)
{
	(void)state;
	for (int64_t seq = 14; seq < 17; seq++)
		for (unsigned fin = 0; fin < 2; fin++) {
			char id[CAUSE_ID_MAX];
			connection();
			for (unsigned i = 0; i < 2; i++) {
				struct said_segment *s = came_before(i || !fin ? CTL_ACK : CTL_FIN | CTL_ACK);
				s->said = SAY_SEQ;
				s->data = i ? 1 : 5;
				s->seq = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = i ? seq : 10};
			}
			arrives(CTL_ACK, RCV + (uint32_t)seq, UNA, 1);
			struct step *st = &c.j.script->step[c.j.stimulus.step];
			st->segment.said = SAY_SEQ;
			st->segment.seq = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = seq};
			cause_id(&c.j, id);
			assert_int_equal(strstr(id, "+stop") != NULL, fin && seq >= 15);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_acknowledged_in_part_and_goes_whole_is_a_trait),
	    cmocka_unit_test(a_fin_behind_the_window_is_a_trait),
	    cmocka_unit_test(acks_that_may_have_counted_are_a_trait),
	    cmocka_unit_test(an_offset_that_cuts_nothing_leaves_an_ack_empty),
	    cmocka_unit_test(the_first_ack_of_a_scaled_window_may_have_counted),
	    cmocka_unit_test(acks_behind_a_repetition_have_counted),
	    cmocka_unit_test(an_ack_behind_a_wait_is_a_trait),
	    cmocka_unit_test(windows_that_may_have_been_kept_are_a_trait),
	    cmocka_unit_test(what_an_unacceptable_segment_acknowledges_in_part_is_a_trait),
	    cmocka_unit_test(what_lies_within_a_step_behind_the_window_is_a_trait),
	    cmocka_unit_test(what_lies_behind_a_fin_that_is_held_is_a_trait),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: traits of doubt", tests, NULL, judge_unmade);
}
