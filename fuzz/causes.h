/* A target's known deviations by cause, for findings of any script: which state, stimulus and reaction each line means. It excuses nothing else, and judges nothing. */
#ifndef TCPSPEC_FUZZ_CAUSES_H
#define TCPSPEC_FUZZ_CAUSES_H

#include <jansson.h>
#include <stdio.h>

#include "lib/run/judge.h"

enum { CAUSE_ID_MAX = 496 };

struct causes;

/* text: of a list in the form of known.tsv, but that the reaction is a glob too; name: what it is called. NULL with e. */
struct causes *causes_new(const char *name, const char *text, struct error *e);
void causes_free(struct causes *c);

/* "fuzz/established/fin-ack/exact/old/1/+unread/v4": what the last group of j's was, by the state, the stimulus, where its SEQ and ACK lie, its text, and what else is true of the connection. */
void cause_id(const struct judge *j, char id[CAUSE_ID_MAX]);
/* What j saw of it, by which lines are matched: "unexpected segment: <SEQ=...> => kept"; of a malformed one which clause it breaks, "malformed segment: RFC 7323 4.3: TSecr must be TS.Recent: ! <SEQ=...> => kept". */
void cause_reaction(const struct judge *j, char *to, size_t room);

/* The first line that means what j has failed on, "fuzz.tsv:12"; it is counted. NULL: none does. */
const char *causes_match(struct causes *c, const struct judge *j);
/* The same for what the judge is not asked about, a rule of fuzz/rules.h: the id is "rule/FIN-WAIT-1/never_gives_up", the reaction its words. */
const char *causes_match_rule(struct causes *c, const char *rule, const char *state, const char *words);
/* How often each line was met, those that were. */
void causes_print(const struct causes *c, FILE *to);
/* The same by reason, which the lines of one cause share: an object of numbers, the caller's. */
json_t *causes_json(const struct causes *c);
/* How often any was. */
unsigned long causes_met(const struct causes *c);

#endif
