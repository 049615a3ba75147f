/* A library of another version of the header: it must be refused by its version alone. */
#include <tcpspec/stack.h>

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = {.version = TCPSPEC_STACK_VERSION + 1, .size = sizeof table, .name = "of tomorrow"};

	return &table;
}
