/* Random segments through targets/reference/reassembly.h, against a map of octets. Its rules one by one: test_reassembly.c. */
#include "lib/base/rng.h"
#include "tests/reference/receiver.h"

enum { SPAN = 4000, /* numbers in one play */
       WINDOW = 600 };

struct map {
	bool have[SPAN + 1];
	uint8_t octet[SPAN + 1];
	uint32_t changed[SPAN + 1]; /* when the run that it lies in changed last */
	uint32_t nxt, fin;
	struct range duplicate;
};

/* The run of numbers held around x. */
static struct range run_of(const struct map *m, uint32_t x)
{
	struct range run = {x, x};

	while (run.left > 0 && m->have[run.left - 1])
		run.left--;
	while (m->have[run.right])
		run.right++;
	return run;
}

static void map_duplicate(struct map *m, uint32_t from, uint32_t to)
{
	while (from < to && !m->have[from])
		from++;
	m->duplicate = (struct range){from, from};
	while (m->duplicate.right < to && m->have[m->duplicate.right])
		m->duplicate.right++;
}

static void map_arrives(struct map *m, uint32_t from, const uint8_t *text, uint32_t n, bool fin, uint32_t step)
{
	uint32_t to = from + n;
	struct range run;

	if (m->fin < SPAN) {
		fin = false;
		to = to < m->fin ? to : m->fin;
	}
	if (fin && !m->have[to]) {
		m->fin = to++;
		memset(m->have + to, 0, SPAN - to);
	}
	if (from >= to)
		return;
	map_duplicate(m, from, to);
	for (uint32_t i = from; i < to; i++) {
		if (!m->have[i] && i - from < n)
			m->octet[i] = text[i - from];
		m->have[i] = true;
	}
	run = run_of(m, from);
	for (uint32_t i = run.left; i < run.right; i++)
		m->changed[i] = step;
	while (m->have[m->nxt])
		m->nxt++;
}

/* The k-th SACK block wanted: the run beyond RCV.NXT that changed last but k. */
static struct range map_run(const struct map *m, unsigned k)
{
	uint32_t before = UINT32_MAX;

	for (;; k--) {
		uint32_t best = SPAN;

		for (uint32_t i = m->nxt; i < SPAN && i <= m->nxt + WINDOW; i++)
			if (m->have[i] && m->changed[i] < before && (best == SPAN || m->changed[i] > m->changed[best]))
				best = i;
		if (k == 0 || best == SPAN)
			return run_of(m, best);
		before = m->changed[best];
	}
}

static void assert_agrees(struct receiver *t, const struct map *m, struct rng *g)
{
	struct range got[5];
	unsigned n;

	assert_int_equal(t->rcv_nxt, m->nxt);
	assert_int_equal(reassembly_ended(&t->r, ISS + t->rcv_nxt), m->fin < m->nxt);
	if (rng_below(g, 3) > 0)
		return;
	n = reassembly_sack(&t->r, t->p, got, 5);
	for (unsigned i = 0, k = 0; i < 5; i++) {
		struct range want = i == 0 && m->duplicate.left < m->duplicate.right ? m->duplicate : map_run(m, k++);

		assert_int_equal(n > i, want.left < want.right);
		if (n <= i)
			break;
		assert_int_equal(got[i].left - ISS, want.left);
		assert_int_equal(got[i].right - ISS, want.right);
	}
}

static void play_once(struct rng *g)
{
	static struct map m;
	static uint8_t text[64], got[SPAN];
	struct receiver t;
	uint32_t text_end;

	m = (struct map){.fin = SPAN};
	receiver_init(&t, 200, 64, 0);
	for (uint32_t step = 1; m.nxt < SPAN - WINDOW - 1 && m.fin >= m.nxt; step++) {
		bool fin = rng_below(g, 300) == 0;
		uint32_t end = m.nxt + rng_below(g, WINDOW) + !fin;
		uint32_t n = rng_below(g, 60) + !fin;

		n = n < end ? n : end;
		for (uint32_t i = 0; i < n; i++)
			text[i] = (uint8_t)rng_u32(g); /* other octets each time: the first must win */
		m.duplicate = (struct range){0, 0};
		reassembly_note_duplicate(&t.r, ISS, 0);
		map_arrives(&m, end - n, text, n, fin, step);
		t.rcv_nxt = reassembly_arrives(&t.r, t.p, &t.in_order, ISS + t.rcv_nxt, ISS + end - n, text, n, fin) - ISS;
		assert_agrees(&t, &m, g);
	}
	text_end = m.nxt - (m.fin < m.nxt);
	assert_int_equal(t.in_order.length, text_end);
	octets_copy(&t.in_order, t.p, 0, got, text_end);
	assert_memory_equal(got, m.octet, text_end);
	receiver_free(&t);
}

static void random_segments_agree_with_a_map(void **state)
{
	enum { SEED = 2018,
	       PLAYS = 60 };
	struct rng g = rng_seeded(SEED);

	(void)state;
	print_message("# seed %d\n", SEED);
	for (int i = 0; i < PLAYS; i++)
		play_once(&g);
}

/* With too little memory text may be lost, but what is passed on is right, a sender that repeats itself gets through, and every block comes back. */
static void random_segments_in_a_dry_pool(void **state)
{
	enum { SEED = 2883,
	       PLAYS = 300,
	       END = 3 * BLOCK };
	struct rng g = rng_seeded(SEED);
	uint8_t got[END];

	(void)state;
	print_message("# seed %d\n", SEED);
	for (int i = 0; i < PLAYS; i++) {
		uint32_t blocks = 1 + rng_below(&g, 4), read = 0;
		struct receiver t;

		receiver_init(&t, blocks, (uint16_t)(1 + rng_below(&g, 3)), 0);
		while (!reassembly_ended(&t.r, ISS + t.rcv_nxt)) {
			uint32_t left = END - t.rcv_nxt;
			uint32_t from = rng_below(&g, 4) > 0 ? t.rcv_nxt + rng_below(&g, left + 1) : t.rcv_nxt;
			uint32_t to = from + rng_below(&g, END - from + 1);

			if (from < to || to == END)
				arrives(&t, from, to, to == END);
			if (rng_below(&g, 2) > 0)
				continue;
			/* The user receives. */
			octets_copy(&t.in_order, t.p, 0, got + read, t.in_order.length);
			read += t.in_order.length;
			octets_drop(&t.in_order, t.p, t.in_order.length);
		}
		octets_copy(&t.in_order, t.p, 0, got + read, t.in_order.length);
		assert_int_equal(read + t.in_order.length, END);
		assert_memory_equal(got, t.text, END);
		receiver_free(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_segments_agree_with_a_map),
	    cmocka_unit_test(random_segments_in_a_dry_pool),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reference reassembly, random", tests, NULL, NULL);
}
