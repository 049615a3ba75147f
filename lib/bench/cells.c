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

enum { BATCH = 2000 };

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
	double runner_us, floor_us; /* a cell */
	char row[40];               /* of its first cell */
};

struct bench {
	struct cells *cells;
	struct floor *floor;
	size_t count, next; /* cells; the one that begins the next batch */
	struct batch *batches;
	size_t batch_count;
	struct moment began; /* of the batch under way */
	double runner_us, runner_kernel_us, runner_user_us;
	long rss_quarter, rss_end; /* KiB */
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

	cells_coordinates(b->cells, cell, &k);
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
	if (!floor_play(b->floor, IPV4, BATCH / 2, NULL, &b->error) || !floor_play(b->floor, IPV6, BATCH / 2, NULL, &b->error))
		b->failed = true;
	b->began = moment_now();
	batch->floor_us = (b->began.us - now.us) / BATCH;
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
		if (b->rss_quarter == 0 && i >= b->count / 4)
			b->rss_quarter = rss_read();
	}
	if (i + 1 == b->count)
		b->rss_end = rss_read();
	return cells_script(b->cells, i, f);
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
	printf("  us a cell by the row that a batch began with:");
	for (size_t i = 0, j; i < b->batch_count; i = j) {
		double runner = 0, floor = 0;

		for (j = i; j < b->batch_count && strcmp(b->batches[j].row, b->batches[i].row) == 0; j++) {
			runner += b->batches[j].runner_us;
			floor += b->batches[j].floor_us;
		}
		printf(" %s %.1f (%.2f)", b->batches[i].row, runner / (double)(j - i), runner / floor);
	}
	printf("\n");
}

static void bench_print(const struct bench *b)
{
	double *ratio = memory_zeroed(b->batch_count + 1, sizeof *ratio), *runner = memory_zeroed(b->batch_count + 1, sizeof *runner), *floor = memory_zeroed(b->batch_count + 1, sizeof *floor);
	double runner_sum = 0, floor_sum = 0;

	for (size_t i = 0; i < b->batch_count; i++) {
		runner[i] = b->batches[i].runner_us;
		floor[i] = b->batches[i].floor_us;
		ratio[i] = runner[i] / floor[i];
		runner_sum += runner[i];
		floor_sum += floor[i];
	}
	printf("%zu cells, %zu batches of %d, the floor in turns\n", b->count, b->batch_count, BATCH);
	printf("  floor: one cell after the other, prebuilt bytes, libnet_write_link, PACKET_QDISC_BYPASS, PACKET_IGNORE_OUTGOING\n");
	printf("  ratio %.2f over all rows (wanted: %.2f at most), median of the batches %.2f\n", runner_sum / floor_sum, RATIO_WANTED, median(ratio, b->batch_count));
	printf("  runner %.1f us a cell, %.0f cells/s (median batch %.1f us); floor %.1f us, %.0f cells/s\n", runner_sum / (double)b->batch_count, 1e6 * (double)b->batch_count / runner_sum,
	       median(runner, b->batch_count), median(floor, b->batch_count), 1e6 / median(floor, b->batch_count));
	printf("  runner in the kernel: %.0f %% of its CPU time (user space %.1f us a cell)\n", 100 * b->runner_kernel_us / (b->runner_kernel_us + b->runner_user_us), b->runner_user_us / (double)(b->batch_count * BATCH));
	printf("  memory: %ld KiB after a quarter, %ld KiB after all (%+ld)\n", b->rss_quarter, b->rss_end, b->rss_end - b->rss_quarter);
	printf("  a check of packetdrill's size takes %.0f ms: %.0f cells of ours\n", PACKETDRILL_US / 1e3, PACKETDRILL_US * (double)b->batch_count / runner_sum);
	rows_print(b);
	free(ratio);
	free(runner);
	free(floor);
}

static bool bench_play(struct bench *b, const char *set)
{
	const struct run_options options = {.target_file = TARGET_INI, .profile = PROFILE_RFC9293, .seed = 1, .selection = set};
	const struct play_source source = {.count = b->count, .script = cell_script, .self = b};
	const struct run_events events = {0};

	if (!run_play(&options, NULL, 0, &source, &events, &b->counts, &b->error))
		return false;
	return !b->failed;
}

int main(int argc, char **argv)
{
	const char *set = argc > 1 ? argv[1] : "exhaustive";
	struct bench b = {0};
	bool done = false;
	int cpu;

	if (argc > 2) {
		fprintf(stderr, "usage: bench-cells [SET]   (run it at the top of the tree)\n");
		return 2;
	}
	cpu_pin(&cpu);
	b.cells = cells_new(set, &b.error);
	b.floor = b.cells ? floor_open(FLOOR_TUNED, TARGET_INI, &b.error) : NULL;
	if (b.floor) {
		b.count = cells_count(b.cells);
		b.batches = memory_zeroed(b.count / BATCH + 1, sizeof *b.batches);
		done = floor_play(b.floor, IPV4, BATCH, NULL, &b.error) && bench_play(&b, set);
	}
	if (done)
		bench_print(&b);
	else
		fprintf(stderr, "bench-cells: %s\n", b.error.text);
	floor_close(b.floor);
	if (b.cells)
		cells_free(b.cells);
	free(b.batches);
	return done ? 0 : 3;
}
