/* Sorts records by test. What is kept of a play is their octets, as they came: a run has tens of thousands of plays under way. */
#include "lib/run/plays.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/rng.h"

enum { CHAINS = 1 << 15 };

/* A play that is not over: its records, each a struct kept and then the words and the packet. */
struct pending {
	struct pending *next;
	char id[ID_MAX];
	struct text records;
};

struct kept {
	uint64_t at;
	size_t words, packet; /* octets */
	bool inbound;
};

struct plays {
	struct pending *chain[CHAINS];
	struct pending *over;
	size_t chain_at; /* from which on there may be some left */
};

struct plays *plays_new(void)
{
	return memory_zeroed(1, sizeof(struct plays));
}

static void pending_free(struct pending *p)
{
	if (!p)
		return;
	text_free(&p->records);
	free(p);
}

void plays_free(struct plays *p)
{
	if (!p)
		return;
	pending_free(p->over);
	for (size_t i = 0; i < CHAINS; i++)
		while (p->chain[i]) {
			struct pending *first = p->chain[i];
			p->chain[i] = first->next;
			pending_free(first);
		}
	free(p);
}

/* Where the play of that id hangs, or would. */
static struct pending **place_of(struct plays *p, const char *id)
{
	struct rng r = rng_named(0, id);
	struct pending **at = &p->chain[rng_below(&r, CHAINS)];
	while (*at && strcmp((*at)->id, id) != 0)
		at = &(*at)->next;
	return at;
}

static struct pending *pending_of(struct plays *p, const char *id)
{
	struct pending **at = place_of(p, id);
	if (!*at) {
		*at = memory_zeroed(1, sizeof **at);
		snprintf((*at)->id, sizeof(*at)->id, "%s", id);
	}
	return *at;
}

static void keep(struct pending *to, const char *words, size_t n, uint64_t at, bool inbound, const uint8_t *packet, size_t length)
{
	const struct kept k = {.at = at, .words = n, .packet = length, .inbound = inbound};
	text_add_octets(&to->records, (const char *)&k, sizeof k);
	text_add_octets(&to->records, words, n);
	text_add_octets(&to->records, (const char *)packet, length);
}

bool plays_record(struct plays *p, const char *words, size_t n, uint64_t at, bool *over, struct error *e)
{
	struct stored s;
	*over = false;
	if (!stored_read(words, n, &s, e))
		return false;
	if (s.kind == STORED_PACKET)
		return error_set(e, "\"%.*s\": a packet's words, without a packet", (int)(n < 200 ? n : 200), words);
	keep(pending_of(p, s.id), words, n, at, false, NULL, 0);
	if (s.kind != STORED_OVER)
		return true;
	struct pending **from = place_of(p, s.id);
	pending_free(p->over);
	p->over = *from;
	*from = p->over->next;
	*over = true;
	return true;
}

bool plays_packet(struct plays *p, const char *words, size_t n, uint64_t at, bool inbound, const uint8_t *packet, size_t length, struct error *e)
{
	struct stored s;
	if (!stored_read(words, n, &s, e))
		return false;
	if (s.kind != STORED_PACKET)
		return error_set(e, "\"%.*s\": not a packet's words", (int)(n < 200 ? n : 200), words);
	keep(pending_of(p, s.id), words, n, at, inbound, packet, length);
	return true;
}

static void event_add(struct stored_play *play, const struct stored *s, const struct kept *k, const char *packet)
{
	struct event ev = s->event;
	ev.at = k->at;
	if (ev.kind == EVENT_CALLED)
		ev.began = ev.began < ev.at ? ev.at - ev.began : 0;
	if (s->kind == STORED_PACKET) {
		ev.kind = k->inbound ? EVENT_RECEIVED : ev.kind;
		ev.packet = (uint8_t *)(uintptr_t)packet;
		ev.length = k->packet;
	}
	trace_add(&play->trace, &ev);
}

static bool record_add(struct stored_play *play, const struct stored *s, const struct kept *k, const char *packet, struct error *e)
{
	switch (s->kind) {
	case STORED_BEGIN:
		if (play->begun)
			return error_set(e, "%s: it begins twice, judge the runs' captures one by one", play->id);
		play->begun = true;
		play->attempt = s->attempt;
		play->seed = s->seed;
		play->at = s->at;
		return true;
	case STORED_PACKET:
	case STORED_EVENT:
		if (!play->begun)
			return error_set(e, "%s: step %zu, and its beginning is missing from the capture", play->id, s->event.step);
		event_add(play, s, k, packet);
		return true;
	case STORED_UNJUDGED:
		play->unjudged = true;
		play->verdict = s->verdict;
		memcpy(play->class, s->class, sizeof play->class);
		memcpy(play->cause, s->cause, sizeof play->cause);
		return true;
	case STORED_OVER:
		play->over = true;
		return true;
	}
	return true;
}

static bool pending_read(const struct pending *from, struct stored_play *play, struct error *e)
{
	const char *at = text_string(&from->records), *end = at + from->records.length;
	*play = (struct stored_play){0};
	memcpy(play->id, from->id, sizeof play->id);
	while (at < end) {
		struct kept k;
		struct stored s;
		memcpy(&k, at, sizeof k);
		const char *words = at + sizeof k, *packet = words + k.words;
		if (!stored_read(words, k.words, &s, e) || !record_add(play, &s, &k, packet, e))
			return false;
		at = packet + k.packet;
	}
	return true;
}

/* The one that is over, else any that is left. */
static struct pending *pending_take(struct plays *p)
{
	struct pending *taken = p->over;
	if (taken) {
		p->over = NULL;
		return taken;
	}
	while (p->chain_at < CHAINS && !p->chain[p->chain_at])
		p->chain_at++;
	if (p->chain_at == CHAINS)
		return NULL;
	taken = p->chain[p->chain_at];
	p->chain[p->chain_at] = taken->next;
	return taken;
}

bool plays_next(struct plays *p, struct stored_play *play, struct error *e)
{
	struct pending *from = pending_take(p);
	*e = (struct error){.text = ""};
	if (!from)
		return false;
	const bool ok = pending_read(from, play, e);
	if (!ok)
		stored_play_free(play);
	pending_free(from);
	return ok;
}

void stored_play_free(struct stored_play *play)
{
	trace_free(&play->trace);
}
