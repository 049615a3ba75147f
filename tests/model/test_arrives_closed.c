/* RFC 9293 3.10.7.1, segments that meet no TCB, sentence by sentence. Expectations are the text's, not the model's. */
#include "tests/model/fixture.h"

/* "An incoming segment containing a RST is discarded." */
static void S3_10_7_1_RST_1(void **unused)
{
	static const uint16_t ctls[] = {CTL_RST, CTL_RST | CTL_ACK, CTL_RST | CTL_SYN, CTL_RST | CTL_FIN | CTL_ACK};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++)
		for (unsigned i = 0; i < 4; i++)
			for (uint32_t text = 0; text <= 10; text += 10) {
				arrives(&s, 300, 101, ctls[i], text);
				permits_silence(&s, CLOSED);
				permits_nothing_else(&s);
				user_is_not_told(&s);
			}
}

/* "If the ACK bit is off, sequence number zero is used, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>": SEG.LEN counts text, SYN and FIN. */
static void S3_10_7_1_NOACK_1(void **unused)
{
	static const struct {
		uint16_t ctl;
		uint32_t text, ack;
	} rows[] = {
	    {CTL_SYN, 0, 301},
	    {CTL_FIN, 0, 301},
	    {0, 0, 300},
	    {CTL_PSH | CTL_URG, 0, 300},
	    {0, 10, 310},
	    {CTL_FIN, 10, 311},
	    {CTL_SYN, 10, 311},
	    {CTL_SYN | CTL_FIN, 0, 302},
	    {CTL_SYN | CTL_FIN, 10, 312},
	};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++)
		for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
			arrives(&s, 300, 0, rows[i].ctl, rows[i].text);
			permits_reset_from_zero(&s, rows[i].ack, CLOSED);
			permits_nothing_else(&s);
		}
}

/* "If the ACK bit is on, <SEQ=SEG.ACK><CTL=RST>": the reset has no ACK bit. */
static void S3_10_7_1_ACK_1(void **unused)
{
	static const uint16_t ctls[] = {CTL_ACK, CTL_SYN | CTL_ACK, CTL_FIN | CTL_ACK, CTL_PSH | CTL_ACK, CTL_SYN | CTL_FIN | CTL_ACK};
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++)
		for (unsigned i = 0; i < 5; i++)
			for (uint32_t text = 0; text <= 10; text += 10) {
				arrives(&s, 300, 101, ctls[i], text);
				permits_reset_at(&s, 101, CLOSED);
				permits_nothing_else(&s);
			}
}

/* "all data in the incoming segment is discarded": nothing to read, and no ACK of it owed. */
static void S3_10_7_1_DATA_1(void **unused)
{
	struct scene s;

	(void)unused;
	for (unsigned p = 0; scene_in(&s, CLOSED, p); p++) {
		arrives(&s, 300, 101, CTL_PSH | CTL_ACK, 10);
		permits_reset_at(&s, 101, CLOSED);
		permits_nothing_else(&s);
		unread_is(&s, 0);
		user_is_not_told(&s);
		arrives(&s, 300, 0, CTL_SYN, 10);
		permits_reset_from_zero(&s, 311, CLOSED);
		permits_nothing_else(&s);
		unread_is(&s, 0);
		for (unsigned i = 0; i < s.out.count; i++)
			assert_false(s.out.reaction[i].next.ack_owed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(S3_10_7_1_RST_1),
	    cmocka_unit_test(S3_10_7_1_NOACK_1),
	    cmocka_unit_test(S3_10_7_1_ACK_1),
	    cmocka_unit_test(S3_10_7_1_DATA_1),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("RFC 9293 3.10.7.1, CLOSED", tests, NULL, NULL);
}
