/* libFuzzer harness of the encoding that the stacks' harnesses take: any octets are an input, an input is written in one way, which is read as the same; and what it means is a script that a ladder can say. It plays nothing. */
#include <string.h>

#include "fuzz/input.h"
#include "fuzz/property.h"
#include "lib/script/ladder.h"

PROPERTY(octets_are_an_input, "octets behind the version's are refused, or others are taken")
PROPERTY(input_is_kept, "an input is written, and what was written is another input")
PROPERTY(input_is_written_once, "an input is written in two ways")
PROPERTY(input_is_a_ladder, "the script of an input is written as a ladder, and that does not read, or as another script")

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void encoding_check(const struct input *in)
{
	static struct input back;
	uint8_t once[INPUT_OCTETS_MAX], twice[INPUT_OCTETS_MAX];
	const size_t n = input_encode(in, once, sizeof once);
	input_is_kept(n != 0 && input_decode(once, n, &back, NULL) && input_equal(in, &back));
	input_is_written_once(input_encode(&back, twice, sizeof twice) == n && memcmp(once, twice, n) == 0);
}

/* What a ladder adds: how its first state comes about, and what its target has to have, about which an input was asked before. */
static void steps_alone(struct script *s)
{
	s->count -= s->prelude;
	memmove(s->step, s->step + s->prelude, s->count * sizeof *s->step);
	s->prelude = 0;
	s->needs = 0;
}

static void ladder_check(const struct script *s)
{
	struct text out = {0};
	struct ladder *l;
	struct script *back;
	script_write(s, &out);
	l = ladder_read("written", text_string(&out), NULL);
	back = l ? ladder_compile(l, s->side, NULL) : NULL;
	input_is_a_ladder(back != NULL);
	steps_alone(back);
	input_is_a_ladder(script_equal(s, back));
	script_free(back);
	ladder_free(l);
	text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
	static struct input in;
	static struct script *s;
	struct error e;
	const bool read = input_decode(octets, n, &in, &e);
	if (!s)
		s = input_script_new();
	octets_are_an_input(read == (n > 0 && octets[0] == INPUT_VERSION));
	if (!read)
		return 0;
	encoding_check(&in);
	if (input_script(&in, ~0U, s))
		ladder_check(s);
	return 0;
}
