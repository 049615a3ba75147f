/* Tests of targets/reference/reassembly.h: the examples of RFC 2018 and RFC 2883, limits, FINs. Random segments: test_reassembly_random.c. */
#include "tests/reference/receiver.h"

/* The ACK that goes out now has this number and these SACK blocks: pairs, ended by 0. */
static void assert_acks(struct receiver *t, uint32_t ack, const uint32_t *want)
{
	struct range blocks[4];
	unsigned n = reassembly_sack(&t->r, t->p, blocks, 4);

	assert_int_equal(t->rcv_nxt, ack);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(blocks[i].left - ISS, want[2 * i]);
		assert_int_equal(blocks[i].right - ISS, want[2 * i + 1]);
	}
	assert_int_equal(want[2 * (size_t)n], 0);
}

#define ACKS(t, ack, ...) assert_acks(t, ack, (const uint32_t[]){__VA_ARGS__})

static void in_order_is_passed_on(void **state)
{
	struct receiver t;
	uint8_t got[300];

	(void)state;
	receiver_init(&t, 4, 32, 0);
	arrives(&t, 0, 200, false);
	ACKS(&t, 200, 0);
	/* What lies before RCV.NXT is cut. */
	arrives(&t, 100, 300, false);
	assert_int_equal(t.rcv_nxt, 300);
	assert_int_equal(t.in_order.length, 300);
	octets_copy(&t.in_order, t.p, 0, got, 300);
	assert_memory_equal(got, t.text, 300);
	assert_int_equal(t.p->taken, 1);
	receiver_free(&t);
}

/* RFC 2018 7, case 2: the first of eight segments is lost. */
static void rfc_2018_case_2(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 5000);
	for (uint32_t from = 5500; from < 7500; from += 500) {
		arrives(&t, from, from + 500, false);
		ACKS(&t, 5000, 5500, from + 500, 0);
	}
	arrives(&t, 5000, 5500, false);
	ACKS(&t, 7500, 0);
	assert_int_equal(t.in_order.length, 2500);
	receiver_free(&t);
}

/* RFC 2018 7, case 3: the 2nd, 4th, 6th and 8th are lost; then the 4th comes, then the 2nd. */
static void rfc_2018_case_3(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 0);
	arrives(&t, 0, 500, false);
	ACKS(&t, 500, 0);
	arrives(&t, 1000, 1500, false);
	ACKS(&t, 500, 1000, 1500, 0);
	arrives(&t, 2000, 2500, false);
	ACKS(&t, 500, 2000, 2500, 1000, 1500, 0);
	arrives(&t, 3000, 3500, false);
	ACKS(&t, 500, 3000, 3500, 2000, 2500, 1000, 1500, 0);
	arrives(&t, 1500, 2000, false);
	ACKS(&t, 500, 1000, 2500, 3000, 3500, 0);
	arrives(&t, 500, 1000, false);
	ACKS(&t, 2500, 3000, 3500, 0);
	receiver_free(&t);
}

static void sack_fills_the_room_and_no_more(void **state)
{
	struct receiver t;
	struct range blocks[3] = {{0, 0}, {0, 0}, {7, 7}};

	(void)state;
	receiver_init(&t, 8, 32, 0);
	arrives(&t, 100, 200, false);
	arrives(&t, 300, 400, false);
	arrives(&t, 500, 600, false);
	assert_int_equal(reassembly_sack(&t.r, t.p, blocks, 2), 2);
	assert_int_equal(blocks[0].left, ISS + 500);
	assert_int_equal(blocks[1].left, ISS + 300);
	assert_int_equal(blocks[2].left, 7);
	/* A duplicate takes its place before the others, once. */
	arrives(&t, 100, 200, false);
	assert_int_equal(reassembly_sack(&t.r, t.p, blocks, 1), 1);
	assert_int_equal(blocks[0].left, ISS + 100);
	ACKS(&t, 0, 100, 200, 500, 600, 300, 400, 0);
	receiver_free(&t);
}

/* RFC 2883 4.1.1 to 4.1.3. */
static void rfc_2883_full_duplicates(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 3000);
	arrives(&t, 3000, 3500, false);
	arrives(&t, 3500, 4000, false);
	/* Example 1: not acceptable, so that only its numbers are noted. */
	reassembly_note_duplicate(&t.r, ISS + 3000, 500);
	ACKS(&t, 4000, 3000, 3500, 0);
	ACKS(&t, 4000, 0);
	/* Example 2. */
	arrives(&t, 4500, 5000, false);
	reassembly_note_duplicate(&t.r, ISS + 3000, 500);
	ACKS(&t, 4000, 3000, 3500, 4500, 5000, 0);
	/* Example 3. */
	arrives(&t, 5000, 5500, false);
	ACKS(&t, 4000, 4500, 5500, 0);
	arrives(&t, 5000, 5500, false);
	ACKS(&t, 4000, 5000, 5500, 4500, 5500, 0);
	receiver_free(&t);
}

/* RFC 2883 4.2, examples 4 to 6. */
static void rfc_2883_partial_duplicates(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 1000);
	arrives(&t, 2000, 2500, false);
	arrives(&t, 1000, 1500, false);
	ACKS(&t, 1500, 2000, 2500, 0);
	arrives(&t, 1000, 2000, false);
	ACKS(&t, 2500, 1000, 1500, 0);
	receiver_free(&t);

	receiver_init(&t, 8, 32, 1000);
	arrives(&t, 3000, 3500, false);
	arrives(&t, 1000, 1500, false);
	arrives(&t, 2000, 2500, false);
	ACKS(&t, 1500, 2000, 2500, 3000, 3500, 0);
	arrives(&t, 1000, 2500, false);
	ACKS(&t, 2500, 1000, 1500, 3000, 3500, 0);
	receiver_free(&t);

	receiver_init(&t, 8, 32, 1000);
	arrives(&t, 3500, 4000, false);
	arrives(&t, 1500, 2000, false);
	arrives(&t, 2000, 2500, false);
	arrives(&t, 1500, 3000, false);
	ACKS(&t, 1000, 1500, 2500, 1500, 3000, 3500, 4000, 0);
	receiver_free(&t);
}

static void an_unreported_duplicate_is_forgotten(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 0);
	arrives(&t, 100, 200, false);
	arrives(&t, 100, 200, false);
	/* RFC 2883 4 (1): it is only told of the most recent packet. */
	reassembly_note_duplicate(&t.r, ISS, 0);
	arrives(&t, 300, 400, false);
	ACKS(&t, 0, 300, 400, 100, 200, 0);
	/* A part that was cut before the rest was passed on stands before what overlaps later. */
	reassembly_note_duplicate(&t.r, ISS - 50, 50);
	arrives(&t, 0, 150, false);
	ACKS(&t, 200, (uint32_t)-50, 0, 300, 400, 0);
	receiver_free(&t);
}

/* Text of a SYN is held from the number behind it on until its turn comes: RCV.NXT is told as if the SYN were still to come. */
static void what_is_held_at_its_turn_is_taken(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 99);
	arrives(&t, 100, 200, true);
	assert_int_equal(t.rcv_nxt, 99);
	assert_int_equal(reassembly_take(&t.r, t.p, &t.in_order, ISS + 99), ISS + 99);
	t.rcv_nxt = reassembly_take(&t.r, t.p, &t.in_order, ISS + 100) - ISS;
	ACKS(&t, 201, 0);
	assert_true(reassembly_ended(&t.r, ISS + t.rcv_nxt));
	assert_int_equal(t.in_order.length, 100);
	assert_int_equal(t.p->taken, 2); /* the table is kept */
	receiver_free(&t);
}

static void fin_in_order(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 4, 32, 0);
	arrives(&t, 0, 100, true);
	assert_int_equal(t.rcv_nxt, 101);
	assert_int_equal(t.in_order.length, 100);
	assert_true(reassembly_ended(&t.r, ISS + t.rcv_nxt));
	receiver_free(&t);

	receiver_init(&t, 4, 32, 100);
	assert_false(reassembly_ended(&t.r, ISS + t.rcv_nxt));
	arrives(&t, 100, 100, true);
	assert_int_equal(t.rcv_nxt, 101);
	assert_true(reassembly_ended(&t.r, ISS + t.rcv_nxt));
	receiver_free(&t);
}

static void fin_ahead_of_its_turn(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 0);
	arrives(&t, 200, 200, true);
	ACKS(&t, 0, 200, 201, 0);
	assert_false(reassembly_ended(&t.r, ISS));
	arrives(&t, 100, 200, true);
	ACKS(&t, 0, 100, 201, 0);
	arrives(&t, 0, 100, false);
	assert_int_equal(t.rcv_nxt, 201);
	assert_int_equal(t.in_order.length, 200);
	assert_true(reassembly_ended(&t.r, ISS + t.rcv_nxt));
	assert_int_equal(t.p->taken, 2); /* what fits into one block lies in one; the table */
	receiver_free(&t);
}

/* The gap before a FIN that came alone is filled: the FIN is met at the end. */
static void fin_is_met_at_the_end(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 0);
	arrives(&t, 100, 100, true);
	arrives(&t, 0, 99, false);
	assert_int_equal(t.rcv_nxt, 99);
	assert_false(reassembly_ended(&t.r, ISS + t.rcv_nxt));
	arrives(&t, 99, 100, false);
	assert_int_equal(t.rcv_nxt, 101);
	assert_int_equal(t.in_order.length, 100);
	receiver_free(&t);
}

static void text_behind_a_fin_is_none(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 0);
	arrives(&t, 300, 400, false);
	arrives(&t, 150, 160, false);
	arrives(&t, 100, 200, true); /* drops 300..400 */
	ACKS(&t, 0, 150, 160, 100, 201, 0);
	arrives(&t, 180, 500, true); /* nothing behind the FIN, and no second FIN */
	ACKS(&t, 0, 180, 200, 100, 201, 0);
	arrives(&t, 201, 500, false);
	arrives(&t, 300, 500, true);
	ACKS(&t, 0, 100, 201, 0);
	arrives(&t, 0, 100, false);
	assert_int_equal(t.rcv_nxt, 201);
	assert_int_equal(t.in_order.length, 200);
	receiver_free(&t);
}

/* "In SEG.SEQ order": a segment whose turn it is says what the text is, and where it ends, whatever was held. */
static void text_in_order_crosses_a_held_fin(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 0);
	arrives(&t, 100, 200, true);
	arrives(&t, 0, 400, false);
	assert_false(reassembly_ended(&t.r, ISS + t.rcv_nxt));
	assert_int_equal(t.rcv_nxt, 400);
	assert_int_equal(t.in_order.length, 400);
	receiver_free(&t);
}

static void fin_in_the_midst_of_text_is_none(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 32, 0);
	arrives(&t, 100, 200, false);
	arrives(&t, 50, 150, true);
	ACKS(&t, 0, 100, 150, 50, 200, 0);
	arrives(&t, 0, 50, false);
	assert_int_equal(t.rcv_nxt, 200);
	assert_false(reassembly_ended(&t.r, ISS + t.rcv_nxt));
	/* Right behind the text it is one. */
	arrives(&t, 200, 200, true);
	assert_true(reassembly_ended(&t.r, ISS + t.rcv_nxt));
	receiver_free(&t);
}

static void a_range_too_many_is_refused(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 8, 2, 0);
	arrives(&t, 100, 200, false);
	arrives(&t, 300, 400, false);
	arrives(&t, 500, 600, true);
	assert_false(t.r.fin_known);
	ACKS(&t, 0, 500, 600, 300, 400, 100, 200, 0); /* RFC 2018 8: the newest, though it is discarded; once */
	ACKS(&t, 0, 300, 400, 100, 200, 0);
	/* What fuses with a range is none too many. */
	arrives(&t, 400, 450, false);
	ACKS(&t, 0, 300, 450, 100, 200, 0);
	arrives(&t, 0, 100, false);
	arrives(&t, 500, 600, false);
	ACKS(&t, 200, 500, 600, 300, 450, 0);
	receiver_free(&t);
}

static void the_table_has_room_for_so_many(void **state)
{
	struct receiver t;

	(void)state;
	receiver_init(&t, 200, UINT16_MAX, 0);
	for (uint32_t i = 0; i < 200; i++)
		arrives(&t, 2 * i + 1, 2 * i + 2, false);
	assert_true(t.r.count < 200);
	assert_int_equal(t.r.count, t.r.most);
	/* The table was not written beyond its block: all its ranges are found as they came. */
	for (uint32_t i = 0; i < t.r.most; i++) {
		assert_int_equal(t.rcv_nxt, 2 * i);
		arrives(&t, 2 * i, 2 * i + 1, false);
	}
	receiver_free(&t);
}

static void a_dry_pool_keeps_what_it_can(void **state)
{
	struct receiver t;

	(void)state;
	/* A table and one block of text. */
	receiver_init(&t, 2, 32, 0);
	arrives(&t, 1000, 1000 + BLOCK + 500, true);
	assert_false(t.r.fin_known);
	ACKS(&t, 0, 1000, 1000 + BLOCK, 0);
	arrives(&t, 5000, 5100, false);
	ACKS(&t, 0, 5000, 5100, 1000, 1000 + BLOCK, 0);
	/* Text whose turn it is needs the block: what is held goes (RFC 2018 8). */
	arrives(&t, 0, 1000, false);
	ACKS(&t, 1000, 0);
	assert_int_equal(t.in_order.length, 1000);
	receiver_free(&t);

	/* With its FIN, which comes again. */
	receiver_init(&t, 2, 32, 0);
	arrives(&t, 1000, 1100, true);
	assert_true(t.r.fin_known);
	arrives(&t, 0, 1000, false);
	ACKS(&t, 1000, 0);
	arrives(&t, 1000, 1100, true);
	assert_int_equal(t.rcv_nxt, 1101);
	assert_int_equal(t.in_order.length, 1100);
	receiver_free(&t);

	/* Not even a table. */
	receiver_init(&t, 1, 32, 0);
	assert_int_equal(octets_append(&t.in_order, t.p, t.text, 1), 1);
	arrives(&t, 1000, 1100, true);
	ACKS(&t, 0, 1000, 1100, 0);
	receiver_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(in_order_is_passed_on),
	    cmocka_unit_test(rfc_2018_case_2),
	    cmocka_unit_test(rfc_2018_case_3),
	    cmocka_unit_test(sack_fills_the_room_and_no_more),
	    cmocka_unit_test(rfc_2883_full_duplicates),
	    cmocka_unit_test(rfc_2883_partial_duplicates),
	    cmocka_unit_test(an_unreported_duplicate_is_forgotten),
	    cmocka_unit_test(what_is_held_at_its_turn_is_taken),
	    cmocka_unit_test(fin_in_order),
	    cmocka_unit_test(fin_ahead_of_its_turn),
	    cmocka_unit_test(fin_is_met_at_the_end),
	    cmocka_unit_test(text_behind_a_fin_is_none),
	    cmocka_unit_test(text_in_order_crosses_a_held_fin),
	    cmocka_unit_test(fin_in_the_midst_of_text_is_none),
	    cmocka_unit_test(a_range_too_many_is_refused),
	    cmocka_unit_test(the_table_has_room_for_so_many),
	    cmocka_unit_test(a_dry_pool_keeps_what_it_can),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reference reassembly", tests, NULL, NULL);
}
