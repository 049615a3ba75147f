/* libFuzzer's entry points. What they do is in fuzz/harness.c and fuzz/mutate.c. */
#include <string.h>

#include "fuzz/harness.h"
#include "fuzz/mutate.h"
#include "fuzz/novelty.h"
#include "lib/base/memory.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);
size_t LLVMFuzzerMutate(uint8_t *octets, size_t n, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *octets, size_t n, size_t room, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_octets, const uint8_t *b, size_t b_octets, uint8_t *to, size_t room, unsigned seed);

enum { RANDOM_MOVES = 8 };

/* libFuzzer's arguments, with ours first: what the caller says of the same counts. Entropic schedules count every feature of every input, which takes longer than to play it, and what is covered after as many inputs is the same. An input may be
 * longer only when short ones bring nothing new for a while: of short ones there are more in the same time. To look in every input for what another was kept for (-reduce_inputs) has libFuzzer look at each counter that is known: fuzz/novelty.h. */
static void arguments_set(int *argc, char ***argv)
{
	static char entropic[] = "-entropic=0", length[] = "-len_control=10", reduce[] = "-reduce_inputs=0";
	char **more = memory_zeroed((size_t)*argc + 4, sizeof *more);
	more[0] = (*argv)[0];
	more[1] = entropic;
	more[2] = length;
	more[3] = reduce;
	memcpy(more + 4, *argv + 1, (size_t)(*argc - 1) * sizeof *more);
	*argc += 3;
	*argv = more;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	harness_begin(*argc, *argv);
	arguments_set(argc, argv);
	novelty_begin(*argc, *argv);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
	const int taken = harness_input(octets, n);
	if (n) /* of the empty one it reads none */
		novelty_only();
	return taken;
}

/* Without structure: the octets as they are, the version's apart. */
static size_t mutate_bytes(uint8_t *octets, size_t n, size_t room)
{
	n = LLVMFuzzerMutate(octets, n, room);
	if (n)
		octets[0] = INPUT_VERSION;
	return n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *octets, size_t n, size_t room, unsigned seed)
{
	static struct input in;
	struct rng r = rng_seeded(seed);
	harness_made();
	const size_t offered = harness_offers(octets, room);
	if (offered)
		return offered;
	if (harness_ablation() == ABLATION_BYTES)
		return mutate_bytes(octets, n, room);
	if (harness_ablation() == ABLATION_RANDOM)
		input_random(&in, &r, RANDOM_MOVES);
	else if (!input_decode(octets, n, &in, NULL))
		in.count = 0;
	if (harness_ablation() == ABLATION_NONE || harness_ablation() == ABLATION_NO_STATE)
		input_mutate(&in, &r);
	else
		input_mutate_singly(&in, &r);
	return input_encode_most(&in, octets, room);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_octets, const uint8_t *b, size_t b_octets, uint8_t *to, size_t room, unsigned seed)
{
	static struct input first, second, in;
	struct rng r = rng_seeded(seed);
	harness_made();
	const size_t offered = harness_offers(to, room);
	if (offered)
		return offered;
	if (harness_ablation() == ABLATION_RANDOM) /* what is kept has covered something */
		return 0;
	if (!input_decode(a, a_octets, &first, NULL) || !input_decode(b, b_octets, &second, NULL))
		return 0;
	input_splice(&in, &first, &second, &r);
	return input_encode_most(&in, to, room);
}
