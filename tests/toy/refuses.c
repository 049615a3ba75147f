/* A stack that does not let itself be created, and says why. */
#include <stdio.h>
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
	(void)arena;
	(void)octets;
	snprintf(why, why_octets, "%u octets are too small a link: give it at least 9000", (unsigned)setup->mtu);
	return NULL;
}

static void input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)s;
	(void)packet;
	(void)octets;
	(void)now_us;
}

static uint64_t poll(struct tcpspec_stack *s, uint64_t now_us)
{
	(void)s;
	(void)now_us;
	return UINT64_MAX;
}

static int64_t listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	(void)s;
	(void)local;
	(void)port;
	(void)receive_buffer;
	(void)now_us;
	return TCPSPEC_FULL;
}

static int64_t find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	(void)s;
	(void)ends;
	return TCPSPEC_NONE;
}

static int64_t let_go(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)s;
	(void)h;
	(void)now_us;
	return TCPSPEC_NONE;
}

const struct tcpspec_stack_operations *tcpspec_stack_operations(void)
{
	static const struct tcpspec_stack_operations table = {
	    .version = TCPSPEC_STACK_VERSION,
	    .size = sizeof table,
	    .name = "unwilling 1",
	    .arena_octets = arena_octets,
	    .create = create,
	    .input = input,
	    .poll = poll,
	    .listen = listen,
	    .find = find,
	    .release = let_go,
	    .abort = let_go,
	};

	return &table;
}
