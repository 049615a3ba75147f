/* Results of several runs by id and by cause. It prints nothing. */
#include "reports/compare.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "reports/slice.h"

void compare_begin(struct compare *c, size_t runs)
{
	*c = (struct compare){.runs = runs};
	c->run = memory_zeroed(runs, sizeof *c->run);
}

/* The row of that number, made when it was not there. */
static struct compare_said *row_at(struct compare_said **said, size_t *room, size_t row, size_t runs)
{
	if (row >= *room) {
		const size_t more = 2 * row + 256;
		*said = memory_resized(*said, more * runs, sizeof **said);
		memset(*said + *room * runs, 0, (more - *room) * runs * sizeof **said);
		*room = more;
	}
	return *said + row * runs;
}

/* "silence", "silence → CLOSED", or what came. */
static void reaction_print(const struct result *r, struct text *to)
{
	struct text reaction = {0};
	slice_reaction(r, &reaction);
	const char *said = text_string(&reaction);
	const bool silent = *said == '-';
	text_add(to, "%s%s", silent ? "silence" : "", said + silent);
	text_free(&reaction);
}

/* What was seen of a cell is its reaction; of a ladder, and where nothing was judged, it is the verdict, and why. */
static void word_print(const struct result *r, struct text *to)
{
	const bool is_cell = strncmp(r->id, "matrix/", strlen("matrix/")) == 0;
	switch (r->verdict) {
	case UNIMPLEMENTED:
		text_add(to, "lacking");
		return;
	case INCONCLUSIVE:
		text_add(to, "%s", r->cause_class[0] ? r->cause_class : "unclear");
		return;
	case XPASS:
		text_add(to, "passes, though known");
		return;
	case PASS:
	case NON_STRICT:
	case FAIL:
	case KNOWN:
	case INFORMATIONAL:
	case VERDICTS:
		break;
	}
	if (is_cell && r->actual.length)
		reaction_print(r, to);
	else if (r->verdict == FAIL || r->verdict == KNOWN)
		text_add(to, "%s", r->cause_class[0] ? r->cause_class : "fails");
	else
		text_add(to, "%s", r->verdict == NON_STRICT ? "SHOULD not kept" : r->verdict == INFORMATIONAL ? "free"
		                                                                                              : "pass");
}

/* What is no pass has a cause; a known deviation has its reason for one, up to the clause. */
static bool cause_print(const struct result *r, struct text *to)
{
	const char *known = text_string(&r->known);
	if (r->verdict == PASS || r->verdict == INFORMATIONAL)
		return false;
	if (r->verdict == KNOWN && *known)
		text_add(to, "%.*s", (int)strcspn(known, "["), known);
	else
		text_add(to, "%s", r->cause_class[0] ? r->cause_class : verdict_name(r->verdict));
	while (to->length && to->at[to->length - 1] == ' ')
		to->at[--to->length] = '\0';
	return true;
}

static void cause_take(struct compare *c, size_t i, const struct result *r)
{
	struct text cause = {0};
	if (cause_print(r, &cause)) {
		struct compare_said *s = &row_at(&c->cause_said, &c->cause_rows, pool_add(&c->causes, text_string(&cause)), c->runs)[i];
		/* One class of causes may stand under several verdicts: the gravest shows. */
		const bool graver = !s->there || r->verdict == FAIL;
		s->verdict = graver ? (uint8_t)r->verdict : s->verdict;
		s->there = true;
		s->count++;
	}
	text_free(&cause);
}

bool compare_take(struct compare *c, size_t i, const struct result *r)
{
	struct text word = {0};
	struct compare_said *s = &row_at(&c->id_said, &c->id_rows, pool_add(&c->ids, r->id), c->runs)[i];
	if (s->there)
		return false;
	word_print(r, &word);
	*s = (struct compare_said){.there = true, .verdict = (uint8_t)r->verdict, .word = pool_add(&c->words, text_string(&word))};
	text_free(&word);
	c->run[i].total++;
	c->run[i].by_verdict[r->verdict]++;
	cause_take(c, i, r);
	return true;
}

void compare_free(struct compare *c)
{
	for (size_t i = 0; i < c->runs; i++) {
		run_header_free(&c->run[i].header);
		text_free(&c->run[i].note);
	}
	free(c->run);
	free(c->id_said);
	free(c->cause_said);
	pool_free(&c->ids);
	pool_free(&c->causes);
	pool_free(&c->words);
	*c = (struct compare){.runs = 0};
}
