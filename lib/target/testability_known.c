/* What an agent of the Testability Protocol has sockets for: listeners, and the connections that it opened, or told by an event that it has accepted. It asks nothing. */
#include <string.h>

#include "lib/base/memory.h"
#include "lib/target/in_process_parts.h"
#include "lib/target/testability_parts.h"
#include "lib/wire/octets.h"

static bool ends_equal(const struct tcpspec_ends *a, const struct tcpspec_ends *b)
{
	return a->local_port == b->local_port && a->remote_port == b->remote_port && memcmp(&a->local, &b->local, sizeof a->local) == 0 && memcmp(&a->remote, &b->remote, sizeof a->remote) == 0;
}

void socket_known(struct tcpspec_stack *s, const struct tcpspec_ends *ends, int64_t h, int64_t listener)
{
	s->known = memory_resized(s->known, s->knowns + 1, sizeof *s->known);
	s->known[s->knowns++] = (struct known_socket){.ends = *ends, .handle = h, .listener = listener};
}

void handle_dies(struct tcpspec_stack *s, int64_t h)
{
	for (size_t i = 0; i < s->knowns; i++)
		if (s->known[i].handle == h) { /* the order tells which of the same ends is the latest */
			memmove(&s->known[i], &s->known[i + 1], (s->knowns - i - 1) * sizeof *s->known);
			s->knowns--;
			i--;
		}
	for (size_t i = 0; i < s->listenings; i++)
		if (s->listening[i].handle == h)
			s->listening[i--] = s->listening[--s->listenings];
}

/* LISTEN_AND_ACCEPT: u16 listening, u16 new socket, u16 port, ipxaddr. */
static void accepted_take(struct tcpspec_stack *s, const uint8_t *data, size_t n)
{
	struct tcpspec_ends ends = {.local_port = 0};
	const size_t octets = n < 8 ? 0 : octets_u16(data + 6);
	const int64_t listener = n < 8 ? 0 : ((int64_t)octets_u16(data) + 1) | HANDLE_LISTENS;

	if ((octets != 4 && octets != 16) || n != 8 + octets)
		return;
	for (size_t i = 0; i < s->listenings; i++) {
		if (s->listening[i].handle != listener)
			continue;
		ends.local = s->listening[i].local;
		ends.local_port = s->listening[i].port;
		ends.remote.family = octets == 4 ? 4 : 6;
		ends.remote_port = octets_u16(data + 4);
		memcpy(ends.remote.octets, data + 8, octets);
		socket_known(s, &ends, (int64_t)octets_u16(data + 2) + 1, listener);
	}
}

void testability_event(void *self, unsigned method, const uint8_t *data, size_t n)
{
	struct tcpspec_stack *s = self;

	if (method == METHOD_LISTEN_AND_ACCEPT)
		accepted_take(s, data, n);
	if (method != METHOD_RECEIVE_AND_FORWARD || n < 4)
		return;
	s->has_text = true;
	s->forwarded = octets_u16(data);
	s->text_length = octets_u16(data + 2);
	if (s->text_length > n - 4)
		s->text_length = n - 4;
	memcpy(s->text, data + 4, s->text_length);
}

/* The last one: those before it with the same ends are over. */
int64_t known_find(const struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	for (size_t i = s->knowns; i-- > 0;)
		if (ends_equal(&s->known[i].ends, ends))
			return s->known[i].handle;
	return TCPSPEC_NONE;
}

static bool ends_live(const struct connection *live, const struct tcpspec_ends *ends)
{
	for (; live; live = live->next)
		if (ends_equal(&live->ends, ends))
			return true;
	return false;
}

void testability_drop_strays(struct tcpspec_stack *s, const struct connection *live)
{
	for (size_t i = s->knowns; i-- > 0 && !s->failed;) {
		const struct tcpspec_ends ends = s->known[i].ends;
		if (ends_live(live, &ends))
			continue;
		if (s->can & CAN_FORGET)
			testability_forget_ends(s, &ends, true);
		else
			s->operations.abort(s, s->known[i].handle, 0);
	}
}
