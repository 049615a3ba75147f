/* The way out of a stack in disorder: from its assertion to the call that came in, past its frames. */
#include "fuzz/guard.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "fuzz/watch.h"

static struct {
	struct tcpspec_stack_operations inner, outer;
	jmp_buf back; /* to the call under way */
	bool dead;
} g;

void stack_disorder(const char *what, const char *file, int line)
{
	const char *base = strrchr(file, '/');
	char words[128];
	snprintf(words, sizeof words, "%s, %s:%d", what, base ? base + 1 : file, line);
	watch_disorder(words);
	g.dead = true;
	longjmp(g.back, 1);
}

static void guard_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	if (!g.dead && !setjmp(g.back))
		g.inner.input(s, packet, octets, now_us);
}

static uint64_t guard_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	if (g.dead || setjmp(g.back))
		return UINT64_MAX;
	return g.inner.poll(s, now_us);
}

static int64_t guard_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	if (g.dead || setjmp(g.back))
		return TCPSPEC_NONE;
	return g.inner.connect(s, ends, receive_buffer, now_us);
}

static int64_t guard_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	return g.dead ? TCPSPEC_NONE : g.inner.find(s, ends);
}

static int64_t guard_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	if (g.dead || setjmp(g.back))
		return TCPSPEC_NONE;
	return g.inner.send(s, h, octets, n, flags, now_us);
}

static int64_t guard_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	if (g.dead || setjmp(g.back))
		return TCPSPEC_NONE;
	return g.inner.receive(s, h, to, room, now_us);
}

static int64_t guard_close(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	if (g.dead || setjmp(g.back))
		return TCPSPEC_NONE;
	return g.inner.close(s, h, now_us);
}

static int64_t guard_release(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	if (g.dead || setjmp(g.back))
		return TCPSPEC_NONE;
	return g.inner.release(s, h, now_us);
}

static int64_t guard_abort(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	if (g.dead || setjmp(g.back))
		return TCPSPEC_NONE;
	return g.inner.abort(s, h, now_us);
}

static unsigned guard_told(struct tcpspec_stack *s, int64_t h)
{
	return g.dead ? 0 : g.inner.told(s, h);
}

static unsigned guard_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	return g.dead ? TCPSPEC_CLOSED : g.inner.state(s, ends);
}

static void guard_restore(struct tcpspec_stack *s, const void *from)
{
	g.dead = false;
	g.inner.restore(s, from);
}

static struct tcpspec_stack *guard_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	g.dead = false;
	return g.inner.create(arena, octets, setup, why, why_octets);
}

/* What the stack has not, the table has not. */
#define GUARD(MEMBER)                                    \
	do {                                             \
		if (g.inner.MEMBER)                      \
			g.outer.MEMBER = guard_##MEMBER; \
	} while (0)

const struct tcpspec_stack_operations *guard_operations(const struct tcpspec_stack_operations *inner)
{
	memset(&g.inner, 0, sizeof g.inner);
	memcpy(&g.inner, inner, inner->size < sizeof g.inner ? inner->size : sizeof g.inner);
	g.inner.size = sizeof g.inner;
	g.outer = g.inner;
	g.outer.connect_text = NULL; /* no move of an input opens with text */
	GUARD(create);
	GUARD(input);
	GUARD(poll);
	GUARD(connect);
	GUARD(find);
	GUARD(send);
	GUARD(receive);
	GUARD(close);
	GUARD(release);
	GUARD(abort);
	GUARD(told);
	GUARD(state);
	GUARD(restore);
	return &g.outer;
}
