/* Lines of causes: which of them means what a judge has failed on, or a rule that was broken. How these are named is fuzz/cause_id.c's. */
#include "fuzz/causes.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/known_match.h"

enum { REACTION_MAX = 8192 };

struct causes {
	struct known known;
	unsigned long met;
};

struct causes *causes_new(const char *name, const char *text, struct error *e)
{
	struct causes *c = memory_zeroed(1, sizeof *c);
	char *own = memory_string(text);
	const bool ok = known_read_text(&c->known, name, own, e);
	free(own);
	if (ok)
		return c;
	causes_free(c);
	return NULL;
}

void causes_free(struct causes *c)
{
	known_free(&c->known);
	free(c);
}

unsigned long causes_met(const struct causes *c)
{
	return c->met;
}

static const char *line_match(struct causes *c, const char *id, const char *reaction)
{
	struct known_walk w = known_walk_begin(&c->known, id);
	w.reaction = reaction;
	for (size_t at; (at = known_walk_next(&w)) != 0;) {
		struct known_line *l = &c->known.at[at - 1];
		if (fnmatch(l->reaction, reaction, FNM_EXTMATCH) != 0)
			continue;
		l->met++;
		c->met++;
		return l->at;
	}
	return NULL;
}

/* The judge has followed all hypotheses that there was room for, and none explains what was seen: of which class that is it cannot say. */
static bool is_unclassed(const struct judge *j)
{
	return strcmp(j->cause_class, "too many hypotheses") == 0;
}

static const char *unclassed_match(struct causes *c, const struct judge *j, const char *id, const char *reaction)
{
	static const char *const classes[] = {"unexpected segment", "no reply", "late reply", "next state", "wrong signal", "no signal", "wrong octets"};
	const char *seen = strchr(reaction, ':'), *at = NULL;
	char as[REACTION_MAX];
	for (size_t i = 0; i < sizeof classes / sizeof *classes && !at; i++) {
		snprintf(as, sizeof as, "%s%s", classes[i], seen);
		at = line_match(c, id, as);
	}
	if (at || !strchr(reaction, '!'))
		return at;
	snprintf(as, sizeof as, "malformed segment: %s%s", j->clause, seen);
	return line_match(c, id, as);
}

const char *causes_match(struct causes *c, const struct judge *j)
{
	char id[CAUSE_ID_MAX], reaction[REACTION_MAX];
	cause_id(j, id);
	cause_reaction(j, reaction, sizeof reaction);
	return is_unclassed(j) ? unclassed_match(c, j, id, reaction) : line_match(c, id, reaction);
}

const char *causes_match_rule(struct causes *c, const char *rule, const char *state, const char *words)
{
	char id[CAUSE_ID_MAX];
	snprintf(id, sizeof id, "rule/%s/%s", state, rule);
	return line_match(c, id, words);
}

void causes_print(const struct causes *c, FILE *to)
{
	for (size_t i = 0; i < c->known.count; i++)
		if (c->known.at[i].met)
			fprintf(to, "known: %s: %u: %s\n", c->known.at[i].at, c->known.at[i].met, c->known.at[i].reason);
}

json_t *causes_json(const struct causes *c)
{
	json_t *o = json_object();
	for (size_t i = 0; i < c->known.count; i++) {
		const struct known_line *k = &c->known.at[i];
		if (k->met)
			json_object_set_new(o, k->reason, json_integer(json_integer_value(json_object_get(o, k->reason)) + (json_int_t)k->met));
	}
	return o;
}
