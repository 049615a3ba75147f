/* libFuzzer harness of all that reads text from outside: ladders, known deviations, a target's declarations, the record's lines. An input is taken for each of them. What a ladder is written as
 * reads as the same scripts, and what a result is written as as the same result. It plays nothing on a stack. */
#include <string.h>

#include <jansson.h>

#include "fuzz/property.h"
#include "lib/base/memory.h"
#include "lib/run/known.h"
#include "lib/script/family.h"
#include "lib/script/ladder.h"

enum { FAMILY_MAX = 16 }; /* ladders of one file: more are more of the same */

PROPERTY(ladder_is_kept, "a ladder is written, and what was written does not read, or is written otherwise")
PROPERTY(script_is_kept, "a ladder is written, and what was written compiles to other scripts")
PROPERTY(script_text_is_kept, "a script is written, and what was written is another script")
PROPERTY(result_is_kept, "a result is written, and what was written is another result")

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

/* The input in place of every file, by the linker (--wrap): what is read is not to depend on where the harness runs. */
static const uint8_t *file;
static size_t file_octets;
char *__wrap_memory_file(const char *path, size_t *size, struct error *e);

char *__wrap_memory_file(const char *path, size_t *size, struct error *e)
{
	/* Of another file, which a declaration is like. */
	static const char other[] = "[target]\nname = other\nkind = linux\nfence = both\n[given]\nnagle = socket TCP_NODELAY yes=0 no=1\n";
	const bool is_input = strcmp(path, "known.tsv") == 0 || strcmp(path, "target.ini") == 0;
	const size_t n = is_input ? file_octets : strlen(other);
	char *at = memory_zeroed(n + 1, 1);

	(void)e;
	if (n)
		memcpy(at, is_input ? (const char *)file : other, n);
	if (size)
		*size = n;
	return at;
}

/* ---- ladders ---- */

static void script_check(const struct script *s)
{
	struct text out = {0}, why = {0};
	struct ladder *l;
	struct script *back;

	script_write(s, &out);
	l = ladder_read("written", text_string(&out), NULL);
	back = l ? ladder_compile(l, s->side, NULL) : NULL;
	script_text_is_kept(back != NULL);
	/* Where the numbers begin, a row may say that this side never sees, and a script is written without it. */
	memcpy(back->base_known, s->base_known, sizeof s->base_known);
	memcpy(back->base, s->base, sizeof s->base);
	script_text_is_kept(script_equal(s, back));
	script_lint(s, &why);
	script_free(back);
	ladder_free(l);
	text_free(&out);
	text_free(&why);
}

static void side_check(const struct ladder *l, const struct ladder *again, char side)
{
	struct error e, e_again;
	struct script *s = ladder_compile(l, side, &e), *t = ladder_compile(again, side, &e_again);

	script_is_kept(s ? t && script_equal(s, t) : !t);
	if (s)
		script_check(s);
	script_free(s);
	script_free(t);
}

static void ladder_check(const char *text)
{
	struct text once = {0}, twice = {0};
	struct error e;
	struct ladder *l = ladder_read("input", text, &e), *again;

	if (!l)
		return;
	ladder_write(l, &once);
	again = ladder_read("written", text_string(&once), &e);
	ladder_is_kept(again != NULL);
	ladder_write(again, &twice);
	ladder_is_kept(strcmp(text_string(&once), text_string(&twice)) == 0);
	for (char side = 'a'; side <= 'b'; side++) {
		script_is_kept(ladder_plays(l, side) == ladder_plays(again, side));
		if (ladder_plays(l, side))
			side_check(l, again, side);
	}
	ladder_free(l);
	ladder_free(again);
	text_free(&once);
	text_free(&twice);
}

static void family_check(const char *text)
{
	struct error e;
	const size_t count = family_count("input", text, &e);

	for (size_t i = 0; i < count && i < FAMILY_MAX; i++) {
		struct text one = {0};

		if (family_ladder("input", text, i, &one, &e))
			ladder_check(text_string(&one));
		text_free(&one);
	}
}

/* ---- what stands beside a target ---- */

static void known_check(void)
{
	struct known k = {0};
	struct error e;

	known_read(&k, "known.tsv", &e);
	for (size_t i = 0; i < k.count; i++)
		if (known_means(&k.at[i], "matrix/established/rst/exact/none/0/-/v4"))
			known_reaction_is(&k.at[i], "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED", "ESTABLISHED");
	known_free(&k);
}

static void declaration_check(bool as_shipped)
{
	static const char gifts[] = "nagle=yes, msl=2 s"; /* as the header `with:` of a ladder asks for them */
	struct text out = {0};
	struct error e;
	struct declaration *d = declaration_read("target.ini", PROFILE_RFC9293, as_shipped, &e);

	if (d) {
		declaration_print(d, &out);
		declaration_has(d, gifts);
	}
	if (d && declaration_gives(d, gifts))
		declaration_free(declaration_with(d, gifts));
	declaration_free(d);
	text_free(&out);
}

/* ---- records ---- */

static void result_check(const json_t *o)
{
	struct result r = {0}, again = {0};
	struct error e;
	char *once, *twice;

	if (result_take(o, &r, &e)) {
		once = result_json(&r, NULL);
		result_is_kept(result_read(once, &again, &e));
		twice = result_json(&again, NULL);
		result_is_kept(strcmp(once, twice) == 0);
		free(once);
		free(twice);
	}
	result_free(&r);
	result_free(&again);
}

static void record_check(const uint8_t *octets, size_t n)
{
	struct run_header h = {0};
	struct run_counts c = {0};
	struct error e;
	json_t *o = json_loadb((const char *)octets, n, 0, NULL);

	if (o) {
		result_check(o);
		run_header_read(o, &h, &e);
		run_counts_read(o, &c, &e);
	}
	run_header_free(&h);
	run_counts_free(&c);
	json_decref(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
	char *text;

	file = octets;
	file_octets = n;
	text = __wrap_memory_file("target.ini", NULL, NULL);
	family_check(text);
	known_check();
	declaration_check(false);
	declaration_check(true);
	if (n && octets[0] == '{')
		record_check(octets, n);
	free(text);
	return 0;
}
