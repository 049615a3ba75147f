/* Scripts as values: building, comparing, and how long they wait. Nothing is read, written or played here. */
#include "lib/script/script.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

uint64_t duration_us(struct duration d, const struct constants *c, uint64_t rto)
{
	double unit = 0;
	switch (d.unit) {
	case UNIT_US:
		unit = 1;
		break;
	case UNIT_MS:
		unit = 1e3;
		break;
	case UNIT_S:
		unit = 1e6;
		break;
	case UNIT_MIN:
		unit = 60e6;
		break;
	case UNIT_MSL:
		unit = (double)c->msl;
		break;
	case UNIT_RTO:
		unit = (double)rto;
		break;
	}
	double us = d.number * unit + 0.5;
	return us >= 9e18 ? UINT64_C(9000000000000000000) : (uint64_t)us;
}

bool step_is_stimulus(const struct step *st)
{
	return st->kind == STEP_SEND || st->kind == STEP_CALL || st->kind == STEP_WAIT;
}

size_t script_stimulus(const struct script *s, size_t at)
{
	while (at > 0 && !step_is_stimulus(&s->step[at]))
		at--;
	return at;
}

bool script_has(const struct script *s, size_t first, size_t end, enum step_kind kind)
{
	for (size_t i = first; i < end; i++)
		if (s->step[i].kind == kind)
			return true;
	return false;
}

void script_free(struct script *s)
{
	if (!s)
		return;
	free(s->step);
	free(s);
}

struct script *script_copy(const struct script *s)
{
	struct script *copy = memory_zeroed(1, sizeof *copy);
	*copy = *s;
	copy->step = NULL;
	copy->count = 0;
	for (size_t i = 0; i < s->count; i++)
		script_add(copy, &s->step[i]);
	return copy;
}

void script_add(struct script *s, const struct step *st)
{
	/* The room is the next power of two, so that it needs no field of its own. */
	if ((s->count & (s->count - 1)) == 0)
		s->step = memory_resized(s->step, s->count ? s->count * 2 : 1, sizeof *s->step);
	s->step[s->count++] = *st;
}

static bool duration_equal(const struct duration *a, const struct duration *b)
{
	return a->number == b->number && a->unit == b->unit;
}

static bool seqnum_equal(const struct seqnum *a, const struct seqnum *b)
{
	return a->kind == b->kind && a->variable == b->variable && a->prior == b->prior && strcmp(a->name, b->name) == 0 && a->number == b->number && a->offset == b->offset;
}

static bool ip_equal(const struct said_segment *a, const struct said_segment *b)
{
	const struct said_ip *x = &a->ip, *y = &b->ip;
	return a->mtu == b->mtu && x->ttl == y->ttl && x->dscp == y->dscp && x->ecn == y->ecn && x->from == y->from && x->to == y->to && strcmp(x->options, y->options) == 0 && strcmp(x->extensions, y->extensions) == 0;
}

static bool segment_equal(const struct said_segment *a, const struct said_segment *b)
{
	return a->said == b->said && seqnum_equal(&a->seq, &b->seq) && seqnum_equal(&a->ack, &b->ack) && a->ctl == b->ctl && a->ctl_care == b->ctl_care && a->wnd == b->wnd &&
	       a->wnd_test == b->wnd_test && a->up == b->up && a->data == b->data && a->data_split == b->data_split && a->data_most == b->data_most && strcmp(a->opt, b->opt) == 0 && a->chk == b->chk && a->chk_flips == b->chk_flips &&
	       a->off == b->off && a->rsv == b->rsv && a->src_port == b->src_port && a->icmp_type == b->icmp_type && a->icmp_code == b->icmp_code && strcmp(a->raw, b->raw) == 0 &&
	       ip_equal(a, b);
}

static bool step_equal(const struct step *a, const struct step *b)
{
	return a->kind == b->kind && a->group == b->group && a->level == b->level && a->may == b->may && a->again == b->again && a->duplicate == b->duplicate && a->given == b->given &&
	       a->binds == b->binds && a->has_within == b->has_within && duration_equal(&a->within, &b->within) && segment_equal(&a->segment, &b->segment) && a->call == b->call &&
	       a->n == b->n && a->push == b->push && a->place == b->place && a->urgent == b->urgent && a->setting == b->setting && a->value == b->value && a->states == b->states && a->signal == b->signal && a->isns == b->isns;
}

bool script_equal(const struct script *a, const struct script *b)
{
	if (strcmp(a->id, b->id) != 0 || strcmp(a->title, b->title) != 0 || a->level != b->level || strcmp(a->ref, b->ref) != 0 || strcmp(a->covers, b->covers) != 0)
		return false;
	if (strcmp(a->given, b->given) != 0 || strcmp(a->options, b->options) != 0 || strcmp(a->with, b->with) != 0 || a->side != b->side || a->listener_closed != b->listener_closed)
		return false;
	if (a->has_isn != b->has_isn || (a->has_isn && a->isn != b->isn))
		return false;
	if (a->has_profile != b->has_profile || (a->has_profile && a->profile != b->profile) || a->needs != b->needs || a->count != b->count || a->prelude != b->prelude)
		return false;
	for (unsigned i = 0; i < 2; i++)
		if (a->base_known[i] != b->base_known[i] || a->base[i] != b->base[i])
			return false;
	for (size_t i = 0; i < a->count; i++)
		if (!step_equal(&a->step[i], &b->step[i]))
			return false;
	return true;
}

void step_call(const struct model *m, const struct tcb *t, const struct step *st, uint32_t n, uint64_t now, struct outcome *out)
{
	if (st->urgent)
		model_send_urgent(m, t, n, now, out);
	else if (st->call == CALL_SET)
		model_set(m, t, st->setting, st->value, now, out);
	else if (st->call == CALL_OPEN_ACTIVE && st->push)
		model_open_text(m, t, n, now, out);
	else if (st->call == CALL_OPEN_ACTIVE)
		model_open(m, t, st->place, now, out);
	else
		model_call(m, t, st->call, n, now, out);
}

uint64_t script_waits_us(const struct script *s, const struct constants *c)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct step *st = &s->step[i];
		if (st->kind == STEP_WAIT || (st->kind == STEP_SILENCE && st->has_within))
			sum += duration_us(st->within, c, c->rto_initial);
	}
	return sum;
}

/* Is the field said with an address that only IPv4 has? */
static bool role_is_v4(unsigned said, enum ip_role r)
{
	return said && r <= ROLE_RESERVED;
}

bool script_speaks(const struct script *s, enum family f)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct said_segment *q = &s->step[i].segment;
		if (s->step[i].kind != STEP_SEND && s->step[i].kind != STEP_EXPECT)
			continue;
		uint8_t type = q->icmp_type, code = q->icmp_code;
		if (q->said & SAY_ICMP && !icmp_for_family(f, &type, &code))
			return false;
		if (f == IPV4 ? q->said & SAY_EXT : q->said & SAY_IPOPT || role_is_v4(q->said & SAY_FROM, q->ip.from) || role_is_v4(q->said & SAY_TO, q->ip.to))
			return false;
	}
	return true;
}

bool icmp_for_family(enum family f, uint8_t *type, uint8_t *code)
{
	static const uint8_t table[][4] = {
	    /* ICMP type and code -> ICMPv6 type and code (RFC 792, RFC 4443) */
	    {3, 0, 1, 0},  /* net unreachable -> no route */
	    {3, 1, 1, 3},  /* host unreachable -> address unreachable */
	    {3, 2, 4, 1},  /* protocol unreachable -> next header not recognized */
	    {3, 3, 1, 4},  /* port unreachable */
	    {3, 4, 2, 0},  /* fragmentation needed -> packet too big */
	    {3, 5, 4, 2},  /* source route failed -> option not recognized: the nearest parameter problem */
	    {3, 13, 1, 1}, /* administratively prohibited */
	    {11, 0, 3, 0}, /* time exceeded in transit */
	    {11, 1, 3, 1}, /* fragment reassembly time exceeded */
	    {12, 0, 4, 0}, /* parameter problem */
	};
	if (f == IPV4)
		return true;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (*type == table[i][0] && *code == table[i][1]) {
			*type = table[i][2];
			*code = table[i][3];
			return true;
		}
	return false;
}
