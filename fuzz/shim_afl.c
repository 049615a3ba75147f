/* AFL++'s entry points for a mutator of one's own (AFL_CUSTOM_MUTATOR_LIBRARY): the same mutator as libFuzzer's, in a library of its own. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/mutate.h"

void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *octets, size_t n, uint8_t **to, uint8_t *other, size_t other_octets, size_t room);
void afl_custom_deinit(void *data);

struct shim {
	struct rng rng;
	struct input in, a, b;
	uint8_t octets[INPUT_OCTETS_MAX];
};

void *afl_custom_init(void *afl, unsigned seed)
{
	struct shim *s = calloc(1, sizeof *s);
	(void)afl;
	if (s)
		s->rng = rng_seeded(seed);
	return s;
}

/* The other input is one of the queue, for splicing. What is no input of ours begins anew. 0: leave it out. */
size_t afl_custom_fuzz(void *data, uint8_t *octets, size_t n, uint8_t **to, uint8_t *other, size_t other_octets, size_t room)
{
	struct shim *s = data;
	const size_t fits = room < sizeof s->octets ? room : sizeof s->octets;
	if (!input_decode(octets, n, &s->in, NULL))
		s->in.count = 0;
	if (other && rng_below(&s->rng, 4) == 0 && input_decode(other, other_octets, &s->b, NULL)) {
		s->a = s->in;
		input_splice(&s->in, &s->a, &s->b, &s->rng);
	}
	input_mutate(&s->in, &s->rng);
	*to = s->octets;
	return input_encode_most(&s->in, s->octets, fits);
}

void afl_custom_deinit(void *data)
{
	free(data);
}
