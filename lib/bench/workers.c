/* Times the whole exhaustive run with one worker and with two, in turns, and says how busy others kept the machine meanwhile. A measurement, never a test: it always
 * exits 0 when the command could be run. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 50,
       WORKERS_MAX = 2,
       COULD_NOT_RUN = 127 };

static const double WANTED = 1.7;

struct measured {
	double wall_s;
	double others; /* share of the machine's CPU time that other processes used */
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Busy seconds of all CPUs since the machine was started; 0 when /proc/stat cannot be read. */
static double busy_s(void)
{
	unsigned long long user = 0, nice_time = 0, kernel = 0, idle, io_wait, irq = 0, soft_irq = 0;
	FILE *f = fopen("/proc/stat", "r");

	if (f == NULL)
		return 0;
	if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu", &user, &nice_time, &kernel, &idle, &io_wait, &irq, &soft_irq) != 7)
		user = nice_time = kernel = irq = soft_irq = 0;
	fclose(f);
	return (double)(user + nice_time + kernel + irq + soft_irq) / (double)sysconf(_SC_CLK_TCK);
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* The command's standard streams go nowhere. Its exit code, -1 for none. */
static int run_once(char **command, struct measured *m)
{
	struct rusage before, after;
	const double began = now_s(), busy = busy_s();
	double own;
	int status, null;
	pid_t child;

	getrusage(RUSAGE_CHILDREN, &before);
	child = fork();
	if (child == 0) {
		null = open("/dev/null", O_WRONLY);
		if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0)
			execvp(command[0], command);
		_exit(COULD_NOT_RUN);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -1;
	m->wall_s = now_s() - began;
	getrusage(RUSAGE_CHILDREN, &after);
	own = seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) - seconds(before.ru_stime);
	m->others = (busy_s() - busy - own) / m->wall_s / (double)sysconf(_SC_NPROCESSORS_ONLN);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *of, unsigned n)
{
	qsort(of, n, sizeof *of, by_value);
	return of[n / 2];
}

static int play(char *tcpspec, unsigned workers, struct measured *m)
{
	char count[8];
	char *command[] = {tcpspec, "run", "--axes", "exhaustive", "--quiet", "-j", count, "matrix/*", NULL};

	snprintf(count, sizeof count, "%u", workers);
	return run_once(command, m);
}

/* Exit codes 0 and 1 are of runs that were played to their end. */
static bool measure(char *tcpspec, unsigned rounds, double wall[WORKERS_MAX][ROUNDS_MAX], double *ratio, double *others)
{
	for (unsigned i = 0; i < rounds; i++) {
		double most = 0;

		for (unsigned workers = 1; workers <= WORKERS_MAX; workers++) {
			struct measured m;
			const int code = play(tcpspec, workers, &m);

			if (code != 0 && code != 1) {
				fprintf(stderr, "bench-workers: %s run --axes exhaustive -j %u 'matrix/*' ended with exit code %d; it must play to its end to be timed\n", tcpspec, workers, code);
				return false;
			}
			wall[workers - 1][i] = m.wall_s;
			most = m.others > most ? m.others : most;
		}
		ratio[i] = wall[0][i] / wall[1][i];
		others[i] = most;
	}
	return true;
}

int main(int argc, char **argv)
{
	double wall[WORKERS_MAX][ROUNDS_MAX], ratio[ROUNDS_MAX], others[ROUNDS_MAX];
	const unsigned rounds = argc == 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: bench-workers ROUNDS TCPSPEC   (1 to %d rounds)\n", ROUNDS_MAX);
		return 2;
	}
	if (!measure(argv[2], rounds, wall, ratio, others))
		return 3;
	printf("whole exhaustive run: -j1 %.2f s, -j2 %.2f s; -j2 is %.2f times as fast (wanted: %.1f on two idle cores; others used up to %.0f %% of them), %u rounds, medians\n", median(wall[0], rounds),
	       median(wall[1], rounds), median(ratio, rounds), WANTED, 100 * median(others, rounds), rounds);
	return 0;
}
