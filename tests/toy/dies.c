/* A stack that dies of the first packet. */
#include <signal.h>

#include "tests/toy/least.h"

static void input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)s;
	(void)packet;
	(void)octets;
	(void)now_us;
	raise(SIGSEGV);
}

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = LEAST_TABLE(least_create, input);

	return &table;
}
