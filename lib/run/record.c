/* The result record as JSON lines, and the exit code that its counts mean. It reads none back (record_read.c) and writes no file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/utf8.h"
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

static void put_number(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key, json_integer((json_int_t)value));
}

static void put_scope(json_t *o, const struct run_scope *s)
{
	char word[48];
	put_string(o, "axes", s->axes);
	if (s->shards > 1) {
		snprintf(word, sizeof word, "%u/%u", s->shard, s->shards);
		put_string(o, "shard", word);
	}
	put_string(o, "options", text_string(&s->options));
	put_number(o, "planned", s->planned);
	put_number(o, "whole", s->whole);
	snprintf(word, sizeof word, "%016llx", (unsigned long long)s->ids);
	put_string(o, "ids", word);
	put_string(o, "known", s->known);
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
	put_number(o, "seed", h->seed);
	put_number(o, "round_trip_ns", h->round_trip_ns);
	json_object_set_new(o, "as_shipped", json_boolean(h->as_shipped));
	json_object_set_new(o, "strict", json_boolean(h->strict));
	put_string(o, "choices", text_string(&h->choices));
	json_object_set_new(o, "settings", lines_json(&h->settings));
	put_string(o, "selection", text_string(&h->selection));
	if (h->merged.length)
		json_object_set_new(o, "merged", lines_json(&h->merged));
	put_scope(o, &h->scope);
	return dump(o);
}

char *run_resumed_json(const struct run_header *h, unsigned at)
{
	json_t *o = json_pack("{s:s}", "type", "resumed");
	put_number(o, "at", at);
	put_number(o, "seed", h->seed);
	put_string(o, "link", h->link);
	put_string(o, "fence", h->fence);
	put_number(o, "round_trip_ns", h->round_trip_ns);
	return dump(o);
}

/* ---- results: octets are put together here, without a tree, because there may be tens of thousands a second ---- */

enum { GROWTH = 6 }; /* octets that one octet may become: "\u0001" */

static char *put(char *to, const char *s, size_t n)
{
	memcpy(to, s, n);
	return to + n;
}

#define PUT(to, literal) put(to, literal, sizeof(literal) - 1)

/* One octet or sequence that cannot stand as it is; *taken: how many octets it was. */
static char *put_escaped(char *to, const char *s, size_t n, size_t *taken)
{
	const unsigned char c = (unsigned char)s[0];
	const size_t wide = utf8_sequence(s, n);
	*taken = wide ? wide : 1;
	if (wide)
		return put(to, s, wide);
	if (c == '"' || c == '\\')
		return put(to, (const char[]){'\\', (char)c}, 2);
	if (c == '\n')
		return PUT(to, "\\n");
	if (c < 0x20) {
		static const char digits[] = "0123456789abcdef";
		return put(to, (const char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
	}
	return PUT(to, "\xef\xbf\xbd");
}

/* How many octets at the begin of s[0..n) stand for themselves in JSON. Eight at a time: each test leaves the highest bit of an octet that fails. */
static size_t plain_length(const char *s, size_t n)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t w;
		memcpy(&w, s + i, 8);
		const uint64_t quote = w ^ (ones * '"'), back = w ^ (ones * '\\');
		if ((w & tops) || ((w - ones * 0x20) & ~w & tops) || ((quote - ones) & ~quote & tops) || ((back - ones) & ~back & tops))
			break;
	}
	while (i < n && (unsigned char)s[i] >= 0x20 && (unsigned char)s[i] < 0x80 && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

static char *put_quoted(char *to, const char *s, size_t n)
{
	*to++ = '"';
	for (size_t i = 0, taken; i < n; i += taken) {
		taken = plain_length(s + i, n - i);
		to = taken ? put(to, s + i, taken) : put_escaped(to, s + i, n - i, &taken);
	}
	*to++ = '"';
	return to;
}

static void add_plain(struct text *out, const char *s)
{
	text_add_octets(out, s, strlen(s));
}

/* key: with its comma, quotes and colon. */
static void add_string(struct text *out, const char *key, const char *value, size_t n)
{
	const size_t key_length = strlen(key);
	char *const from = text_room(out, key_length + GROWTH * n + 2);
	text_grown(out, (size_t)(put_quoted(put(from, key, key_length), value, n) - from));
}

static void add_field(struct text *out, const char *key, const char *value)
{
	if (value[0])
		add_string(out, key, value, strlen(value));
}

static void add_lines(struct text *out, const char *key, const struct text *lines)
{
	const char *at = text_string(lines), *lead = "[";
	if (lines->length == 0)
		return;
	add_plain(out, key);
	while (*at) {
		const size_t n = strcspn(at, "\n");
		if (n) {
			add_string(out, lead, at, n);
			lead = ",";
		}
		at += n + (at[n] == '\n');
	}
	add_plain(out, lead[0] == '[' ? "[]" : "]");
}

/* A cell's coordinates are its id: matrix/<row>/<ctl>/<seq>/<ack>/<text>/<family>[,axis=class...]. */
static void add_cell(struct text *out, const char *id)
{
	static const char *const axes[] = {",\"cell\":{\"row\":", ",\"ctl\":", ",\"seq\":", ",\"ack\":", ",\"text\":", ",\"family\":"};
	const char *at = strchr(id, '/');
	for (size_t i = 0; i < sizeof axes / sizeof axes[0]; i++) {
		size_t n = 0;
		while (at && at[1 + n] && at[1 + n] != '/' && at[1 + n] != ',')
			n++;
		add_string(out, axes[i], at ? at + 1 : "", n);
		at = at && at[1 + n] ? at + 1 + n : NULL;
	}
	while (at && *at == ',') {
		const size_t name = strcspn(++at, "=,");
		const size_t n = at[name] == '=' ? strcspn(at + name + 1, ",") : 0;
		add_string(out, ",", at, name);
		add_string(out, ":", at[name] == '=' ? at + name + 1 : "", n);
		at += name + n + (at[name] == '=');
	}
	add_plain(out, "}");
}

static void add_state(struct text *out, const struct result *r)
{
	if (!r->state_before[0] && !r->state_after[0])
		return;
	add_string(out, ",\"state\":{\"before\":", r->state_before, strlen(r->state_before));
	add_field(out, ",\"after\":", r->state_after);
	add_field(out, ",\"by\":", r->state_by);
	add_plain(out, "}");
}

/* Of a known deviation of a cell there may be tens of thousands: `show` and the line that excuses it tell the rest. */
static bool is_known_cell(const struct result *r, const struct script *s)
{
	return r->verdict == KNOWN && s && !s->side;
}

void result_json_add(const struct result *r, const struct script *s, struct text *out)
{
	add_string(out, "{\"type\":\"result\",\"id\":", r->id, strlen(r->id));
	if (s && !s->side)
		add_cell(out, r->id);
	add_field(out, ",\"tuple\":", r->endpoint);
	add_field(out, ",\"verdict\":", verdict_name(r->verdict));
	add_field(out, ",\"level\":", level_name(r->level));
	add_field(out, ",\"clause\":", r->clause);
	add_lines(out, ",\"permitted\":", &r->permitted);
	add_field(out, ",\"actual\":", text_string(&r->actual));
	add_state(out, r);
	if (r->verdict != PASS) {
		add_field(out, ",\"cause\":", r->cause);
		add_field(out, ",\"cause_class\":", r->cause_class);
	}
	if (r->verdict != PASS && !is_known_cell(r, s)) { /* of a pass, `explain` has them */
		add_field(out, ",\"title\":", r->title);
		add_field(out, ",\"ref\":", r->ref);
	}
	add_field(out, ",\"known\":", text_string(&r->known));
	add_field(out, ",\"known_at\":", r->known_at);
	if (!is_known_cell(r, s))
		add_lines(out, ",\"ladder\":", &r->ladder);
	add_lines(out, ",\"predicted\":", &r->predicted);
	if (r->attempts != 1)
		text_add(out, ",\"attempts\":%u", r->attempts);
	if (r->edges)
		text_add(out, ",\"edges\":%llu", (unsigned long long)r->edges);
	add_plain(out, "}");
}

char *result_json(const struct result *r, const struct script *s)
{
	struct text out = {0};
	result_json_add(r, s, &out);
	return out.at;
}

/* ---- the end ---- */

static json_t *known_json(const struct run_counts *c)
{
	json_t *array = json_array();
	for (size_t i = 0; i < c->known_count; i++) {
		const struct known_use *u = &c->known[i];
		json_t *o = json_pack("{s:s, s:s}", "at", u->at, "glob", u->glob);
		put_number(o, "met", u->met);
		put_number(o, "excused", u->excused);
		put_number(o, "told", u->told);
		json_object_set_new(o, "share", json_real(c->total ? (double)u->excused / c->total : 0));
		put_string(o, "reason", u->reason);
		json_array_append_new(array, o);
	}
	return array;
}

char *run_counts_json(const struct run_counts *c)
{
	json_t *verdicts = json_object(), *fences = json_object(), *o = json_pack("{s:s}", "type", "end");
	for (unsigned v = 0; v < VERDICTS; v++)
		put_number(verdicts, verdict_name((enum verdict)v), c->by_verdict[v]);
	for (unsigned k = 0; k < FENCE_KINDS; k++)
		if (c->fenced[k])
			put_number(fences, fence_name((enum fence_kind)k), c->fenced[k]);
	put_number(o, "total", c->total);
	json_object_set_new(o, "verdicts", verdicts);
	put_number(o, "left_out", c->left_out);
	if (c->left_out && c->wait_limit_us)
		put_number(o, "wait_limit_us", c->wait_limit_us);
	put_number(o, "errors", c->errors);
	put_number(o, "edges", c->edges);
	put_number(o, "elapsed_us", c->elapsed_us);
	put_number(o, "capture_drops", c->capture_drops);
	json_object_set_new(o, "fences", fences);
	json_object_set_new(o, "known", known_json(c));
	json_object_set_new(o, "complete", json_boolean(c->complete));
	return dump(o);
}

bool known_use_is_stale(const struct known_use *u)
{
	return u->met && !u->excused && !u->told;
}

void run_counts_free(struct run_counts *c)
{
	free(c->known);
	c->known = NULL;
	c->known_count = 0;
}

static bool any_is_stale(const struct run_counts *c)
{
	for (size_t i = 0; i < c->known_count; i++)
		if (known_use_is_stale(&c->known[i]))
			return true;
	return false;
}

int run_exit_code(const struct run_counts *c, bool strict, bool bisect)
{
	if (c->errors || (c->total == 0 && !c->may_be_empty))
		return 2;
	if (c->by_verdict[FAIL] || c->by_verdict[XPASS] || any_is_stale(c) || (strict && c->by_verdict[NON_STRICT]))
		return 1;
	if (c->by_verdict[INCONCLUSIVE] || !c->complete)
		return bisect ? 125 : 3;
	return 0;
}
