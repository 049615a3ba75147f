/* What the judge's own files share. Not for others: judge.h is. */
#ifndef TCPSPEC_RUN_JUDGE_PARTS_H
#define TCPSPEC_RUN_JUDGE_PARTS_H

#include "lib/run/judge.h"

extern const struct tcb no_tcb;

/* Decides against the target, or against the observation; the first word stands. */
void judge_against(struct judge *j, enum judge_status status, const char *class, const char *clause, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* An expectation of the script's author was not met, where the model has nothing against what happened: the step's own level says what that means. */
void judge_breach(struct judge *j, enum level level, const char *class, unsigned line, const char *what);
/* False when no hypothesis is left. */
bool judge_check(struct judge *j);
/* The next EXPECT of the group from step `from` on, or its end. */
/* May the EXPECT at this step be left as it is: it may be missing, or has had enough? */
bool expect_open(const struct judge *j, size_t at);
size_t next_expect(const struct judge *j, size_t from);
bool group_has(const struct judge *j, enum step_kind kind);
/* The step that opened the group. */
const struct step *group_opener(const struct judge *j);
/* Replaces every hypothesis by what time has made of it. */
void judge_time(struct judge *j, uint64_t at);
/* How long the group goes on after its fence; absolute, 0 when it does not. */
uint64_t group_deadline(const struct judge *j);
/* Are these the ends of the connection under test? */
bool judge_owns(const struct judge *j, const struct address *target, uint16_t target_port, const struct address *tester, uint16_t tester_port);
/* Was the state behind the script's last group asked? */
bool judge_is_reported(const struct judge *j);
/* Adds what the connection's own program may have done, up to that time. */
void judge_serve(struct judge *j, uint64_t at);
/* EVENT_CLASS. */
void judge_class(struct judge *j, const struct event *e);
/* judge_stimulus.c: EVENT_SENT, EVENT_CALLED, EVENT_PROBED, and what is common to the first two and EVENT_WAIT. */
void judge_sent(struct judge *j, const struct event *e);
void judge_called(struct judge *j, const struct event *e);
void judge_probed(struct judge *j, const struct event *e);
/* The stimulus has `arrived`, and comes again to what `before` has become since. */
void judge_arrives_again(struct judge *j);
void judge_stimulate(struct judge *j, const struct event *e);
/* The stimulus leaves them as they are. */
void judge_stays(struct judge *j);
/* judge_answer.c: EVENT_STATE, EVENT_SIGNALS, EVENT_INFERRED. */
void judge_state(struct judge *j, const struct event *e);
/* Is it the state that one of the set expects? */
bool judge_any_state_is(const struct hypotheses *s, const struct state_answer *a);
void judge_signals(struct judge *j, const struct event *e);
void judge_inferred(struct judge *j, const struct event *e);
/* form.c: what is wrong with a segment of the target for what came before it; NULL, or the sentence with its clause. The clock of its timestamps (MUST); the Timestamps option of a reset (SHOULD). */
const char *judge_clock_fault(struct judge *j, const struct segment *s, uint64_t at);
const char *judge_reset_fault(const struct judge *j, const struct segment *s);
/* received.c: EVENT_RECEIVED. */
void judge_received(struct judge *j, const struct event *e);

#endif
