/* Times a whole command: wall time and peak memory over several runs, as ratios to a budget. A measurement, never a test: it always exits 0 when
 * the command could be run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 50 };

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One run with its output thrown away. Wall seconds, or -1; *rss in KiB, *status the exit code. */
static double run_once(char **command, long *rss, int *status)
{
	const double began = now_s();
	const pid_t child = fork();
	if (child == 0) {
		if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr))
			execvp(command[0], command);
		_exit(127);
	}
	struct rusage usage;
	if (child < 0 || wait4(child, status, 0, &usage) < 0)
		return -1;
	*rss = usage.ru_maxrss;
	*status = WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
	return now_s() - began;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: bench RUNS BUDGET-SECONDS COMMAND [ARG...]\n");
		return 2;
	}
	const int runs = (int)strtol(argv[1], NULL, 10);
	const double budget = strtod(argv[2], NULL);
	double wall[RUNS_MAX];
	long rss = 0, peak = 0;
	int status = 0;
	if (runs < 1 || runs > RUNS_MAX || budget <= 0) {
		fprintf(stderr, "bench: RUNS from 1 to %d, BUDGET-SECONDS above 0\n", RUNS_MAX);
		return 2;
	}
	for (int i = 0; i < runs; i++) {
		wall[i] = run_once(argv + 3, &rss, &status);
		if (wall[i] < 0 || status == 127) {
			fprintf(stderr, "bench: %s could not be run\n", argv[3]);
			return 2;
		}
		peak = rss > peak ? rss : peak;
	}
	qsort(wall, (size_t)runs, sizeof wall[0], by_value);
	printf("wall %.3f / %.3f / %.3f s (min, median, max of %d), %.2f of the budget of %.2f s; peak memory %.1f MiB, %.2f of 64; exit %d\n", wall[0], wall[runs / 2], wall[runs - 1], runs,
	       wall[runs / 2] / budget, budget, (double)peak / 1024, (double)peak / 1024 / 64, status);
	return 0;
}
