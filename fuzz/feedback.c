/* Counters that libFuzzer reads behind every input. */
#include "fuzz/feedback.h"

#include <string.h>

/* Which of SYN, FIN, RST and ACK a segment has. With RST the other two are one, and with SYN and FIN ACK is: libFuzzer reads every counter behind every input, met or not. */
enum { CTL_FOLDED = 9 };

static bool counted = true;

/* [state][control bits][text][place][reaction], then [from][to]. libFuzzer finds them by their section, and clears them before each input. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t met[STATES * CTL_FOLDED * 2 * PLACES * REACTION_CLASSES + STATES * STATES];

static unsigned long became[STATES][STATES];

static void count(uint8_t *c)
{
	if (counted && *c < UINT8_MAX)
		++*c;
}

void feedback_enable(bool states)
{
	counted = states;
}

static unsigned ctl_folded(uint16_t ctl)
{
	const unsigned ack = (ctl & CTL_ACK) != 0, syn = (ctl & CTL_SYN) != 0, fin = (ctl & CTL_FIN) != 0;
	if (ctl & CTL_RST)
		return 7 + ack;
	return syn && fin ? 6 : syn ? 4 + ack
	                    : fin   ? 2 + ack
	                            : ack;
}

void feedback_segment(enum state before, const struct segment *s, enum place p, enum reaction_class r)
{
	const unsigned text = s->text_length != 0;
	count(&met[((((unsigned)before * CTL_FOLDED + ctl_folded(s->ctl)) * 2 + text) * PLACES + (unsigned)p) * REACTION_CLASSES + (unsigned)r]);
}

void feedback_transition(enum state from, enum state to)
{
	became[from][to]++;
	if (from != to)
		count(&met[STATES * CTL_FOLDED * 2 * PLACES * REACTION_CLASSES + (unsigned)from * STATES + (unsigned)to]);
}

unsigned feedback_transitions(void)
{
	unsigned n = 0;
	for (enum state a = CLOSED; a < STATES; a++)
		for (enum state b = CLOSED; b < STATES; b++)
			n += a != b && became[a][b];
	return n;
}

unsigned feedback_states(void)
{
	unsigned n = 0;
	for (enum state s = CLOSED; s < STATES; s++) {
		unsigned long times = 0;
		for (enum state o = CLOSED; o < STATES; o++)
			times += became[s][o] + became[o][s];
		n += times != 0;
	}
	return n;
}

void feedback_print(FILE *to)
{
	for (enum state a = CLOSED; a < STATES; a++)
		for (enum state b = CLOSED; b < STATES; b++)
			if (a != b && became[a][b])
				fprintf(to, "%-12s -> %-12s %12lu\n", state_name(a), state_name(b), became[a][b]);
}

json_t *feedback_json(void)
{
	json_t *all = json_array();
	for (enum state a = CLOSED; a < STATES; a++)
		for (enum state b = CLOSED; b < STATES; b++)
			if (a != b && became[a][b])
				json_array_append_new(all, json_pack("{s:s,s:s,s:I}", "from", state_name(a), "to", state_name(b), "count", (json_int_t)became[a][b]));
	return all;
}
