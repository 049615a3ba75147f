/* Binding of a ladder's numbers to live sequence numbers. Everything is modulo 2^32; nothing here looks at a packet but for its timestamps. */
#include "lib/script/numbers.h"

#include <stdio.h>
#include <string.h>

#include "lib/wire/seq.h"

void numbers_begin(struct numbers *n, const struct script *s, const struct tcb *t)
{
	const uint32_t live[2] = {[SIDE_TARGET] = t->snd_nxt, [SIDE_TESTER] = t->rcv_nxt};
	n->names = 0;
	for (int side = 0; side < 2; side++) {
		n->space[side] = (struct space){0};
		if (s->base_known[side]) {
			n->space[side].bound = true;
			n->space[side].offset = live[side] - s->base[side];
		}
	}
}

static uint32_t variable_of(const struct tcb *t, enum seq_variable v)
{
	switch (v) {
	case VAR_SND_UNA:
		return t->snd_una;
	case VAR_SND_NXT:
		return t->snd_nxt;
	case VAR_RCV_NXT:
		return t->rcv_nxt;
	case VAR_RCV_END:
		return t->rcv_nxt + t->rcv_wnd;
	case VAR_ISS:
		return t->iss;
	case VAR_IRS:
		return t->irs;
	}
	return 0;
}

static const uint32_t *name_find(const struct numbers *n, const char *name)
{
	for (unsigned i = 0; i < n->names; i++)
		if (strcmp(n->name[i].name, name) == 0)
			return &n->name[i].live;
	return NULL;
}

static void name_set(struct numbers *n, const char *name, uint32_t live)
{
	if (n->names == NAMES_MAX)
		return;
	memcpy(n->name[n->names].name, name, sizeof n->name[0].name);
	n->name[n->names++].live = live;
}

bool numbers_known(const struct numbers *n, enum side side, const struct seqnum *q, const struct tcb *t, uint32_t *live)
{
	const struct space *s = &n->space[side];
	const uint32_t add = (uint32_t)q->offset;
	switch (q->kind) {
	case SEQ_UNSAID:
		return false;
	case SEQ_ABSOLUTE:
		*live = q->number + add;
		return true;
	case SEQ_VARIABLE:
		*live = variable_of(t, q->variable) + add;
		return true;
	case SEQ_NAME: {
		const uint32_t *named = name_find(n, q->name);
		if (named)
			*live = *named + add;
		return named != NULL;
	}
	case SEQ_FIGURE:
		if (!s->bound)
			return false;
		*live = q->number + add + (q->prior && s->has_prior ? s->prior : s->offset);
		return true;
	}
	return false;
}

uint32_t numbers_resolve(struct numbers *n, enum side side, const struct seqnum *q, const struct tcb *t, uint32_t unsaid)
{
	uint32_t live;
	if (q->kind == SEQ_UNSAID)
		return unsaid;
	if (numbers_known(n, side, q, t, &live))
		return live;
	live = rng_u32(&n->rng) + (uint32_t)q->offset;
	numbers_bind(n, side, q, live, false);
	return live;
}

bool numbers_match(const struct numbers *n, enum side side, const struct seqnum *q, const struct tcb *t, uint32_t live, bool anew)
{
	uint32_t value;
	if (q->kind == SEQ_UNSAID || anew)
		return true;
	return !numbers_known(n, side, q, t, &value) || value == live;
}

void numbers_bind(struct numbers *n, enum side side, const struct seqnum *q, uint32_t live, bool anew)
{
	struct space *s = &n->space[side];
	const uint32_t base = live - (uint32_t)q->offset;
	if (q->kind == SEQ_NAME && !name_find(n, q->name))
		name_set(n, q->name, base);
	if (q->kind != SEQ_FIGURE || (s->bound && !anew))
		return;
	s->has_prior = s->bound;
	s->prior = s->offset;
	s->offset = base - q->number;
	s->bound = true;
}

/* The words stand for octets that are not known before the play. */
void numbers_cookie(const struct numbers *n, const char *said, char *to, size_t room)
{
	static const char words[2][7] = {"cookie", "forged"};
	const char *at = strstr(said, "TFO:");
	unsigned word = 0;
	size_t length;

	while (at && word < 2 && strncmp(at + 4, words[word], 6) != 0)
		word++;
	if (!at || word == 2) {
		string_put(to, room, said);
		return;
	}
	length = (size_t)(at + 4 - said);
	snprintf(to, room, "%.*s", (int)length, said);
	for (size_t i = 0, octets = n->cookie_octets ? n->cookie_octets : 8; i < octets && length + 2 < room; i++, length += 2)
		snprintf(to + length, room - length, "%02x", (unsigned)n->cookie[i] ^ (word && i + 1 == octets));
	snprintf(to + length, room - length, "%s", at + 10);
}

void numbers_timestamp(struct numbers *n, enum side side, const struct segment *s)
{
	if (side == SIDE_TARGET && s->options.cookie_octets) {
		n->cookie_octets = s->options.cookie_octets;
		memcpy(n->cookie, s->options.cookie, sizeof n->cookie);
	}
	if (!s->options.has_ts)
		return;
	if (side == SIDE_TARGET)
		n->ts_ecr = s->options.ts_val;
	else if (!n->ts_begun || seq_lt(n->ts_val, s->options.ts_val))
		n->ts_val = s->options.ts_val;
	n->ts_begun |= side == SIDE_TESTER;
}
