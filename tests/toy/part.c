/* A table without input(): it cannot be played with. */
#include "tests/toy/least.h"

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = LEAST_TABLE(least_create, NULL);

	return &table;
}
