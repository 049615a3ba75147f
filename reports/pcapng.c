/* Writes a run as pcapng, play by play. What a block looks like is lib/wire's, what an event is in words lib/run's. */
#include "reports/pcapng.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/run/stored.h"
#include "lib/wire/pcapng.h"

enum { US_PER_S = 1000000,
       NS_PER_US = 1000,
       BATCH_OCTETS = 1 << 17,
       BATCH_US = 10000 };

static int64_t microseconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / NS_PER_US;
}

bool pcapng_flush(struct pcapng_report *r)
{
	const bool ok = fwrite(text_string(&r->octets), 1, r->octets.length, r->to) == r->octets.length;
	text_clear(&r->octets);
	return ok;
}

/* Whole plays leave together, so that a run that is killed leaves no half block. */
static bool put_out(struct pcapng_report *r)
{
	return r->octets.length < BATCH_OCTETS || pcapng_flush(r);
}

/* The header's line; without the globs when they do not fit into an option. */
static void header_put(struct pcapng_report *r, const struct run_header *h)
{
	char *json = run_header_json(h);
	if (strlen(json) > PCAPNG_OPTION_MAX) {
		struct run_header shorter = *h;
		shorter.selection = (struct text){0};
		free(json);
		json = run_header_json(&shorter);
	}
	text_clear(&r->line);
	text_add(&r->line, "tcpspec %s", h->version);
	pcapng_section_write(&r->octets, json, h->kernel, text_string(&r->line));
	free(json);
}

bool pcapng_begin(struct pcapng_report *r, FILE *to, const struct run_header *h)
{
	*r = (struct pcapng_report){.to = to, .epoch = microseconds(CLOCK_REALTIME) - microseconds(CLOCK_MONOTONIC)};
	header_put(r, h);
	pcapng_interface_write(&r->octets, LINKTYPE_RAW, "tcpspec", "seen from the tester: outbound goes to the target");
	return pcapng_flush(r);
}

static uint64_t real_time(const struct pcapng_report *r, uint64_t at)
{
	return at + (uint64_t)r->epoch;
}

/* A record of ours begins: its words follow in the line that is returned, up to record_end(). */
static struct text *record_begin(struct pcapng_report *r, uint64_t at)
{
	text_clear(&r->line);
	text_add_octets(&r->line, PCAPNG_RECORD, sizeof PCAPNG_RECORD - 1);
	text_put_number(&r->line, at);
	text_add_octets(&r->line, " ", 1);
	return &r->line;
}

static void record_end(struct pcapng_report *r)
{
	pcapng_custom_write(&r->octets, PCAPNG_ENTERPRISE, r->line.at, r->line.length);
}

static void event_put(struct pcapng_report *r, const struct event *e, const char *id)
{
	const uint64_t at = real_time(r, e->at);
	if (!event_has_packet(e)) {
		stored_event_print(id, e, record_begin(r, at));
		record_end(r);
		return;
	}
	text_clear(&r->line);
	stored_event_print(id, e, &r->line);
	pcapng_packet_write(&r->octets, 0, at, e->packet, e->length, e->kind == EVENT_RECEIVED ? PCAPNG_INBOUND : PCAPNG_OUTBOUND, r->line.at, r->line.length);
}

bool pcapng_play(struct pcapng_report *r, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt)
{
	stored_begin_print(id, attempt, seed, at, record_begin(r, real_time(r, t->count ? t->event[0].at : 0)));
	record_end(r);
	for (size_t i = 0; i < t->count; i++)
		event_put(r, &t->event[i], id);
	return put_out(r);
}

bool pcapng_result(struct pcapng_report *r, const struct result *res)
{
	const uint64_t now = (uint64_t)microseconds(CLOCK_REALTIME);
	if (!res->attempts || res->untraced) {
		stored_unjudged_print(res->id, res, record_begin(r, now));
		record_end(r);
	}
	stored_over_print(res->id, record_begin(r, now));
	record_end(r);
	if (now - r->flushed < BATCH_US)
		return put_out(r);
	r->flushed = now;
	return pcapng_flush(r);
}

void pcapng_end(struct pcapng_report *r)
{
	text_free(&r->octets);
	text_free(&r->line);
}
