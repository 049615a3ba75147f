/* The axes of the matrix: its rows, the classes on each axis with their words in ids, and which points are cells. It builds no scripts, and knows no sets. */
#ifndef TCPSPEC_SUITE_AXES_H
#define TCPSPEC_SUITE_AXES_H

#include "suite/cells.h"

enum seq_class { SEQ_CLASS_ANY,    /* there is no RCV.NXT */
	         SEQ_CLASS_EXACT,  /* RCV.NXT */
	         SEQ_CLASS_INSIDE, /* RCV.NXT+100 */
	         SEQ_CLASS_LAST,   /* RCV.END-1 */
	         SEQ_CLASS_BEFORE, /* RCV.NXT-1 */
	         SEQ_CLASS_OLD,    /* far below */
	         SEQ_CLASS_BEYOND, /* RCV.END: the first beyond */
	         SEQ_CLASS_FAR,    /* far beyond */
	         SEQ_CLASSES };

enum ack_class { ACK_CLASS_NONE,    /* "-": the ACK bit is off */
	         ACK_CLASS_ANY,     /* there are no SND.UNA and SND.NXT */
	         ACK_CLASS_LOW,     /* SND.UNA-65536: below what MAX.SND.WND allows, which is 65535 in every row (RFC 5961 5.2) */
	         ACK_CLASS_OLD,     /* SND.UNA-1 */
	         ACK_CLASS_UNA,     /* SND.UNA */
	         ACK_CLASS_BETWEEN, /* SND.UNA+1, where two octets or more are outstanding */
	         ACK_CLASS_NXT,     /* SND.NXT, where something is outstanding */
	         ACK_CLASS_BEYOND,  /* SND.NXT+1 */
	         ACK_CLASS_FAR,     /* far beyond */
	         ACK_CLASSES };

enum text_class { TEXT_CLASS_NONE,
	          TEXT_CLASS_ONE,   /* one octet */
	          TEXT_CLASS_LEFT,  /* two octets that straddle the window's left edge: SEQ is BEFORE */
	          TEXT_CLASS_RIGHT, /* two that straddle its right edge: SEQ is LAST */
	          TEXT_CLASSES };

/* Where the tester's ISN lies. WRAP: so that comparisons with RCV.NXT straddle 2^31 or 2^32. */
enum isn_class { ISN_CLASS_RANDOM,
	         ISN_CLASS_WRAP_31,
	         ISN_CLASS_WRAP_32,
	         ISN_CLASSES };

/* Timestamps (RFC 7323): none on the connection; in the stimulus later, or earlier, than TS.Recent (5.3, PAWS). */
enum ts_class { TS_CLASS_ABSENT,
	        TS_CLASS_FRESH,
	        TS_CLASS_OLD,
	        TS_CLASSES };

/* What the target's TCB holds when the row is reached, as far as classes coincide by it. */
struct row_axes {
	bool base;         /* in the base set */
	bool receives;     /* RCV.NXT is known to both */
	bool shut;         /* the receive window is closed */
	bool sends;        /* SND.UNA and SND.NXT are known to both */
	bool low;          /* MAX.SND.WND is known to the target: SND.UNA-65536 is a class of its own */
	uint32_t unacked;  /* SND.NXT-SND.UNA */
	uint32_t received; /* RCV.NXT-IRS; 0 with receives: nobody knows beforehand */
};
/* Of the i-th of cell_rows(). */
const struct row_axes *axes_row(size_t i);

struct point {
	uint8_t row;
	uint8_t seq, ack, text; /* enum *_class */
	uint8_t isn, ts;
	uint16_t ctl;
	enum family family;
};

/* Is it a cell: does each class exist in the row, and differ there from every other that is a cell? */
bool point_feasible(const struct point *p);

/* Words of the ids. */
const char *seq_class_word(enum seq_class c);
const char *ack_class_word(enum ack_class c);
const char *text_class_word(enum text_class c);
const char *isn_class_word(enum isn_class c); /* "wrap-31" */
const char *ts_class_word(enum ts_class c);
/* Control bits in the order of ids, "syn-fin"; "none". Returns its end. */
char *ctl_word(uint16_t ctl, char *to);

/* Does SEG.SEQ lie left of RCV.NXT? */
bool point_is_left(const struct point *p);

/* What the SEND step says. */
void point_seq(const struct point *p, struct seqnum *q);
void point_ack(const struct point *p, struct seqnum *q);
uint32_t point_octets(const struct point *p);

#endif
