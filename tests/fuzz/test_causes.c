/* How a failure is named for a target's known deviations by cause (fuzz/causes.h), word by word, of a judge that is made up: the connection, what came before and what came last. */
#include "tests/fuzz/made_up_judge.h"

/* ---- the id ---- */

static void a_sequence_number_lies_somewhere(void **state)
{
	static const struct {
		uint32_t seq;
		const char *word;
	} cases[] = {{RCV, "exact"}, {RCV - 1, "before"}, {RCV - 2, "old"}, {RCV + 1, "inside"}, {RCV + WND - 2, "inside"}, {RCV + WND - 1, "last"}, {RCV + WND, "beyond"}, {RCV + WND + 1, "above"}, {RCV + WND + 4095, "above"}, {RCV + WND + 4096, "far"}};
	char wanted[100];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		connection();
		arrives(CTL_ACK, cases[i].seq, UNA, 0);
		snprintf(wanted, sizeof wanted, "fuzz/established/ack/%s/una/0/+unacked/v4", cases[i].word);
		assert_id(wanted);
	}
	connection()->ws_on = true; /* the window says what it is */
	arrives(CTL_ACK, RCV + WND + 1, UNA, 0);
	assert_id("fuzz/established/ack/far/una/0/+unacked/v4");
	connection()->rcv_wnd = 0;
	arrives(CTL_ACK, RCV + 1, UNA, 0);
	assert_id("fuzz/established/ack/far/una/0/+shut+unacked/v4");
	connection()->irs_known = false;
	arrives(CTL_ACK, RCV, UNA, 0);
	assert_id("fuzz/established/ack/any/una/0/+unacked/v4");
}

static void an_acknowledgment_lies_somewhere(void **state)
{
	static const struct {
		uint32_t ack;
		const char *word;
	} cases[] = {{UNA, "una"}, {UNA - 1, "old"}, {UNA - 50, "old"}, {UNA - 51, "low"}, {UNA - (UINT32_C(1) << 31), "low"}, {UNA + 1, "between"}, {NXT - 1, "between"}, {NXT, "nxt"}, {NXT + 1, "beyond"}};
	char wanted[100];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		connection();
		arrives(CTL_ACK, RCV, cases[i].ack, 0);
		snprintf(wanted, sizeof wanted, "fuzz/established/ack/exact/%s/0/+unacked/v4", cases[i].word);
		assert_id(wanted);
	}
	connection()->iss_known = false;
	arrives(CTL_ACK, RCV, UNA, 0);
	assert_id("fuzz/established/ack/exact/any/0/+unacked/v4");
	connection();
	arrives(CTL_RST, RCV, UNA, 0);
	assert_id("fuzz/established/rst/exact/-/0/+unacked/v4");
}

static void text_lies_somewhere(void **state)
{
	static const struct {
		uint16_t ctl;
		uint32_t seq, n;
		const char *words;
	} cases[] = {
	    {CTL_ACK, RCV, 1, "ack/exact/una/text/+unacked"},
	    {CTL_ACK, RCV, WND, "ack/exact/una/text/+unacked"},
	    {CTL_ACK, RCV, WND + 1, "ack/exact/una/right/+unacked"},
	    {CTL_FIN | CTL_ACK, RCV, WND, "fin-ack/exact/una/right/+unacked"},
	    {CTL_FIN | CTL_ACK, RCV, 0, "fin-ack/exact/una/1/+unacked"},
	    {CTL_SYN, RCV, 0, "syn/exact/-/1/+unacked"},
	    {CTL_ACK, RCV - 2, 3, "ack/old/una/left/+unacked"},
	    {CTL_ACK, RCV - 2, 2, "ack/old/una/text/+unacked+ends"},
	    {CTL_ACK, RCV - 2, WND + 2, "ack/old/una/left/+unacked"},
	    {CTL_ACK, RCV - 2, WND + 3, "ack/old/una/across/+unacked"},
	    {CTL_ACK, RCV + WND, 1, "ack/beyond/una/text/+unacked"},
	    {CTL_ACK, RCV - (UINT32_C(1) << 31), 0, "ack/far/una/0/+unacked+half"},
	};
	char wanted[100];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		connection();
		arrives(cases[i].ctl, cases[i].seq, UNA, cases[i].n);
		snprintf(wanted, sizeof wanted, "fuzz/established/%s/v4", cases[i].words);
		assert_id(wanted);
	}
}

static void bits_stand_in_the_matrixs_order(void **state)
{
	(void)state;
	connection();
	arrives(CTL_CWR | CTL_ECE | CTL_URG | CTL_ACK | CTL_PSH | CTL_RST | CTL_FIN | CTL_SYN, RCV, UNA, 0);
	assert_id("fuzz/established/syn-fin-rst-psh-ack-urg-ece-cwr/exact/una/1/+unacked/v4");
	connection();
	c.j.endpoint.family = IPV6;
	arrives(0, RCV, UNA, 0);
	assert_id("fuzz/established/none/exact/-/0/+unacked/v6");
}

/* What is no segment has no fields. */
static void other_stimuli_are_named(void **state)
{
	struct said_segment *s;
	(void)state;
	connection();
	c.j.stimulus.kind = EVENT_CALLED;
	last_is(STEP_CALL)->call = CALL_OPEN_PASSIVE;
	assert_id("fuzz/established/call-open_passive/-/-/-/+unacked/v4");
	connection();
	c.j.stimulus.kind = EVENT_WAIT;
	last_is(STEP_WAIT);
	assert_id("fuzz/established/wait/-/-/-/+unacked/v4");
	connection();
	s = &last_is(STEP_SEND)->segment;
	s->said = SAY_ICMP;
	s->icmp_type = 3;
	s->icmp_code = 4;
	assert_id("fuzz/established/icmp-3-4/-/-/-/+unacked/v4");
	connection();
	last_is(STEP_SEND);
	c.j.stimulus.kind = EVENT_SENT; /* and it reads as no segment */
	assert_id("fuzz/established/raw/-/-/-/+unacked/v4");
	connection();
	arrives(CTL_RST, RCV, 0, 0); /* though its octets read as one */
	c.step[0].segment.said = SAY_RAW;
	assert_id("fuzz/established/raw/exact/-/0/+unacked/v4");
}

/* ---- traits ---- */

#define assert_trait(SETTING, TRAITS)                              \
	do {                                                       \
		struct tcb *t = plain();                           \
		SETTING;                                           \
		struct segment *s = arrives(CTL_ACK, RCV, NXT, 0); \
		(void)t, (void)s;                                  \
		assert_traits(TRAITS);                             \
	} while (0)

static void a_connection_has_traits(void **state)
{
	(void)state;
	assert_trait((void)0, "-");
	assert_trait(t->released = true, "+orphan");
	assert_trait(t->reopened = true, "+reopened");
	assert_trait((t->state = SYN_RECEIVED, t->passive = false), "+simultaneous");
	assert_trait(t->state = SYN_RECEIVED, "-");
	assert_trait(t->rcv_wnd = 0, "+shut");
	assert_trait(t->unread = 1, "+unread");
	assert_trait(t->held_count = 1, "+gap");
	assert_trait(t->held_fin = true, "+gap");
	assert_trait(t->snd_una = NXT - 1, "+unacked");
	assert_trait(t->queued = 1, "+queued");
	assert_trait(t->fin_queued = true, "+queued");
	assert_trait((t->snd_wnd = 0, t->max_snd_wnd = 0), "+closed");
	assert_trait(t->snd_wnd = 49, "+shrunk");
	assert_trait(t->ack_owed = true, "+owed");
	assert_trait(t->snd_mss = 47, "+mss");
	assert_trait(t->snd_mss = 48, "-");
	assert_trait((t->snd_wnd = 25, t->max_snd_wnd = 25), "+tiny");
	assert_trait((t->snd_wnd = 26, t->max_snd_wnd = 26), "-");
	assert_trait(t->retransmissions = 1, "+resent");
	assert_trait(t->path_told = true, "+pmtu");
	assert_trait((t->congested = true, t->snd_una = NXT - 1), "+unacked+lost");
	assert_trait(t->congested = true, "-");
	assert_trait((t->state = FIN_WAIT_1, t->snd_una = ISS), "+unacked+early");
	assert_trait(t->ts_on = true, "+ts+zero+nots");
	assert_trait((t->ts_on = true, t->ts_recent = 1), "+ts+nots");
	assert_trait(t->urgent_out = true, "+urging");
	assert_trait((t->held_count = 1, t->held[0].to = RCV + WND), "+gap+brim");
	assert_trait((c.j.has_shown = true, c.j.shown_snd_nxt = t->snd_una + t->snd_wnd), "+filled");
	assert_trait(c.j.urgent_sent = true, "+urgent");
}

static void timestamps_have_traits(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct tcb *t = plain();
		struct segment *s = arrives(CTL_ACK, RCV, NXT, 0);
		t->ts_on = i != 3;
		t->ts_recent = 100;
		c.j.numbers.ts_ecr = 7;
		s->options.has_ts = true;
		s->options.ts_val = i == 1 ? 99 : 100;
		s->options.ts_ecr = i >= 2 ? 8 : 7;
		assert_traits(i == 0 ? "+ts" : i == 1 ? "+ts+paws"
		                           : i == 2   ? "+tsecr+ts"
		                                      : "+tsecr");
	}
}

/* What came before the last move, or with it. */
static void a_script_has_traits(void **state)
{
	static const struct {
		uint16_t ctl;
		unsigned said;
		uint32_t data;
		const char *opt;
		struct seqnum seq, ack;
		const char *traits;
	} cases[] = {
	    {CTL_SYN | CTL_ACK, 0, 0, "", {0}, {0}, "+synack"},
	    {CTL_SYN | CTL_ACK | CTL_RST, 0, 0, "", {0}, {0}, "-"},
	    {CTL_ACK, SAY_OPT, 0, "MSS:536", {0}, {0}, "+sized"},
	    {CTL_ACK, SAY_OPT, 0, "SACKOK", {0}, {0}, "+sacked"},
	    {CTL_ACK, SAY_WND, 0, "", {0}, {0}, "+shrunk"},
	    {CTL_ACK, SAY_OPT, 0, "NOP,NOP,TS:1/0", {0}, {0}, "+unasked"},
	    {CTL_ACK, SAY_OPT, 0, "253:L3", {0}, {0}, "+odd"},
	    {CTL_ACK, SAY_OFF, 0, "", {0}, {0}, "+odd"},
	    {CTL_PSH, 0, 1, "", {0}, {0}, "+dropped"},
	    {CTL_FIN, 0, 0, "", {0}, {0}, "+dropped"},
	    {CTL_FIN | CTL_RST, 0, 1, "", {0}, {0}, "-"},
	    {CTL_ACK, 0, 1, "", {0}, {0}, "-"},
	    {CTL_ACK, SAY_ACK, 1, "", {0}, {.kind = SEQ_VARIABLE, .variable = VAR_SND_NXT}, "-"},
	    {CTL_ACK, SAY_ACK, 1, "", {0}, {.kind = SEQ_VARIABLE, .variable = VAR_SND_NXT, .offset = 1}, "+dropped+feigned"},
	    {CTL_ACK, SAY_ACK, 0, "", {0}, {.kind = SEQ_VARIABLE, .variable = VAR_SND_NXT, .offset = 1}, "+feigned"},
	    {CTL_ACK, SAY_ACK, 0, "", {0}, {.kind = SEQ_VARIABLE, .variable = VAR_SND_NXT, .offset = -2147483647}, "+feigned"},
	    {CTL_ACK, SAY_ACK, 1, "", {0}, {.kind = SEQ_VARIABLE, .variable = VAR_ISS, .offset = 1}, "-"},
	    {CTL_ACK, SAY_ACK, 1, "", {0}, {.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT}, "+dropped+feigned"},
	    {CTL_ACK, SAY_SEQ, 1, "", {.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT}, {0}, "-"},
	    {CTL_ACK, SAY_SEQ, 1, "", {.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = 1}, {0}, "+ahead"},
	    {CTL_ACK, SAY_SEQ, 1, "", {.kind = SEQ_VARIABLE, .variable = VAR_IRS, .offset = 1}, {0}, "-"},
	    {CTL_ACK, SAY_SEQ, 1, "", {.kind = SEQ_VARIABLE, .variable = VAR_RCV_END}, {0}, "+brim+ahead"},
	    {CTL_ACK, SAY_SEQ, 1, "", {.kind = SEQ_VARIABLE, .variable = VAR_SND_NXT}, {0}, "+ahead"},
	    {CTL_ACK, SAY_SEQ, 0, "", {.kind = SEQ_VARIABLE, .variable = VAR_SND_NXT}, {0}, "-"},
	    {CTL_ACK, SAY_SEQ, 2, "", {.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = -2}, {0}, "+edged"},
	    {CTL_ACK | CTL_FIN, SAY_SEQ, 2, "", {.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = -3}, {0}, "+edged"},
	    {CTL_ACK, SAY_SEQ, 2, "", {.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = -1}, {0}, "-"},
	    {CTL_ACK, SAY_SEQ, 0, "", {.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT}, {0}, "-"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plain();
		struct said_segment *s = came_before(cases[i].ctl);
		s->said = cases[i].said;
		s->data = cases[i].data;
		s->seq = cases[i].seq;
		s->ack = cases[i].ack;
		snprintf(s->opt, sizeof s->opt, "%s", cases[i].opt);
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(cases[i].traits);
	}
}

/* The peer's timestamps, in the order in which it sent them; a SYN that is not its first. */
static void two_segments_have_traits(void **state)
{
	static const struct {
		uint16_t ctl;
		const char *first, *second, *traits;
	} cases[] = {
	    {CTL_ACK, "NOP,NOP,TS:10/0", "NOP,NOP,TS:11/0", "+ts+zero+nots"},
	    {CTL_ACK, "NOP,NOP,TS:10/0", "NOP,NOP,TS:9/0", "+ts+zero+nots+back"},
	    {CTL_ACK, "NOP,NOP,TS:4294967290/0", "NOP,NOP,TS:5/0", "+ts+zero+nots"},
	    {CTL_SYN, "MSS:536", "NOP", "+ts+zero+nots"},
	    {CTL_SYN, "NOP", "MSS:536", "+ts+zero+nots+sized"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plain()->ts_on = true;
		for (unsigned k = 0; k < 2; k++) {
			struct said_segment *s = came_before(cases[i].ctl);
			s->said = SAY_OPT;
			snprintf(s->opt, sizeof s->opt, "%s", k ? cases[i].second : cases[i].first);
		}
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(cases[i].traits);
	}
}

/* Of a connection that is opened actively, and whose peer's SYN is bare. */
/* FINs ahead of their turn, at one place and at two. */
static void fins_at_two_places_are_a_trait(void **state)
{
	static const struct {
		uint16_t ctl;
		int32_t offset[2];
		uint32_t data[2];
		const char *traits;
	} cases[] = {
	    {CTL_FIN | CTL_ACK, {15, 15}, {0, 0}, "+ahead"},
	    {CTL_FIN | CTL_ACK, {15, 10}, {0, 5}, "+ahead"},
	    {CTL_FIN | CTL_ACK, {15, 30}, {0, 0}, "+ahead+fins"},
	    {CTL_FIN | CTL_ACK, {15, 15}, {0, 1}, "+ahead+fins"},
	    {CTL_FIN | CTL_ACK, {0, 15}, {0, 0}, "+ahead"},
	    {CTL_ACK, {15, 30}, {1, 1}, "+ahead"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plain();
		for (unsigned k = 0; k < 2; k++) {
			struct said_segment *s = came_before(cases[i].ctl);
			s->said = SAY_SEQ;
			s->seq = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = cases[i].offset[k]};
			s->data = cases[i].data[k];
		}
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(cases[i].traits);
	}
}

/* Text that is held up to the window's edge, or that reached beyond it when it came. */
static void held_to_the_edge_is_a_trait(void **state)
{
	static const struct {
		uint32_t to; /* behind RCV.NXT */
		int32_t offset;
		uint32_t data;
		const char *traits;
	} cases[] = {{WND - 1, WND - 2, 1, "+gap+ahead"}, {WND, WND - 2, 2, "+gap+brim+ahead"}, {WND - 1, WND - 2, 3, "+gap+brim+above+ahead"}, {0, WND + 1, 1, "+brim+ahead"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tcb *t = plain();
		t->held_count = cases[i].to != 0;
		t->held[0].from = RCV + WND - 2;
		t->held[0].to = RCV + cases[i].to;
		struct said_segment *s = came_before(CTL_ACK);
		s->said = SAY_SEQ;
		s->seq = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = cases[i].offset};
		s->data = cases[i].data;
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(cases[i].traits);
	}
}

/* Before what begins behind the window, or behind text that reached beyond it. */
static void text_that_was_read_is_a_trait(void **state)
{
	(void)state;
	plain();
	step_behind(STEP_CALL)->call = CALL_RECEIVE;
	struct said_segment *before = came_before(CTL_ACK);
	before->said = SAY_SEQ;
	before->seq = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = WND};
	before->data = 1;
	arrives(CTL_ACK, RCV, NXT, 0);
	assert_traits("+read+brim+ahead");
	for (unsigned i = 0; i < 4; i++) {
		struct tcb *t = plain();
		t->irs_known = i != 1;
		step_behind(STEP_CALL)->call = i == 2 ? CALL_SEND : CALL_RECEIVE;
		arrives(CTL_ACK, RCV + WND - (i == 3), NXT, 0);
		assert_traits(i == 0 ? "+read" : "-");
	}
}

static void text_in_pieces_is_a_trait(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 4; n++) {
		plain();
		for (unsigned i = 0; i < n; i++) {
			struct said_segment *s = came_before(CTL_ACK);
			s->said = SAY_SEQ;
			s->seq = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_RCV_NXT, .offset = 2};
			s->data = 1;
		}
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(n < 3 ? "+ahead" : "+ahead+pieces");
	}
}

/* Between an active OPEN and its answer. */
static void a_wait_for_the_answer_is_a_trait(void **state)
{
	static const enum step_kind kinds[][3] = {{STEP_CALL, STEP_WAIT, STEP_SEND}, {STEP_WAIT, STEP_CALL, STEP_SEND}, {STEP_CALL, STEP_SEND, STEP_WAIT}, {STEP_SEND, STEP_WAIT, STEP_SEND}};
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		plain();
		for (size_t k = 0; k < 3; k++) {
			struct step *st = step_behind(kinds[i][k]);
			if (st->kind == STEP_CALL)
				st->call = CALL_OPEN_ACTIVE;
			st->segment.ctl = CTL_SYN | CTL_ACK;
		}
		arrives(CTL_ACK, RCV, NXT, 0);
		char id[CAUSE_ID_MAX];
		cause_id(&c.j, id);
		assert_int_equal(strstr(id, "+awaited") != NULL, i == 0);
	}
}

/* Of a segment that is not the first SYN, before what begins behind the window. */
static void a_scale_that_is_said_again_is_a_trait(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct tcb *t = plain();
		t->ws_on = i == 1;
		if (i != 2)
			came_before(CTL_SYN);
		struct said_segment *again = came_before(CTL_SYN);
		again->said = SAY_OPT;
		snprintf(again->opt, sizeof again->opt, "WS:0");
		arrives(CTL_ACK, RCV + WND - (i == 3), NXT, 0);
		assert_traits(i == 0 ? "+scaled" : "-");
	}
}

/* The player's own timestamps go on between those that are said. */
static void timestamps_go_back_behind_the_players(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		plain()->ts_on = true;
		struct said_segment *s = came_before(CTL_SYN);
		s->said = SAY_OPT;
		snprintf(s->opt, sizeof s->opt, "TS:10/0");
		came_before(i == 1 ? CTL_RST : CTL_ACK);
		s = came_before(CTL_ACK);
		s->said = SAY_OPT;
		snprintf(s->opt, sizeof s->opt, "TS:%u/0", i == 2 ? 11u : 10u);
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(i == 0 ? "+ts+zero+nots+back" : "+ts+zero+nots");
	}
}

/* What a SYN,ACK has brought to a listener's connection is with its user behind a reset. */
static void a_syn_ack_is_remembered_behind_the_end(void **state)
{
	static const enum state states[] = {LISTEN, CLOSED, ESTABLISHED};
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct tcb *t = plain();
		t->passive = false;
		t->state = states[i];
		came_before(CTL_SYN | CTL_ACK);
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(i < 2 ? "+synack" : "-");
	}
}

/* Of an active OPEN's answer, and of no other SYN,ACK. */
static void text_on_the_answer_is_a_trait(void **state)
{
	static const struct {
		uint16_t ctl;
		unsigned said;
		uint32_t data;
		const char *opt;
		int32_t ack; /* from SND.NXT */
		const char *traits;
	} cases[] = {
	    {CTL_SYN | CTL_ACK, 0, 1, "", 0, "+loaded"},
	    {CTL_SYN | CTL_ACK | CTL_FIN, 0, 0, "", 0, "+loaded"},
	    {CTL_SYN | CTL_ACK, 0, 0, "", 0, "-"},
	    {CTL_SYN | CTL_ACK, SAY_OPT | SAY_OFF, 0, "WS:7", 0, "+loaded+odd"},
	    {CTL_SYN | CTL_ACK, SAY_OPT, 0, "MSS:536,SACKOK", 0, "-"},
	    {CTL_SYN | CTL_ACK, SAY_ACK, 1, "", 0, "+loaded"},
	    {CTL_SYN | CTL_ACK, SAY_ACK, 1, "", -1, "-"},
	    {CTL_SYN | CTL_ACK, SAY_CHK, 1, "", 0, "-"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plain()->passive = false;
		step_behind(STEP_CALL)->call = CALL_OPEN_ACTIVE;
		struct said_segment *s = came_before(cases[i].ctl);
		s->said = cases[i].said;
		s->data = cases[i].data;
		s->ack = (struct seqnum){.kind = SEQ_VARIABLE, .variable = VAR_SND_NXT, .offset = cases[i].ack};
		snprintf(s->opt, sizeof s->opt, "%s", cases[i].opt);
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(cases[i].traits);
	}
}

/* A SYN whose options cannot be read may have been discarded for them, and what comes next is the answer. */
static void an_answer_may_be_discarded(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		plain()->passive = false;
		step_behind(STEP_CALL)->call = CALL_OPEN_ACTIVE;
		struct said_segment *s = came_before(CTL_SYN);
		s->said = SAY_OPT;
		snprintf(s->opt, sizeof s->opt, "%s", i == 0 ? "253:L3" : "NOP");
		came_before(CTL_SYN | CTL_ACK)->data = 1;
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(i == 0 ? "+loaded+crossed+odd" : "+crossed");
	}
}

static void crossing_syns_are_a_trait(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		struct tcb *t = plain();
		t->passive = i == 4;
		step_behind(STEP_CALL)->call = i == 1 ? CALL_OPEN_PASSIVE : CALL_OPEN_ACTIVE;
		came_before(i == 2 ? CTL_SYN | CTL_ACK : CTL_SYN);
		t->ws_on = i == 3;
		t->state = i == 4 ? SYN_RECEIVED : ESTABLISHED;
		arrives(CTL_ACK, RCV, NXT, 0);
		assert_traits(i == 0 ? "+crossed" : "-");
	}
	plain();
	came_before(CTL_SYN); /* to a listener, say */
	c.j.stimulus.kind = EVENT_CALLED;
	last_is(STEP_CALL)->call = CALL_OPEN_ACTIVE;
	assert_id("fuzz/established/call-open_active/-/-/-/-/v4");
}

/* Kind 29, behind others, and not within one. */
static void an_authentication_option_is_a_trait(void **state)
{
	static const struct {
		uint8_t octets[8];
		uint8_t n;
		const char *traits;
	} cases[] = {
	    {{29, 4, 0, 0}, 4, "+ao"},
	    {{1, 1, 8, 2, 29, 4, 0, 0}, 8, "+ao"},
	    {{8, 4, 29, 4}, 4, "-"},
	    {{0, 29, 2}, 3, "-"},
	    {{0, 2, 29, 2}, 4, "-"},
	    {{8, 1, 29, 2}, 4, "-"},
	    {{8}, 1, "-"},
	    {{8, 200, 29, 2}, 4, "-"},
	    {{0}, 0, "-"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plain();
		struct segment *s = arrives(CTL_ACK, RCV, NXT, 0);
		memcpy(s->option_octets, cases[i].octets, cases[i].n);
		s->options_length = cases[i].n;
		assert_traits(cases[i].traits);
	}
}

/* However much is true of a connection, nothing of it is cut off. */
static void there_is_room_for_all(void **state)
{
	struct tcb *t = plain();
	(void)state;
	t->released = t->reopened = t->held_fin = t->fin_queued = t->ack_owed = t->ts_on = t->path_told = t->congested = true;
	t->state = SYN_RECEIVED;
	t->passive = false;
	t->unread = t->retransmissions = 1;
	t->rcv_wnd = t->snd_wnd = 0;
	t->snd_una = UNA;
	t->snd_mss = 1;
	t->max_snd_wnd = 25;
	t->ts_recent = 100;
	t->urgent_out = c.j.urgent_sent = true;
	step_behind(STEP_CALL)->call = CALL_OPEN_ACTIVE;
	struct said_segment *before = came_before(CTL_SYN | CTL_ACK | CTL_FIN);
	before->data = 1;
	before->said = SAY_OPT | SAY_SEQ;
	snprintf(before->opt, sizeof before->opt, "TS:2/0,253:L3");
	before = came_before(CTL_FIN | CTL_ACK);
	before->said = SAY_OPT | SAY_ACK;
	snprintf(before->opt, sizeof before->opt, "TS:1/0,MSS:1,SACKOK");
	struct segment *s = arrives(CTL_SYN | CTL_FIN | CTL_RST | CTL_PSH | CTL_ACK | CTL_URG | CTL_ECE | CTL_CWR, RCV - (UINT32_C(1) << 31), NXT + 1, (UINT32_C(1) << 31) - 2);
	s->options.has_ts = true;
	s->options.ts_ecr = 9;
	s->option_octets[0] = 29;
	s->option_octets[1] = 4;
	s->options_length = 4;
	assert_id("fuzz/syn-received/syn-fin-rst-psh-ack-urg-ece-cwr/far/beyond/text/+orphan+reopened+simultaneous+shut+unread+gap+unacked+queued+closed+shrunk+loaded+owed+tsecr+dropped+ahead+ts+zero+paws+mss+tiny+urgent+urging+ao+half+ends+odd+resent+pmtu+back+feigned+sized+sacked+lost+disputed/v4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sequence_number_lies_somewhere),
	    cmocka_unit_test(an_acknowledgment_lies_somewhere),
	    cmocka_unit_test(text_lies_somewhere),
	    cmocka_unit_test(bits_stand_in_the_matrixs_order),
	    cmocka_unit_test(other_stimuli_are_named),
	    cmocka_unit_test(a_connection_has_traits),
	    cmocka_unit_test(timestamps_have_traits),
	    cmocka_unit_test(a_script_has_traits),
	    cmocka_unit_test(two_segments_have_traits),
	    cmocka_unit_test(fins_at_two_places_are_a_trait),
	    cmocka_unit_test(held_to_the_edge_is_a_trait),
	    cmocka_unit_test(text_on_the_answer_is_a_trait),
	    cmocka_unit_test(an_answer_may_be_discarded),
	    cmocka_unit_test(text_that_was_read_is_a_trait),
	    cmocka_unit_test(timestamps_go_back_behind_the_players),
	    cmocka_unit_test(a_scale_that_is_said_again_is_a_trait),
	    cmocka_unit_test(a_syn_ack_is_remembered_behind_the_end),
	    cmocka_unit_test(text_in_pieces_is_a_trait),
	    cmocka_unit_test(a_wait_for_the_answer_is_a_trait),
	    cmocka_unit_test(crossing_syns_are_a_trait),
	    cmocka_unit_test(an_authentication_option_is_a_trait),
	    cmocka_unit_test(there_is_room_for_all),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: causes", tests, NULL, judge_unmade);
}
