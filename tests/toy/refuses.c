/* A stack that does not let itself be created, and says why. */
#include "tests/toy/least.h"

static struct tcpspec_stack *create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)arena;
	(void)octets;
	snprintf(why, why_octets, "%u octets are too small a link: give it at least 9000", (unsigned)setup->mtu);
	return NULL;
}

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = LEAST_TABLE(create, least_input);

	return &table;
}
