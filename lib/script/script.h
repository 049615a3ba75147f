/* The one program form: a script is an array of steps, played against one connection of the target. A ladder compiles to one per side,
 * a matrix cell is one. It says what to do and what to see; it does not do it. */
#ifndef TCPSPEC_SCRIPT_SCRIPT_H
#define TCPSPEC_SCRIPT_SCRIPT_H

#include "lib/model/model.h"

enum { ID_MAX = 160,
       NAME_MAX_OCTETS = 16 };

/* A duration as written: "500 ms", "2 MSL", "1 RTO". Resolved against the target's constants when played. */
struct duration {
	double number;
	enum duration_unit { UNIT_US,
		             UNIT_MS,
		             UNIT_S,
		             UNIT_MIN,
		             UNIT_MSL,
		             UNIT_RTO } unit;
};
/* Microseconds; rto: what one RTO is at that moment. */
uint64_t duration_us(struct duration d, const struct constants *c, uint64_t rto);

enum seq_kind {
	SEQ_UNSAID,
	SEQ_ABSOLUTE, /* #n */
	SEQ_FIGURE,   /* a number of the side's space */
	SEQ_NAME,     /* Z, X */
	SEQ_VARIABLE, /* SND.NXT, ...: the target's, at that moment */
};
enum seq_variable { VAR_SND_UNA,
	            VAR_SND_NXT,
	            VAR_RCV_NXT,
	            VAR_RCV_END,
	            VAR_ISS,
	            VAR_IRS };

struct seqnum {
	enum seq_kind kind;
	enum seq_variable variable;
	bool prior; /* leading ': the binding before the last */
	char name[NAME_MAX_OCTETS];
	uint32_t number; /* of ABSOLUTE and FIGURE */
	int64_t offset;  /* "+1", "-2000000000" */
};

/* Which fields of a said segment were written. */
enum {
	SAY_SEQ = 1 << 0,
	SAY_ACK = 1 << 1,
	SAY_WND = 1 << 2,
	SAY_UP = 1 << 3,
	SAY_DATA = 1 << 4,
	SAY_OPT = 1 << 5,
	SAY_CHK = 1 << 6,
	SAY_OFF = 1 << 7,
	SAY_RSV = 1 << 8,
	SAY_SRC = 1 << 9,
	SAY_RAW = 1 << 10,
	SAY_ICMP = 1 << 11,
	SAY_MTU = 1 << 12,
	SAY_TTL = 1 << 13,
	SAY_DSCP = 1 << 14,
	SAY_ECN = 1 << 15,
	SAY_IPOPT = 1 << 16,
	SAY_EXT = 1 << 17,
	SAY_FROM = 1 << 18,
	SAY_TO = 1 << 19,
};

/* Whose address stands in a packet, where it is not the connection's. */
enum ip_role {
	ROLE_BROADCAST,     /* 255.255.255.255 */
	ROLE_NET_BROADCAST, /* the link's own, of 24 bits */
	ROLE_RESERVED,      /* 240.0.0.1 */
	ROLE_MULTICAST,     /* all hosts of the link */
	ROLE_ZERO,
	ROLE_LOOPBACK,
	ROLE_OTHER, /* another host's, which is not on the link */
	ROLES,
};
const char *ip_role_word(enum ip_role r); /* "net-broadcast" */

/* What a ladder says of the IP header. */
struct said_ip {
	uint8_t ttl, dscp, ecn; /* TTL or hop limit; DSCP: six bits; ECN: two */
	enum ip_role from, to;
	char options[88];    /* IPOPT: hexadecimal octets, among them T U X Y for addresses; "none" */
	char extensions[64]; /* EXT: "HOP,DEST:1e0400000000" */
};

/* <DATA=RCV.WND>: as many octets as the target's window takes, but no more than one segment carries on any link, SEGMENT_OCTETS. */
enum { DATA_WINDOW = INT32_MAX,
       SEGMENT_OCTETS = 1400 };

/* A segment as a ladder writes it: sent as it stands, or matched. */
struct said_segment {
	unsigned said; /* SAY_* */
	struct seqnum seq, ack;
	uint16_t ctl;
	uint16_t ctl_care; /* EXPECT: the bits asserted. SEND: CTL_ALL */
	uint16_t wnd;
	enum { WND_EQUAL,
	       WND_AT_LEAST,
	       WND_AT_MOST } wnd_test;
	uint16_t up;
	uint32_t data;   /* octets, or DATA_WINDOW in a SEND */
	bool data_split; /* <DATA=n/>: several segments together */
	bool data_most;  /* <DATA=n->: at most so many, expected; content as ever. Sent: so many. <DATA=n-/>: several segments together, the first with some */
	char opt[96];    /* as written, canonical; "none" */
	uint16_t chk;
	bool chk_flips; /* SEND: chk is no checksum, but the bits of the right one that are flipped */
	uint8_t off, rsv;
	uint16_t src_port; /* SRC */
	uint16_t src_last; /* <SRC=n..m>, in a ladder: the line stands for one of each port; 0: for one. A script has only single ones */
	uint8_t icmp_type, icmp_code;
	uint16_t mtu; /* MTU, of an ICMP error */
	struct said_ip ip;
	char raw[64]; /* RAW: hexadecimal octets that replace the TCP header and text */
};

/* The MTU that an ICMP error names. */
static inline uint16_t said_mtu(const struct said_segment *q)
{
	enum { USUAL = 1400 };
	return q->said & SAY_MTU ? q->mtu : USUAL;
}

enum step_kind {
	STEP_SEND,     /* an arrival at the target */
	STEP_EXPECT,   /* a departure from the target */
	STEP_CALL,     /* a user call at the target */
	STEP_WAIT,     /* time passes */
	STEP_SILENCE,  /* nothing was sent in this group; with a duration: nor until then. Strict: not even what a TCP may send unasked, but for what the group expects */
	STEP_STATE,    /* the target is in one of these states: asserted at the end of the group */
	STEP_SIGNAL,   /* the user was told */
	STEP_ISNS,     /* the ISNs that were seen keep a rule */
	STEP_BY_MODEL, /* reply and next state of this group are judged by the model alone */
};

/* (ISNs by the clock), (ISNs unrelated): RFC 9293 3.4.1 MUST-8, MUST-9. (stamps unrelated): of the timestamps beside them, RFC 7323 7. */
enum isn_rule { ISNS_BY_CLOCK,
	        ISNS_UNRELATED,
	        STAMPS_UNRELATED };

struct step {
	enum step_kind kind;
	unsigned line;  /* in the ladder's file; of a generated script: in its text */
	unsigned group; /* counts from 0: a stimulus (SEND, CALL, WAIT) opens the next; steps before the first belong to 0 */
	enum level level;
	bool may;       /* EXPECT: its absence is allowed */
	bool again;     /* EXPECT: a retransmission is what is expected */
	bool duplicate; /* SEND: an old duplicate that never departed */
	bool given;     /* STATE: the precondition: INCONCLUSIVE when not reached */
	bool binds;     /* EXPECT of a SYN: its SEQ is a new ISS, to be bound, not compared (doc/ladder.md, numbers); of an unmarked SYN the SEQ must equal the binding */
	bool has_within;
	struct duration within;      /* EXPECT: instead of "before the fence". SILENCE: how long. WAIT: how long. */
	struct said_segment segment; /* SEND, EXPECT */
	enum call call;              /* CALL */
	uint32_t n;                  /* octets of SEND and RECEIVE; of OPEN, at most this receive buffer: 0 for the usual one */
	bool push, urgent;           /* SEND. push of OPEN, active: n are octets to be sent with it (RFC 7413), and no buffer */
	enum open_place place;       /* OPEN, active */
	bool strict;                 /* SILENCE */
	enum user_setting setting;   /* SET */
	uint64_t value;              /* in the setting's form: 0 or 1, microseconds, a number */
	uint16_t states;             /* STATE: bit i = enum state i */
	unsigned signal;             /* SIGNAL */
	enum isn_rule isns;          /* ISNS */
};

/* SEND, CALL and WAIT open a group. */
bool step_is_stimulus(const struct step *st);

/* What the model permits at this CALL; n: its octets, or as many of them as the target has taken. */
void step_call(const struct model *m, const struct tcb *t, const struct step *st, uint32_t n, uint64_t now, struct outcome *out);

/* What a script needs of a target beyond passive listening. */
enum {
	NEED_OPEN_ACTIVE = 1 << 0,
	NEED_SEND = 1 << 1,
	NEED_RECEIVE = 1 << 2,
	NEED_CLOSE = 1 << 3,
	NEED_RELEASE = 1 << 4,
	NEED_ABORT = 1 << 5,
	NEED_FORGET = 1 << 6,
	NEED_OPEN_PASSIVE = 1 << 7,
	NEED_URGENT = 1 << 8,
	NEED_TIMESTAMPS = 1 << 9,
	NEED_WINDOW_SCALE = 1 << 10,
	NEED_SACK = 1 << 11,
	NEED_FASTOPEN = 1 << 12,
	NEED_EARLY_SEND = 1 << 13,         /* a SEND before ESTABLISHED is queued (RFC 9293 3.10.2) */
	NEED_SMALL_BUFFER = 1 << 14,       /* an OPEN with so small a receive buffer that one segment fills it */
	NEED_OPEN_LISTENING = 1 << 15,     /* an active OPEN from a port that listens */
	NEED_URGENT_AHEAD = 1 << 16,       /* the user is told of urgent text before it has come */
	NEED_SIMULTANEOUS_OPEN = 1 << 17,  /* its way into the first state is a simultaneous open. A ladder that plays one in its own lines asks for it, and needs nothing */
	NEED_SIMULTANEOUS_CLOSE = 1 << 18, /* the same of a simultaneous close, the way into CLOSING */
	NEED_CLOSE_UNREAD = 1 << 19,       /* a CLOSE with text that the user has not received, or that waits behind a gap, as the way into FIN-WAIT-1 */
	NEED_SETTINGS = 22,                /* the bits from here on: (Set NAME value), by the names of enum user_setting */
};
_Static_assert(NEED_SETTINGS + USER_SETTINGS <= 32, "no bit is left for a setting");
#define NEED_SET(setting) (1U << (NEED_SETTINGS + (setting)))
#define NEED_SET_ALL (((1U << USER_SETTINGS) - 1) << NEED_SETTINGS)

struct script {
	char id[ID_MAX]; /* with side, without family: "close/figure-12/a", "matrix/established/rst/exact/-/0" */
	char title[160]; /* the sentence that is asked: the ladder's first comment line */
	char file[160];  /* where it was written; "" when generated */
	enum level level;
	char ref[200];    /* "RFC 9293 3.6, Figure 12" */
	char covers[200]; /* "MUST-13, S3.10.4-EST-2" */
	char given[32];   /* the way into the first state, where not the standard prelude */
	char options[96]; /* OPT list of the prelude's SYNs; "" for none */
	char with[96];    /* "challenge_interval=5 s, nagle=yes": choices and constants that the target is given for it; "" for those that it has (lib/model/keys.h, with_apply) */
	bool has_isn;     /* the tester's ISN on the way is isn, and not any */
	uint32_t isn;
	char side;            /* 'a' or 'b': the target's column; 0: a cell (no side in its id) */
	bool listener_closed; /* the listener goes after the prelude */
	bool has_profile;
	enum profile profile; /* only under this one */
	unsigned needs;
	struct step *step;
	size_t count;
	uint64_t way;   /* of a cell: scripts with the same number have the same prelude, octet by octet; 0: nothing is known */
	size_t prelude; /* this many of them are the prelude, and not part of the text; the last of these is the given STATE */
	/* The prelude's numbers are forgotten where it ends. Where the script begins with live sequence numbers, base[i] is then the figure number of that side's live SND.NXT:
	 * i = 0 the target (given SYN-SENT and later), 1 the tester (given SYN-RECEIVED and later). Not known: the script uses no numbers of that side, or binds them itself. */
	bool base_known[2];
	uint32_t base[2];
};

void script_free(struct script *s);
/* A script of its own with the same content. */
struct script *script_copy(const struct script *s);
/* Is one of the steps [first, end) of this kind? */
bool script_has(const struct script *s, size_t first, size_t end, enum step_kind kind);
/* The stimulus that opened the group of step `at`: the last one at or before it, else 0. */
size_t script_stimulus(const struct script *s, size_t at);
/* Appends a copy of *st. */
void script_add(struct script *s, const struct step *st);
/* Equal in everything but file and line numbers (the round trip's test). */
bool script_equal(const struct script *a, const struct script *b);

/* Can it be played over f? What says IPv4 options, a broadcast address or an error that ICMPv6 has not cannot over IPv6, nor the other way what says extension headers. */
bool script_speaks(const struct script *s, enum family f);

/* ICMP errors are written with the numbers of ICMP for IPv4. For IPv6 both are replaced by those of the ICMPv6 error that means the same (RFC 792, RFC 4443); for IPv4 they stay.
 * False when ICMPv6 has none. */
bool icmp_for_family(enum family f, uint8_t *type, uint8_t *code);

/* The real time that the script must wait, in microseconds: its WAITs and SILENCEs. What an EXPECT may take (WITHIN) is no wait of the tester's: it ends when the
 * segment comes. */
uint64_t script_waits_us(const struct script *s, const struct constants *c);

#endif
