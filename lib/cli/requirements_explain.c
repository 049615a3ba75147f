/* What `tcpspec explain` says of a requirement. What it says of a test is lib/cli/explain.c's. */
#include <stdio.h>
#include <string.h>

#include "lib/cli/requirements.h"

enum { LADDERS_SHOWN = 3 };

static void word_print(const char *name, const char *value)
{
	if (*value)
		printf("%-8s %s\n", name, value);
}

static void tests_print(const struct catalogue *c, size_t row)
{
	const char *name = "tests";
	for (size_t i = 0; i < c->covers; i++) {
		const struct cover *cover = &c->cover[i];
		if (cover->row != row)
			continue;
		printf("%-8s %s  %s\n", name, cover->script ? cover->script->id : cover->glob, cover->script ? cover->script->title : "(cells of the matrix)");
		name = "";
	}
}

static void proofs_print(const struct catalogue *c, size_t row)
{
	const char *name = "proved";
	for (size_t i = 0; i < c->proofs; i++) {
		if (c->proof[i].row != row)
			continue;
		printf("%-8s %s fails on the mutant %s\n", name, c->proof[i].test, c->proof[i].mutant);
		name = "";
	}
}

/* Of each file one, the first few. */
static void ladders_print(const struct catalogue *c, size_t row)
{
	const char *last = "";
	unsigned shown = 0;
	for (size_t i = 0; i < c->covers; i++) {
		const struct cover *cover = &c->cover[i];
		if (cover->row != row || !cover->script || strcmp(cover->script->file, last) == 0)
			continue;
		last = cover->script->file;
		if (shown++ == LADDERS_SHOWN) {
			printf("\n# there are more: tcpspec show\n");
			return;
		}
		struct text out = {0};
		script_write(cover->script, &out);
		printf("\n%s", text_string(&out));
		text_free(&out);
	}
}

void requirement_explain(const struct catalogue *c, size_t row)
{
	const struct requirement *r = &c->row[row];
	struct text clause = {0};
	requirement_clause(r, &clause);
	word_print("id", r->id);
	word_print("level", r->level);
	word_print("clause", text_string(&clause));
	word_print("states", r->states);
	word_print("when", r->stimulus);
	word_print("then", r->expected);
	printf("%-8s %s; %s\n", "seen", r->observable, r->timing);
	word_print("note", r->note);
	word_print("status", requirement_status_name(requirement_status(r)));
	word_print("because", r->reason ? r->reason : "");
	tests_print(c, row);
	proofs_print(c, row);
	ladders_print(c, row);
	printf("\n");
	text_free(&clause);
}
