/* The notation's words for what scripts hold as numbers: calls, control bits, variables, needs. Tables only; nothing is parsed here. */
#include "lib/script/reader.h"

const char *call_words(enum call c)
{
	switch (c) {
	case CALL_OPEN_PASSIVE:
		return "Open passive";
	case CALL_OPEN_ACTIVE:
		return "Open active";
	case CALL_SEND:
		return "Send";
	case CALL_RECEIVE:
		return "Receive";
	case CALL_CLOSE:
		return "Close";
	case CALL_RELEASE:
		return "Release";
	case CALL_ABORT:
		return "Abort";
	case CALL_FORGET:
		return "Reboot";
	case CALL_SET:
		return "Set";
	case CALLS:
		break;
	}
	return "?";
}

const char *ip_role_word(enum ip_role r)
{
	switch (r) {
	case ROLE_BROADCAST:
		return "broadcast";
	case ROLE_NET_BROADCAST:
		return "net-broadcast";
	case ROLE_RESERVED:
		return "reserved";
	case ROLE_MULTICAST:
		return "multicast";
	case ROLE_ZERO:
		return "zero";
	case ROLE_LOOPBACK:
		return "loopback";
	case ROLE_OTHER:
		return "other";
	case ROLES:
		break;
	}
	return "?";
}

const char *variable_word(enum seq_variable v)
{
	switch (v) {
	case VAR_SND_UNA:
		return "SND.UNA";
	case VAR_SND_NXT:
		return "SND.NXT";
	case VAR_RCV_NXT:
		return "RCV.NXT";
	case VAR_RCV_END:
		return "RCV.END";
	case VAR_ISS:
		return "ISS";
	case VAR_IRS:
		return "IRS";
	}
	return "?";
}

const char *need_word(unsigned i, unsigned *need)
{
	static const struct {
		const char *word;
		unsigned need;
	} table[] = {
	    {"active", NEED_OPEN_ACTIVE},
	    {"passive", NEED_OPEN_PASSIVE},
	    {"send", NEED_SEND},
	    {"receive", NEED_RECEIVE},
	    {"close", NEED_CLOSE},
	    {"release", NEED_RELEASE},
	    {"abort", NEED_ABORT},
	    {"forget", NEED_FORGET},
	    {"urgent", NEED_URGENT},
	    {"urgent-ahead", NEED_URGENT_AHEAD},
	    {"timestamps", NEED_TIMESTAMPS},
	    {"window-scale", NEED_WINDOW_SCALE},
	    {"sack", NEED_SACK},
	    {"fastopen", NEED_FASTOPEN},
	    {"early-send", NEED_EARLY_SEND},
	    {"small-buffer", NEED_SMALL_BUFFER},
	    {"open-listening", NEED_OPEN_LISTENING},
	    {"simultaneous-open", NEED_SIMULTANEOUS_OPEN},
	    {"simultaneous-close", NEED_SIMULTANEOUS_CLOSE},
	    {"close-unread", NEED_CLOSE_UNREAD},
	};
	if (i >= sizeof table / sizeof *table)
		return NULL;
	*need = table[i].need;
	return table[i].word;
}

/* The standard's figures write ACK last: SYN,ACK  FIN,ACK  RST,ACK. */
const char *bit_word(unsigned i, uint16_t *bit)
{
	static const struct {
		const char *word;
		uint16_t bit;
	} table[] = {
	    {"SYN", CTL_SYN},
	    {"FIN", CTL_FIN},
	    {"RST", CTL_RST},
	    {"PSH", CTL_PSH},
	    {"URG", CTL_URG},
	    {"ACK", CTL_ACK},
	    {"ECE", CTL_ECE},
	    {"CWR", CTL_CWR},
	    {"AE", CTL_AE},
	};
	if (i >= sizeof table / sizeof *table)
		return NULL;
	*bit = table[i].bit;
	return table[i].word;
}

unsigned row_sender(const struct row *r)
{
	return r->token[SIDE_A] == TO_RIGHT || r->token[SIDE_B] == TO_RIGHT ? SIDE_A : SIDE_B;
}

unsigned row_seq_space(const struct row *r)
{
	unsigned sender = row_sender(r);
	return r->segment.said & SAY_ICMP ? 1 - sender : sender;
}

bool row_departs(const struct row *r, unsigned side)
{
	return r->arrow && r->token[side] == (side == SIDE_A ? TO_RIGHT : TO_LEFT);
}

bool row_arrives(const struct row *r, unsigned side)
{
	return r->arrow && r->token[side] == (side == SIDE_A ? TO_LEFT : TO_RIGHT);
}
