/* A table without input(): it cannot be played with. */
#include <tcpspec/stack.h>

static size_t arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)setup;
	(void)why;
	(void)why_octets;
	return 1;
}

static struct tcpspec_stack *create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)octets;
	(void)setup;
	(void)why;
	(void)why_octets;
	return arena;
}

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = {.version = TCPSPEC_STACK_VERSION, .size = sizeof table, .name = "half 1", .arena_octets = arena_octets, .create = create};

	return &table;
}
