/* The result record as JSON lines, and the exit code that its counts mean. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/run/result.h"

static json_t *lines_json(const struct text *t)
{
	json_t *array = json_array();
	const char *at = text_string(t);
	while (*at) {
		const char *end = strchr(at, '\n');
		const size_t n = end ? (size_t)(end - at) : strlen(at);
		if (n)
			json_array_append_new(array, json_stringn(at, n));
		at += n + (end != NULL);
	}
	return array;
}

static char *dump(json_t *o)
{
	char *line = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(o);
	return line;
}

static void put_string(json_t *o, const char *key, const char *value)
{
	if (value[0])
		json_object_set_new(o, key, json_string(value));
}

char *run_header_json(const struct run_header *h)
{
	json_t *o = json_pack("{s:s, s:s}", "type", "run", "version", h->version);
	put_string(o, "target", h->target);
	put_string(o, "target_version", h->target_version);
	put_string(o, "kernel", h->kernel);
	put_string(o, "link", h->link);
	put_string(o, "fence", h->fence);
	put_string(o, "profile", h->profile);
	json_object_set_new(o, "seed", json_integer((json_int_t)h->seed));
	json_object_set_new(o, "round_trip_ns", json_integer((json_int_t)h->round_trip_ns));
	json_object_set_new(o, "as_shipped", json_boolean(h->as_shipped));
	json_object_set_new(o, "strict", json_boolean(h->strict));
	put_string(o, "choices", text_string(&h->choices));
	json_object_set_new(o, "settings", lines_json(&h->settings));
	put_string(o, "selection", text_string(&h->selection));
	return dump(o);
}

/* A cell's coordinates are its id: matrix/<row>/<ctl>/<seq>/<ack>/<text>/<family>. */
static json_t *cell_json(const char *id)
{
	static const char *const axes[] = {"row", "ctl", "seq", "ack", "text", "family"};
	json_t *o = json_object();
	const char *at = strchr(id, '/');
	for (size_t i = 0; at && i < sizeof axes / sizeof axes[0]; i++) {
		const char *end = strchr(++at, '/');
		json_object_set_new(o, axes[i], json_stringn(at, end ? (size_t)(end - at) : strlen(at)));
		at = end;
	}
	return o;
}

char *result_json(const struct result *r, const struct script *s)
{
	json_t *o = json_pack("{s:s, s:s}", "type", "result", "id", r->id);
	if (s && !s->side)
		json_object_set_new(o, "cell", cell_json(r->id));
	put_string(o, "tuple", r->endpoint);
	json_object_set_new(o, "verdict", json_string(verdict_name(r->verdict)));
	json_object_set_new(o, "level", json_string(level_name(r->level)));
	put_string(o, "clause", r->clause);
	if (r->permitted.length)
		json_object_set_new(o, "permitted", lines_json(&r->permitted));
	json_object_set_new(o, "actual", json_string(text_string(&r->actual)));
	json_object_set_new(o, "state", json_pack("{s:s, s:s, s:s}", "before", r->state_before, "after", r->state_after, "by", r->state_by));
	put_string(o, "cause", r->cause);
	put_string(o, "cause_class", r->cause_class);
	put_string(o, "title", r->title);
	put_string(o, "ref", r->ref);
	put_string(o, "known", text_string(&r->known));
	if (r->ladder.length)
		json_object_set_new(o, "ladder", lines_json(&r->ladder));
	if (r->predicted.length)
		json_object_set_new(o, "predicted", lines_json(&r->predicted));
	json_object_set_new(o, "attempts", json_integer(r->attempts));
	json_object_set_new(o, "edges", json_integer((json_int_t)r->edges));
	return dump(o);
}

char *run_counts_json(const struct run_counts *c)
{
	json_t *verdicts = json_object();
	for (unsigned v = 0; v < VERDICTS; v++)
		json_object_set_new(verdicts, verdict_name((enum verdict)v), json_integer(c->by_verdict[v]));
	json_t *fences = json_object();
	for (unsigned k = 0; k < FENCE_KINDS; k++)
		if (c->fenced[k])
			json_object_set_new(fences, fence_name((enum fence_kind)k), json_integer(c->fenced[k]));
	return dump(json_pack("{s:s, s:i, s:o, s:i, s:i, s:I, s:I, s:I, s:o, s:b}", "type", "end", "total", c->total, "verdicts", verdicts, "left_out", c->left_out, "errors", c->errors, "edges",
	                      (json_int_t)c->edges, "elapsed_us", (json_int_t)c->elapsed_us, "capture_drops", (json_int_t)c->capture_drops, "fences", fences, "complete", c->complete));
}

static void take_string(const json_t *o, const char *key, char *to, size_t room)
{
	const char *value = json_string_value(json_object_get(o, key));
	snprintf(to, room, "%s", value ? value : "");
}

static void take_lines(const json_t *o, const char *key, struct text *to)
{
	const json_t *array = json_object_get(o, key);
	for (size_t i = 0; i < json_array_size(array); i++)
		text_add(to, "%s\n", json_string_value(json_array_get(array, i)));
}

static enum level level_of(const char *name)
{
	return strcmp(name, "SHOULD") == 0 ? LEVEL_SHOULD : strcmp(name, "MAY") == 0 ? LEVEL_MAY
	                                                                             : LEVEL_MUST;
}

bool result_read(const char *line, struct result *r, struct error *e)
{
	json_error_t why;
	json_t *o = json_loads(line, 0, &why);
	char word[32];
	*r = (struct result){0};
	if (!o)
		return error_set(e, "result record: %s at column %d", why.text, why.column);
	take_string(o, "type", word, sizeof word);
	const bool is_result = strcmp(word, "result") == 0;
	take_string(o, "verdict", word, sizeof word);
	if (!is_result || !verdict_read(word, &r->verdict)) {
		json_decref(o);
		return error_set(e, "result record: expected an object with \"type\":\"result\" and a \"verdict\"");
	}
	take_string(o, "id", r->id, sizeof r->id);
	take_string(o, "level", word, sizeof word);
	r->level = level_of(word);
	take_string(o, "tuple", r->endpoint, sizeof r->endpoint);
	take_string(o, "clause", r->clause, sizeof r->clause);
	take_string(o, "cause", r->cause, sizeof r->cause);
	take_string(o, "cause_class", r->cause_class, sizeof r->cause_class);
	take_string(o, "title", r->title, sizeof r->title);
	take_string(o, "ref", r->ref, sizeof r->ref);
	const json_t *state = json_object_get(o, "state");
	take_string(state, "before", r->state_before, sizeof r->state_before);
	take_string(state, "after", r->state_after, sizeof r->state_after);
	take_string(state, "by", r->state_by, sizeof r->state_by);
	const char *family = strrchr(r->id, '/');
	snprintf(r->family, sizeof r->family, "%.2s", family ? family + 1 : "");
	const char *actual = json_string_value(json_object_get(o, "actual"));
	const char *known = json_string_value(json_object_get(o, "known"));
	text_add(&r->actual, "%s", actual ? actual : "");
	text_add(&r->known, "%s", known ? known : "");
	take_lines(o, "permitted", &r->permitted);
	take_lines(o, "ladder", &r->ladder);
	r->attempts = (unsigned)json_integer_value(json_object_get(o, "attempts"));
	r->edges = (uint64_t)json_integer_value(json_object_get(o, "edges"));
	json_decref(o);
	return true;
}

int run_exit_code(const struct run_counts *c, bool strict, bool bisect)
{
	if (c->errors || c->total == 0)
		return 2;
	if (c->by_verdict[FAIL] || c->by_verdict[XPASS] || (strict && c->by_verdict[NON_STRICT]))
		return 1;
	if (c->by_verdict[INCONCLUSIVE] || !c->complete)
		return bisect ? 125 : 3;
	return 0;
}
