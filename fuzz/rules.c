/* Rules by name, and their deaths: one function for each rule, one for each state. */
#include "fuzz/rules.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[RULES] = {
    "none",
#define FUZZ_RULE_NAME(name, words) #name,
    FUZZ_RULES(FUZZ_RULE_NAME)
#undef FUZZ_RULE_NAME
};

static const char *const sentences[RULES] = {
    "",
#define FUZZ_RULE_WORDS(name, words) words,
    FUZZ_RULES(FUZZ_RULE_WORDS)
#undef FUZZ_RULE_WORDS
};

const char *rule_name(enum rule r)
{
	return r < RULES ? names[r] : "?";
}

const char *rule_words(enum rule r)
{
	return r < RULES ? sentences[r] : "?";
}

bool rule_read(const char *name, size_t n, enum rule *r)
{
	for (unsigned i = 0; i < RULES; i++)
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0) {
			*r = (enum rule)i;
			return true;
		}
	return false;
}

enum rule rule_of_cause(const char *class)
{
	static const struct {
		const char *class;
		enum rule rule;
	} causes[] = {
	    {"unexpected segment", RULE_judge_unexpected_segment},
	    {"no reply", RULE_judge_no_reply},
	    {"next state", RULE_judge_next_state},
	    {"late reply", RULE_judge_late_reply},
	    {"malformed segment", RULE_judge_malformed_segment},
	    {"wrong octets", RULE_judge_wrong_octets},
	    {"wrong signal", RULE_judge_wrong_signal},
	    {"no signal", RULE_judge_no_signal},
	    {"call failed", RULE_judge_call_failed},
	};
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		if (strcmp(causes[i].class, class) == 0)
			return causes[i].rule;
	return RULE_judge_other;
}

/* Which one it was: written before the end, so that no two of these functions are the same to a compiler or linker, and read by a debugger. */
static volatile int died_of, died_in;

typedef void death(void);

#define FUZZ_RULE_DEATH(name, words)                            \
	__attribute__((noinline)) static void rule_##name(void) \
	{                                                       \
		died_of = RULE_##name;                          \
		abort();                                        \
	}
FUZZ_RULES(FUZZ_RULE_DEATH)
#undef FUZZ_RULE_DEATH

static death *const deaths[RULES] = {
    abort,
#define FUZZ_RULE_TABLE(name, words) rule_##name,
    FUZZ_RULES(FUZZ_RULE_TABLE)
#undef FUZZ_RULE_TABLE
};

/* Not a tail call: the frame is to stay. */
#define IN_STATE(STATE)                                              \
	__attribute__((noinline)) static void in_##STATE(death *die) \
	{                                                            \
		die();                                               \
		died_in = STATE;                                     \
	}
IN_STATE(CLOSED)
IN_STATE(LISTEN)
IN_STATE(SYN_SENT)
IN_STATE(SYN_RECEIVED)
IN_STATE(ESTABLISHED)
IN_STATE(FIN_WAIT_1)
IN_STATE(FIN_WAIT_2)
IN_STATE(CLOSE_WAIT)
IN_STATE(CLOSING)
IN_STATE(LAST_ACK)
IN_STATE(TIME_WAIT)

void rule_die(enum rule r, enum state s)
{
	static void (*const in[STATES])(death *) = {in_CLOSED, in_LISTEN, in_SYN_SENT, in_SYN_RECEIVED, in_ESTABLISHED, in_FIN_WAIT_1, in_FIN_WAIT_2, in_CLOSE_WAIT, in_CLOSING, in_LAST_ACK, in_TIME_WAIT};
	in[s < STATES ? s : CLOSED](deaths[r < RULES ? r : RULE_NONE]);
	abort();
}
