/* The reference stack with a mistake of C's about what it puts out, which nothing shows but the memory: CARELESS=freed, octets that have been freed; CARELESS=long, one octet more than there are. For tests/fuzz/smoke.t. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/target/stack.h"

const struct tcpspec_stack_operations *reference_stack_operations(void);

static struct tcpspec_stack_operations operations;
static struct tcpspec_setup asked; /* by the tester */

/* (Nothing reads beyond the length of its IP header what a frame was padded to.) */
static void put_out(void *to, const uint8_t *packet, size_t octets)
{
	const char *how = getenv("CARELESS");
	const bool freed = how && strcmp(how, "freed") == 0, is_long = how && strcmp(how, "long") == 0;
	uint8_t *copy = malloc(octets);
	(void)to;
	if (!copy)
		abort();
	memcpy(copy, packet, octets);
	if (freed)
		free(copy);
	asked.output(asked.to, copy, octets + is_long);
	if (!freed)
		free(copy);
}

static struct tcpspec_stack *create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	struct tcpspec_setup mine = *setup;
	asked = *setup;
	mine.output = put_out;
	return reference_stack_operations()->create(arena, octets, &mine, why, why_octets);
}

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	operations = *reference_stack_operations();
	operations.create = create;
	return &operations;
}
