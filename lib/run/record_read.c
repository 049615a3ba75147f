/* Lines of a result record, read back from JSON objects. It opens no file and holds no opinion on what it reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/result.h"

static void take_string(const json_t *o, const char *key, char *to, size_t room)
{
	const char *value = json_string_value(json_object_get(o, key));
	snprintf(to, room, "%s", value ? value : "");
}

static void take_text(const json_t *o, const char *key, struct text *to)
{
	const char *value = json_string_value(json_object_get(o, key));
	if (value)
		text_add_octets(to, value, strlen(value));
}

static void take_lines(const json_t *o, const char *key, struct text *to)
{
	const json_t *array = json_object_get(o, key);
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *line = json_string_value(json_array_get(array, i));
		text_add(to, "%s\n", line ? line : "");
	}
}

/* A count; what is no number, or below 0, is 0. */
static uint64_t take_number(const json_t *o, const char *key)
{
	const json_int_t n = json_integer_value(json_object_get(o, key));
	return n > 0 ? (uint64_t)n : 0;
}

static unsigned take_count(const json_t *o, const char *key)
{
	const uint64_t n = take_number(o, key);
	return n > UINT32_MAX ? UINT32_MAX : (unsigned)n;
}

static bool type_is(const json_t *o, const char *type)
{
	const char *said = json_string_value(json_object_get(o, "type"));
	return said && strcmp(said, type) == 0;
}

static bool scope_read(const json_t *o, struct run_scope *s)
{
	const char *shard = json_string_value(json_object_get(o, "shard")), *ids = json_string_value(json_object_get(o, "ids"));
	int end = 0;
	take_text(o, "options", &s->options);
	take_string(o, "axes", s->axes, sizeof s->axes);
	take_string(o, "known", s->known, sizeof s->known);
	s->planned = take_count(o, "planned");
	s->whole = take_count(o, "whole");
	s->ids = ids ? strtoull(ids, NULL, 16) : 0;
	s->shard = s->shards = 1;
	if (!shard)
		return true;
	return sscanf(shard, "%u/%u%n", &s->shard, &s->shards, &end) == 2 && !shard[end] && s->shard >= 1 && s->shard <= s->shards;
}

bool run_header_read(const json_t *o, struct run_header *h, struct error *e)
{
	*h = (struct run_header){0};
	if (!type_is(o, "run"))
		return error_set(e, "run record: expected an object with \"type\":\"run\"");
	take_string(o, "version", h->version, sizeof h->version);
	take_string(o, "target", h->target, sizeof h->target);
	take_string(o, "target_version", h->target_version, sizeof h->target_version);
	take_string(o, "kernel", h->kernel, sizeof h->kernel);
	take_string(o, "link", h->link, sizeof h->link);
	take_string(o, "fence", h->fence, sizeof h->fence);
	take_string(o, "profile", h->profile, sizeof h->profile);
	h->seed = (uint64_t)json_integer_value(json_object_get(o, "seed"));
	h->round_trip_ns = take_number(o, "round_trip_ns");
	h->as_shipped = json_is_true(json_object_get(o, "as_shipped"));
	h->strict = json_is_true(json_object_get(o, "strict"));
	take_text(o, "choices", &h->choices);
	take_lines(o, "settings", &h->settings);
	take_text(o, "selection", &h->selection);
	take_lines(o, "merged", &h->merged);
	return scope_read(o, &h->scope) || error_set(e, "run record: expected \"shard\" to be I/N, 1 <= I <= N");
}

void run_header_free(struct run_header *h)
{
	text_free(&h->choices);
	text_free(&h->settings);
	text_free(&h->selection);
	text_free(&h->merged);
	text_free(&h->scope.options);
}

static enum level level_of(const char *name)
{
	return strcmp(name, "SHOULD") == 0 ? LEVEL_SHOULD : strcmp(name, "MAY") == 0 ? LEVEL_MAY
	                                                                             : LEVEL_MUST;
}

static void take_states(const json_t *o, struct result *r)
{
	const json_t *state = json_object_get(o, "state");
	take_string(state, "before", r->state_before, sizeof r->state_before);
	take_string(state, "after", r->state_after, sizeof r->state_after);
	take_string(state, "by", r->state_by, sizeof r->state_by);
}

bool result_take(const json_t *o, struct result *r, struct error *e)
{
	char word[32];
	*r = (struct result){0};
	take_string(o, "verdict", word, sizeof word);
	if (!type_is(o, "result") || !verdict_read(word, &r->verdict))
		return error_set(e, "result record: expected an object with \"type\":\"result\" and a \"verdict\"");
	take_string(o, "id", r->id, sizeof r->id);
	take_string(o, "level", word, sizeof word);
	r->level = level_of(word);
	take_string(o, "tuple", r->endpoint, sizeof r->endpoint);
	take_string(o, "clause", r->clause, sizeof r->clause);
	take_string(o, "cause", r->cause, sizeof r->cause);
	take_string(o, "cause_class", r->cause_class, sizeof r->cause_class);
	take_string(o, "title", r->title, sizeof r->title);
	take_string(o, "ref", r->ref, sizeof r->ref);
	take_string(o, "known_at", r->known_at, sizeof r->known_at);
	take_states(o, r);
	const char *family = strrchr(r->id, '/');
	snprintf(r->family, sizeof r->family, "%.2s", family ? family + 1 : "");
	take_text(o, "actual", &r->actual);
	take_text(o, "known", &r->known);
	take_lines(o, "permitted", &r->permitted);
	take_lines(o, "ladder", &r->ladder);
	take_lines(o, "predicted", &r->predicted);
	r->attempts = json_object_get(o, "attempts") ? take_count(o, "attempts") : 1;
	r->edges = take_number(o, "edges");
	return true;
}

bool result_read(const char *line, struct result *r, struct error *e)
{
	json_error_t why;
	json_t *o = json_loads(line, 0, &why);
	*r = (struct result){0};
	if (!o)
		return error_set(e, "result record: %s at column %d", why.text, why.column);
	const bool good = result_take(o, r, e);
	json_decref(o);
	return good;
}

static void take_known(const json_t *o, struct run_counts *c)
{
	const json_t *array = json_object_get(o, "known");
	c->known_count = json_array_size(array);
	c->known = memory_zeroed(c->known_count, sizeof *c->known);
	for (size_t i = 0; i < c->known_count; i++) {
		const json_t *line = json_array_get(array, i);
		struct known_use *u = &c->known[i];
		take_string(line, "at", u->at, sizeof u->at);
		take_string(line, "glob", u->glob, sizeof u->glob);
		take_string(line, "reason", u->reason, sizeof u->reason);
		u->met = take_count(line, "met");
		u->excused = take_count(line, "excused");
		u->told = take_count(line, "told");
	}
}

bool run_counts_read(const json_t *o, struct run_counts *c, struct error *e)
{
	*c = (struct run_counts){0};
	if (!type_is(o, "end"))
		return error_set(e, "end record: expected an object with \"type\":\"end\"");
	c->total = take_count(o, "total");
	const json_t *verdicts = json_object_get(o, "verdicts"), *fences = json_object_get(o, "fences");
	for (unsigned v = 0; v < VERDICTS; v++)
		c->by_verdict[v] = take_count(verdicts, verdict_name((enum verdict)v));
	for (unsigned k = 0; k < FENCE_KINDS; k++)
		c->fenced[k] = take_count(fences, fence_name((enum fence_kind)k));
	c->left_out = take_count(o, "left_out");
	c->wait_limit_us = take_number(o, "wait_limit_us");
	c->errors = take_count(o, "errors");
	c->edges = take_number(o, "edges");
	c->elapsed_us = take_number(o, "elapsed_us");
	c->capture_drops = take_number(o, "capture_drops");
	c->complete = json_is_true(json_object_get(o, "complete"));
	take_known(o, c);
	return true;
}
