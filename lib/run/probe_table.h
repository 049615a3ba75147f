/* The probes that tell a TCP's state from its replies: what each segment is, what the model or a control cell says that it draws, and which of them tell two rows
 * apart. No connection is probed here (probe.h), and none is played (control.h). */
#ifndef TCPSPEC_RUN_PROBE_TABLE_H
#define TCPSPEC_RUN_PROBE_TABLE_H

#include "lib/model/hypothesis.h"

/* In the order in which they are tried: those that no state changes by first. */
enum probe {
	PROBE_OLD_OCTET,     /* <SEQ=RCV.NXT-1><ACK=SND.UNA><CTL=ACK><DATA=1>: one octet and not none, as throttles commonly spare segments with text. Below the SYN (IRS-1) where nothing was received behind it */
	PROBE_OLD_OCTET_NXT, /* <SEQ=IRS-1><ACK=SND.NXT><CTL=ACK><DATA=1>: acceptable to SYN-SENT and SYN-RECEIVED */
	PROBE_ACK_ISS,       /* <SEQ=RCV.NXT><ACK=ISS><CTL=ACK> */
	PROBE_ACK_BEYOND,    /* <SEQ=RCV.NXT><ACK=SND.NXT+1><CTL=ACK> */
	PROBE_FIN_ALONE,     /* <SEQ=RCV.NXT><CTL=FIN> */
	PROBE_SYN,           /* <SEQ=RCV.NXT+100000><CTL=SYN>: opens a connection in LISTEN, and maybe in TIME-WAIT */
	PROBE_ACK,           /* <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>: acknowledges our SYN or FIN */
	PROBE_FIN,           /* <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK> */
	PROBES
};
const char *probe_name(enum probe p); /* "old-octet" */
/* May a connection be in another state after it, by the standard? */
bool probe_is_destructive(enum probe p);

/* What is told apart: the states, and within them what answers otherwise. */
enum probe_row {
	ROW_CLOSED,
	ROW_LISTEN,
	ROW_SYN_SENT,
	ROW_SYN_RECEIVED,
	ROW_SYN_RECEIVED_SIMULTANEOUS,
	ROW_ESTABLISHED,
	ROW_FIN_WAIT_1,
	ROW_FIN_WAIT_2,
	ROW_CLOSE_WAIT,
	ROW_CLOSING,
	ROW_LAST_ACK,
	ROW_TIME_WAIT,
	PROBE_ROWS
};
const char *probe_row_name(enum probe_row r); /* "syn-received-simultaneous": the matrix's word */
enum state probe_row_state(enum probe_row r);
enum probe_row probe_row_of(const struct tcb *t);
/* The state as the wire shows it: without a TCB the 4-tuple is LISTEN where its port has a listener. */
enum state tcb_seen_as(const struct tcb *t);
/* A TCB of that row with canonical numbers. */
struct tcb probe_row_tcb(enum probe_row r);

/* The reply to a probe, relative to the target's variables and to the probe. */
enum reply_kind { REPLY_NOTHING,
	          REPLY_ACK,
	          REPLY_RST,
	          REPLY_RST_ACK,
	          REPLY_SYN_ACK,     /* <SEQ=ISS> */
	          REPLY_SYN_ACK_NEW, /* a new ISS */
	          REPLY_OTHER };
enum reply_number { NUMBER_NONE, /* there is no such field, or it is a new ISS */
	            NUMBER_SND_NXT,
	            NUMBER_SEG_ACK,
	            NUMBER_ZERO,
	            NUMBER_ISS,
	            NUMBER_RCV_NXT,
	            NUMBER_SEG_END, /* SEG.SEQ+SEG.LEN */
	            NUMBER_OTHER };
struct signature {
	bool known;    /* a control cell has shown it */
	bool unusable; /* its control cell ended in another state than it must: no inference rests on this probe in this row */
	enum reply_kind kind;
	enum reply_number seq, ack;
};

/* What a target was seen to answer; zeros: nothing learned, the model alone. */
struct signatures {
	struct signature at[PROBE_ROWS][PROBES];
};

/* The signature of a captured reply (NULL: there was none) of a target with variables *t to segment *probe. */
struct signature signature_of(const struct tcb *t, const struct segment *probe, const struct segment *reply);
bool signature_equal(const struct signature *a, const struct signature *b);
/* "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>", "-" for silence. */
void signature_print(const struct signature *s, struct text *out);

/* The numbers that probes are built from, as far as they are known. */
struct probe_numbers {
	bool iss_known, irs_known;
	uint32_t iss, snd_una, snd_nxt, irs, rcv_nxt;
	uint16_t wnd; /* of the probes: what was advertised last, so that no probe moves the target's window */
	bool ts_on;   /* timestamps are in force: */
	uint32_t ts_val, ts_ecr;
};
/* Takes in what *t knows. Of several TCBs the smallest RCV.NXT and SND.UNA count: what is old to all. */
void probe_numbers_take(struct probe_numbers *n, const struct tcb *t);

/* Fills in *s but its addresses and ports. s->text borrows `octet`. A number that nobody knows is one of the tester's own choice, in `any`. */
void probe_segment(enum probe p, const struct probe_numbers *n, uint32_t any, uint8_t octet[1], struct segment *s);

/* What *t may do about probe p, sent as *s: what the model permits, and what was learned of its row (NULL: nothing). What no clause knows leaves the TCB as it was. To a SYN only
 * what was learned. now: microseconds. */
void probe_outcome(const struct model *m, const struct signatures *learned, const struct tcb *t, enum probe p, const struct segment *s, uint64_t now, struct outcome *out);
/* The signatures that the model permits, at most max. Returns their number. */
unsigned probe_predict(const struct model *m, const struct tcb *t, enum probe p, const struct segment *s, struct signature *to, unsigned max);

enum { PLAN_STEPS = 2 };
/* The shortest sequence of probes that tells two rows apart whatever each of them lawfully chooses; count 0: there is none. */
struct probe_plan {
	enum probe step[PLAN_STEPS];
	unsigned count;
};
struct probe_plan probe_separate(const struct model *m, const struct signatures *learned, const struct tcb *a, const struct tcb *b);

/* All pairs of rows. plan[a][b] == plan[b][a]. */
struct probe_plans {
	struct probe_plan plan[PROBE_ROWS][PROBE_ROWS];
	bool by_model[PROBE_ROWS][PROBE_ROWS]; /* the model alone tells them apart; where it does not, only a timer does, or a MAY */
};
void probe_plans_make(struct probe_plans *p, const struct model *m, const struct signatures *learned);

/* `tcpspec model --probes`: what every row answers to every probe, and the pair table. */
void probe_tables_print(struct text *out);

#endif
