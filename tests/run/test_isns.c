/* ISNs by the clock, and unrelated: what passes, and what each bound refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/rng.h"
#include "lib/run/isns.h"

enum { PORTS = 64 };

static void noted(struct isns *s, uint16_t port, uint32_t seq, uint64_t at)
{
	isns_note(s, &(struct isn_seen){.port = port, .seq = seq, .at = at});
}

static void broken(const struct isns *s, enum isn_rule rule, const char *words)
{
	const char *said = isns_break(s, rule);
	if (words ? !said || !strstr(said, words) : said != NULL)
		fail_msg("expected \"%s\", got \"%s\"", words ? words : "nothing", said ? said : "nothing");
}

static void by_the_clock(void **state)
{
	static const struct {
		uint32_t ticks;
		const char *words;
	} row[] = {{250000, NULL}, {125000, NULL}, {500000, NULL}, {124999, "less"}, {500003, "more"}, {0, "less"}, {UINT32_MAX, "more"}};
	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct isns s = {.seen = NULL};
		noted(&s, 9, 4294900000, 5);
		broken(&s, ISNS_BY_CLOCK, "no two");
		noted(&s, 8, 1, 6);
		noted(&s, 9, 4294900000, 7); /* the same SYN,ACK again */
		broken(&s, ISNS_BY_CLOCK, "no two");
		noted(&s, 9, 4294900000 + row[i].ticks, 1000005);
		if (row[i].ticks)
			broken(&s, ISNS_BY_CLOCK, row[i].words);
		isns_free(&s);
	}
}

/* A number of each port, by what it has beside the clock. */
static void offsets(uint32_t (*of)(uint32_t, struct rng *), const char *words)
{
	struct isns s = {.seen = NULL}, copy = {.seen = NULL};
	struct rng r = rng_seeded(1);
	for (uint32_t i = 0; i < PORTS; i++) {
		const uint64_t at = 1000000 + 50 * (uint64_t)i;
		noted(&s, (uint16_t)(1000 + i), of(i, &r) + (uint32_t)(at / 4), at);
	}
	isns_copy(&copy, &s);
	broken(&copy, ISNS_UNRELATED, words);
	isns_free(&copy);
	isns_free(&s);
}

static uint32_t random_offset(uint32_t i, struct rng *r)
{
	(void)i;
	return rng_u32(r);
}

static uint32_t none(uint32_t i, struct rng *r)
{
	(void)i;
	(void)r;
	return 77;
}

static uint32_t by_step(uint32_t i, struct rng *r)
{
	(void)r;
	return i * 0x20000003U;
}

/* By the lower bits of the port alone. */
static uint32_t of_half_the_port(uint32_t i, struct rng *r)
{
	struct rng own = rng_seeded(i % (PORTS / 2));
	(void)r;
	return rng_u32(&own);
}

static uint32_t upper_half(uint32_t i, struct rng *r)
{
	(void)i;
	return rng_u32(r) & 0xffff0000;
}

static void unrelated(void **state)
{
	struct isns s = {.seen = NULL};
	(void)state;
	broken(&s, ISNS_UNRELATED, "too few");
	isns_free(&s);
	offsets(random_offset, NULL);
	offsets(none, "close together");
	offsets(by_step, "the same step");
	offsets(upper_half, "a bit");
	offsets(of_half_the_port, "one number");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(by_the_clock), cmocka_unit_test(unrelated)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ISNs", tests, NULL, NULL);
}
