/* Lines of [given], and the values that they make of a ladder's `with:`: units, ranges, and the kernel's way of counting retransmissions by time. */
#include "lib/target/given.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/model/keys.h"

static const char *const units[] = {[GIVEN_US] = "us", [GIVEN_MS] = "ms", [GIVEN_S] = "s", [GIVEN_COUNT] = "count", [GIVEN_BACKOFFS] = "backoffs"};

/* "LOW..HIGH" */
static bool range_read(struct given *g, const char *word)
{
	char *end;

	g->least = strtoull(word, &end, 10);
	if (end == word || strncmp(end, "..", 2) != 0)
		return false;
	word = end + 2;
	g->most = strtoull(word, &end, 10);
	return end != word && *end == '\0' && g->least <= g->most;
}

/* "yes=1", "no=0" */
static bool word_read(struct given *g, const char *word)
{
	const bool yes = strncmp(word, "yes=", 4) == 0;
	const char *value = word + (yes ? 4 : 3);

	if ((!yes && strncmp(word, "no=", 3) != 0) || !*value || strlen(value) >= sizeof g->yes)
		return false;
	memcpy(yes ? g->yes : g->no, value, strlen(value) + 1);
	return true;
}

static const char *choice_read(struct given *g, char **rest)
{
	g->unit = GIVEN_WORDS;
	for (char *word; (word = strtok_r(NULL, " \t", rest)) != NULL;)
		if (!word_read(g, word))
			return "a choice is followed by what stands for it: `yes=1 no=0`, or one of these";
	return g->yes[0] || g->no[0] ? NULL : "it does not say what stands for the choice: `yes=1 no=0`";
}

static const char *constant_read(struct given *g, char **rest)
{
	const char *unit = strtok_r(NULL, " \t", rest), *range = strtok_r(NULL, " \t", rest);

	g->most = UINT32_MAX;
	for (size_t i = 0; unit && i < sizeof units / sizeof *units; i++)
		if (strcmp(unit, units[i]) == 0) {
			g->unit = (enum given_unit)i;
			return (!range || range_read(g, range)) && !strtok_r(NULL, " \t", rest) ? NULL : "behind the unit stands nothing but a range, `1..255`";
		}
	return "the unit is us, ms, s, count or backoffs";
}

const char *given_read(struct given *g, const char *name, bool is_choice, char *line)
{
	char *rest = NULL;
	const char *how = strtok_r(line, " \t", &rest), *where = strtok_r(NULL, " \t", &rest);

	memset(g, 0, sizeof *g);
	if (!how || (strcmp(how, "sysctl") != 0 && strcmp(how, "socket") != 0))
		return "it is given by `sysctl NAME ...` or by `socket OPTION ...`";
	g->is_socket = how[1] == 'o';
	if (!where || strlen(where) >= sizeof g->where || (!g->is_socket && strncmp(where, "net.", 4) != 0))
		return "a sysctl's name begins with `net.`: only those belong to the target's namespace; an option's is as in `TCP_NODELAY`";
	snprintf(g->name, sizeof g->name, "%s", name);
	snprintf(g->where, sizeof g->where, "%s", where);
	return is_choice ? choice_read(g, &rest) : constant_read(g, &rest);
}

/* The time of n timeouts, the first of r, each twice the last up to `most`. */
static uint64_t backoffs_time(uint64_t r, uint64_t most, unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		sum += r < most ? r : most;
		r = r < most ? 2 * r : r;
	}
	return sum;
}

/* Between the last retransmission that is wanted, and the timeout behind it, both counted from the first retransmission; nearest to their middle, for the RTO is a little longer than its minimum. */
static bool backoffs_of(const struct constants *c, unsigned wanted, uint64_t *n)
{
	static const uint64_t hypothetical_us = 200000;
	const uint64_t first = backoffs_time(c->rto_min, c->rto_max, 1);
	const uint64_t last = backoffs_time(c->rto_min, c->rto_max, wanted) - (wanted ? first : 0), end = backoffs_time(c->rto_min, c->rto_max, wanted + 1) - first;
	uint64_t nearest = UINT64_MAX;

	for (unsigned i = 0; i < 255 && wanted; i++) {
		const uint64_t time = backoffs_time(hypothetical_us, c->rto_max, i + 1), middle = (last + end) / 2;
		const uint64_t away = time < middle ? middle - time : time - middle;
		/* A tenth off either end: the round trip, and the timers' granularity. */
		if (time < last + last / 10 + c->tick || time > end - end / 10 || away >= nearest)
			continue;
		nearest = away;
		*n = i;
	}
	return nearest != UINT64_MAX;
}

static bool constant_value(const struct given *g, const struct model *m, const char *value, uint64_t *n)
{
	static const uint64_t us[] = {[GIVEN_US] = 1, [GIVEN_MS] = 1000, [GIVEN_S] = 1000000};
	const uint64_t unit = g->unit <= GIVEN_S ? us[g->unit] : 1;
	struct constants c = m->constants;

	if (constant_set(&c, g->name, value))
		return false;
	if (g->unit == GIVEN_BACKOFFS)
		return backoffs_of(&c, c.retries, n);
	*n = constant_number(&c, g->name);
	if (*n % unit)
		return false;
	*n /= unit;
	return true;
}

bool given_value(const struct given *g, const struct model *m, const char *value, char to[64])
{
	const char *word = strcmp(value, "yes") == 0 ? g->yes : g->no;
	uint64_t n = 0;

	if (g->unit == GIVEN_WORDS) {
		snprintf(to, 64, "%s", word);
		return word[0] != '\0';
	}
	if (!constant_value(g, m, value, &n) || n < g->least || n > g->most)
		return false;
	snprintf(to, 64, "%" PRIu64, n);
	return true;
}
