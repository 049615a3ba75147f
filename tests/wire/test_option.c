/* Tests of lib/wire/option.h and options_parse(): every kind of the registry, lying lengths, and the sentences about mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/wire/option.h"
#include "tests/wire/guard.h"

#define OCTETS(...) {__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

struct example {
	const char *said;
	uint8_t octets[OPTIONS_MAX];
	size_t n;
};

/* One at least of every kind in the registry, octets by the RFC of each. */
static const struct example examples[] = {
    {"EOL", OCTETS(0)},
    {"NOP", OCTETS(1)},
    {"MSS:1460", OCTETS(2, 4, 0x05, 0xb4)},
    {"MSS:65535", OCTETS(2, 4, 0xff, 0xff)},
    {"MSS:0", OCTETS(2, 4, 0, 0)},
    {"WS:7", OCTETS(3, 3, 7)},
    {"WS:255", OCTETS(3, 3, 255)},
    {"SACKOK", OCTETS(4, 2)},
    {"SACK:1/2", OCTETS(5, 10, 0, 0, 0, 1, 0, 0, 0, 2)},
    {"SACK:4294967295/0/258/16909060", OCTETS(5, 18, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 1, 2, 1, 2, 3, 4)},
    {"SACK:1/2/3/4/5/6", OCTETS(5, 26, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6)},
    {"SACK:1/2/3/4/5/6/7/8", OCTETS(5, 34, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 8)},
    {"K6:1/2/3/4", OCTETS(6, 6, 1, 2, 3, 4)},
    {"K7:1/2/3/4", OCTETS(7, 6, 1, 2, 3, 4)},
    {"TS:1/0", OCTETS(8, 10, 0, 0, 0, 1, 0, 0, 0, 0)},
    {"TS:4294967295/305419896", OCTETS(8, 10, 0xff, 0xff, 0xff, 0xff, 0x12, 0x34, 0x56, 0x78)},
    {"K9", OCTETS(9, 2)},
    {"K10:192", OCTETS(10, 3, 192)},
    {"K11:0/0/0/1", OCTETS(11, 6, 0, 0, 0, 1)},
    {"K12:0/0/0/1", OCTETS(12, 6, 0, 0, 0, 1)},
    {"K13:0/0/0/1", OCTETS(13, 6, 0, 0, 0, 1)},
    {"K14:1", OCTETS(14, 3, 1)},
    {"K15:1/2/3", OCTETS(15, 5, 1, 2, 3)},
    {"K19:0/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", OCTETS(19, 18, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)},
    {"K28:128/60", OCTETS(28, 4, 128, 60)},
    {"K29:1/2", OCTETS(29, 4, 1, 2)},
    {"K30:0/129", OCTETS(30, 4, 0, 129)},
    {"TFO", OCTETS(34, 2)},
    {"TFO:0123cdef", OCTETS(34, 6, 0x01, 0x23, 0xcd, 0xef)},
    {"TFO:000102030405060708090a0b0c0d0e0f", OCTETS(34, 18, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)},
    {"K69:1", OCTETS(69, 3, 1)},
    {"K172", OCTETS(172, 2)},
    {"K172:0/0/1/0/0/2/0/0/3", OCTETS(172, 11, 0, 0, 1, 0, 0, 2, 0, 0, 3)},
    {"K174:0/0/1", OCTETS(174, 5, 0, 0, 1)},
    {"K253:249/137", OCTETS(253, 4, 0xf9, 0x89)},
    {"K254:1/2/3/4", OCTETS(254, 6, 1, 2, 3, 4)},
    {"K255", OCTETS(255, 2)},
    /* Lying lengths, and known kinds with a length that is not theirs. */
    {"K2:L0", OCTETS(2, 0)},
    {"K2:L1/5/180", OCTETS(2, 1, 5, 180)},
    {"K2:L9/5/180", OCTETS(2, 9, 5, 180)},
    {"K2:L255", OCTETS(2, 255)},
    {"K2:L-", OCTETS(2)},
    {"K2:5", OCTETS(2, 3, 5)},
    {"K2", OCTETS(2, 2)},
    {"K3:7/7", OCTETS(3, 4, 7, 7)},
    {"K4:0", OCTETS(4, 3, 0)},
    {"K5", OCTETS(5, 2)},
    {"K5:1/2/3/4", OCTETS(5, 6, 1, 2, 3, 4)},
    {"K8:1/2/3", OCTETS(8, 5, 1, 2, 3)},
    {"TFO:01", OCTETS(34, 3, 1)},
    /* In a row. */
    {"MSS:1460,SACKOK,TS:1/0,NOP,WS:7", OCTETS(2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7)},
    {"NOP,EOL,EOL,EOL", OCTETS(1, 0, 0, 0)},
    {"EOL,NOP,K2:L-", OCTETS(0, 1, 2)},
};

enum { EXAMPLES = sizeof examples / sizeof *examples };

static void compiles_and_prints_back(void **state)
{
	struct text t = {0};

	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		uint8_t octets[OPTIONS_MAX], n = 99;
		struct error e = {0};

		if (!options_compile(examples[i].said, octets, &n, &e))
			fail_msg("%s: %s", examples[i].said, e.text);
		assert_int_equal(n, examples[i].n);
		assert_memory_equal(octets, examples[i].octets, n);
		text_clear(&t);
		options_print(octets, n, &t);
		assert_string_equal(text_string(&t), examples[i].said);
	}
	text_free(&t);
}

static void every_kind_has_an_example(void **state)
{
	size_t count;
	const struct option_kind *kinds = option_kinds(&count);

	(void)state;
	assert_int_equal(count, 26);
	for (size_t i = 0; i < count; i++) {
		bool found = false;

		for (size_t j = 0; j < EXAMPLES; j++)
			found = found || examples[j].octets[0] == kinds[i].kind;
		if (!found)
			fail_msg("kind %u has no example", kinds[i].kind);
		assert_true(kinds[i].length[0] && kinds[i].meaning[0]);
		assert_memory_equal(kinds[i].reference, "RFC", 3);
		assert_true(i == 0 || kinds[i].kind > kinds[i - 1].kind);
	}
}

/* A kind whose length the registry gives as one number: that many octets in an example that does not lie. */
static void lengths_of_the_registry(void **state)
{
	size_t count;
	const struct option_kind *kinds = option_kinds(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		unsigned length;
		char rest;

		if (sscanf(kinds[i].length, "%u%c", &length, &rest) != 1)
			continue;
		for (size_t j = 0; j < EXAMPLES; j++) {
			if (examples[j].octets[0] != kinds[i].kind)
				continue;
			assert_int_equal(examples[j].octets[1], length);
			break;
		}
	}
}

static void other_spellings(void **state)
{
	uint8_t octets[OPTIONS_MAX], n = 99;

	(void)state;
	assert_true(options_compile("", octets, &n, NULL));
	assert_int_equal(n, 0);
	assert_true(options_compile("TFO:ABCDEF", octets, &n, NULL));
	assert_int_equal(n, 5);
	assert_memory_equal(octets, "\x22\x05\xab\xcd\xef", 5);
	assert_true(options_compile("K2:L4/5/180", octets, &n, NULL));
	assert_memory_equal(octets, "\x02\x04\x05\xb4", 4);
	assert_true(options_compile("MSS:01460", octets, &n, NULL));
	assert_memory_equal(octets, "\x02\x04\x05\xb4", 4);
}

/* What is printed compiles to the same octets, whatever they are. */
static void random_octets_come_back(void **state)
{
	struct rng r = rng_named(1, "options");
	struct text t = {0};

	(void)state;
	for (int round = 0; round < 50000; round++) {
		uint8_t octets[OPTIONS_MAX], back[OPTIONS_MAX], n = (uint8_t)rng_below(&r, OPTIONS_MAX + 1), length = 99;
		struct error e = {0};

		/* Mostly small numbers, so that kinds and lengths often mean something. */
		for (uint8_t i = 0; i < n; i++)
			octets[i] = (uint8_t)rng_below(&r, rng_below(&r, 4) ? 12 : 256);
		text_clear(&t);
		options_print(octets, n, &t);
		if (!options_compile(text_string(&t), back, &length, &e))
			fail_msg("%s", e.text);
		assert_int_equal(length, n);
		assert_memory_equal(back, octets, n);
	}
	text_free(&t);
}

static void mistakes_say_where_and_what(void **state)
{
	static const struct {
		const char *said;
		unsigned character;
		const char *expected;
	} rows[] = {
	    {"MSX:1", 1, "an option: MSS, WS, SACKOK, SACK, TS, NOP, EOL, TFO or K<kind>"},
	    {"mss:1", 1, "an option"},
	    {",", 1, "an option"},
	    {"NOP,", 5, "an option"},
	    {"NOP,,NOP", 5, "an option"},
	    {"NOP NOP", 4, "a comma or the end"},
	    {"NOP:1", 4, "a comma or the end"},
	    {"SACKOK:1", 7, "a comma or the end"},
	    {"MSS", 4, "MSS:<0 to 65535>"},
	    {"MSS:", 5, "MSS:<0 to 65535>"},
	    {"MSS:65536", 5, "MSS:<0 to 65535>"},
	    {"MSS:-1", 5, "MSS:<0 to 65535>"},
	    {"MSS:1/2", 6, "a comma or the end"},
	    {"MSS:99999999999999999999999999", 5, "MSS:<0 to 65535>"},
	    {"NOP,WS:256", 8, "WS:<0 to 255>"},
	    {"TS:1", 5, "TS:<value>/<echo reply>"},
	    {"TS:1/", 6, "TS:<value>/<echo reply>"},
	    {"TS:4294967296/0", 4, "TS:<value>/<echo reply>"},
	    {"SACK", 5, "SACK:<left>/<right>"},
	    {"SACK:1", 7, "SACK:<left>/<right>"},
	    {"SACK:1/2/3", 11, "SACK:<left>/<right>"},
	    {"SACK:1/2/3/4/5/6/7/8/9/10", 21, "a comma or the end"},
	    {"TFO:", 5, "TFO:<cookie of hex digits"},
	    {"TFO:0", 5, "TFO:<cookie of hex digits"},
	    {"TFO:01a", 7, "TFO:<cookie of hex digits"},
	    {"TFO:01g", 7, "a comma or the end"},
	    {"K", 2, "K<kind>, 0 to 255"},
	    {"K256", 2, "K<kind>, 0 to 255"},
	    {"K9:", 4, "an octet, 0 to 255"},
	    {"K9:1/", 6, "an octet, 0 to 255"},
	    {"K9:256", 4, "an octet, 0 to 255"},
	    {"K9:L", 5, "L<length>, 0 to 255"},
	    {"K9:L256", 5, "L<length>, 0 to 255"},
	    {"K9:L4/", 7, "an octet, 0 to 255"},
	    {"K9:L-/1", 6, "a comma or the end"},
	    {"KK9", 1, "an option"},
	    {"SACK:1/2/3/4/5/6/7/8,TS:1/0", 22, "no more: a header holds 40 octets"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t octets[OPTIONS_MAX], n = 99;
		struct error e = {0};
		char begin[128];

		snprintf(begin, sizeof begin, "options \"%s\": character %u: expected ", rows[i].said, rows[i].character);
		assert_false(options_compile(rows[i].said, octets, &n, &e));
		if (strncmp(e.text, begin, strlen(begin)) != 0 || !strstr(e.text + strlen(begin), rows[i].expected))
			fail_msg("%s: got \"%s\"", rows[i].said, e.text);
		assert_false(options_compile(rows[i].said, octets, &n, NULL));
	}
}

static void exactly_forty_fit(void **state)
{
	struct text t = {0};
	uint8_t octets[OPTIONS_MAX], n;

	(void)state;
	for (int i = 0; i < OPTIONS_MAX; i++)
		text_add(&t, "%sNOP", i ? "," : "");
	assert_true(options_compile(text_string(&t), octets, &n, NULL));
	assert_int_equal(n, OPTIONS_MAX);
	text_add(&t, ",NOP");
	assert_false(options_compile(text_string(&t), octets, &n, NULL));
	text_free(&t);
}

static void parse_reads_what_it_knows(void **state)
{
	/* NOP, MSS 1460, WS 7, SACK permitted, an unknown kind, timestamps. */
	static const uint8_t octets[] = {1, 2, 4, 5, 0xb4, 3, 3, 7, 4, 2, 99, 3, 0, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8};
	static const uint8_t sack[] = {5, 34, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 255, 255, 255, 255, 0, 0, 0, 8};
	struct options o;

	(void)state;
	assert_true(options_parse(octets, sizeof octets, &o));
	assert_true(o.has_mss && o.has_ws && o.has_sack_permitted && o.has_ts && !o.malformed);
	assert_int_equal(o.mss, 1460);
	assert_int_equal(o.ws, 7);
	assert_int_equal(o.ts_val, 0x01020304);
	assert_int_equal(o.ts_ecr, 0x05060708);
	assert_int_equal(o.sack_blocks, 0);
	assert_true(options_parse(sack, sizeof sack, &o));
	assert_false(o.has_mss || o.has_ws || o.has_sack_permitted || o.has_ts);
	assert_int_equal(o.sack_blocks, 4);
	assert_int_equal(o.sack[0].left, 1);
	assert_int_equal(o.sack[2].right, 6);
	assert_int_equal(o.sack[3].left, UINT32_C(0xffffffff));
	assert_int_equal(o.sack[3].right, 8);
}

static void parse_ends_at_eol(void **state)
{
	static const uint8_t octets[] = {3, 3, 7, 0, 2, 0, 4, 2};
	struct options o;

	(void)state;
	assert_true(options_parse(octets, sizeof octets, &o));
	assert_true(o.has_ws);
	assert_false(o.has_mss || o.has_sack_permitted || o.malformed);
}

/* Behind every prefix of good options: a length of 0, of 1, one beyond the end, 255, and none. What stood before is kept. */
static void parse_survives_lying_lengths(void **state)
{
	static const uint8_t kinds[] = {2, 3, 4, 5, 8, 19, 34, 99, 253, 255};
	struct guard g = guard_open();

	(void)state;
	for (size_t k = 0; k < sizeof kinds; k++) {
		for (unsigned length = 0; length < 256; length++) {
			for (size_t n = 4; n <= OPTIONS_MAX; n++) {
				uint8_t octets[OPTIONS_MAX] = {3, 3, 9, kinds[k], (uint8_t)length};
				const uint8_t *at = guard_last(&g, octets, n);
				struct options o;
				bool good = options_parse(at, n, &o);

				assert_true(o.has_ws);
				assert_int_equal(good, !o.malformed);
				if (n == 4 || length < 2 || length > n - 3)
					assert_false(good);
				else if (kinds[k] == 99)
					assert_true(good);
			}
		}
	}
	guard_close(&g);
}

static void parse_wants_a_known_kind_s_own_length(void **state)
{
	static const uint8_t kinds[] = {2, 3, 4, 5, 8};

	(void)state;
	for (size_t k = 0; k < sizeof kinds; k++) {
		for (uint8_t length = 2; length <= OPTIONS_MAX; length++) {
			uint8_t octets[OPTIONS_MAX] = {kinds[k], length};
			struct options o;
			bool own = (kinds[k] == 2 && length == 4) || (kinds[k] == 3 && length == 3) || (kinds[k] == 4 && length == 2) ||
			           (kinds[k] == 5 && (length == 10 || length == 18 || length == 26 || length == 34)) || (kinds[k] == 8 && length == 10);

			assert_int_equal(options_parse(octets, length, &o), own);
			assert_int_equal(o.has_mss || o.has_ws || o.has_sack_permitted || o.has_ts || o.sack_blocks, own);
		}
	}
}

/* A header cannot hold five blocks, but whoever calls may hold more than a header: there are four places to put them. */
static void parse_takes_four_blocks_at_most(void **state)
{
	static const uint8_t octets[42] = {5, 42};
	struct options o;

	(void)state;
	assert_false(options_parse(octets, sizeof octets, &o));
	assert_int_equal(o.sack_blocks, 0);
}

static void print_stays_within_bounds(void **state)
{
	struct guard g = guard_open();
	struct text t = {0};

	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		for (size_t n = 0; n <= examples[i].n; n++) {
			text_clear(&t);
			options_print(guard_last(&g, examples[i].octets, n), n, &t);
			assert_int_equal(t.length > 0, n > 0);
		}
	}
	text_free(&t);
	guard_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(compiles_and_prints_back),
	    cmocka_unit_test(every_kind_has_an_example),
	    cmocka_unit_test(lengths_of_the_registry),
	    cmocka_unit_test(other_spellings),
	    cmocka_unit_test(random_octets_come_back),
	    cmocka_unit_test(mistakes_say_where_and_what),
	    cmocka_unit_test(exactly_forty_fit),
	    cmocka_unit_test(parse_reads_what_it_knows),
	    cmocka_unit_test(parse_ends_at_eol),
	    cmocka_unit_test(parse_survives_lying_lengths),
	    cmocka_unit_test(parse_wants_a_known_kind_s_own_length),
	    cmocka_unit_test(parse_takes_four_blocks_at_most),
	    cmocka_unit_test(print_stays_within_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
