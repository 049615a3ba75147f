/* `tcpspec explain`: the rule behind a test, its clause, and what the model permits after each of its stimuli; or a requirement. No stack is asked. */
#include "lib/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/cli/requirements.h"
#include "lib/script/lint.h"

static void field_print(const char *name, const char *value)
{
	if (*value)
		printf("%-8s %s\n", name, value);
}

/* Column `wanted` (from 0) of a tab-separated line. */
static const char *column(const char *line, unsigned wanted, size_t *n)
{
	while (wanted > 0 && line[strcspn(line, "\t\n")] == '\t') {
		line += strcspn(line, "\t\n") + 1;
		wanted--;
	}
	*n = wanted ? 0 : strcspn(line, "\t\n");
	return line;
}

enum { COLUMN_STIMULUS = 5,
       COLUMN_EXPECTED = 6 };

static void requirement_print(const char *catalogue, const char *id, size_t n)
{
	for (const char *line = catalogue; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (strncmp(line, id, n) != 0 || line[n] != '\t')
			continue;
		size_t stimulus_length, expected_length;
		const char *stimulus = column(line, COLUMN_STIMULUS, &stimulus_length), *expected = column(line, COLUMN_EXPECTED, &expected_length);
		printf("%-8s %.*s\n         when: %.*s\n         then: %.*s\n", "covers", (int)n, id, (int)stimulus_length, stimulus, (int)expected_length, expected);
		return;
	}
	printf("%-8s %.*s\n", "covers", (int)n, id);
}

/* The requirements that a script covers, with the catalogue's words. */
static void covers_print(const char *covers)
{
	char path[CLI_PATH_MAX];
	size_t size;
	char *catalogue = *covers && data_path(path, "suite/requirements.tsv", NULL) ? memory_file(path, &size, NULL) : NULL;
	while (*covers) {
		size_t n = strcspn(covers, ", ");
		if (n)
			requirement_print(catalogue ? catalogue : "", covers, n);
		covers += n + (covers[n] != '\0');
	}
	free(catalogue);
}

struct lint_play script_play_model(const struct script *script, size_t count, const struct model *m, struct text *why)
{
	struct script cut = *script;
	struct lint_play p = {.s = &cut, .model = m, .why = why};
	cut.count = count;
	lint_play_run(&p); /* where it stops, nothing is left in p.worlds */
	p.s = script;
	return p;
}

static void reaction_print(const struct reaction *r, const struct tcb *before, const struct segment *stimulus, struct text *out)
{
	struct text line = {0};
	for (unsigned i = 0; i < r->now_count; i++) {
		emission_print(&r->now[i], before, stimulus, &line);
		text_add(&line, " ");
	}
	if (r->has_due)
		text_add(&line, "(what is queued) ");
	else if (r->now_count == 0)
		text_add(&line, r->next.ack_owed && !before->ack_owed ? "(an ACK, which may be delayed) " : "(silence) ");
	text_add(&line, "=> %s  [%s %s%s]\n", state_name(r->next.state), level_name(r->level), r->clause ? r->clause : "", r->breaks_should ? "; not recommended" : "");
	if (!strstr(text_string(out), text_string(&line)))
		text_add(out, "         %s", text_string(&line));
	text_free(&line);
}

static void outcome_of(const struct lint_play *before, const struct lint_play *after, const struct step *st, const struct tcb *t, struct outcome *o)
{
	memset(o, 0, sizeof(*o));
	if (st->kind == STEP_CALL)
		step_call(before->model, t, st, st->n, after->now, o);
	else if (st->segment.said & SAY_ICMP)
		model_icmp(before->model, t, IPV4, st->segment.icmp_type, st->segment.icmp_code, said_mtu(&st->segment), after->stimulus.seq, after->now, o);
	else
		model_arrives(before->model, t, &after->stimulus, after->now, o);
}

/* What the model permits after the stimulus at step `at`, one reaction a line. */
static void stimulus_print(const struct script *script, size_t at, const struct model *m)
{
	const struct step *st = &script->step[at];
	struct text why = {0}, line = {0}, permitted = {0};
	step_write(st, script->side ? script->side : 'b', &line);
	printf("\n%s%s", text_string(&line), line.length && line.at[line.length - 1] == '\n' ? "" : "\n");
	struct lint_play before = script_play_model(script, at, m, &why), after = script_play_model(script, at + 1, m, &why);
	for (unsigned i = 0; i < before.worlds.count; i++) {
		const struct tcb *t = &before.worlds.h[i].tcb;
		struct outcome o;
		outcome_of(&before, &after, st, t, &o);
		for (unsigned r = 0; r < o.count; r++)
			reaction_print(&o.reaction[r], t, st->kind == STEP_SEND ? &after.stimulus : NULL, &permitted);
	}
	printf("%s", permitted.length ? text_string(&permitted) : "         (the model is not asked here)\n");
	lint_play_end(&before);
	lint_play_end(&after);
	text_free(&why);
	text_free(&line);
	text_free(&permitted);
}

/* No segment that TCP knows: its checksum or data offset is wrong, or it is none at all. */
static bool is_no_event(const struct step *st)
{
	return st->kind == STEP_SEND && st->segment.said & (SAY_RAW | SAY_SRC | SAY_CHK | SAY_OFF | SAY_EXT | SAY_FROM | SAY_TO);
}

static void explain_one(const struct script *script, unsigned families)
{
	(void)families;
	field_print("id", script->id);
	field_print("asks", script->title);
	field_print("level", level_name(script->level));
	field_print("clause", script->ref);
	covers_print(script->covers);
	field_print("file", script->file);
	struct model m = lint_model(script);
	for (size_t i = script->prelude; i < script->count; i++) {
		const struct step *st = &script->step[i];
		if ((st->kind == STEP_SEND || st->kind == STEP_CALL) && !is_no_event(st))
			stimulus_print(script, i, &m);
	}
	printf("\n");
}

/* Explains the arguments that are ids of requirements, and moves the others up. Returns how many are left. */
static int requirements_explain(int argc, char **argv)
{
	struct suite suite = {0};
	struct catalogue c = {.count = 0};
	struct error unheard;
	char directory[CLI_PATH_MAX];
	int left = 1;
	/* Where there is no catalogue, the rest of the command complains of what it does not know. */
	const bool known = data_directory(directory, &unheard) && data_suite(&suite, &unheard) && catalogue_load(&c, &suite, directory, &unheard);
	for (int i = 1; i < argc; i++) {
		const size_t row = known ? catalogue_row(&c, argv[i], strlen(argv[i])) : 0;
		if (row < c.count)
			requirement_explain(&c, row);
		else
			argv[left++] = argv[i];
	}
	catalogue_free(&c);
	suite_free(&suite);
	argv[left] = NULL;
	return left;
}

/* Does an argument look like a requirement's id? Tests' ids are of small letters. */
static bool may_be_requirement(const char *word)
{
	return *word >= 'A' && *word <= 'Z' && !strchr(word, '/');
}

int command_explain(int argc, char **argv)
{
	bool asked = false;
	for (int i = 1; i < argc; i++)
		asked = asked || may_be_requirement(argv[i]);
	if (asked) {
		argc = requirements_explain(argc, argv);
		if (argc == 1)
			return cli_finish(CODE_OK);
	}
	return each_meant(argc, argv, true, explain_one);
}
