/* The first lines of two records, field by field, and the sentence for the first difference. */
#include "lib/cli/agree.h"

#include <stdio.h>
#include <string.h>

struct pair {
	const char *a_name, *b_name;
	struct error *e;
};

/* The first line of each in which two texts differ is what a reader wants to see of long ones. */
static const char *first_difference(const char *at, const char *other)
{
	const char *line = at;
	for (; *at && *at == *other; at++, other++)
		if (*at == '\n' || *at == ' ')
			line = at + 1;
	return line;
}

static bool same(const struct pair *p, const char *what, const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return true;
	const char *in_a = first_difference(a, b), *in_b = first_difference(b, a);
	return error_set(p->e, "%s and %s are not of one run: the %s is \"%.*s\" in the first and \"%.*s\" in the second", p->a_name, p->b_name, what, (int)strcspn(in_a, "\n") > 200 ? 200 : (int)strcspn(in_a, "\n"), in_a,
	                 (int)strcspn(in_b, "\n") > 200 ? 200 : (int)strcspn(in_b, "\n"), in_b);
}

static bool same_word(const struct pair *p, const char *what, const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return true;
	a += *a == ' '; /* a line of arguments begins with one */
	b += *b == ' ';
	return error_set(p->e, "%s and %s are not of one run: the %s is \"%s\" in the first and \"%s\" in the second", p->a_name, p->b_name, what, a, b);
}

static bool same_selection(const struct pair *p, const struct run_header *a, const struct run_header *b)
{
	char ids_a[64], ids_b[64];
	if (!same_word(p, "selection", text_string(&a->selection), text_string(&b->selection)) || !same_word(p, "set of axes", a->scope.axes, b->scope.axes) ||
	    !same_word(p, "line of options", text_string(&a->scope.options), text_string(&b->scope.options)))
		return false;
	snprintf(ids_a, sizeof ids_a, "%u ids, %016llx", a->scope.whole, (unsigned long long)a->scope.ids);
	snprintf(ids_b, sizeof ids_b, "%u ids, %016llx", b->scope.whole, (unsigned long long)b->scope.ids);
	return same_word(p, "suite behind the selection", ids_a, ids_b);
}

static bool same_shard(const struct pair *p, const struct run_scope *a, const struct run_scope *b)
{
	char shard_a[32], shard_b[32];
	snprintf(shard_a, sizeof shard_a, "%u/%u", a->shard, a->shards);
	snprintf(shard_b, sizeof shard_b, "%u/%u", b->shard, b->shards);
	return same_word(p, "shard", shard_a, shard_b);
}

bool headers_agree(const struct run_header *a, const char *a_name, const struct run_header *b, const char *b_name, enum agree_extent extent, bool shard, struct error *e)
{
	const struct pair p = {a_name, b_name, e};
	const bool asked = same_word(&p, "version of tcpspec", a->version, b->version) && same_word(&p, "target", a->target, b->target) && same_word(&p, "profile", a->profile, b->profile) &&
	                   same_selection(&p, a, b) && (!shard || same_shard(&p, &a->scope, &b->scope)) && same(&p, "declaration (choices and constants)", text_string(&a->choices), text_string(&b->choices)) &&
	                   same_word(&p, "list of known deviations", a->scope.known, b->scope.known);
	if (!asked || extent == AGREE_ASKED)
		return asked;
	return same_word(&p, "target's version", a->target_version, b->target_version) && same_word(&p, "kernel", a->kernel, b->kernel) &&
	       same(&p, "settings", text_string(&a->settings), text_string(&b->settings));
}
