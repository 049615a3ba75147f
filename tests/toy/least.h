/* The least stack that is taken: it listens, finds nothing and sends nothing. For libraries that differ from it in one thing. */
#ifndef TCPSPEC_TESTS_TOY_LEAST_H
#define TCPSPEC_TESTS_TOY_LEAST_H

#include <stdio.h>
#include <tcpspec/stack.h>

static inline size_t least_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)setup;
	(void)why;
	(void)why_octets;
	return 1;
}

static inline struct tcpspec_stack *least_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)octets;
	(void)setup;
	(void)why;
	(void)why_octets;
	return arena;
}

static inline void least_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)s;
	(void)packet;
	(void)octets;
	(void)now_us;
}

static inline uint64_t least_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	(void)s;
	(void)now_us;
	return UINT64_MAX;
}

static inline int64_t least_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	(void)s;
	(void)local;
	(void)receive_buffer;
	(void)now_us;
	return port;
}

static inline int64_t least_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	(void)s;
	(void)ends;
	return TCPSPEC_NONE;
}

static inline int64_t least_let_go(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)s;
	(void)h;
	(void)now_us;
	return 0;
}

#define LEAST_TABLE(create_by, input_by)                                                                                                                                                                                                                                                                             \
	{                                                                                                                                                                                                                                                                                                            \
		.version = TCPSPEC_STACK_VERSION, .size = sizeof(struct tcpspec_stack_operations), .name = "least 1", .arena_octets = least_arena_octets, .create = (create_by), .input = (input_by), .poll = least_poll, .listen = least_listen, .find = least_find, .release = least_let_go, .abort = least_let_go \
	}

#endif
