/* The least stack, as it is. */
#include "tests/toy/least.h"

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = LEAST_TABLE(least_create, least_input);

	return &table;
}
