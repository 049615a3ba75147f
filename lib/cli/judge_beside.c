/* `tcpspec judge CAPTURE --json RESULT`: a capture that somebody took beside the run. The record names the 4-tuples, and what the target declared; its verdicts are not looked at. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/cli/cli.h"
#include "lib/cli/judge.h"
#include "lib/cli/record_file.h"
#include "lib/run/beside.h"
#include "lib/wire/link_layer.h"

/* The results of the record, and which play each is. */
struct told {
	struct result *result;
	size_t *play; /* SIZE_MAX: it was not played */
	size_t count, room;
	size_t seen; /* plays of which there are packets */
	struct beside *beside;
};

static void told_add(struct told *t, const struct result *r)
{
	struct endpoint at;
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 1024;
		t->result = memory_resized(t->result, t->room, sizeof *t->result);
		t->play = memory_resized(t->play, t->room, sizeof *t->play);
	}
	t->play[t->count] = r->attempts && endpoint_read(r->endpoint, &at) ? beside_add(t->beside, &at) : SIZE_MAX;
	t->result[t->count++] = *r;
}

static void told_free(struct told *t)
{
	for (size_t i = 0; i < t->count; i++)
		result_free(&t->result[i]);
	free(t->result);
	free(t->play);
	beside_free(t->beside);
}

static bool told_read(struct judging *g, struct told *t, struct error *e)
{
	struct record_file file;
	struct run_header h;
	struct result r;
	enum record_kind kind;
	if (!record_open(&file, g->record, e))
		return false;
	bool ok = record_header(&file, &h, e) && judging_begin(g, &h, e);
	while (ok && (kind = record_next(&file, e)) != RECORD_END_OF_FILE) {
		if (kind == RECORD_RESULT && (ok = result_take(file.object, &r, e)))
			told_add(t, &r);
		ok = ok && kind != RECORD_BAD;
	}
	record_close(&file);
	return ok;
}

static bool packets_read(struct judging *g, struct told *t, struct error *e)
{
	struct capture_item i;
	const uint8_t *packet;
	size_t n;
	int got;
	while ((got = capture_next(g->capture, &i, e)) > 0) {
		if (i.kind != CAPTURE_PACKET)
			continue;
		if (!link_layer_known(i.linktype))
			return error_set(e, "%s: link type %d: expected Ethernet, raw IP, Linux cooked or loopback", g->path, (int)i.linktype);
		if (i.captured < i.original)
			return error_set(e, "%s: offset %llu: the packet was cut to %zu of its %zu octets, capture without a snapshot length", g->path, (unsigned long long)i.offset, i.captured, i.original);
		if (link_layer_packet(i.linktype, i.octets, i.captured, &packet, &n))
			beside_packet(t->beside, i.at, packet, n);
	}
	return got == 0;
}

/* What the record says of a test that was not played stands. */
static void unplayed(const struct result *told, struct result *r)
{
	*r = *told;
	r->permitted = r->actual = r->ladder = r->known = r->predicted = (struct text){0};
}

static void play_judge(struct judging *g, struct told *t, size_t k, struct result *r, const struct script *s)
{
	const struct result *told = &t->result[k];
	const struct observed_report report = {.cause_class = told->cause_class, .cause = told->cause, .state_after = told->state_after};
	struct endpoint at;
	struct observed o;
	endpoint_read(told->endpoint, &at);
	beside_observed(t->beside, t->play[k], &o);
	t->seen += o.count > 0;
	o.by_time = strncmp(g->header.fence, "time", 4) == 0;
	observed_judge(&o, s, &g->model, &at, g->header.seed + told->attempts, &report, r);
	memcpy(r->id, told->id, sizeof r->id);
	memcpy(r->endpoint, told->endpoint, sizeof r->endpoint);
	memcpy(r->family, told->family, sizeof r->family);
	r->attempts = told->attempts;
	g->counts.not_in_capture += strcmp(r->cause_class, "state not in capture") == 0;
}

static void told_judge(struct judging *g, struct told *t, size_t k)
{
	struct result r;
	enum family family;
	const struct script *s = finder_script(&g->finder, t->result[k].id, &family);
	const bool played = t->play[k] != SIZE_MAX;
	if (!played || !s)
		unplayed(&t->result[k], &r);
	else
		play_judge(g, t, k, &r, s);
	if (!s) {
		r.verdict = INCONCLUSIVE;
		snprintf(r.cause_class, sizeof r.cause_class, "no such test");
		snprintf(r.cause, sizeof r.cause, "this suite has no such test: judge it with the suite that was played");
	}
	judging_result(g, &r, s, played && s);
	result_free(&r);
}

/* A fence on the connections themselves shows as segments that no script has. */
static bool fence_shows(const struct judging *g, struct error *e)
{
	const char *fence = g->header.fence;
	if (strncmp(fence, "time", 4) == 0 || (strncmp(fence, "link", 4) == 0 && !strstr(fence, " and same ")))
		return true;
	return error_set(e, "%s: the run's fence stood on its connections, which another tool's capture does not show; judge what `run --pcap` stored", g->record);
}

int judging_beside(struct judging *g, struct error *e)
{
	struct told t = {.beside = beside_new()};
	int code = CODE_UNUSABLE;
	if (told_read(g, &t, e) && fence_shows(g, e)) {
		const bool whole = packets_read(g, &t, e);
		for (size_t k = 0; k < t.count; k++)
			told_judge(g, &t, k);
		if (g->counts.not_in_capture && !t.seen)
			cli_complain("%s: none of the 4-tuples of %s is in it: name a capture that was taken beside that run", g->path, g->record);
		code = judging_end(g, whole, e);
	} else {
		cli_complain("%s", e->text);
	}
	told_free(&t);
	return code;
}
