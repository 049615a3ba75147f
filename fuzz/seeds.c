/* Writes seeds of the stacks' harnesses: every ladder of the suite, and a cell of the matrix for each row and control bits, played on the reference stack and written down as inputs. It judges nothing.
 *
 * usage: make-seeds FOLDER      (from the top of the tree; FOLDER/fuzz_reference/0001, ...) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/record.h"
#include "lib/base/memory.h"
#include "lib/run/virtual.h"
#include "suite/cells.h"
#include "suite/suite.h"

enum { SEEDS_MAX = 8192,
       WORDS_MAX = 128,
       CELLS_MAX = 1024,
       V6_IN = 4 }; /* one ladder in so many is also played over IPv6 */

/* targets/reference/target.ini, as the Makefile has put it in. */
extern const char fuzz_declaration[];

/* What was written, by a number of each. */
struct seeds {
	char folder[256];
	uint64_t seen[SEEDS_MAX];
	unsigned count, played, same, empty, cut;
	struct script *script; /* an input's, to see that it has one */
};

static struct run_options options = {.seed = 1, .whole = true};
static struct stage stage;

static _Noreturn void give_up(const char *what, const char *why)
{
	fprintf(stderr, "make-seeds: %s: %s\n", what, why);
	exit(3);
}

static void on_result(void *self, struct result *r, const struct script *s)
{
	(void)self;
	(void)s;
	(void)r;
}

static struct virtual *stage_open(void)
{
	static const struct sprint_events events = {.result = on_result};
	struct error e;
	struct declaration *d = declaration_read_text("targets/reference/target.ini", fuzz_declaration, PROFILE_RFC9293, &e);
	if (!d)
		give_up("the declaration", e.text);
	stage.options = &options;
	stage.declaration = d;
	stage.fence = FENCE_CALL;
	in_process_link(&stage.link);
	if (!target_in_process_begin(&stage.target, &stage.link, record_operations(tcpspec_stack_operations(), &d->model.constants), d, options.seed, &e))
		give_up("the reference stack", e.text);
	stage.in_process = target_in_process(&stage.target);
	struct virtual *v = virtual_new(&stage, &events, &e);
	if (!v)
		give_up("the reference stack", e.text);
	return v;
}

static uint64_t hash_of(const uint8_t *octets, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < n; i++)
		h = (h ^ octets[i]) * UINT64_C(1099511628211);
	return h;
}

static bool is_new(struct seeds *s, uint64_t h)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->seen[i] == h)
			return false;
	return s->count < SEEDS_MAX;
}

static void octets_write(struct seeds *s, const uint8_t *octets, size_t n)
{
	char path[300];
	s->seen[s->count++] = hash_of(octets, n);
	snprintf(path, sizeof path, "%s/%04u", s->folder, s->count);
	FILE *to = fopen(path, "wb");
	if (!to || fwrite(octets, 1, n, to) != n || fclose(to) != 0)
		give_up(path, strerror(errno));
}

/* A seed that does not read as what was written would be none. */
static void seed_put(struct seeds *s, const struct input *in)
{
	uint8_t octets[INPUT_OCTETS_MAX];
	static struct input back;
	struct error e = {.text = "it reads as another input"};
	const size_t n = input_encode(in, octets, sizeof octets);
	s->cut += in->count == MOVES_MAX;
	if (n == 0 || !input_script(in, ~0U, s->script))
		s->empty++;
	else if (!input_decode(octets, n, &back, &e) || !input_equal(in, &back))
		give_up("a seed", e.text);
	else if (!is_new(s, hash_of(octets, n)))
		s->same++;
	else
		octets_write(s, octets, n);
}

static void script_seed(struct seeds *s, struct virtual *v, const struct script *script, enum family f)
{
	const struct play p = {.script = script, .family = f};
	enum verdict verdict;
	struct error e;
	record_begin(f == IPV6);
	if (!virtual_judge(v, &p, &verdict, &e))
		give_up(script->id, e.text);
	s->played++;
	seed_put(s, record_end());
}

static void ladders_seed(struct seeds *s, struct virtual *v)
{
	struct suite suite = {0};
	struct error e;
	if (!suite_load(&suite, "suite", &e))
		give_up("suite", e.text);
	for (size_t i = 0; i < suite.count; i++) {
		const struct script *script = suite.script[i];
		if (strncmp(script->id, "matrix/", 7) == 0)
			continue;
		if (script_speaks(script, IPV4))
			script_seed(s, v, script, IPV4);
		if (script_speaks(script, IPV6) && (!script_speaks(script, IPV4) || i % V6_IN == 0))
			script_seed(s, v, script, IPV6);
	}
	suite_free(&suite);
}

static void cells_seed(struct seeds *s, struct virtual *v)
{
	static char words[CELLS_MAX][WORDS_MAX];
	struct error e;
	unsigned n = 0;
	struct cells *c = cells_new("base", &e);
	if (!c)
		give_up("the matrix", e.text);
	for (size_t i = 0; i < cells_count(c); i++) {
		struct cell_coordinates k;
		char word[WORDS_MAX];
		enum family f;
		unsigned at = 0;
		cells_coordinates(c, i, &k);
		snprintf(word, sizeof word, "%s %s", k.row, k.ctl);
		while (at < n && strcmp(words[at], word) != 0)
			at++;
		if (at < n || n == CELLS_MAX || k.family != IPV4)
			continue;
		memcpy(words[n++], word, sizeof word);
		const struct script *script = cells_script(c, i, &f);
		script_seed(s, v, script, f);
	}
	cells_free(c);
}

int main(int argc, char **argv)
{
	static struct seeds s;
	if (argc != 2) {
		fprintf(stderr, "usage: make-seeds FOLDER\n");
		return 2;
	}
	snprintf(s.folder, sizeof s.folder, "%s/fuzz_reference", argv[1]);
	if (mkdir(s.folder, 0777) < 0 && errno != EEXIST)
		give_up(s.folder, strerror(errno));
	struct virtual *v = stage_open();
	s.script = input_script_new();
	ladders_seed(&s, v);
	cells_seed(&s, v);
	printf("%u seeds of %u plays; %u are as others, %u say nothing, %u are cut to %d moves\n", s.count, s.played, s.same, s.empty, s.cut, MOVES_MAX);
	script_free(s.script);
	virtual_free(v);
	target_stop(&stage.target);
	return 0;
}
