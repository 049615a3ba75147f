/* The calendar (a binary heap), the ports, and the two kinds of clock and wire. */
#include "lib/run/stage.h"

#include "lib/base/memory.h"

uint64_t stage_now(const struct stage *s)
{
	return s->in_process ? in_process_now(s->in_process) : clock_now();
}

bool stage_send(struct stage *s, const uint8_t *packet, size_t n, uint64_t *at, struct error *e)
{
	if (!s->in_process)
		return wire_send(s->wire, packet, n, at, e);
	*at = in_process_now(s->in_process);
	in_process_input(s->in_process, packet, n);
	return true;
}

bool stage_call(struct stage *s, struct connection *c, const struct step *st, struct call_answer *a, struct error *e)
{
	const struct target *t = &s->target;
	if (st->call == CALL_SET)
		return t->operations->set(t->self, c, st->setting, st->value, a, e);
	const unsigned how = st->call == CALL_OPEN_ACTIVE ? open_how(st->push, st->place) : send_how(st->push, st->urgent);
	return t->operations->call(t->self, c, st->call, st->n, how, a, e);
}

bool stage_drops(struct stage *s, uint64_t *drops, struct error *e)
{
	*drops = 0;
	return s->in_process || wire_drops(s->wire, drops, e);
}

uint16_t stage_port(struct stage *s)
{
	do
		s->port = s->port == PORTS - 1 || s->port < PORT_FIRST ? PORT_FIRST : (uint16_t)(s->port + 1);
	while (s->by_port[s->port]);
	return s->port;
}

uint32_t stage_token(struct stage *s)
{
	if ((++s->token & UINT16_MAX) == 0)
		s->token++;
	return s->token << 16;
}

void stage_remind(struct stage *s, struct player *p, uint64_t at, unsigned turn)
{
	if (s->dates == s->dates_room) {
		s->dates_room = s->dates_room ? 2 * s->dates_room : 64;
		s->calendar = memory_resized(s->calendar, s->dates_room, sizeof *s->calendar);
	}
	size_t i = s->dates++;
	for (; i > 0 && s->calendar[(i - 1) / 2].at > at; i = (i - 1) / 2)
		s->calendar[i] = s->calendar[(i - 1) / 2];
	s->calendar[i] = (struct date){.at = at, .player = p, .turn = turn};
}

bool stage_next(const struct stage *s, uint64_t *at)
{
	if (s->dates)
		*at = s->calendar[0].at;
	return s->dates != 0;
}

bool stage_due(struct stage *s, uint64_t now, struct date *d)
{
	if (s->dates == 0 || s->calendar[0].at > now)
		return false;
	*d = s->calendar[0];
	const struct date last = s->calendar[--s->dates];
	size_t i = 0;
	for (size_t child; (child = 2 * i + 1) < s->dates; i = child) {
		if (child + 1 < s->dates && s->calendar[child + 1].at < s->calendar[child].at)
			child++;
		if (s->calendar[child].at >= last.at)
			break;
		s->calendar[i] = s->calendar[child];
	}
	s->calendar[i] = last;
	return true;
}
