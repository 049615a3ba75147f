/* A stored run's plays, put together again from the records and packets of a capture, in whatever order plays stand in each other. It opens no file and judges nothing. */
#ifndef TCPSPEC_RUN_PLAYS_H
#define TCPSPEC_RUN_PLAYS_H

#include "lib/run/stored.h"

struct stored_play {
	char id[ID_MAX];
	bool over;  /* all of it was there */
	bool begun; /* it was played: attempt, seed, at, trace */
	unsigned attempt;
	uint64_t seed;
	struct endpoint at;
	struct trace trace;
	bool unjudged; /* the run itself decided, or took the verdict back: */
	enum verdict verdict;
	char class[32], cause[200];
};

struct plays;

struct plays *plays_new(void);
void plays_free(struct plays *p);

/* Takes the words of a record of that time (microseconds). *over: did it end a play? Then plays_next() hands that one out. False with e when they are not a record's. */
bool plays_record(struct plays *p, const char *words, size_t n, uint64_t at, bool *over, struct error *e);
/* A packet whose comment is words; inbound: from the target. False with e when the comment is not ours. */
bool plays_packet(struct plays *p, const char *words, size_t n, uint64_t at, bool inbound, const uint8_t *packet, size_t length, struct error *e);

/* Hands out the play that is over, else (at the end of a capture) one that is not. Free it with stored_play_free(). False when there is none left; with e when a play's records
 * contradict each other. */
bool plays_next(struct plays *p, struct stored_play *play, struct error *e);
void stored_play_free(struct stored_play *play);

/* Judges it again: the same verdict as the run's, before known deviations. s: its script; family: its id's. A play that is not over, or whose records do not fit the script, is
 * INCONCLUSIVE. Free the result with result_free(). */
void stored_play_judge(const struct stored_play *play, const struct script *s, enum family family, const struct model *m, struct result *r);
/* Of a play that nobody can judge: INCONCLUSIVE for that reason. s: its script, or NULL where there is none. */
void stored_play_inconclusive(const struct stored_play *play, const struct script *s, const char *class, const char *why, struct result *r);

#endif
