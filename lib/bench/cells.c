/* Holds the runner against the floor: every cell of the exhaustive set is played by the runner, and between its batches the floor plays as many. In one process, on one
 * core, in turns, so that a slow minute of the machine hits both. A measurement, never a test: it exits 0 when it could measure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/bench/floor.h"
#include "lib/net/wire.h"
#include "lib/run/run.h"
#include "suite/cells.h"

enum { BATCH = 2000,
       PARTS = 4, /* of the run, after each of which memory is looked at */
       TIMES_MAX = 100 };

enum bench_floor { THE_FLOOR,
	           FASTEST, /* for comparison */
	           FLOORS };

#define TARGET_INI "targets/linux/target.ini"
/* What issue and README promise: at most so many times the floor. */
static const double RATIO_WANTED = 2.2;
/* packetdrill's smallest handshake script, measured on a machine of two cores. */
static const double PACKETDRILL_US = 148000;

/* Time and time in the kernel so far. */
struct moment {
	double us, kernel_us, user_us;
};

/* A batch: what the runner needed for its cells, and the floor for as many. */
struct batch {
	size_t cells;
	double runner_us, floor_us[FLOORS]; /* a cell */
	char row[40];                       /* of its first cell */
};

struct bench {
	struct cells *cells;
	struct floor *floor[FLOORS];
	size_t set, count, next; /* cells of the set; to be played; the one that begins the next batch */
	struct batch *batches;
	size_t batch_count;
	struct moment began; /* of the batch under way */
	double runner_us, runner_kernel_us, runner_user_us;
	long rss[PARTS]; /* KiB */
	char fence[240]; /* what the run's calibration chose: the comparison is fair where it is `link`, as the floor's */
	struct run_counts counts;
	struct error error;
	bool failed;
};

static struct moment moment_now(void)
{
	struct timespec t;
	struct rusage u;

	clock_gettime(CLOCK_MONOTONIC, &t);
	getrusage(RUSAGE_SELF, &u);
	return (struct moment){
	    .us = (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3,
	    .kernel_us = (double)u.ru_stime.tv_sec * 1e6 + (double)u.ru_stime.tv_usec,
	    .user_us = (double)u.ru_utime.tv_sec * 1e6 + (double)u.ru_utime.tv_usec,
	};
}

/* Resident memory in KiB; 0 when it cannot be read. */
static long rss_read(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*s %ld", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void row_of(const struct bench *b, size_t cell, char *row, size_t room)
{
	struct cell_coordinates k;

	cells_coordinates(b->cells, cell % b->set, &k);
	snprintf(row, room, "%s", k.row);
}

/* The runner has begun all cells before b->next: its time is taken, the floor's turn comes, and the next batch begins. */
static void batch_end(struct bench *b, size_t cells)
{
	const struct moment now = moment_now();
	struct batch *batch = &b->batches[b->batch_count++];

	b->runner_us += now.us - b->began.us;
	b->runner_kernel_us += now.kernel_us - b->began.kernel_us;
	b->runner_user_us += now.user_us - b->began.user_us;
	batch->cells = cells;
	batch->runner_us = (now.us - b->began.us) / (double)cells;
	row_of(b, b->next - cells, batch->row, sizeof batch->row);
	for (unsigned f = 0; f < FLOORS; f++) {
		const struct moment began = moment_now();

		if (!floor_play(b->floor[f], IPV4, BATCH / 2, NULL, &b->error) || !floor_play(b->floor[f], IPV6, BATCH / 2, NULL, &b->error))
			b->failed = true;
		batch->floor_us[f] = (moment_now().us - began.us) / BATCH;
	}
	b->began = moment_now();
}

/* The runner asks for a cell when it is about to play it: there its batches end. */
static const struct script *cell_script(void *self, size_t i, enum family *f)
{
	struct bench *b = self;

	if (b->batch_count == 0 && b->began.us == 0)
		b->began = moment_now();
	if (i == b->next + BATCH) {
		b->next = i;
		batch_end(b, BATCH);
	}
	for (size_t part = 1; part <= PARTS; part++)
		if (i + 1 == b->count * part / PARTS)
			b->rss[part - 1] = rss_read();
	return cells_script(b->cells, i % b->set, f);
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *of, size_t n)
{
	qsort(of, n, sizeof *of, by_value);
	return n ? of[n / 2] : 0;
}

static void rows_print(const struct bench *b)
{
	printf("  us a cell (ratio) by the row that a batch began with:");
	for (size_t i = 0, j; i < b->batch_count; i = j) {
		double runner = 0, floor = 0;

		for (j = i; j < b->batch_count && strcmp(b->batches[j].row, b->batches[i].row) == 0; j++) {
			runner += b->batches[j].runner_us;
			floor += b->batches[j].floor_us[THE_FLOOR];
		}
		printf(" %s %.1f (%.2f)", b->batches[i].row, runner / (double)(j - i), runner / floor);
	}
	printf("\n");
}

/* One line: the floor's time a cell, and how many times as long the runner needs. */
static void floor_print(const struct bench *b, enum bench_floor f, const char *name)
{
	double *ratio = memory_zeroed(b->batch_count, sizeof *ratio), *floor = memory_zeroed(b->batch_count, sizeof *floor);
	double runner_sum = 0, floor_sum = 0;

	for (size_t i = 0; i < b->batch_count; i++) {
		floor[i] = b->batches[i].floor_us[f];
		ratio[i] = b->batches[i].runner_us / floor[i];
		runner_sum += b->batches[i].runner_us;
		floor_sum += floor[i];
	}
	printf("  ratio %.2f over all rows, median of the batches %.2f, to %s: %.1f us, %.0f cells/s\n", runner_sum / floor_sum, median(ratio, b->batch_count), name, median(floor, b->batch_count),
	       1e6 / median(floor, b->batch_count));
	free(ratio);
	free(floor);
}

static void bench_print(const struct bench *b)
{
	const double cells = (double)(b->batch_count * BATCH), us = b->runner_us / cells;

	printf("%zu cells, %zu batches of %d, the floor in turns; wanted: a ratio of %.1f at most\n", b->count, b->batch_count, BATCH, RATIO_WANTED);
	printf("  runner %.1f us a cell, %.0f cells/s; in the kernel %.0f %% of its CPU time, in user space %.1f us a cell\n", us, 1e6 / us,
	       100 * b->runner_kernel_us / (b->runner_kernel_us + b->runner_user_us), b->runner_user_us / cells);
	printf("  the runner's fence: %s; the floor's: link\n", b->fence);
	floor_print(b, THE_FLOOR, "the floor (prebuilt bytes, libnet_write_link, PACKET_QDISC_BYPASS, PACKET_IGNORE_OUTGOING)");
	floor_print(b, FASTEST, "the fastest such loop known (also: sendto on libnet's descriptor, nothing heard there, small ring, other MAC)");
	printf("  memory after each quarter, KiB:");
	for (unsigned part = 0; part < PARTS; part++)
		printf(" %ld", b->rss[part]);
	printf("\n  a check of packetdrill's size takes %.0f ms: in that time we play %.0f cells\n", PACKETDRILL_US / 1e3, PACKETDRILL_US / us);
	rows_print(b);
}

static bool header_take(void *self, const struct run_header *h, struct error *e)
{
	struct bench *b = self;

	(void)e;
	snprintf(b->fence, sizeof b->fence, "%s", h->fence);
	return true;
}

static bool bench_play(struct bench *b, const char *set)
{
	const struct run_options options = {.target_file = TARGET_INI, .profile = PROFILE_RFC9293, .seed = 1, .selection = set};
	const struct play_source source = {.count = b->count, .script = cell_script, .self = b};
	const struct run_events events = {.header = header_take, .self = b};

	if (!run_play(&options, NULL, 0, &source, &events, &b->counts, &b->error))
		return false;
	return !b->failed;
}

static bool bench_open(struct bench *b, const char *set, unsigned times)
{
	static const unsigned options[FLOORS] = {FLOOR_TUNED, FLOOR_FASTEST};

	b->cells = cells_new(set, &b->error);
	if (b->cells == NULL)
		return false;
	b->set = cells_count(b->cells);
	b->count = b->set * times;
	b->batches = memory_zeroed(b->count / BATCH + 1, sizeof *b->batches);
	for (unsigned f = 0; f < FLOORS; f++) {
		b->floor[f] = floor_open(options[f], TARGET_INI, &b->error);
		/* The first cells warm the caches. */
		if (b->floor[f] == NULL || !floor_play(b->floor[f], IPV4, BATCH, NULL, &b->error))
			return false;
	}
	return b->count > BATCH || error_set(&b->error, "the set %s has %zu cells; a batch is %d", set, b->set, BATCH);
}

int main(int argc, char **argv)
{
	const char *set = argc > 1 ? argv[1] : "exhaustive";
	const unsigned times = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
	struct bench b = {0};
	bool done;
	int cpu;

	if (argc > 3 || times < 1 || times > TIMES_MAX) {
		fprintf(stderr, "usage: bench-cells [SET [TIMES]]   (the set so many times over, 1 to %d; run it at the top of the tree)\n", TIMES_MAX);
		return 2;
	}
	cpu_pin(0, &cpu);
	done = bench_open(&b, set, times) && bench_play(&b, set);
	if (done)
		bench_print(&b);
	else
		fprintf(stderr, "bench-cells: %s\n", b.error.text);
	for (unsigned f = 0; f < FLOORS; f++)
		floor_close(b.floor[f]);
	if (b.cells)
		cells_free(b.cells);
	free(b.batches);
	return done ? 0 : 3;
}
