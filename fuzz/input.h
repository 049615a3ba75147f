/* An input of the fuzzer: what a peer, a user and time do to one connection, in a few octets. It is a program, not packets: numbers stand relative to the live connection, so that one that is changed
 * in a place still speaks to it. It plays and judges nothing. */
#ifndef TCPSPEC_FUZZ_INPUT_H
#define TCPSPEC_FUZZ_INPUT_H

#include "lib/script/script.h"

/* INPUT_VERSION stands in the first octet. What is kept for longer than a campaign is kept as a ladder. */
enum { INPUT_VERSION = 1,
       MOVES_MAX = 24,
       PIECES_MAX = 6, /* options of a segment */
       RAW_MAX = 31,
       TEXT_MAX = 1400,
       INPUT_OCTETS_MAX = 4096 };

/* What a number counts from: the target's variables as the judge has them; NUMBER_PLAIN: the next in order, as the peer of a ladder says nothing of it. */
enum number_base { NUMBER_PLAIN,
	           NUMBER_SND_UNA,
	           NUMBER_SND_NXT,
	           NUMBER_RCV_NXT,
	           NUMBER_RCV_END,
	           NUMBER_ISS,
	           NUMBER_IRS,
	           NUMBER_ABSOLUTE,
	           NUMBER_BASES };

struct number {
	uint8_t base;
	int32_t offset; /* of NUMBER_ABSOLUTE the number itself */
};

/* One TCP option. */
enum piece_kind { PIECE_NOP,
	          PIECE_EOL,
	          PIECE_MSS, /* value: MSS */
	          PIECE_WS,  /* shift count */
	          PIECE_SACKOK,
	          PIECE_TS,   /* TSval, TSecr */
	          PIECE_SACK, /* an edge from and to */
	          PIECE_UTO,
	          PIECE_COOKIE, /* of TCP Fast Open: 0 asked for, 1 the target's last, 2 a forged one */
	          PIECE_KIND,   /* value: kind << 8 | length octet, which may be wrong; other: octets that follow in truth */
	          PIECE_KINDS };
struct piece {
	uint8_t kind;
	uint32_t value, other;
	struct number edge[2];
};

enum move_kind { MOVE_SEGMENT,
	         MOVE_CALL,
	         MOVE_WAIT,
	         MOVE_ICMP,
	         MOVE_RAW,
	         MOVE_KINDS };

/* Which fields of a segment are not as they would be by themselves. */
enum { MOVE_WND = 1 << 0,
       MOVE_UP = 1 << 1,
       MOVE_DATA = 1 << 2,
       MOVE_OPTIONS = 1 << 3,
       MOVE_CHK = 1 << 4,
       MOVE_OFF = 1 << 5,
       MOVE_RSV = 1 << 6,
       MOVE_ECN = 1 << 7,
       MOVE_FIELDS = 0xff };

struct move {
	uint8_t kind;
	/* MOVE_SEGMENT; of MOVE_ICMP seq: the quoted segment's */
	uint8_t fields;
	uint16_t ctl;
	struct number seq, ack;
	uint16_t wnd, up, data, chk; /* chk: bits of the right checksum that are flipped, not 0 */
	uint8_t off, rsv, ecn;
	uint8_t pieces;
	struct piece piece[PIECES_MAX];
	/* MOVE_ICMP: index into input_icmp(); value: MTU. MOVE_CALL: index into input_call(), n octets or value. MOVE_WAIT: index into input_wait(). */
	uint8_t which;
	uint16_t value;
	/* MOVE_RAW */
	uint8_t raw_count, raw[RAW_MAX];
};

struct input {
	bool v6;
	uint8_t count;
	struct move move[MOVES_MAX];
};

/* Reads any octets behind the version's; what is missing at the end is 0, what is too much is left. False with e: it is of another version, or empty. */
bool input_decode(const uint8_t *octets, size_t n, struct input *in, struct error *e);
/* Writes the canonical octets, of which input_decode() makes the same input again. Returns how many: 0 where they do not fit in room. */
size_t input_encode(const struct input *in, uint8_t *octets, size_t room);
/* The same of as many of its moves as fit, from the first on. 0: nothing fits. */
size_t input_encode_most(const struct input *in, uint8_t *octets, size_t room);
/* Equal as programs: fields that a move does not use count for nothing. */
bool input_equal(const struct input *a, const struct input *b);

/* The user's calls that a move can make, the ICMP errors, the times: tables. */
struct input_call {
	enum call call;
	unsigned needs;    /* NEED_*: a target without it is not called so */
	bool push, urgent; /* of SEND */
	enum user_setting setting;
	bool has_n;
};
extern const struct input_call input_calls[];
extern const size_t input_call_count;
struct input_icmp {
	uint8_t type, code;
};
extern const struct input_icmp input_icmps[];
extern const size_t input_icmp_count;
extern const struct duration input_waits[];
extern const size_t input_wait_count;

/* The script that it is, each move a group that is judged by the model. s: of input_script_new(), and made over. Moves that the target cannot be given (needs_met: NEED_*), or that do not exist over
 * this family, are left out. False: nothing is left. */
struct script *input_script_new(void);
bool input_script(const struct input *in, unsigned needs_met, struct script *s);

/* TEXT of one option list as a ladder writes it, as many pieces as fit. */
void input_options(const struct move *m, char *to, size_t room);

#endif
