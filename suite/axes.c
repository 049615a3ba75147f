/* The axes of the matrix as tables: rows, classes, their words and their numbers. */
#include "suite/axes.h"

#include <string.h>

/* Farther than any window, scaled ones too. */
enum { FAR = 1 << 30 };

#define SYNCHRONIZED .receives = true, .sends = true, .low = true

/* name, state, way, and what the TCB holds there */
#define TABLE(ROW)                                                                                                                                 \
	ROW("closed", CLOSED, "", .base = true)                                                                                                    \
	ROW("listen", LISTEN, "", .base = true)                                                                                                    \
	ROW("syn-sent", SYN_SENT, "", .base = true, .sends = true, .unacked = 1)                                                                   \
	ROW("syn-received", SYN_RECEIVED, "", .base = true, .receives = true, .sends = true, .unacked = 1, .received = 1)                          \
	ROW("syn-received-simultaneous", SYN_RECEIVED, "simultaneous", .base = true, .receives = true, .sends = true, .unacked = 1, .received = 1) \
	ROW("established", ESTABLISHED, "", .base = true, SYNCHRONIZED, .received = 1)                                                             \
	ROW("fin-wait-1", FIN_WAIT_1, "", .base = true, SYNCHRONIZED, .unacked = 1, .received = 1)                                                 \
	ROW("fin-wait-2", FIN_WAIT_2, "", .base = true, SYNCHRONIZED, .received = 1)                                                               \
	ROW("close-wait", CLOSE_WAIT, "", .base = true, SYNCHRONIZED, .received = 2)                                                               \
	ROW("closing", CLOSING, "", .base = true, SYNCHRONIZED, .unacked = 1, .received = 2)                                                       \
	ROW("last-ack", LAST_ACK, "", .base = true, SYNCHRONIZED, .unacked = 1, .received = 2)                                                     \
	ROW("time-wait", TIME_WAIT, "", .base = true, SYNCHRONIZED, .received = 2)                                                                 \
	ROW("established-active", ESTABLISHED, "active", SYNCHRONIZED, .received = 1)                                                              \
	ROW("fin-wait-1-active", FIN_WAIT_1, "active", SYNCHRONIZED, .unacked = 1, .received = 1)                                                  \
	ROW("fin-wait-2-active", FIN_WAIT_2, "active", SYNCHRONIZED, .received = 1)                                                                \
	ROW("close-wait-active", CLOSE_WAIT, "active", SYNCHRONIZED, .received = 2)                                                                \
	ROW("closing-active", CLOSING, "active", SYNCHRONIZED, .unacked = 1, .received = 2)                                                        \
	ROW("last-ack-active", LAST_ACK, "active", SYNCHRONIZED, .unacked = 1, .received = 2)                                                      \
	ROW("time-wait-active", TIME_WAIT, "active", SYNCHRONIZED, .received = 2)                                                                  \
	ROW("fin-wait-2-orphan", FIN_WAIT_2, "orphan", SYNCHRONIZED, .received = 1)                                                                \
	ROW("established-unacked", ESTABLISHED, "unacked", SYNCHRONIZED, .unacked = 10, .received = 1)                                             \
	ROW("fin-wait-1-unacked", FIN_WAIT_1, "unacked", SYNCHRONIZED, .unacked = 11, .received = 1)                                               \
	ROW("close-wait-unacked", CLOSE_WAIT, "unacked", SYNCHRONIZED, .unacked = 10, .received = 2)                                               \
	ROW("established-unread", ESTABLISHED, "unread", SYNCHRONIZED, .received = 11)                                                             \
	ROW("fin-wait-1-unread", FIN_WAIT_1, "unread", SYNCHRONIZED, .unacked = 1, .received = 11)                                                 \
	ROW("close-wait-unread", CLOSE_WAIT, "unread", SYNCHRONIZED, .received = 12)                                                               \
	ROW("established-gap", ESTABLISHED, "gap", SYNCHRONIZED, .received = 1)                                                                    \
	ROW("fin-wait-1-gap", FIN_WAIT_1, "gap", SYNCHRONIZED, .unacked = 1, .received = 1)                                                        \
	ROW("established-shut", ESTABLISHED, "shut", SYNCHRONIZED, .shut = true)                                                                   \
	ROW("fin-wait-1-shut", FIN_WAIT_1, "shut", SYNCHRONIZED, .shut = true, .unacked = 1)

#define NAMED(name, state, way, ...) {name, state, way},
#define FACTS(name, state, way, ...) {__VA_ARGS__},
static const struct cell_row named[] = {TABLE(NAMED)};
static const struct row_axes rows[] = {TABLE(FACTS)};
enum { ROWS = sizeof rows / sizeof *rows };

const struct cell_row *cell_rows(size_t *count)
{
	*count = ROWS;
	return named;
}

const struct row_axes *axes_row(size_t i)
{
	return &rows[i];
}

static bool seq_feasible(const struct row_axes *r, enum seq_class c)
{
	if (!r->receives || c == SEQ_CLASS_ANY)
		return !r->receives && c == SEQ_CLASS_ANY;
	/* RCV.END is RCV.NXT: the last octet is the one before, the first beyond the exact one, and nothing is inside. */
	return !r->shut || (c != SEQ_CLASS_INSIDE && c != SEQ_CLASS_LAST && c != SEQ_CLASS_BEYOND);
}

static bool ack_feasible(const struct row_axes *r, enum ack_class c)
{
	if (!r->sends || c == ACK_CLASS_ANY)
		return !r->sends && c == ACK_CLASS_ANY;
	if (c == ACK_CLASS_LOW)
		return r->low;
	if (c == ACK_CLASS_BETWEEN)
		return r->unacked >= 2;
	if (c == ACK_CLASS_NXT)
		return r->unacked >= 1;
	return true;
}

bool point_feasible(const struct point *p)
{
	const struct row_axes *r = &rows[p->row];
	if (!seq_feasible(r, p->seq))
		return false;
	if (p->ctl & CTL_ACK ? p->ack == ACK_CLASS_NONE || !ack_feasible(r, p->ack) : p->ack != ACK_CLASS_NONE)
		return false;
	if ((p->text == TEXT_CLASS_LEFT && p->seq != SEQ_CLASS_BEFORE) || (p->text == TEXT_CLASS_RIGHT && p->seq != SEQ_CLASS_LAST))
		return false;
	if (p->isn != ISN_CLASS_RANDOM && r->received == 0)
		return false;
	return p->ts == TS_CLASS_ABSENT || r->receives;
}

bool point_is_left(const struct point *p)
{
	return p->seq == SEQ_CLASS_BEFORE || p->seq == SEQ_CLASS_OLD;
}

const char *seq_class_word(enum seq_class c)
{
	static const char *const words[SEQ_CLASSES] = {"any", "exact", "inside", "last", "before", "old", "beyond", "far"};
	return words[c];
}

const char *ack_class_word(enum ack_class c)
{
	static const char *const words[ACK_CLASSES] = {"-", "any", "low", "old", "una", "between", "nxt", "beyond", "far"};
	return words[c];
}

const char *text_class_word(enum text_class c)
{
	static const char *const words[TEXT_CLASSES] = {"0", "1", "left", "right"};
	return words[c];
}

const char *isn_class_word(enum isn_class c)
{
	static const char *const words[ISN_CLASSES] = {"random", "wrap-31", "wrap-32"};
	return words[c];
}

const char *ts_class_word(enum ts_class c)
{
	static const char *const words[TS_CLASSES] = {"absent", "fresh", "old"};
	return words[c];
}

char *ctl_word(uint16_t ctl, char *to)
{
	static const struct {
		uint16_t bit;
		char word[5];
	} bits[] = {{CTL_SYN, "syn-"}, {CTL_FIN, "fin-"}, {CTL_RST, "rst-"}, {CTL_PSH, "psh-"}, {CTL_ACK, "ack-"}, {CTL_URG, "urg-"}, {CTL_ECE, "ece-"}, {CTL_CWR, "cwr-"}, {CTL_AE, "ae-"}};
	char *at = to;
	for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
		if (ctl & bits[i].bit)
			at = stpcpy(at, bits[i].word);
	if (at == to)
		return stpcpy(to, "none");
	*--at = '\0';
	return at;
}

void point_seq(const struct point *p, struct seqnum *q)
{
	static const struct {
		enum seq_variable variable;
		int64_t offset;
	} at[SEQ_CLASSES] = {
	    [SEQ_CLASS_EXACT] = {VAR_RCV_NXT, 0},
	    [SEQ_CLASS_INSIDE] = {VAR_RCV_NXT, 100},
	    [SEQ_CLASS_LAST] = {VAR_RCV_END, -1},
	    [SEQ_CLASS_BEFORE] = {VAR_RCV_NXT, -1},
	    [SEQ_CLASS_OLD] = {VAR_RCV_NXT, -FAR},
	    [SEQ_CLASS_BEYOND] = {VAR_RCV_END, 0},
	    [SEQ_CLASS_FAR] = {VAR_RCV_END, FAR},
	};
	*q = (struct seqnum){.kind = SEQ_NAME, .name = "Z"};
	if (p->seq != SEQ_CLASS_ANY)
		*q = (struct seqnum){.kind = SEQ_VARIABLE, .variable = at[p->seq].variable, .offset = at[p->seq].offset};
}

void point_ack(const struct point *p, struct seqnum *q)
{
	static const struct {
		enum seq_variable variable;
		int64_t offset;
	} at[ACK_CLASSES] = {
	    [ACK_CLASS_LOW] = {VAR_SND_UNA, -65536},
	    [ACK_CLASS_OLD] = {VAR_SND_UNA, -1},
	    [ACK_CLASS_UNA] = {VAR_SND_UNA, 0},
	    [ACK_CLASS_BETWEEN] = {VAR_SND_UNA, 1},
	    [ACK_CLASS_NXT] = {VAR_SND_NXT, 0},
	    [ACK_CLASS_BEYOND] = {VAR_SND_NXT, 1},
	    [ACK_CLASS_FAR] = {VAR_SND_NXT, FAR},
	};
	*q = (struct seqnum){.kind = SEQ_UNSAID};
	if (p->ack == ACK_CLASS_ANY)
		*q = (struct seqnum){.kind = SEQ_NAME, .name = "X"};
	else if (p->ack != ACK_CLASS_NONE)
		*q = (struct seqnum){.kind = SEQ_VARIABLE, .variable = at[p->ack].variable, .offset = at[p->ack].offset};
}

uint32_t point_octets(const struct point *p)
{
	static const uint32_t octets[TEXT_CLASSES] = {0, 1, 2, 2};
	return octets[p->text];
}
