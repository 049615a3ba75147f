/* Finds scripts by the ids of results. What an id stands for, the suite says. */
#include "lib/cli/find.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/rng.h"
#include "lib/cli/cli.h"

struct place {
	uint64_t hash;
	size_t cell;
};

static uint64_t hash_of(const char *id)
{
	return rng_named(0, id).state;
}

static int place_compare(const void *a, const void *b)
{
	const uint64_t x = ((const struct place *)a)->hash, y = ((const struct place *)b)->hash;
	return (x > y) - (x < y);
}

static bool cells_open(struct finder *f, const char *axes, struct error *e)
{
	char id[ID_MAX];
	f->cells = cells_new(axes, e);
	if (!f->cells)
		return false;
	f->places = cells_count(f->cells);
	f->place = memory_zeroed(f->places, sizeof *f->place);
	for (size_t i = 0; i < f->places; i++) {
		cells_id(f->cells, i, id);
		f->place[i] = (struct place){hash_of(id), i};
	}
	qsort(f->place, f->places, sizeof *f->place, place_compare);
	return true;
}

bool finder_open(struct finder *f, const char *axes, struct error *e)
{
	*f = (struct finder){.cells = NULL};
	if (data_suite(&f->suite, e) && (!axes[0] || cells_open(f, axes, e)))
		return true;
	finder_close(f);
	return false;
}

void finder_close(struct finder *f)
{
	suite_free(&f->suite);
	if (f->cells)
		cells_free(f->cells);
	free(f->place);
	*f = (struct finder){.cells = NULL};
}

static const struct script *cell_script(struct finder *f, const char *id, enum family *family)
{
	const struct place wanted = {.hash = hash_of(id)};
	char found[ID_MAX];
	const struct place *at = f->places ? bsearch(&wanted, f->place, f->places, sizeof *f->place, place_compare) : NULL;
	while (at && at > f->place && at[-1].hash == wanted.hash)
		at--;
	for (; at && at < f->place + f->places && at->hash == wanted.hash; at++) {
		cells_id(f->cells, at->cell, found);
		if (strcmp(found, id) == 0)
			return cells_script(f->cells, at->cell, family);
	}
	return NULL;
}

const struct script *finder_script(struct finder *f, const char *id, enum family *family)
{
	char whole[ID_MAX];
	const struct script *s = suite_result(&f->suite, id, family);
	if (!s)
		return cell_script(f, id, family);
	play_id(&(struct play){s, *family}, whole);
	return strcmp(whole, id) == 0 ? s : cell_script(f, id, family);
}
