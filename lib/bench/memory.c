/* Cells in memory: every cell of the exhaustive set is played on a stack in this process, with its verdict, and between batches the stack alone is restored, handed a segment and asked
 * for what it puts out: what is left is the price of judging. On one core. A measurement, never a test: it exits 0 when it could measure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/memory.h"
#include "lib/net/wire.h"
#include "lib/run/run.h"
#include "lib/target/in_process.h"
#include "suite/cells.h"

enum { BATCH = 10000,
       ROWS_MAX = 128,
       PORT = 1024,
       PACKET_OCTETS = 128 };

/* What the issue promises: so many cells a second, and so many times the bare stack at the most. */
static const double CELLS_WANTED = 300000;

struct row_time {
	char name[40];
	size_t cells;
	double us;
};

/* A stack of its own, with a connection. */
struct bare {
	struct declaration *declaration;
	struct link link;
	struct target target;
	struct in_process *stack;
	struct in_process_snapshot established;
	uint8_t old[PACKET_OCTETS]; /* an octet that was received before: it must be acknowledged */
	size_t old_octets;
	uint64_t answers;
};

struct bench {
	struct cells *cells;
	struct bare bare;
	size_t count, played;
	double cells_us, bare_us, mark_us;
	struct row_time row[ROWS_MAX];
	size_t rows;
	struct run_counts counts;
	char target[200];
};

/* CPU time: nobody is waited for, and what else the machine does is not counted. */
static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- the stack alone ---- */

static bool bare_send(struct bare *b, uint16_t ctl, uint32_t seq, uint32_t ack, struct segment *answer)
{
	const struct segment s = {.src = b->link.tester[0], .dst = b->link.target[0], .src_port = 40000, .dst_port = PORT, .ctl = ctl, .seq = seq, .ack = ack, .wnd = 65535};
	uint8_t packet[PACKET_OCTETS];
	const uint8_t *out;
	size_t n;
	uint64_t at;
	bool got = false;

	in_process_input(b->stack, packet, segment_build(&s, packet, sizeof packet));
	while (in_process_output(b->stack, &out, &n, &at))
		got = segment_parse(out, n, answer, NULL);
	return got;
}

static bool bare_open(struct bare *b, const char *file, struct error *e)
{
	static const uint8_t octet[1] = {7};
	struct segment syn_ack = {.seq = 0}, none;
	struct call_answer a;

	b->declaration = declaration_read(file, PROFILE_RFC9293, false, e);
	in_process_link(&b->link);
	if (!b->declaration || !target_in_process_start(&b->target, &b->link, b->declaration, 1, e))
		return false;
	b->stack = target_in_process(&b->target);
	const struct endpoint at = {.family = IPV4, .target = b->link.target[0], .tester = b->link.tester[0], .target_port = PORT, .tester_port = 40000};
	struct connection *c = b->target.operations->open(b->target.self, &at, e);
	if (!c || !b->target.operations->call(b->target.self, c, CALL_OPEN_PASSIVE, 0, false, &a, e))
		return false;
	if (!bare_send(b, CTL_SYN, 100, 0, &syn_ack) || !(syn_ack.ctl & CTL_SYN))
		return error_set(e, "%s: does not answer a SYN, so that there is nothing to measure", file);
	bare_send(b, CTL_ACK, 101, syn_ack.seq + 1, &none);
	const struct segment old = {.src = at.tester, .dst = at.target, .src_port = at.tester_port, .dst_port = PORT, .ctl = CTL_ACK, .seq = 100, .ack = syn_ack.seq + 1, .wnd = 65535, .text = octet, .text_length = 1};
	b->old_octets = segment_build(&old, b->old, sizeof b->old);
	if (!in_process_can_restore(b->stack))
		return error_set(e, "%s: has no snapshots, so that every cell is played from its beginning", file);
	in_process_snapshot(b->stack, &b->established);
	return true;
}

static void bare_close(struct bare *b)
{
	in_process_snapshot_free(&b->established);
	if (b->target.operations)
		target_stop(&b->target);
	if (b->declaration)
		declaration_free(b->declaration);
}

static void bare_play(struct bare *b, size_t times)
{
	const uint8_t *out;
	size_t n;
	uint64_t at;

	for (size_t i = 0; i < times; i++) {
		in_process_restore(b->stack, &b->established);
		in_process_input(b->stack, b->old, b->old_octets);
		while (in_process_output(b->stack, &out, &n, &at))
			b->answers++;
		in_process_next(b->stack);
	}
}

/* ---- the cells ---- */

static struct row_time *row_of(struct bench *b, size_t cell)
{
	struct cell_coordinates k;

	cells_coordinates(b->cells, cell, &k);
	if (b->rows == 0 || strcmp(b->row[b->rows - 1].name, k.row) != 0) {
		if (b->rows < ROWS_MAX)
			b->rows++;
		struct row_time *r = &b->row[b->rows - 1];
		snprintf(r->name, sizeof r->name, "%s", k.row);
	}
	return &b->row[b->rows - 1];
}

/* The engine asks for a cell when it is about to play it: there a batch ends. */
static const struct script *cell_script(void *self, size_t i, enum family *f)
{
	struct bench *b = self;

	if (i && i % BATCH == 0) {
		const double now = now_us(), us = now - b->mark_us;
		struct row_time *r = row_of(b, i - BATCH / 2);

		b->cells_us += us;
		r->us += us;
		r->cells += BATCH;
		b->played += BATCH;
		bare_play(&b->bare, BATCH);
		b->bare_us += now_us() - now;
		b->mark_us = now_us();
	} else if (i == 0) {
		b->mark_us = now_us();
	}
	return cells_script(b->cells, i, f);
}

static bool header_take(void *self, const struct run_header *h, struct error *e)
{
	struct bench *b = self;

	(void)e;
	snprintf(b->target, sizeof b->target, "%s (%s)", h->target, h->target_version);
	return true;
}

/* whole: each from its beginning, without a way that is kept. */
static bool bench_play(struct bench *b, const char *file, bool whole, struct error *e)
{
	const struct run_options options = {.target_file = file, .profile = PROFILE_RFC9293, .seed = 1, .whole = whole, .selection = "exhaustive"};
	const struct play_source source = {.count = b->count, .script = cell_script, .self = b};
	const struct run_events events = {.header = header_take, .self = b};

	return run_play(&options, NULL, 0, &source, &events, &b->counts, e);
}

static void bench_print(const struct bench *b)
{
	const double us = b->cells_us / (double)b->played, bare = b->bare_us / (double)b->played;
	const struct row_time *slowest = b->row;

	for (size_t i = 1; i < b->rows; i++)
		if (b->row[i].us * (double)slowest->cells > slowest->us * (double)b->row[i].cells)
			slowest = &b->row[i];
	printf("%zu cells in memory on %s: %.2f us a cell with its verdict, %.0f a second; wanted: %.0f\n", b->played, b->target, us, 1e6 / us, CELLS_WANTED);
	printf("  ratio %.2f to the stack alone (restored, handed a segment, drained, asked for its next date): %.2f us\n", us / bare, bare);
	printf("  passed: %u of %u; the slowest row that a batch fell into: %s, %.2f us\n", b->counts.by_verdict[PASS], b->counts.total, slowest->name, slowest->us / (double)slowest->cells);
}

/* What it is worth to keep the ways into the rows' states. */
static void whole_print(struct bench *b, const char *file)
{
	const double us = b->cells_us / (double)b->played;
	struct error e;

	b->cells_us = b->bare_us = 0;
	b->played = b->rows = 0;
	run_counts_free(&b->counts);
	b->counts = (struct run_counts){.total = 0};
	if (bench_play(b, file, true, &e))
		printf("  each from its beginning: %.2f us, ratio %.2f\n", b->cells_us / (double)b->played, b->cells_us / (double)b->played / us);
}

int main(int argc, char **argv)
{
	const char *file = argc > 1 ? argv[1] : "targets/reference/target.ini";
	struct bench *b = memory_zeroed(1, sizeof *b);
	struct error e = {.text = ""};
	int cpu;

	if (argc > 2) {
		fprintf(stderr, "usage: bench-memory [TARGET]   (a target's file; run it at the top of the tree)\n");
		return 2;
	}
	cpu_pin(0, &cpu);
	b->cells = cells_new("exhaustive", &e);
	b->count = b->cells ? cells_count(b->cells) : 0;
	const bool done = b->cells && bare_open(&b->bare, file, &e) && bench_play(b, file, false, &e);
	if (done) {
		bench_print(b);
		whole_print(b, file);
	} else
		fprintf(stderr, "bench-memory: %s\n", e.text);
	bare_close(&b->bare);
	cells_free(b->cells);
	free(b);
	return done ? 0 : 3;
}
