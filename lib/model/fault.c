/* Always-on checks of every captured segment of the target, whatever it answers. They know no events. */
#include "lib/model/model.h"

#include "lib/model/reaction.h"
#include "lib/wire/ip.h"
#include "lib/wire/option.h"
#include "lib/wire/seq.h"

/* Does anything but zeros stand behind an End of Option List? */
static bool padding_says_something(const struct segment *s)
{
	bool ended = false;
	for (size_t i = 0; i < s->options_length;) {
		const uint8_t kind = s->option_octets[i];
		if (ended && kind != 0)
			return true;
		ended |= kind == OPTION_EOL;
		i += ended || kind == OPTION_NOP || i + 1 >= s->options_length || s->option_octets[i + 1] == 0 ? 1u : s->option_octets[i + 1];
	}
	return false;
}

/* An option of a length, or with a value, that it never has. What its kind must be agreed on for is asked elsewhere. */
static const char *option_fault(const uint8_t *at, size_t length)
{
	enum { COOKIE_HEAD = 2 };
	if (at[0] == OPTION_TFO && length != COOKIE_HEAD && (length < COOKIE_HEAD + COOKIE_MIN || length > COOKIE_HEAD + COOKIE_MAX || length % 2))
		return "RFC 7413 4.1.1: a Fast Open option has no cookie, or one of 4 to 16 octets, an even number";
	if (at[0] == OPTION_UTO && (length != 4 || (at[2] == 0 && at[3] == 0)))
		return "RFC 5482 3.3, 3.4: a User Timeout option has four octets, and 0 is reserved";
	return NULL;
}

static const char *options_fault(const struct segment *s)
{
	const char *fault = NULL;
	for (size_t i = 0, length; !fault && i + 1 < s->options_length && s->option_octets[i] != OPTION_EOL; i += length) {
		length = s->option_octets[i] == OPTION_NOP ? 1 : s->option_octets[i + 1];
		if (length == 0 || length > s->options_length - i)
			break;
		fault = option_fault(&s->option_octets[i], length);
	}
	return fault;
}

/* Of a segment that was read from a packet: what its IP header must be beside what the judge compares it with (addresses) and what makes it one of TCP (version, protocol, header length). */
static const char *ip_fault(const struct segment *s)
{
	enum { ETHERNET_PAYLOAD_LEAST = 46, /* shorter packets are padded (RFC 894) */
	       FLAG_RESERVED = 0x80 };
	if (!s->packet)
		return NULL;
	const bool v4 = s->src.family == IPV4;
	if (s->ttl == 0)
		return "RFC 791 3.1; RFC 1122 3.2.1.7: a datagram must not be sent with a time to live of 0";
	if (v4 && s->packet[6] & FLAG_RESERVED)
		return "RFC 791 3.1: bit 0 of the flags is reserved, must be zero";
	if (s->packet_octets > ETHERNET_PAYLOAD_LEAST && s->packet_octets > s->ip_length + (v4 ? 0U : (unsigned)IPV6_HEADER))
		return "RFC 791 3.1; RFC 8200 3: the packet is longer than its header says";
	return NULL;
}

static const char *header_fault(const struct segment *s)
{
	if (s->bad & BAD_IP_CHECKSUM)
		return "RFC 791 3.1; RFC 1122 3.2.1.2: the IP header checksum is wrong";
	if (s->bad & BAD_TCP_CHECKSUM)
		return "RFC 9293 3.1, MUST-2: the sender must generate the checksum, and it is wrong";
	if (s->bad & BAD_OFFSET)
		return "RFC 9293 3.1: the data offset points outside the segment";
	if (s->bad & BAD_OPTIONS)
		return "RFC 9293 3.1, 3.2: an option's length contradicts its place";
	if (padding_says_something(s))
		return "RFC 9293 3.1, MUST-69: the header beyond the End of Option List must be padding of zeros";
	if (s->bad & BAD_RESERVED || s->reserved != 0)
		return "RFC 9293 3.1: reserved bits must be zero in generated segments";
	if (s->bad & BAD_FRAGMENT)
		return "RFC 9293 3.7: a segment was sent as IP fragments";
	return NULL;
}

/* "If the ACK control bit is set, this field contains" a number; what it contains else is not said, and no receiver looks. Whoever writes a reply as the standard does, <SEQ=SEG.ACK><CTL=RST>, names no number. */
static const char *meaningless_fault(const struct segment *s)
{
	if (!(s->ctl & CTL_ACK) && s->ack != 0)
		return "RFC 9293 3.1: the acknowledgment field has a value and the ACK bit is not set";
	return NULL;
}

/* SHLD-14. A scaled window may round down by less than one unit (RFC 7323 2.4). */
static const char *window_fault(const struct tcb *t, const struct segment *s)
{
	if (!state_synchronized(t->state) || t->fin_received || s->ctl & (CTL_SYN | CTL_RST) || !(s->ctl & CTL_ACK))
		return NULL;
	const uint32_t edge = s->ack + ((uint32_t)s->wnd << t->rcv_scale), slack = (UINT32_C(1) << t->rcv_scale) - 1;
	if (seq_lt(edge + slack, t->rcv_edge) && seq_le(t->last_ack_sent, s->ack))
		return "RFC 9293 3.8.6, SHLD-14: the window was shrunk, its right edge moved left";
	return NULL;
}

static const char *timestamp_fault(const struct tcb *t, const struct segment *s)
{
	const struct options *o = &s->options;
	if (!state_synchronized(t->state) || s->ctl & (CTL_RST | CTL_SYN))
		return NULL;
	if (t->ts_on && !o->has_ts)
		return "RFC 7323 3.2: once negotiated, the Timestamps option must be sent in every non-reset segment";
	if (!t->ts_on && o->has_ts)
		return "RFC 7323 3.2, Appendix D: the Timestamps option is sent and was not negotiated";
	if (t->ts_on && s->ctl & CTL_ACK && o->ts_ecr != t->ts_recent && !(t->ts_doubt && o->ts_ecr == t->ts_other))
		return "RFC 7323 4.3: TSecr must be TS.Recent";
	return NULL;
}

/* Options that belong to SYNs (RFC 9293 3.2, RFC 7323 2.2, RFC 2018 2), and answers to offers that were not made. */
static const char *syn_option_fault(const struct tcb *t, const struct segment *s)
{
	const struct options *o = &s->options;
	if (!(s->ctl & CTL_SYN) && (o->has_mss || o->has_ws || o->has_sack_permitted))
		return "RFC 9293 3.2; RFC 7323 2.2; RFC 2018 2: an option that may be sent in SYN segments only";
	if (o->sack_blocks && state_synchronized(t->state) && !t->sack_offered)
		return "RFC 2018 4: a SACK option, and the peer has not permitted it";
	if (o->has_ws && o->ws > SCALE_MAX)
		return "RFC 7323 2.3: the shift count must be limited to 14";
	if (s->ctl & CTL_SYN && !(s->ctl & CTL_ACK) && s->text_length && !o->cookie_octets)
		return "RFC 7413 4.2.2: to open with text on its SYN, the client must have obtained a cookie, and that stands there";
	if (!(s->ctl & CTL_SYN) || !(s->ctl & CTL_ACK) || t->state != SYN_RECEIVED)
		return NULL;
	if (o->has_ts && !t->ts_offered && t->passive) /* crossing SYNs: either side may */
		return "RFC 7323 3.2: a Timestamps option in the SYN,ACK, and none was in the SYN";
	if (o->has_ts && t->ts_on && o->ts_ecr != t->ts_recent)
		return "RFC 7323 3.2, 4.3: TSecr of a SYN,ACK must be the TSval of the SYN";
	if (o->has_ws && !t->ws_offered && t->passive)
		return "RFC 7323 2.2: a Window Scale option in the SYN,ACK, and none was in the SYN";
	return NULL;
}

/* 3.10.2: the urgent pointer is set "in the outgoing segments", which are those that bring something of the text before SND.UP. */
static const char *urgent_fault(const struct tcb *t, const struct segment *s)
{
	if (!t->urgent_out || s->ctl & (CTL_SYN | CTL_RST | CTL_URG) || s->text_length == 0 || !seq_lt(s->seq, t->snd_up))
		return NULL;
	return "RFC 9293 3.10.2, 3.8.5, MUST-30: text up to SND.UP is urgent, and the segment's URG bit is not set";
}

static const char *mss_fault(const struct model *m, const struct segment *s)
{
	const unsigned most = mss_of_link(m, s->src.family);
	if (!(s->ctl & CTL_SYN) || most == 0 || !s->options.has_mss || s->options.mss <= most)
		return NULL;
	return "RFC 9293 3.7.1, MUST-67: the MSS option must say MMS_R - 20 at the most";
}

/* What a SYN should say, and should not. */
static const char *syn_recommended_fault(const struct model *m, const struct segment *s)
{
	const unsigned most = mss_of_link(m, s->src.family);
	const struct options *o = &s->options;
	if (!(s->ctl & CTL_SYN))
		return NULL;
	if (!o->has_mss && most && most != (s->src.family == IPV6 ? SEGMENT_MSS_IPV6 : SEGMENT_MSS_IPV4))
		return "RFC 9293 3.7.1, SHLD-5: an MSS option should be in every SYN when the receive MSS is not the default";
	if (o->has_mss && o->mss < most)
		return "RFC 9293 3.7.1; RFC 6691 2: the MSS option should say the MTU less the fixed headers, and no less for options";
	if (o->has_ts && !(s->ctl & CTL_ACK) && o->ts_ecr != 0)
		return "RFC 7323 3.2: where the ACK bit is not set, TSecr should be zero";
	return NULL;
}

const char *model_reset_fault(const struct model *m, const struct tcb *before, const struct segment *cause, const struct segment *s)
{
	const struct options *o = &s->options;
	if (!(s->ctl & CTL_RST) || !m->choices.timestamps)
		return NULL;
	if (!cause && before->ts_on && !o->has_ts)
		return "RFC 7323 3.2, 5.2: a reset because of a user's abort should carry a Timestamps option, once negotiated";
	if (!cause && o->has_ts && !(s->ctl & CTL_ACK) && o->ts_ecr != 0)
		return "RFC 7323 3.2: where the ACK bit is not set, TSecr should be zero";
	if (!cause || !cause->options.has_ts)
		return NULL;
	if (!o->has_ts)
		return "RFC 7323 5.2: a reset that a segment with a Timestamps option causes should carry one";
	if (o->ts_ecr != cause->options.ts_val || o->ts_val != 0)
		return "RFC 7323 5.2: in a reset TSecr should be TSval of the segment that causes it, and TSval zero";
	return NULL;
}

const char *model_size_fault(const struct model *m, const struct tcb *t, const struct segment *s)
{
	const unsigned packet = s->ip_length + (s->src.family == IPV6 ? (unsigned)IPV6_HEADER : 0u);
	if (m->constants.mtu && packet > m->constants.mtu)
		return "RFC 9293 3.7.1, MUST-16: the packet is longer than the link carries (MMS_S)";
	/* Where the options alone fill it, one octet of text is the least that a segment can carry, and an acknowledgment carries them all the same. */
	if (!state_synchronized(t->state) || s->ctl & CTL_SYN || s->text_length + s->options_length <= t->snd_mss || (s->text_length <= 1 && s->options_length >= t->snd_mss))
		return NULL;
	return "RFC 9293 3.7.1, MUST-15, MUST-16; RFC 6691 2: more text and options than SendMSS";
}

const char *model_segment_fault(const struct model *m, const struct tcb *t, const struct segment *s, enum level *level)
{
	*level = LEVEL_MUST;
	const char *fault = header_fault(s);
	if (!fault)
		fault = ip_fault(s);
	if (!fault)
		fault = options_fault(s);
	if (!fault)
		fault = syn_option_fault(t, s);
	if (!fault)
		fault = timestamp_fault(t, s);
	if (!fault)
		fault = urgent_fault(t, s);
	if (!fault)
		fault = mss_fault(m, s);
	if (!fault)
		fault = tcb_window_silly(t, s);
	if (fault)
		return fault;
	fault = model_ecn_fault(t, s, level);
	if (fault)
		return fault;
	*level = LEVEL_SHOULD;
	fault = window_fault(t, s);
	if (!fault)
		fault = meaningless_fault(s);
	return fault ? fault : syn_recommended_fault(m, s);
}
