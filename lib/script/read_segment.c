/* Reads a segment's fields, <SEQ=100><ACK=300><CTL=ACK>, into a said segment. It does not bind numbers and builds no octets. */
#include "lib/script/reader.h"

#include <stdio.h>
#include <string.h>

static bool offset_read(struct cursor *c, struct seqnum *q)
{
	bool minus = cursor_at(c, "-");
	if (!minus && !cursor_at(c, "+"))
		return true;
	c->at++;
	uint32_t n;
	if (!cursor_number(c, UINT32_MAX, "a number", &n))
		return false;
	q->offset = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

static bool name_read(struct cursor *c, struct seqnum *q)
{
	size_t n = 0;
	while (c->at + n < c->end && ((c->at[n] >= 'A' && c->at[n] <= 'Z') || (n > 0 && c->at[n] >= '0' && c->at[n] <= '9')))
		n++;
	if (n == 0)
		return cursor_expected(c, "a sequence number (#0, 100, Z, SND.NXT, with '+' or '-')");
	if (n >= sizeof q->name)
		return cursor_expected(c, "a name of at most %zu letters", sizeof q->name - 1);
	q->kind = SEQ_NAME;
	memcpy(q->name, c->at, n);
	q->name[n] = '\0';
	c->at += n;
	return true;
}

static bool variable_take(struct cursor *c, struct seqnum *q)
{
	for (enum seq_variable v = VAR_SND_UNA; v <= VAR_IRS; v++)
		if (cursor_at(c, variable_word(v))) {
			char behind = c->at + strlen(variable_word(v)) < c->end ? c->at[strlen(variable_word(v))] : '>';
			if ((behind >= 'A' && behind <= 'Z') || (behind >= '0' && behind <= '9'))
				continue;
			c->at += strlen(variable_word(v));
			q->kind = SEQ_VARIABLE;
			q->variable = v;
			return true;
		}
	return false;
}

bool seqnum_read(struct cursor *c, bool variables, struct seqnum *q)
{
	const char *from = c->at;
	if (cursor_take(c, "#")) {
		q->kind = SEQ_ABSOLUTE;
		return cursor_number(c, UINT32_MAX, "a number", &q->number);
	}
	q->prior = cursor_take(c, "'");
	if (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
		q->kind = SEQ_FIGURE;
		return cursor_number(c, UINT32_MAX, "a number", &q->number) && offset_read(c, q);
	}
	if (!variable_take(c, q))
		return name_read(c, q) && offset_read(c, q);
	if (q->prior || !variables) {
		c->at = from;
		return cursor_expected(c, q->prior ? "a number after the apostrophe" : "a number (the target's variables are for ladders with one side in plays:)");
	}
	return offset_read(c, q);
}

static bool ctl_read(struct cursor *c, struct said_segment *s)
{
	uint16_t written = 0;
	s->ctl_care = CTL_ALWAYS;
	if (cursor_word(c, "0"))
		return true;
	do {
		bool unasserted = cursor_take(c, "?"), clear = !unasserted && cursor_take(c, "!");
		uint16_t bit = 0;
		const char *word = NULL;
		for (unsigned i = 0; (word = bit_word(i, &bit)) != NULL; i++)
			if (cursor_at(c, word))
				break;
		if (!word)
			return cursor_expected(c, "a control bit (SYN FIN RST PSH ACK URG ECE CWR AE) or 0");
		if (written & bit)
			return cursor_expected(c, "each control bit once");
		cursor_take(c, word);
		written |= bit;
		if (!unasserted && !clear)
			s->ctl |= bit;
		s->ctl_care = (uint16_t)(unasserted ? s->ctl_care & ~bit : s->ctl_care | bit);
	} while (cursor_take(c, ","));
	return true;
}

static bool wnd_read(struct cursor *c, struct said_segment *s)
{
	uint32_t n;
	if (!cursor_number(c, UINT16_MAX, "a window", &n))
		return false;
	s->wnd = (uint16_t)n;
	s->wnd_test = cursor_take(c, "+") ? WND_AT_LEAST : cursor_take(c, "-") ? WND_AT_MOST
	                                                                       : WND_EQUAL;
	return true;
}

static bool data_read(struct cursor *c, struct said_segment *s)
{
	if (cursor_take(c, "RCV.WND")) {
		s->data = DATA_WINDOW;
		return true;
	}
	if (!cursor_number(c, DATA_WINDOW - 1, "a number of octets, or RCV.WND", &s->data))
		return false;
	s->data_most = cursor_take(c, "-");
	s->data_split = cursor_take(c, "/");
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Decimal, or 0x and up to four hexadecimal digits, as checksums are written elsewhere; behind ^ the bits that are flipped. */
static bool chk_read(struct cursor *c, struct said_segment *s)
{
	uint32_t n = 0;
	s->chk_flips = cursor_take(c, "^");
	if (!cursor_take(c, "0x")) {
		if (!cursor_number(c, UINT16_MAX, "a checksum, or ^ and the bits of it that are flipped", &n))
			return false;
		s->chk = (uint16_t)n;
		return true;
	}
	const char *from = c->at;
	while (c->at < c->end && c->at - from < 4 && hex_digit(*c->at) >= 0)
		n = n * 16 + (uint32_t)hex_digit(*c->at++);
	s->chk = (uint16_t)n;
	return c->at > from || cursor_expected(c, "hexadecimal digits (0-9 a-f)");
}

static bool raw_read(struct cursor *c, struct said_segment *s)
{
	size_t n = 0;
	while (c->at < c->end && hex_digit(*c->at) >= 0) {
		if (n == sizeof s->raw - 2)
			return cursor_expected(c, "at most %zu octets", (sizeof s->raw - 2) / 2);
		s->raw[n++] = *c->at++;
	}
	s->raw[n] = '\0';
	if (n == 0 || n % 2 != 0)
		return cursor_expected(c, "pairs of hexadecimal digits (0-9 a-f)");
	return true;
}

static bool icmp_read(struct cursor *c, struct said_segment *s)
{
	uint32_t type, code;
	if (!cursor_number(c, UINT8_MAX, "an ICMP type", &type))
		return false;
	if (!cursor_take(c, "/"))
		return cursor_expected(c, "'/' and an ICMP code");
	if (!cursor_number(c, UINT8_MAX, "an ICMP code", &code))
		return false;
	s->icmp_type = (uint8_t)type;
	s->icmp_code = (uint8_t)code;
	return true;
}

static bool small_read(struct cursor *c, uint32_t max, const char *what, unsigned field, struct said_segment *s)
{
	uint32_t n;
	if (!cursor_number(c, max, what, &n))
		return false;
	if (field == SAY_UP)
		s->up = (uint16_t)n;
	else if (field == SAY_OFF)
		s->off = (uint8_t)n;
	else if (field == SAY_RSV)
		s->rsv = (uint8_t)n;
	else if (field == SAY_MTU)
		s->mtu = (uint16_t)n;
	else
		s->src_port = (uint16_t)n;
	return true;
}

/* "9", "47001..47064" */
static bool ports_read(struct cursor *c, struct said_segment *s)
{
	uint32_t last;
	if (!small_read(c, UINT16_MAX, "a port", SAY_SRC, s))
		return false;
	if (!cursor_take(c, ".."))
		return true;
	const char *from = c->at;
	if (!cursor_number(c, UINT16_MAX, "a port", &last))
		return false;
	s->src_last = (uint16_t)last;
	c->at = last > s->src_port ? c->at : from;
	return last > s->src_port || cursor_expected(c, "a port behind the first");
}

/* The edges of SACK blocks: numbers of the ladder, in the space that ACK is in; `*` for any more blocks. */
static bool edges_read(struct cursor *c, bool variables)
{
	do {
		struct seqnum q = {.kind = SEQ_UNSAID};
		if (!seqnum_read(c, variables, &q))
			return false;
	} while (cursor_take(c, "/") && !cursor_take(c, "*"));
	return true;
}

/* One option: a word of the grammar, K<kind> or anything in capitals, then values; lib/wire says what they mean. */
static bool option_read(struct cursor *c, bool variables)
{
	static const char *const words[] = {"MSS", "WS", "SACKOK", "SACK", "TS", "NOP", "EOL", "TFO", "K"};
	size_t i = 0, count = sizeof words / sizeof *words;
	const bool absent = cursor_take(c, "!");
	for (; i < count; i++) {
		const char *at = c->at + strlen(words[i]);
		if (cursor_at(c, words[i]) && (at == c->end || strchr(":,> ", *at) || i == count - 1))
			break;
	}
	if (i == count)
		return cursor_expected(c, "an option (MSS WS SACKOK SACK TS NOP EOL TFO K<kind>)");
	cursor_take(c, words[i]);
	uint32_t kind;
	if (i == count - 1 && !cursor_number(c, UINT8_MAX, "an option kind", &kind))
		return false;
	if (absent || !cursor_take(c, ":"))
		return true;
	if (strcmp(words[i], "SACK") == 0)
		return edges_read(c, variables);
	do {
		const char *from = c->at;
		while (c->at < c->end && ((*c->at >= '0' && *c->at <= '9') || (*c->at >= 'a' && *c->at <= 'z') || *c->at == 'L' || *c->at == '-'))
			c->at++;
		if (c->at == from)
			return cursor_expected(c, "a value");
	} while (cursor_take(c, "/"));
	return true;
}

bool options_read(struct cursor *c, bool variables, char *to, size_t room)
{
	const char *from = c->at;
	if (!cursor_word(c, "none"))
		do {
			if (!option_read(c, variables))
				return false;
		} while (cursor_take(c, ","));
	size_t n = (size_t)(c->at - from);
	if (n >= room) {
		c->at = from;
		return cursor_expected(c, "options of at most %zu characters", room - 1);
	}
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

enum { SAY_CTL = 1 << 30 }; /* inside the reader only: a script's segment always has its control bits */

static bool value_read(struct cursor *c, const struct ladder *l, unsigned field, struct row *r)
{
	struct said_segment *s = &r->segment;
	const bool variables = !(l->plays[SIDE_A] && l->plays[SIDE_B]);
	switch (field) {
	case SAY_SEQ:
		r->seq_col = cursor_col(c);
		return seqnum_read(c, variables, &s->seq);
	case SAY_ACK:
		r->ack_col = cursor_col(c);
		return seqnum_read(c, variables, &s->ack);
	case SAY_WND:
		return wnd_read(c, s);
	case SAY_UP:
		return small_read(c, UINT16_MAX, "an urgent pointer", field, s);
	case SAY_DATA:
		return data_read(c, s);
	case SAY_OPT:
		return options_read(c, variables, s->opt, sizeof s->opt);
	case SAY_CHK:
		return chk_read(c, s);
	case SAY_OFF:
		return small_read(c, 15, "a data offset", field, s);
	case SAY_RSV:
		return small_read(c, 7, "reserved bits", field, s);
	case SAY_SRC:
		return ports_read(c, s);
	case SAY_RAW:
		return raw_read(c, s);
	case SAY_ICMP:
		return icmp_read(c, s);
	case SAY_MTU:
		return small_read(c, UINT16_MAX, "an MTU", field, s);
	case SAY_CTL:
		return ctl_read(c, s);
	default:
		return ip_value_read(c, field, &s->ip);
	}
}

static unsigned field_take(struct cursor *c)
{
	static const struct {
		const char *word;
		unsigned field;
	} table[] = {{"SEQ", SAY_SEQ}, {"ACK", SAY_ACK}, {"CTL", SAY_CTL}, {"WND", SAY_WND}, {"UP", SAY_UP}, {"DATA", SAY_DATA}, {"OPT", SAY_OPT}, {"CHK", SAY_CHK}, {"OFF", SAY_OFF}, {"RSV", SAY_RSV}, {"SRC", SAY_SRC}, {"RAW", SAY_RAW}, {"ICMP", SAY_ICMP}, {"MTU", SAY_MTU}, {"TTL", SAY_TTL}, {"DSCP", SAY_DSCP}, {"ECN", SAY_ECN}, {"IPOPT", SAY_IPOPT}, {"EXT", SAY_EXT}, {"FROM", SAY_FROM}, {"TO", SAY_TO}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (cursor_word(c, table[i].word))
			return table[i].field;
	return 0;
}

static bool field_read(struct cursor *c, const struct ladder *l, struct row *r, unsigned *said)
{
	const char *from = c->at;
	cursor_take(c, "<");
	unsigned field = field_take(c);
	if (!field)
		return cursor_expected(c, "a field (SEQ ACK CTL WND UP DATA OPT CHK OFF RSV SRC RAW ICMP MTU TTL DSCP ECN IPOPT EXT FROM TO)");
	if (*said & field || (field == SAY_ICMP && *said)) {
		c->at = from;
		return cursor_expected(c, *said & field ? "each field once" : "ICMP before the fields of the segment that it quotes");
	}
	if (!cursor_take(c, "="))
		return cursor_expected(c, "'=' and a value");
	if (!value_read(c, l, field, r))
		return false;
	if (!cursor_take(c, ">"))
		return cursor_expected(c, "'>'");
	*said |= field;
	return true;
}

bool segment_read(struct cursor *c, const struct ladder *l, struct row *r)
{
	unsigned said = 0;
	r->segment_col = cursor_col(c);
	r->segment.ctl_care = CTL_ALWAYS;
	while (cursor_at(c, "<") && !cursor_at(c, "<--")) {
		if (!field_read(c, l, r, &said))
			return false;
		cursor_skip(c);
	}
	if (!said)
		return cursor_expected(c, "a segment (<SEQ=...><CTL=...>)");
	if (!(said & (SAY_CTL | SAY_ICMP | SAY_RAW)))
		return cursor_expected(c, "<CTL=...>: the control bits must be said");
	if (said & SAY_MTU && !(said & SAY_ICMP))
		return cursor_expected(c, "<ICMP=...> with <MTU=...>: it is the error that says an MTU");
	r->segment.said = said & ~(unsigned)SAY_CTL;
	return true;
}
