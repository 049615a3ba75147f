/* `tcpspec merge`: the records of all shards of one run, joined into one record and one report. It hides none: what is missing, unfinished, twice there or of another run is refused. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/cli/agree.h"
#include "lib/cli/output.h"
#include "lib/cli/record_file.h"

struct part {
	struct record_file file;
	struct run_header header;
	struct run_counts counts;
	bool ended;
	unsigned results;
	unsigned by_verdict[VERDICTS]; /* as its lines have it */
};

struct merge {
	struct part *part;
	size_t count;
	const char *json, *junit;
	bool quiet, bisect;
};

/* ---- each record by itself ---- */

static bool part_result(struct part *p, struct id_set *ids, struct error *e)
{
	const char *id = json_string_value(json_object_get(p->file.object, "id")), *word = json_string_value(json_object_get(p->file.object, "verdict"));
	const struct run_scope *s = &p->header.scope;
	enum verdict v;
	if (!id || !word || !verdict_read(word, &v))
		return error_set(e, "%s:%u: a result without an id or a verdict", p->file.path, p->file.number);
	p->results++;
	p->by_verdict[v]++;
	if (!shard_holds(s->shard, s->shards, id))
		return error_set(e, "%s:%u: %s does not belong to shard %u/%u, what stands there is of another run", p->file.path, p->file.number, id, s->shard, s->shards);
	return id_set_add(ids, id) || error_set(e, "%s:%u: %s has a verdict already, expected each id once", p->file.path, p->file.number, id);
}

static bool part_complete(const struct part *p, struct error *e)
{
	const char *path = p->file.path;
	if (!p->ended)
		return error_set(e, "%s: is unfinished: it has no end line%s, so the run died; go on with --resume %s, then merge again", path, p->file.torn ? ", and its last line is torn" : "", path);
	if (!p->counts.complete)
		return error_set(e, "%s: is unfinished: its run ended early, after %u of %u; go on with --resume %s, then merge again", path, p->results, p->header.scope.planned, path);
	if (p->results != p->counts.total || p->results != p->header.scope.planned)
		return error_set(e, "%s: holds %u results, its end line tells of %u and its first one of %u: lines are missing", path, p->results, p->counts.total, p->header.scope.planned);
	if (memcmp(p->by_verdict, p->counts.by_verdict, sizeof p->by_verdict) != 0)
		return error_set(e, "%s: its results have other verdicts than its end line tells of: it was edited", path);
	return true;
}

static bool part_read(struct part *p, const char *path, struct id_set *ids, struct error *e)
{
	if (!record_open(&p->file, path, e) || !record_header(&p->file, &p->header, e))
		return false;
	for (;;) {
		const enum record_kind kind = record_next(&p->file, e);
		if (kind == RECORD_BAD)
			return false;
		if (kind == RECORD_END_OF_FILE)
			return part_complete(p, e);
		if (p->ended || kind == RECORD_RUN)
			return error_set(e, "%s:%u: a second run begins here, expected one record in the file", path, p->file.number);
		if (kind == RECORD_RESULT && !part_result(p, ids, e))
			return false;
		p->ended = kind == RECORD_END;
		if (p->ended && !run_counts_read(p->file.object, &p->counts, e))
			return error_prefix(e, "%s:%u: ", path, p->file.number);
	}
}

/* ---- all together ---- */

static int by_shard(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	return (x->header.scope.shard > y->header.scope.shard) - (x->header.scope.shard < y->header.scope.shard);
}

/* The parts are sorted, and each is a shard of the same run. */
static bool shards_all(const struct merge *m, struct error *e)
{
	const unsigned shards = m->part[0].header.scope.shards;
	struct text missing = {0};
	unsigned lacking = 0;
	size_t at = 0;
	for (unsigned i = 1; i <= shards; i++) {
		if (at < m->count && m->part[at].header.scope.shard == i) {
			at++;
			continue;
		}
		if (++lacking <= 10)
			text_add(&missing, "%s%u", lacking > 1 ? ", " : "", i);
	}
	if (lacking > 10)
		text_add(&missing, " and %u more", lacking - 10);
	if (lacking)
		error_set(e, "shard%s %s of %u %s missing: name %s record%s too", lacking > 1 ? "s" : "", text_string(&missing), shards, lacking > 1 ? "are" : "is", lacking > 1 ? "their" : "its", lacking > 1 ? "s" : "");
	text_free(&missing);
	return !lacking;
}

static bool parts_agree(struct merge *m, struct error *e)
{
	unsigned total = 0;
	for (size_t i = 0; i < m->count; i++) {
		const struct part *first = &m->part[0], *p = &m->part[i];
		const struct run_scope *a = &first->header.scope, *b = &p->header.scope;
		if (!headers_agree(&first->header, first->file.path, &p->header, p->file.path, AGREE_WHOLE, false, e))
			return false;
		if (a->shards != b->shards)
			return error_set(e, "%s and %s are not of one run: the first is one of %u shards, the second one of %u", first->file.path, p->file.path, a->shards, b->shards);
		total += p->results;
	}
	qsort(m->part, m->count, sizeof *m->part, by_shard);
	for (size_t i = 1; i < m->count; i++)
		if (by_shard(&m->part[i - 1], &m->part[i]) == 0)
			return error_set(e, "%s and %s are both shard %u/%u, expected each once", m->part[i - 1].file.path, m->part[i].file.path, m->part[i].header.scope.shard, m->part[i].header.scope.shards);
	if (!shards_all(m, e))
		return false;
	return total == m->part[0].header.scope.whole || error_set(e, "the shards hold %u results, the selection means %u: lines are missing", total, m->part[0].header.scope.whole);
}

/* A record is read twice, so none of them is kept in memory. */
static bool parts_read(struct merge *m, char **path, struct error *e)
{
	m->part = memory_zeroed(m->count, sizeof *m->part);
	for (size_t i = 0; i < m->count; i++) {
		/* A file that is named twice would be told as an id that is there twice: say it better. */
		for (size_t j = 0; j < i; j++)
			if (strcmp(path[i], path[j]) == 0)
				return error_set(e, "%s: is named twice, expected each shard once", path[i]);
		struct id_set own = {0};
		const bool good = part_read(&m->part[i], path[i], &own, e);
		id_set_free(&own);
		if (!good)
			return false;
	}
	return parts_agree(m, e);
}

/* ---- the joined record ---- */

static struct known_use *use_of(struct run_counts *c, const struct known_use *u)
{
	for (size_t i = 0; i < c->known_count; i++)
		if (strcmp(c->known[i].at, u->at) == 0)
			return &c->known[i];
	c->known = memory_resized(c->known, c->known_count + 1, sizeof *c->known);
	c->known[c->known_count] = *u;
	c->known[c->known_count].met = c->known[c->known_count].excused = c->known[c->known_count].told = 0;
	return &c->known[c->known_count++];
}

static int by_line(const void *a, const void *b)
{
	return strverscmp(((const struct known_use *)a)->at, ((const struct known_use *)b)->at);
}

static void counts_add(struct run_counts *c, const struct run_counts *p)
{
	c->total += p->total;
	for (unsigned v = 0; v < VERDICTS; v++)
		c->by_verdict[v] += p->by_verdict[v];
	for (unsigned k = 0; k < FENCE_KINDS; k++)
		c->fenced[k] += p->fenced[k];
	c->edges |= p->edges;
	c->elapsed_us += p->elapsed_us;
	c->capture_drops += p->capture_drops;
	/* Each shard counts these before it is cut out of the selection. */
	c->left_out = p->left_out > c->left_out ? p->left_out : c->left_out;
	c->wait_limit_us = p->wait_limit_us;
	c->errors = p->errors > c->errors ? p->errors : c->errors;
	for (size_t i = 0; i < p->known_count; i++) {
		struct known_use *u = use_of(c, &p->known[i]);
		u->met += p->known[i].met;
		u->excused += p->known[i].excused;
		u->told += p->known[i].told;
	}
}

static void merge_count(const struct merge *m, struct run_counts *c)
{
	*c = (struct run_counts){.complete = true, .may_be_empty = true};
	for (size_t i = 0; i < m->count; i++)
		counts_add(c, &m->part[i].counts);
	if (c->known_count)
		qsort(c->known, c->known_count, sizeof *c->known, by_line);
}

/* The first shard's header, of all shards. What each of them ran with is told in a line of its own. */
static void merge_header(struct merge *m, struct run_header *h)
{
	*h = m->part[0].header;
	h->scope.planned = h->scope.whole;
	h->scope.shard = h->scope.shards = 1;
	if (m->count == 1)
		return;
	memset(&h->merged, 0, sizeof h->merged);
	for (size_t i = 0; i < m->count; i++) {
		const struct run_header *p = &m->part[i].header;
		text_add(&h->merged, "shard %u/%u: seed %" PRIu64 ", %s, fence %s\n", p->scope.shard, p->scope.shards, p->seed, p->link, p->fence);
	}
}

static bool merge_results(struct output *o, struct part *p, struct error *e)
{
	record_rewind(&p->file);
	o->report.header.seed = p->header.seed; /* for the commands that run a test again */
	for (;;) {
		struct result res;
		const enum record_kind kind = record_next(&p->file, e);
		if (kind == RECORD_BAD)
			return false;
		if (kind == RECORD_END_OF_FILE)
			return true;
		if (kind != RECORD_RESULT)
			continue;
		const bool good = result_take(p->file.object, &res, e);
		if (good) {
			output_copy(o, p->file.line);
			output_result(o, &res, NULL, true);
		} else {
			error_prefix(e, "%s:%u: ", p->file.path, p->file.number);
		}
		result_free(&res);
		if (!good)
			return false;
	}
}

static int merge_write(struct merge *m)
{
	struct run_header h;
	struct run_counts c;
	struct error e = {""};
	merge_header(m, &h);
	merge_count(m, &c);
	struct output o = {.tap = true, .report = {.to = m->json ? stdout : stderr, .strict = h.strict, .quiet = m->quiet || !m->json, .rerun = text_string(&h.scope.options)}};
	int code = CODE_UNUSABLE;
	if (output_open_junit(&o, m->junit) && output_open(&o, m->json ? m->json : "-", 0)) {
		output_line(&o, run_header_json(&h));
		output_header(&o, &h, h.scope.planned);
		bool good = true;
		for (size_t i = 0; good && i < m->count; i++)
			good = merge_results(&o, &m->part[i], &e);
		c.complete = good;
		output_end(&o, &c, good ? NULL : e.text, true);
		code = run_exit_code(&c, h.strict, m->bisect);
		if (code == CODE_OK && o.broken)
			code = m->bisect ? CODE_SKIP : CODE_UNUSABLE;
	}
	if (m->count > 1)
		text_free(&h.merged);
	run_counts_free(&c);
	return code;
}

static int merge_all(struct merge *m, char **path)
{
	struct error e;
	int code = m->bisect ? CODE_SKIP : CODE_UNUSABLE;
	if (parts_read(m, path, &e))
		code = merge_write(m);
	else
		cli_complain("merge: %s; nothing was merged", e.text);
	for (size_t i = 0; i < m->count; i++) {
		record_close(&m->part[i].file);
		run_header_free(&m->part[i].header);
		run_counts_free(&m->part[i].counts);
	}
	free(m->part);
	return code;
}

int command_merge(int argc, char **argv)
{
	static const struct option options[] = {{"json", required_argument, NULL, 'j'}, {"junit", required_argument, NULL, 'u'}, {"quiet", no_argument, NULL, 'q'}, {"bisect", no_argument, NULL, 'b'}, {NULL, 0, NULL, 0}};
	struct merge m = {0};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return cli_usage("merge");
		m.json = option == 'j' ? optarg : m.json;
		m.junit = option == 'u' ? optarg : m.junit;
		m.quiet |= option == 'q';
		m.bisect |= option == 'b';
	}
	m.count = (size_t)(argc - optind);
	if (m.count == 0) {
		cli_complain("merge: expected the records of all shards of a run, as `tcpspec run --shard I/N --json FILE` writes them");
		return cli_usage("merge");
	}
	return merge_all(&m, argv + optind);
}
