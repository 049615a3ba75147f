/* The real clock, and the CPU that the tester stays on. Virtual clocks are not here. */
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include "lib/net/wire.h"

enum { US_PER_S = 1000000,
       NS_PER_US = 1000 };

uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / NS_PER_US;
}

void cpu_prefer(void)
{
	/* Not a real-time policy: several of us share a CPU, and those take turns of 100 ms. */
	setpriority(PRIO_PROCESS, 0, -20);
}

void cpu_stay(unsigned cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof one, &one);
}

bool cpu_pin(unsigned nth, int *cpu)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
		return false;
	nth %= (unsigned)CPU_COUNT(&allowed);
	for (unsigned i = 0; i < CPU_SETSIZE; i++) {
		cpu_set_t one;

		if (!CPU_ISSET(i, &allowed) || nth-- > 0)
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		if (sched_setaffinity(0, sizeof one, &one) != 0)
			return false;
		*cpu = (int)i;
		return true;
	}
	return false;
}
