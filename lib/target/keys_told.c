/* The table of keys, and sections printed from it. */
#include "lib/target/keys_told.h"

#include <string.h>

#include "lib/model/keys.h"

enum { KEY_COLUMN = 20,
       VALUE_COLUMN = 8 };

static const struct key_told told[] = {
    {"target", "name", "what reports call the target; at most 31 octets"},
    {"target", "kind", "who steers it: `stack`, a library in our process (doc/stack.md); `exec`, a program by lines (doc/exec.md); `remote`, the Testability Protocol; `none`, nobody: an echo port is enough; `linux`, sockets of this kernel"},
    {"target", "description", "a line for people"},
    {"target", "library", "of kind stack: the shared library; with a slash a path from this file on, without one looked for beside tcpspec and in PREFIX/lib/tcpspec"},
    {"target", "command", "of kind exec: the program that steers it, for sh; it is given TCPSPEC_INTERFACE and the rest of doc/exec.md, and `--set NAME=VALUE` for each line of [stack]"},
    {"target", "upper_tester", "of kind remote: where the agent of doc/agent.md is reached, testability:udp:ADDRESS:PORT, testability:tcp:ADDRESS:PORT or testability:unix[:PATH], then perhaps ,service=0x0105 and ,timeout=2 s; its command starts it"},
    {"target", "like", "first of all: another descriptor, which says what this one does not"},
    {"target", "start", "what is started before, where who steers is somebody else than the stack: for sh, with the same environment, in the namespace of the link"},
    {"target", "ready", "a part of the line by which `start` says that the stack can be met, within 4 s; without it the stack is met when its address is resolved"},
    {"target", "interface", "the TAP or the like that the stack makes for itself (it is set up where it is down); without it the run makes a veth pair, and the stack takes TCPSPEC_INTERFACE"},
    {"target", "address", "with `interface`: the stack's own addresses there, `A`, `A6` or `A, A6`; private, link-local or documentation ones"},
    {"target", "tester_address", "with `interface`: the tester's; without it the neighbour of the stack's"},
    {"target", "mac", "with `interface`: the stack's, where it answers neither ARP nor neighbour solicitations"},
    {"target", "service", "of kind none: what serves the port, `echo` or `discard`"},
    {"target", "port", "of kind none: that port; without it 7 (echo) or 9 (discard)"},
    {"target", "fence", "what proves silence, the weakest that may hold: `call` (kind stack), `link` (an ICMP echo, in order), `same` (on the connection itself), `both`, `time` (80 ms each); calibration tries it, and takes a stronger one where it does not hold"},
    {"target", "connections", "how many plays may be under way at a time, those that are watched for a second behind their end included: for stacks of few connections, or slow ones; at most 4096, which holds without it"},
    {"target", "profile", "the reading of the standard that judges without --profile: `rfc9293`, `rfc793`, `tc8`"},
    {"target", "known", "the file of its known deviations, beside this one; each line pins one reaction"},
    {"target", "known_as_shipped", "of kind linux: those that only --as-shipped shows"},
    {"choices", "rfc5961", "all three of the next in one word; what is said of one below it stands"},
    {"choices", "rfc5961_rst", "a challenge ACK for an RST inside the window and not at RCV.NXT (RFC 5961 3)"},
    {"choices", "rfc5961_syn", "a challenge ACK for a SYN in a synchronized state (RFC 5961 4)"},
    {"choices", "rfc5961_ack", "the ACK field is held against SND.UNA - MAX.SND.WND (RFC 5961 5, MAY-12)"},
    {"choices", "time_wait_reuse", "a new SYN may open anew out of TIME-WAIT (MAY-2, RFC 6191)"},
    {"choices", "rfc1337", "an RST does not end TIME-WAIT (RFC 1337)"},
    {"choices", "syn_early_retry", "an unacceptable ACK in SYN-SENT has the SYN repeated before its RTO"},
    {"choices", "early_retransmit", "tail loss probes and the like: text may come again before the RTO"},
    {"choices", "rack", "with SACK, time shows what is lost (RFC 8985)"},
    {"choices", "half_duplex_close", "RELEASE with unread text, or text after it, draws an RST (MAY-1)"},
    {"choices", "delayed_ack", "the ACK of text or FIN may come late, by delayed_ack_max"},
    {"choices", "timestamps", "offers and takes timestamps (RFC 7323)"},
    {"choices", "window_scale", "offers and takes window scaling (RFC 7323)"},
    {"choices", "sack", "offers and takes SACK (RFC 2018)"},
    {"choices", "nagle", "Nagle is on for the connections under test"},
    {"choices", "fastopen", "Fast Open, both ways (RFC 7413)"},
    {"choices", "keepalive", "keep-alives are on for every connection"},
    {"choices", "keepalive_octet", "a keep-alive carries an octet of garbage (MAY-6)"},
    {"choices", "user_timeout_option", "the User Timeout Option (RFC 5482)"},
    {"choices", "ecn", "asks for ECN, and agrees to it (RFC 3168)"},
    {"choices", "source_route", "an active OPEN over IPv4 has a loose source route by 198.51.100.1 (MUST-51)"},
    {"choices", "rfc5927_hard", "a hard ICMP error is a soft one in a synchronized state (RFC 5927 5.2)"},
    {"constants", "rto_initial", "the first retransmission timeout (RFC 6298 2.1)"},
    {"constants", "rto_min", "the least (RFC 6298 2.4)"},
    {"constants", "rto_max", "the most (RFC 6298 2.5)"},
    {"constants", "delayed_ack_max", "the latest that a delayed ACK may be; at most 500 ms (MUST-40)"},
    {"constants", "msl", "TIME-WAIT lasts 2 of these"},
    {"constants", "tick", "granularity of its clock: nothing is early or late by less"},
    {"constants", "time_wait_late", "how much longer TIME-WAIT may last"},
    {"constants", "challenge_interval", "the throttle: at most one challenge ACK in this time (RFC 5961 10); 0 s: none"},
    {"constants", "keepalive_idle", "before the first keep-alive"},
    {"constants", "keepalive_interval", "between those that nobody answers"},
    {"constants", "user_timeout", "of a connection; 0 s: none, the retries decide"},
    {"constants", "uto_advertised", "ADV_UTO of RFC 5482 3.1"},
    {"constants", "uto_lower", "its L_LIMIT"},
    {"constants", "uto_upper", "its U_LIMIT"},
    {"constants", "syn_retries", "how often a SYN is sent again (R2)"},
    {"constants", "synack_retries", "how often a SYN,ACK is"},
    {"constants", "retries", "how often text or FIN is"},
    {"constants", "mtu", "octets of the largest IP packet that it takes and sends; 0: not declared"},
    {"constants", "timer_late", "percent of its time by which a timer may be late, beside the tick"},
    {"constants", "keepalive_count", "keep-alives without an answer before the connection is given up"},
    {"constants", "initial_window", "segments (RFC 5681 3.1, RFC 6928)"},
    {"constants", "fastopen_pending", "connections in SYN-RECEIVED whose text was taken, of a listener"},
    {"constants", "ranges", "pieces of text ahead of their turn that a connection holds at least"},
    {"constants", "send_buffer", "octets beyond which SEND is refused; 0: not declared"},
    {"capabilities", "lacks", "what the stack or its upper tester does not have: tests that need it are UNIMPLEMENTED. `tcpspec doctor` refutes what is not true"},
    {"capabilities", "given", "choices and constants that [stack] can set by the same names: tests that want another value (`with:`) are then played with it"},
    {"lacks", "open_active", "OPEN, active"},
    {"lacks", "open_passive", "OPEN, passive"},
    {"lacks", "send", "SEND"},
    {"lacks", "receive", "RECEIVE"},
    {"lacks", "close", "CLOSE: nothing more to send, still receives"},
    {"lacks", "release", "the user lets go of the connection"},
    {"lacks", "abort", "ABORT"},
    {"lacks", "forget", "the TCB gone without a segment, as after a reboot"},
    {"lacks", "urgent", "SEND with the URGENT flag, and being told of urgent text"},
    {"lacks", "urgent_ahead", "being told of urgent text before it has come"},
    {"lacks", "timestamps", "the timestamps option"},
    {"lacks", "window_scale", "the window scale option"},
    {"lacks", "sack", "the SACK options"},
    {"lacks", "fastopen", "Fast Open"},
    {"lacks", "early_send", "a SEND before ESTABLISHED is queued"},
    {"lacks", "small_buffer", "an OPEN with so small a receive buffer that one segment fills it"},
    {"lacks", "open_listening", "an active OPEN from a port that listens"},
    {"lacks", "simultaneous_open", "two SYNs that cross, as the way into a state; the ladders of the crossing itself are played all the same"},
    {"lacks", "simultaneous_close", "two FINs that cross, as the way into CLOSING; the same"},
    {"lacks", "close_unread", "a CLOSE with text not received, or behind a gap, as the way into FIN-WAIT-1; the same"},
    {"lacks", "set_nagle", "Nagle switched on and off for one connection"},
    {"lacks", "set_keepalive", "keep-alives switched on for one connection"},
    {"lacks", "set_keepalive_idle", "their times, for one connection"},
    {"lacks", "set_keepalive_interval", "the same"},
    {"lacks", "set_keepalive_count", "the same"},
    {"lacks", "set_user_timeout", "the user timeout of one connection"},
    {"lacks", "set_retries", "its R2"},
    {"lacks", "set_dscp", "its DiffServ field"},
    {"lacks", "set_ttl", "its time to live"},
    {"lacks", "set_reports", "whether its user is told of soft errors"},
};

const struct key_told *key_told_at(size_t i)
{
	return i < sizeof told / sizeof *told ? &told[i] : NULL;
}

/* The value of "name=value" in such a list; its length in *n. */
static const char *value_find(const char *list, const char *name, size_t *n)
{
	const size_t length = strlen(name);
	for (const char *at = list; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (strncmp(at, name, length) == 0 && at[length] == '=') {
			*n = strcspn(at + length + 1, " ");
			return at + length + 1;
		}
	}
	return NULL;
}

void keys_print(const char *section, enum profile p, struct text *to)
{
	const struct model m = model_default(p);
	struct text values = {0};
	if (strcmp(section, "choices") == 0)
		choices_print(&m.choices, &values);
	else
		constants_print(&m.constants, &values);
	for (const struct key_told *k = told; k < told + sizeof told / sizeof *told; k++) {
		size_t n = 0;
		const char *value = strcmp(k->section, section) == 0 ? value_find(text_string(&values), k->key, &n) : NULL;
		if (value)
			text_add(to, "# %-*s = %-*.*s # %s\n", KEY_COLUMN, k->key, VALUE_COLUMN, (int)n, value, k->what);
	}
	text_free(&values);
}
