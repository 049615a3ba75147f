/* Results as TAP, version 13 (prove of Debian 12 refuses 14): one test point each, with YAML diagnostics under what is not a plain pass. It counts
 * nothing that the record has not. */
#include "reports/reports.h"

#include <inttypes.h>
#include <string.h>

#include "reports/yaml.h"

/* Text that must stay on its line. */
static void line_print(FILE *to, const char *text)
{
	for (; *text; text++)
		fputc((unsigned char)*text < 0x20 ? ' ' : *text, to);
}

static void comment_print(FILE *to, const char *name, const char *text)
{
	if (!*text)
		return;
	fprintf(to, "# %s: ", name);
	line_print(to, text);
	fputc('\n', to);
}

/* One comment for each line of `lines`. */
static void comments_print(FILE *to, const char *name, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");
		if (n)
			fprintf(to, "# %s: %.*s\n", name, (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}

/* from: the capture that was judged again, or "". */
static void header_print(FILE *to, const struct run_header *h, const char *from, bool first_line_only)
{
	fprintf(to, "# tcpspec %s, target %s", h->version, h->target);
	if (*h->target_version)
		fprintf(to, " (%s)", h->target_version);
	fprintf(to, ", profile %s%s%s, seed %" PRIu64 "\n", h->profile, h->strict ? ", strict" : "", h->as_shipped ? ", as shipped" : "", h->seed);
	if (first_line_only)
		return;
	comment_print(to, "suite", h->suite);
	comment_print(to, "judged again from", from);
	comment_print(to, "kernel", h->kernel);
	comment_print(to, "link", h->link);
	if (*h->fence)
		fprintf(to, "# fence: %s; round trip %.1f us\n", h->fence, (double)h->round_trip_ns / 1000);
	comment_print(to, "choices", text_string(&h->choices));
	comments_print(to, "setting", text_string(&h->settings));
	comment_print(to, "selection", text_string(&h->selection));
	comments_print(to, "merged", text_string(&h->merged));
	if (h->scope.shards > 1)
		fprintf(to, "# shard: %u/%u, %u of %u\n", h->scope.shard, h->scope.shards, h->scope.planned, h->scope.whole);
}

void tap_begin(struct report *r, unsigned planned)
{
	r->begun = true;
	r->planned = planned;
	if (!r->quiet)
		fprintf(r->to, "TAP version 13\n1..%u%s\n", planned, planned ? "" : " # SKIP no test of the selection falls into this shard");
	header_print(r->to, &r->header, r->from ? r->from : "", r->quiet);
}

void tap_bail(struct report *r, const char *why)
{
	if (!r->begun && !r->quiet)
		fputs("TAP version 13\n", r->to);
	fputs(r->quiet ? "# " : "Bail out! ", r->to);
	line_print(r->to, why);
	fputc('\n', r->to);
}

static bool verdict_is_ok(const struct report *r, enum verdict v)
{
	switch (v) {
	case PASS:
	case INFORMATIONAL:
	case UNIMPLEMENTED:
		return true;
	case NON_STRICT:
		return !r->strict;
	case FAIL:
	case INCONCLUSIVE:
	case KNOWN:
	case XPASS:
	case VERDICTS:
		break;
	}
	return false;
}

static const char *verdict_severity(enum verdict v)
{
	switch (v) {
	case NON_STRICT:
		return "non-strict";
	case INFORMATIONAL:
		return "informational";
	case UNIMPLEMENTED:
		return "unimplemented";
	case INCONCLUSIVE:
		return "inconclusive";
	case KNOWN:
		return "known";
	case XPASS:
		return "xpass";
	case PASS:
	case FAIL:
	case VERDICTS:
		break;
	}
	return "fail";
}

/* The one command that runs it again. An id holds no quote. */
static void rerun_print(const struct report *r, const char *id)
{
	struct text command = {0};
	text_add(&command, "tcpspec run --seed %" PRIu64 "%s '%s'", r->header.seed, r->rerun ? r->rerun : "", id);
	yaml_string(r->to, 2, "rerun", text_string(&command));
	text_free(&command);
}

static void diagnostics_print(const struct report *r, const struct result *res)
{
	FILE *to = r->to;
	/* There may be tens of thousands of them: the line that excuses them, and `show`, tell the rest. */
	const bool known_cell = res->verdict == KNOWN && strncmp(res->id, "matrix/", 7) == 0;
	fprintf(to, "  ---\n  severity: %s\n  level: %s\n", verdict_severity(res->verdict), level_name(res->level));
	yaml_string(to, 2, "asked", res->title);
	yaml_string(to, 2, "clause", *res->clause ? res->clause : res->ref);
	if (!known_cell)
		yaml_list(to, 2, "permitted", text_string(&res->permitted));
	yaml_string(to, 2, "actual", text_string(&res->actual));
	yaml_string(to, 2, "cause", res->cause);
	yaml_string(to, 2, "known", text_string(&res->known));
	yaml_string(to, 2, "remark", text_string(&res->remark));
	if (*res->state_before || *res->state_after) {
		fputs("  state:\n", to);
		yaml_string(to, 4, "before", res->state_before);
		yaml_string(to, 4, "after", res->state_after);
		yaml_string(to, 4, "by", res->state_by);
	}
	yaml_string(to, 2, "tuple", res->endpoint);
	if (res->attempts > 1)
		fprintf(to, "  attempts: %u\n", res->attempts);
	if (!known_cell)
		yaml_block(to, 2, "ladder", "# as it happened", text_string(&res->ladder));
	rerun_print(r, res->id);
	fputs("  ...\n", to);
}

static void directive_print(FILE *to, const struct result *res)
{
	if (res->verdict == UNIMPLEMENTED) {
		fputs(" # SKIP ", to);
		line_print(to, *res->cause ? res->cause : "unimplemented");
	} else if (res->verdict == KNOWN) {
		fputs(" # TODO ", to);
		line_print(to, res->known.length ? text_string(&res->known) : "known deviation");
	}
	fputc('\n', to);
}

void tap_result(struct report *r, const struct result *res)
{
	r->number++;
	report_count(r, res);
	bool ok = verdict_is_ok(r, res->verdict);
	/* For people a known deviation is told by its line in the summary, once. */
	if (r->quiet && (ok || res->verdict == KNOWN))
		return;
	fprintf(r->to, "%s %u - %s", ok ? "ok" : "not ok", r->number, res->id);
	directive_print(r->to, res);
	if (res->verdict != PASS)
		diagnostics_print(r, res);
}
