/* A ladder as it was read, row by row, and the cursor that reads it: shared by the reader, the compiler and the writer. Not for other layers. */
#ifndef TCPSPEC_SCRIPT_READER_H
#define TCPSPEC_SCRIPT_READER_H

#include "lib/script/ladder.h"

enum { SIDE_A,
       SIDE_B,
       SIDES };

/* Arrow tokens. On the left TO_RIGHT is a departure from A, on the right an arrival at B. */
enum token { TOKEN_NONE,
	     TO_RIGHT, /* --> */
	     TO_LEFT,  /* <-- */
	     NOT_NOW,  /* ... */
};

enum action_kind { ACTION_CALL,
	           ACTION_WAIT,
	           ACTION_SILENCE,
	           ACTION_SIGNAL,
	           ACTION_ISNS,
	           ACTION_BY_MODEL };

struct action {
	enum action_kind kind;
	unsigned col;
	enum call call;
	uint32_t n;
	bool push, urgent;
	enum open_place place;
	bool strict; /* (nothing) in place of (silence) */
	enum user_setting setting;
	uint64_t value;
	bool has_time;
	struct duration time;
	unsigned signal;
	enum isn_rule isns;
};

enum { ACTIONS_MAX = 8,
       LINE_NUMBER_MAX = 9999,
       STEPS_MAX = 9000 }; /* of a script, before its last row: written, each may take a line number */

struct margin {
	struct action action[ACTIONS_MAX];
	unsigned count;
	uint16_t states; /* 0: none written */
	unsigned states_col;
	bool may, again, has_within; /* of this side's departure */
	struct duration within;
	unsigned mark_col; /* of the first of these three */
};

struct row {
	unsigned line;   /* in the file, from 1 */
	unsigned number; /* as written; of a continued row: the last one */
	bool numbered;
	bool arrow;
	enum token token[SIDES];
	struct said_segment segment; /* as an EXPECT reads it */
	unsigned segment_col, seq_col, ack_col;
	bool duplicate; /* of the whole row, like level */
	unsigned duplicate_col;
	bool has_level;
	enum level level;
	struct margin margin[SIDES];
};

struct ladder {
	char file[160], id[ID_MAX], title[160];
	char ref[200], covers[200], given[32], options[96], with[96];
	enum level level;
	bool plays[SIDES];
	bool listener_closed, has_profile, has_isn;
	uint32_t isn;
	enum profile profile;
	unsigned needs;
	unsigned split; /* column: what starts left of it in a row without arrow is A's */
	struct row *row;
	size_t count;
};

/* One line under the eyes of the reader. end lies behind the last octet that is neither blank nor comment. */
struct cursor {
	const char *file;
	unsigned line;
	const char *start, *at, *end;
	struct error *e;
};

/* Fills in e: "file:line:col: expected WHAT, not 'found'". Always false. */
bool cursor_expected(const struct cursor *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
unsigned cursor_col(const struct cursor *c);
void cursor_skip(struct cursor *c);
bool cursor_at(const struct cursor *c, const char *literal);
/* Takes the literal if it stands here. */
bool cursor_take(struct cursor *c, const char *literal);
/* The same, when no letter, digit or hyphen follows. */
bool cursor_word(struct cursor *c, const char *literal);
bool cursor_number(struct cursor *c, uint32_t max, const char *what, uint32_t *n);
bool cursor_duration(struct cursor *c, struct duration *d);
/* An error of the finished ladder at a place that was noted while reading. Always false. */
bool ladder_expected(const struct ladder *l, unsigned line, unsigned col, struct error *e, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The notation's words. */
const char *call_words(enum call c); /* "Open active", "Send", ... */
const char *unit_word(enum duration_unit u);
const char *variable_word(enum seq_variable v);
const char *need_word(unsigned i, unsigned *need); /* NULL behind the last */
/* CTL bits in the order in which the notation writes them; NULL behind the last. */
const char *bit_word(unsigned i, uint16_t *bit);
/* The bits that an EXPECT asserts without their being written. */
enum { CTL_ALWAYS = CTL_SYN | CTL_FIN | CTL_RST | CTL_ACK | CTL_URG };

/* Reads one field list up to the first octet that is not '<' + letter. */
bool segment_read(struct cursor *c, const struct ladder *l, struct row *r);
/* Reads an OPT list as written (up to '>' or the line's end) into to[room]. variables: SND.NXT and the like may stand in it. */
bool options_read(struct cursor *c, bool variables, char *to, size_t room);
/* Reads a sequence number; variables: of the target's too. */
bool seqnum_read(struct cursor *c, bool variables, struct seqnum *q);
/* read_ip.c: the fields of the IP header. The value of one that has been taken; and all that are said, written. */
enum { SAY_IP_HEADER = SAY_TTL | SAY_DSCP | SAY_ECN | SAY_IPOPT | SAY_EXT | SAY_FROM | SAY_TO };
bool ip_value_read(struct cursor *c, unsigned field, struct said_ip *ip);
void ip_fields_write(unsigned said, const struct said_ip *ip, struct text *out);
/* Reads one margin item: a state list or a parenthesis. */
bool margin_item_read(struct cursor *c, struct row *r, unsigned side);
/* What can only be said of the whole ladder: arrivals that never departed, numbers beside names. */
bool ladder_check(const struct ladder *l, struct error *e);

/* Which side sends this row's segment; whose space its SEQ is in (an ICMP error quotes the receiver's own segment). */
unsigned row_sender(const struct row *r);
unsigned row_seq_space(const struct row *r);
/* Is side's token a departure (EXPECT when it is the target), an arrival (SEND)? */
bool row_departs(const struct row *r, unsigned side);
bool row_arrives(const struct row *r, unsigned side);

void segment_write(const struct said_segment *s, bool expect, struct text *out);
void duration_write(struct duration d, struct text *out);
void states_write(uint16_t states, struct text *out);
void action_write(const struct action *a, struct text *out);

#endif
