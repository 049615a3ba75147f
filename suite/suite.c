/* The suite as a list of scripts: ladder files read from disk, then the generated cells. It neither plays nor judges them. */
#include "suite/suite.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/run/control.h"
#include "lib/script/family.h"
#include "suite/cells.h"

static void suite_error(struct suite *s, const char *line)
{
	text_add(&s->errors, "%s\n", line);
	s->error_count++;
}

/* FNV-1a: ids are short and not chosen by an enemy. */
static size_t id_hash(const char *id)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (; *id; id++)
		h = (h ^ (uint8_t)*id) * UINT64_C(1099511628211);
	return (size_t)(h ^ (h >> 32));
}

/* The slot that holds id, or the free one where it belongs. slots > 0. */
static size_t *suite_slot(const struct suite *s, const char *id)
{
	size_t i = id_hash(id) & (s->slots - 1);
	while (s->slot[i] && strcmp(s->script[s->slot[i] - 1]->id, id) != 0)
		i = (i + 1) & (s->slots - 1);
	return &s->slot[i];
}

const struct script *suite_result(const struct suite *s, const char *id, enum family *f)
{
	char name[ID_MAX];
	const size_t n = strlen(id);
	if (s->slots == 0 || n < 4 || n >= sizeof name || memcmp(id + n - 3, "/v", 2) != 0 || (id[n - 1] != '4' && id[n - 1] != '6'))
		return NULL;
	memcpy(name, id, n - 3);
	name[n - 3] = '\0';
	*f = id[n - 1] == '4' ? IPV4 : IPV6;
	const size_t place = *suite_slot(s, name);
	return place ? s->script[place - 1] : NULL;
}

static void suite_grow(struct suite *s)
{
	s->room = s->room ? 2 * s->room : 256;
	s->script = memory_resized(s->script, s->room, sizeof(*s->script));
	free(s->slot);
	s->slots = 2 * s->room;
	s->slot = memory_zeroed(s->slots, sizeof(*s->slot));
	for (size_t i = 0; i < s->count; i++)
		*suite_slot(s, s->script[i]->id) = i + 1;
}

void suite_add(struct suite *s, struct script *script)
{
	if (s->count == s->room)
		suite_grow(s);
	size_t *slot = suite_slot(s, script->id);
	if (*slot) {
		const char *first = s->script[*slot - 1]->file;
		struct error e;
		error_set(&e, "%s: id \"%s\" stands in %s already, give one of them another id", *script->file ? script->file : "the generated cells", script->id,
		          *first ? first : "the generated cells");
		suite_error(s, e.text);
		script_free(script);
		return;
	}
	s->script[s->count++] = script;
	*slot = s->count;
}

/* One ladder: a script for each side that it plays. */
static void suite_add_ladder(struct suite *s, const char *file, const char *text)
{
	struct error e = {.text = ""};
	struct ladder *l = ladder_read(file, text, &e);
	if (!l) {
		suite_error(s, e.text);
		return;
	}
	for (char side = 'a'; side <= 'b'; side++) {
		if (!ladder_plays(l, side))
			continue;
		struct script *script = ladder_compile(l, side, &e);
		if (!script) {
			suite_error(s, e.text);
			break;
		}
		suite_add(s, script);
	}
	ladder_free(l);
}

void suite_add_file(struct suite *s, const char *file)
{
	struct error e = {.text = ""};
	struct text one = {0};
	size_t size;
	char *text = memory_file(file, &size, &e);
	const size_t count = text ? family_count(file, text, &e) : 0;
	bool ok = count > 0;
	for (size_t i = 0; ok && i < count; i++) {
		text_clear(&one);
		ok = family_ladder(file, text, i, &one, &e);
		if (ok)
			suite_add_ladder(s, file, text_string(&one));
	}
	if (!ok)
		suite_error(s, e.text);
	text_free(&one);
	free(text);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_ladder(const FTSENT *at)
{
	static const char suffix[] = ".ladder";
	size_t n = sizeof(suffix) - 1;
	return at->fts_info == FTS_F && at->fts_namelen > n && strcmp(at->fts_name + at->fts_namelen - n, suffix) == 0;
}

bool suite_add_directory(struct suite *s, const char *directory, struct error *e)
{
	char *root = memory_string(directory);
	char *roots[] = {root, NULL};
	FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	bool ok = tree != NULL;
	int why = errno;
	FTSENT *at;
	while (ok && (at = fts_read(tree))) {
		bool unreadable = at->fts_info == FTS_DNR || at->fts_info == FTS_ERR || at->fts_info == FTS_NS;
		if (unreadable && at->fts_level == 0) {
			why = at->fts_errno;
			ok = false;
		} else if (unreadable) {
			struct error line;
			error_set(&line, "%s: cannot be read: %s", at->fts_path, strerror(at->fts_errno));
			suite_error(s, line.text);
		} else if (is_ladder(at)) {
			suite_add_file(s, at->fts_path);
		}
	}
	if (tree)
		fts_close(tree);
	free(root);
	return ok || error_set(e, "%s: cannot be read: %s, while looking for ladders; name the data directory in TCPSPEC_DATA", directory, strerror(why));
}

bool matrix_add(struct suite *s, const char *set, struct error *e)
{
	enum family f;
	struct cells *c = cells_new(set, e);
	for (size_t i = 0; c && i < cells_count(c); i++) {
		const struct script *script = cells_script(c, i, &f);
		if (f == IPV4)
			suite_add(s, script_copy(script));
	}
	cells_free(c);
	return c != NULL;
}

static bool controls_add(struct suite *s, struct error *e)
{
	struct controls *c = memory_zeroed(1, sizeof *c);
	const bool ok = controls_make(c, e);
	for (size_t i = 0; ok && i < c->count; i++) {
		suite_add(s, c->at[i].script);
		c->at[i].script = NULL; /* the suite's now */
	}
	controls_free(c);
	free(c);
	return ok;
}

bool suite_load(struct suite *s, const char *directory, struct error *e)
{
	memset(s, 0, sizeof(*s));
	if (!suite_add_directory(s, directory, e))
		return false;
	struct error cells = {.text = ""};
	if (!matrix_add(s, "base", &cells) || !controls_add(s, &cells))
		suite_error(s, cells.text);
	return true;
}

void suite_free(struct suite *s)
{
	for (size_t i = 0; i < s->count; i++)
		script_free(s->script[i]);
	free(s->script);
	free(s->slot);
	text_free(&s->errors);
	memset(s, 0, sizeof(*s));
}
