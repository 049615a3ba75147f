/* Measures the floor: what each option is worth, what each step costs, cells a second. Batches of all variants take turns, so that a slow minute of the machine
 * hits them alike. A measurement, never a test: it exits 0 when it could measure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "lib/bench/floor.h"
#include "lib/net/wire.h"

enum { BATCH = 2000,
       ROUNDS_DEFAULT = 15,
       ROUNDS_MAX = 500,
       VARIANTS_MAX = 16 };

struct variant {
	unsigned options;
	struct floor *floor;
	double us[FAMILIES][ROUNDS_MAX]; /* a cell */
	double kernel_s, all_s;
};

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static bool batch_play(struct variant *v, unsigned round, struct error *e)
{
	for (unsigned f = 0; f < FAMILIES; f++) {
		struct rusage before, after;
		double began;

		getrusage(RUSAGE_SELF, &before);
		began = now_us();
		if (!floor_play(v->floor, f == 0 ? IPV4 : IPV6, BATCH, NULL, e))
			return false;
		v->us[f][round] = (now_us() - began) / BATCH;
		getrusage(RUSAGE_SELF, &after);
		v->kernel_s += seconds(after.ru_stime) - seconds(before.ru_stime);
		v->all_s += seconds(after.ru_stime) - seconds(before.ru_stime) + seconds(after.ru_utime) - seconds(before.ru_utime);
	}
	return true;
}

static void variant_name(unsigned options, char *to, size_t room)
{
	size_t n = 0;

	if (options == FLOOR_TUNED)
		snprintf(to, room, "the floor");
	for (unsigned i = 0; i < FLOOR_OPTIONS && n < room; i++)
		if ((options ^ FLOOR_TUNED) & 1U << i)
			n += (size_t)snprintf(to + n, room - n, "%s%s%s", n ? ", " : "", FLOOR_TUNED & 1U << i ? "without " : "", floor_option_name(i));
}

/* The median over rounds of what a cell of either family costs more than the floor's of the same round. */
static double against_floor(const struct variant *v, const struct variant *floor, unsigned rounds)
{
	double difference[ROUNDS_MAX];

	for (unsigned i = 0; i < rounds; i++)
		difference[i] = (v->us[0][i] + v->us[1][i] - floor->us[0][i] - floor->us[1][i]) / FAMILIES;
	qsort(difference, rounds, sizeof(double), by_value);
	return difference[rounds / 2];
}

static void variant_print(struct variant *v, const struct variant *floor, unsigned rounds)
{
	const double difference = against_floor(v, floor, rounds);
	double sorted[FAMILIES][ROUNDS_MAX];
	char name[200];

	variant_name(v->options, name, sizeof name);
	for (unsigned f = 0; f < FAMILIES; f++) {
		memcpy(sorted[f], v->us[f], rounds * sizeof(double));
		qsort(sorted[f], rounds, sizeof(double), by_value);
	}
	printf("%-72s v4 %6.2f us (best %6.2f)  v6 %6.2f us (best %6.2f)  %6.0f cells/s  kernel %2.0f %%  %+6.2f us\n", name, sorted[0][rounds / 2], sorted[0][0], sorted[1][rounds / 2],
	       sorted[1][0], 2e6 / (sorted[0][rounds / 2] + sorted[1][rounds / 2]), 100 * v->kernel_s / v->all_s, difference);
}

static bool steps_print(struct floor *floor, unsigned rounds, struct error *e)
{
	for (unsigned f = 0; f < FAMILIES; f++) {
		uint64_t best[FLOOR_STEPS];

		memset(best, 0xff, sizeof best);
		for (unsigned round = 0; round < rounds; round++) {
			uint64_t steps[FLOOR_STEPS] = {0};

			if (!floor_play(floor, f == 0 ? IPV4 : IPV6, BATCH, steps, e))
				return false;
			for (unsigned s = 0; s < FLOOR_STEPS; s++)
				if (steps[s] < best[s])
					best[s] = steps[s];
		}
		printf("%s, us a step, best batch:", f == 0 ? "IPv4" : "IPv6");
		for (unsigned s = 0; s < FLOOR_STEPS; s++)
			printf("  %s %.2f", floor_step_name(s), (double)best[s] / 1e3 / BATCH);
		printf("\n");
	}
	return true;
}

static bool measure(struct variant *v, unsigned n, unsigned rounds, struct error *e)
{
	for (unsigned i = 0; i < n; i++) {
		v[i].floor = floor_open(v[i].options, "targets/linux/target.ini", e);
		/* The first cells warm the caches. */
		if (v[i].floor == NULL || !floor_play(v[i].floor, IPV4, BATCH, NULL, e) || !floor_play(v[i].floor, IPV6, BATCH, NULL, e))
			return false;
	}
	for (unsigned round = 0; round < rounds; round++)
		for (unsigned i = 0; i < n; i++)
			/* Another one begins each round: what the one before left in the caches favours nobody. */
			if (!batch_play(&v[(i + round) % n], round, e))
				return false;
	printf("medians of %u interleaved batches of %u cells; the last column: the median difference to the floor's batch of the same round\n", rounds, BATCH);
	for (unsigned i = 0; i < n; i++)
		variant_print(&v[i], &v[0], rounds);
	return steps_print(v[0].floor, rounds, e);
}

int main(int argc, char **argv)
{
	static struct variant v[VARIANTS_MAX];
	const unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROUNDS_DEFAULT;
	struct error e;
	unsigned n = 0;
	int cpu;

	if (rounds < 1 || rounds > ROUNDS_MAX || argc > 2) {
		fprintf(stderr, "usage: bench-floor [ROUNDS]   (1 to %d; run it at the top of the tree)\n", ROUNDS_MAX);
		return 2;
	}
	cpu_pin(0, &cpu);
	v[n++].options = FLOOR_TUNED;
	v[n++].options = FLOOR_TUNED; /* against itself: what the differences below must exceed */
	for (unsigned i = 0; i < FLOOR_OPTIONS; i++)
		v[n++].options = FLOOR_TUNED ^ 1U << i;
	v[n++].options = FLOOR_FASTEST;
	v[n++].options = FLOOR_FASTEST | FLOOR_TRAIN;
	if (measure(v, n, rounds, &e))
		return 0;
	fprintf(stderr, "bench-floor: %s\n", e.text);
	return 3;
}
