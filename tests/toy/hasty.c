/* A stack that wants to be asked again at once, always. */
#include "tests/toy/least.h"

static uint64_t poll(struct tcpspec_stack *s, uint64_t now_us)
{
	(void)s;
	return now_us;
}

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static struct tcpspec_stack_operations table = LEAST_TABLE(least_create, least_input);

	table.poll = poll;
	return &table;
}
