/* The rules that a stack can break, and how the process dies of each: in a function of the rule's own name, called by one of the state's name, so that those who group crashes by their top three frames tell
 * them apart. It finds no violation. */
#ifndef TCPSPEC_FUZZ_RULES_H
#define TCPSPEC_FUZZ_RULES_H

#include "lib/base/text.h"
#include "lib/model/model.h"

/* Word and sentence of each. The judge's are its causes' classes (lib/run/judge.c); the others are told by fuzz/watch.c from the packets alone, without the model. */
#define FUZZ_RULES(RULE)                                                                                                                          \
	RULE(judge_unexpected_segment, "a segment is sent that the standard does not permit here")                                                \
	RULE(judge_no_reply, "what the standard wants sent does not come")                                                                        \
	RULE(judge_next_state, "the next state is none that the standard permits")                                                                \
	RULE(judge_late_reply, "a reply comes behind the fence")                                                                                  \
	RULE(judge_malformed_segment, "a segment is sent that is malformed")                                                                      \
	RULE(judge_wrong_octets, "other octets than the stream's are sent or handed to the user")                                                 \
	RULE(judge_wrong_signal, "the user is told what did not happen")                                                                          \
	RULE(judge_no_signal, "the user is not told what happened")                                                                               \
	RULE(judge_call_failed, "a user call fails that must be served, or is served where it must be refused")                                   \
	RULE(judge_other, "the judge's verdict is FAIL")                                                                                          \
	RULE(judge_inconclusive, "the judge has no verdict, a defect of the model or of this tool")                                               \
	RULE(reset_answers_reset, "an RST is sent in reply to an RST (RFC 9293 3.5.2)")                                                           \
	RULE(reset_answered, "an RST is answered in CLOSED, LISTEN or SYN-SENT, or one outside of the window is (RFC 9293 3.10.7.1 to 3.10.7.4)") \
	RULE(discarded_answered, "a segment whose checksum or length is wrong is answered (RFC 9293 3.1)")                                        \
	RULE(acknowledges_unsent, "octets are acknowledged that were never sent (RFC 9293 3.4)")                                                  \
	RULE(acknowledgment_goes_back, "RCV.NXT goes back (RFC 9293 3.4)")                                                                        \
	RULE(skips_octets, "SEG.SEQ lies beyond what was sent: octets between were never sent (RFC 9293 3.4)")                                    \
	RULE(sends_behind_fin, "text or another FIN is sent behind the FIN (RFC 9293 3.6)")                                                       \
	RULE(delivers_too_much, "the user is given more octets than were sent in order (RFC 9293 3.8)")                                           \
	RULE(timer_in_the_past, "poll() wants to be asked at a time that has been")                                                               \
	RULE(timer_without_end, "poll() wants to be asked again and again without end")                                                           \
	RULE(timer_missing, "something waits for an acknowledgment, or for a window, and no timer runs (RFC 9293 3.8.1, 3.8.6.1)")                \
	RULE(stays_silent, "something waits for an acknowledgment, or for a window, and nothing is sent however long (RFC 9293 3.8.1, 3.8.6.1)")  \
	RULE(never_gives_up, "what nobody acknowledges is never given up (RFC 9293 3.8.3)")                                                       \
	RULE(memory_grows, "the state needs more memory than the stack has asked for")                                                            \
	RULE(not_repeatable, "the same input gives another transcript the second time")                                                           \
	RULE(stack_disorder, "the stack finds itself in disorder: an assertion of its own fails")                                                 \
	RULE(stacks_differ, "two stacks react otherwise where the model permits one reaction, and the same to both")                              \
	RULE(breaks_interface, "the stack breaks its interface (tcpspec/stack.h)")

enum rule {
	RULE_NONE,
#define FUZZ_RULE_ENUM(name, words) RULE_##name,
	FUZZ_RULES(FUZZ_RULE_ENUM)
#undef FUZZ_RULE_ENUM
	    RULES
};

/* "reset-answers-reset"; "none". */
const char *rule_name(enum rule r);
const char *rule_words(enum rule r);
bool rule_read(const char *name, size_t n, enum rule *r);
/* The rule for a cause class of the judge's. */
enum rule rule_of_cause(const char *class);

/* Ends the process. */
_Noreturn void rule_die(enum rule r, enum state s);

#endif
