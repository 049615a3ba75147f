/* The way out of a stack in disorder: from its assertion to the call that came in, past its frames. */
#include "fuzz/guard.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/watch.h"
#include "lib/base/text.h"

static struct {
	struct tcpspec_stack_operations inner, outer;
	jmp_buf back; /* to the call under way */
	bool dead, inside;
} g;

static const char disorder[] = "it finds itself in disorder";

void stack_disorder(const char *what, const char *file, int line)
{
	const char *base = strrchr(file, '/');
	char words[128];
	snprintf(words, sizeof words, "%s, %s:%d", what, base ? base + 1 : file, line);
	if (!g.inside) {
		fprintf(stderr, "%s: the stack finds itself in disorder, and no call is under way\n", words);
		abort();
	}
	watch_disorder(words);
	g.dead = true;
	g.inside = false;
	longjmp(g.back, 1);
}

/* A call: what it returns, or what is said in its place of a stack in disorder, whether that was found before or now. One that is made within another, as a packet is looked at that is put out, goes the same way out. */
#define GUARDED(TYPE, NAME, OTHERWISE, PARAMETERS, ARGUMENTS) \
	static TYPE guard_##NAME PARAMETERS                   \
	{                                                     \
		if (g.dead)                                   \
			return OTHERWISE;                     \
		if (g.inside)                                 \
			return g.inner.NAME ARGUMENTS;        \
		g.inside = true;                              \
		if (setjmp(g.back))                           \
			return OTHERWISE;                     \
		const TYPE answer = g.inner.NAME ARGUMENTS;   \
		g.inside = false;                             \
		return answer;                                \
	}

/* The same of one that returns nothing, and is made within none. */
#define GUARDED_VOID(NAME, PARAMETERS, ARGUMENTS) \
	static void guard_##NAME PARAMETERS       \
	{                                         \
		if (g.dead)                       \
			return;                   \
		g.inside = true;                  \
		if (!setjmp(g.back))              \
			g.inner.NAME ARGUMENTS;   \
		g.inside = false;                 \
	}

GUARDED_VOID(input, (struct tcpspec_stack * s, const uint8_t *packet, size_t octets, uint64_t now_us), (s, packet, octets, now_us))
GUARDED(uint64_t, poll, UINT64_MAX, (struct tcpspec_stack * s, uint64_t now_us), (s, now_us))
GUARDED(int64_t, listen, TCPSPEC_NONE, (struct tcpspec_stack * s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us), (s, local, port, receive_buffer, now_us))
GUARDED(int64_t, connect, TCPSPEC_NONE, (struct tcpspec_stack * s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us), (s, ends, receive_buffer, now_us))
GUARDED(int64_t, find, TCPSPEC_NONE, (struct tcpspec_stack * s, const struct tcpspec_ends *ends), (s, ends))
GUARDED(int64_t, accept, TCPSPEC_NONE, (struct tcpspec_stack * s, int64_t listener, struct tcpspec_ends *ends), (s, listener, ends))
GUARDED(int64_t, send, TCPSPEC_NONE, (struct tcpspec_stack * s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us), (s, h, octets, n, flags, now_us))
GUARDED(int64_t, receive, TCPSPEC_NONE, (struct tcpspec_stack * s, int64_t h, uint8_t *to, size_t room, uint64_t now_us), (s, h, to, room, now_us))
GUARDED(int64_t, close, TCPSPEC_NONE, (struct tcpspec_stack * s, int64_t h, uint64_t now_us), (s, h, now_us))
GUARDED(int64_t, release, TCPSPEC_NONE, (struct tcpspec_stack * s, int64_t h, uint64_t now_us), (s, h, now_us))
GUARDED(int64_t, abort, TCPSPEC_NONE, (struct tcpspec_stack * s, int64_t h, uint64_t now_us), (s, h, now_us))
GUARDED(int64_t, forget, TCPSPEC_NONE, (struct tcpspec_stack * s, int64_t h), (s, h))
GUARDED(unsigned, told, 0, (struct tcpspec_stack * s, int64_t h), (s, h))
GUARDED(unsigned, state, TCPSPEC_CLOSED, (struct tcpspec_stack * s, const struct tcpspec_ends *ends), (s, ends))
GUARDED(int64_t, set, TCPSPEC_NONE, (struct tcpspec_stack * s, int64_t h, const char *name, uint64_t value), (s, h, name, value))
GUARDED(size_t, snapshot_octets, 0, (const struct tcpspec_stack *s), (s))

GUARDED_VOID(snapshot, (const struct tcpspec_stack *s, void *to), (s, to))
/* (What a stack in disorder would free may lie anywhere.) */
GUARDED_VOID(destroy, (struct tcpspec_stack * s), (s))

/* ---- these begin anew ---- */

static size_t guard_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	g.dead = false;
	g.inside = true;
	if (setjmp(g.back)) {
		string_put(why, why_octets, disorder);
		return 0;
	}
	const size_t octets = g.inner.arena_octets(setup, why, why_octets);
	g.inside = false;
	return octets;
}

static struct tcpspec_stack *guard_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	g.dead = false;
	g.inside = true;
	if (setjmp(g.back)) {
		string_put(why, why_octets, disorder);
		return NULL;
	}
	struct tcpspec_stack *s = g.inner.create(arena, octets, setup, why, why_octets);
	g.inside = false;
	return s;
}

static void guard_restore(struct tcpspec_stack *s, const void *from)
{
	g.dead = false;
	g.inside = true;
	if (!setjmp(g.back))
		g.inner.restore(s, from);
	g.inside = false;
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
	GUARD(arena_octets);
	GUARD(create);
	GUARD(destroy);
	GUARD(input);
	GUARD(poll);
	GUARD(listen);
	GUARD(connect);
	GUARD(find);
	GUARD(accept);
	GUARD(send);
	GUARD(receive);
	GUARD(close);
	GUARD(release);
	GUARD(abort);
	GUARD(forget);
	GUARD(told);
	GUARD(state);
	GUARD(set);
	GUARD(snapshot_octets);
	GUARD(snapshot);
	GUARD(restore);
	return &g.outer;
}
