/* Lines cut into words, words into calls, results into words. What each request means is in doc/exec.md. */
#include "targets/live/lines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum { PROTOCOL_VERSION = 1 };

/* A request, cut: word[0] is its name. */
struct request {
	struct lines *lines;
	const struct tcpspec_stack_operations *operations;
	struct tcpspec_stack *stack;
	uint64_t now_us;
	const char *word[WORDS_MAX];
	unsigned words;
};

static const char *const state_names[] = {"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"};
static const char *const told_names[] = {"reset", "refused", "timeout", "eof", "urgent", "unreachable", "trouble"};

enum { STATE_NAMES = sizeof state_names / sizeof *state_names,
       TOLD_NAMES = sizeof told_names / sizeof *told_names };

void lines_begin(struct lines *l, struct host *h)
{
	memset(l, 0, sizeof *l);
	l->host = h;
	l->octets = memory_zeroed(LINE_OCTETS_MAX / 2, 1);
}

void lines_free(struct lines *l)
{
	text_free(&l->in);
	text_free(&l->out);
	free(l->octets);
}

void lines_greet(struct lines *l)
{
	text_add(&l->out, "ready %d %s\n", PROTOCOL_VERSION, l->host->library.operations->name);
}

/* ---- answers ---- */

#define answer(r, ...) text_add(&(r)->lines->out, __VA_ARGS__)

/* What a call returns below 0, in a word and why. */
static void answer_refusal(const struct request *r, int64_t n)
{
	static const char *const why[] = {
	    [-TCPSPEC_AGAIN] = "again nothing now",
	    [-TCPSPEC_CLOSING] = "closing the connection is being closed, or the peer has ended it",
	    [-TCPSPEC_NONE] = "none there is no such connection, or it has ended",
	    [-TCPSPEC_NOT_NOW] = "not-now this call cannot be made in this state",
	    [-TCPSPEC_FULL] = "full a limit of the stack is reached",
	    [-TCPSPEC_UNSUPPORTED] = "unsupported the stack does not have it",
	};
	if (n < 0 && n >= TCPSPEC_UNSUPPORTED)
		answer(r, "%s\n", why[-n]);
	else
		answer(r, "error the stack returned %" PRId64 ", which means nothing\n", n);
}

static void answer_number(const struct request *r, int64_t n)
{
	if (n < 0)
		answer_refusal(r, n);
	else
		answer(r, "ok %" PRId64 "\n", n);
}

static void answer_done(const struct request *r, int64_t n)
{
	if (n < 0)
		answer_refusal(r, n);
	else
		answer(r, "ok\n");
}

/* ---- words ---- */

static bool number_read(const struct request *r, unsigned i, uint64_t most, uint64_t *n)
{
	char *end;
	errno = 0;
	*n = strtoull(r->word[i], &end, 10);
	if (r->word[i][0] >= '0' && r->word[i][0] <= '9' && !*end && errno == 0 && *n <= most)
		return true;
	answer(r, "error word %u of `%s` is `%.60s`: expected a number up to %" PRIu64 "\n", i + 1, r->word[0], r->word[i], most);
	return false;
}

static bool handle_read(const struct request *r, int64_t *h)
{
	uint64_t n;
	if (!number_read(r, 1, INT64_MAX, &n))
		return false;
	*h = (int64_t)n;
	return true;
}

/* An address and a port, words i and i + 1. */
static bool end_read(const struct request *r, unsigned i, struct tcpspec_address *a, uint16_t *port)
{
	struct address read;
	struct error e;
	uint64_t n;
	if (!address_read(r->word[i], &read, &e)) {
		answer(r, "error word %u of `%s`: %s\n", i + 1, r->word[0], e.text);
		return false;
	}
	if (!number_read(r, i + 1, UINT16_MAX, &n))
		return false;
	*a = (struct tcpspec_address){.family = (uint8_t)read.family};
	memcpy(a->octets, read.octets, sizeof a->octets);
	*port = (uint16_t)n;
	return true;
}

/* Words 1 to 4. */
static bool ends_read(const struct request *r, struct tcpspec_ends *ends)
{
	memset(ends, 0, sizeof *ends);
	if (!end_read(r, 1, &ends->local, &ends->local_port) || !end_read(r, 3, &ends->remote, &ends->remote_port))
		return false;
	if (ends->local.family == ends->remote.family)
		return true;
	answer(r, "error the two addresses of `%s` are of different families\n", r->word[0]);
	return false;
}

static bool buffer_read(const struct request *r, unsigned i, uint32_t *buffer)
{
	uint64_t n = 0;
	if (r->words > i && !number_read(r, i, UINT32_MAX, &n))
		return false;
	*buffer = (uint32_t)n;
	return true;
}

static void end_print(const struct tcpspec_address *a, uint16_t port, struct text *to)
{
	struct address address = {.family = a->family == 4 ? IPV4 : IPV6};
	memcpy(address.octets, a->octets, sizeof address.octets);
	text_add(to, " ");
	address_print(&address, to);
	text_add(to, " %u", port);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
	                                    : c >= 'A' && c <= 'F'   ? c - 'A' + 10
	                                                             : -1;
}

/* Octets in hexadecimal, or "-" for none. */
static bool octets_read(const struct request *r, const char *word, size_t *n)
{
	uint8_t *to = r->lines->octets;
	*n = 0;
	if (strcmp(word, "-") == 0)
		return true;
	for (; word[0]; word += 2, ++*n) {
		const int high = hex_digit(word[0]), low = high < 0 ? -1 : hex_digit(word[1]);
		if (low < 0) {
			answer(r, "error octet %zu of `%s` is no pair of hexadecimal digits; `-` stands for no octets\n", *n + 1, r->word[0]);
			return false;
		}
		to[*n] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* ---- requests ---- */

static void request_listen(const struct request *r)
{
	struct tcpspec_address local;
	uint16_t port;
	uint32_t buffer;
	if (end_read(r, 1, &local, &port) && buffer_read(r, 3, &buffer))
		answer_number(r, r->operations->listen(r->stack, &local, port, buffer, r->now_us));
}

static void request_connect(const struct request *r)
{
	struct tcpspec_ends ends;
	uint32_t buffer;
	if (ends_read(r, &ends) && buffer_read(r, 5, &buffer))
		answer_number(r, r->operations->connect ? r->operations->connect(r->stack, &ends, buffer, r->now_us) : TCPSPEC_UNSUPPORTED);
}

static void request_find(const struct request *r)
{
	struct tcpspec_ends ends;
	if (ends_read(r, &ends))
		answer_number(r, r->operations->find(r->stack, &ends));
}

static void request_accept(const struct request *r)
{
	struct tcpspec_ends ends;
	int64_t h;
	if (!handle_read(r, &h))
		return;
	h = r->operations->accept ? r->operations->accept(r->stack, h, &ends) : TCPSPEC_UNSUPPORTED;
	if (h < 0) {
		answer_refusal(r, h);
		return;
	}
	answer(r, "ok %" PRId64, h);
	end_print(&ends.local, ends.local_port, &r->lines->out);
	end_print(&ends.remote, ends.remote_port, &r->lines->out);
	answer(r, "\n");
}

static void request_send(const struct request *r)
{
	unsigned flags = 0;
	size_t n;
	int64_t h;
	if (!handle_read(r, &h) || !octets_read(r, r->word[2], &n))
		return;
	for (unsigned i = 3; i < r->words; i++) {
		if (strcmp(r->word[i], "push") != 0 && strcmp(r->word[i], "urgent") != 0) {
			answer(r, "error `%.60s` behind the octets of `send`: expected push or urgent\n", r->word[i]);
			return;
		}
		flags |= r->word[i][0] == 'p' ? TCPSPEC_SEND_PUSH : TCPSPEC_SEND_URGENT;
	}
	answer_number(r, r->operations->send ? r->operations->send(r->stack, h, r->lines->octets, n, flags, r->now_us) : TCPSPEC_UNSUPPORTED);
}

static void request_receive(const struct request *r)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t room;
	int64_t h;
	if (!handle_read(r, &h) || !number_read(r, 2, UINT32_MAX, &room))
		return;
	if (room > LINE_OCTETS_MAX / 2 - 16)
		room = LINE_OCTETS_MAX / 2 - 16; /* so that the answer is no longer than a line may be */
	const int64_t n = r->operations->receive ? r->operations->receive(r->stack, h, r->lines->octets, (size_t)room, r->now_us) : TCPSPEC_UNSUPPORTED;
	if (n < 0) {
		answer_refusal(r, n);
		return;
	}
	if (n == 0) {
		answer(r, room ? "end\n" : "ok -\n");
		return;
	}
	answer(r, "ok ");
	char *to = text_room(&r->lines->out, 2 * (size_t)n);
	for (int64_t i = 0; i < n; i++) {
		*to++ = digits[r->lines->octets[i] >> 4];
		*to++ = digits[r->lines->octets[i] & 15];
	}
	text_grown(&r->lines->out, 2 * (size_t)n);
	answer(r, "\n");
}

typedef int64_t (*call_at)(struct tcpspec_stack *s, int64_t h, uint64_t now_us);

static void request_call(const struct request *r, call_at call)
{
	int64_t h;
	if (handle_read(r, &h))
		answer_done(r, call ? call(r->stack, h, r->now_us) : TCPSPEC_UNSUPPORTED);
}

static void request_close(const struct request *r)
{
	request_call(r, r->operations->close);
}

/* Of a listener it is the end of listening, under a name of its own. */
static void request_release(const struct request *r)
{
	request_call(r, r->operations->release);
}

static void request_abort(const struct request *r)
{
	request_call(r, r->operations->abort);
}

static void request_forget(const struct request *r)
{
	int64_t h;
	if (handle_read(r, &h))
		answer_done(r, r->operations->forget ? r->operations->forget(r->stack, h) : TCPSPEC_UNSUPPORTED);
}

static void request_told(const struct request *r)
{
	int64_t h;
	if (!handle_read(r, &h))
		return;
	if (!r->operations->told) {
		answer_refusal(r, TCPSPEC_UNSUPPORTED);
		return;
	}
	const unsigned told = r->operations->told(r->stack, h);
	answer(r, "ok");
	for (unsigned i = 0; i < TOLD_NAMES; i++)
		if (told >> i & 1)
			answer(r, " %s", told_names[i]);
	answer(r, "\n");
}

static void request_state(const struct request *r)
{
	struct tcpspec_ends ends;
	if (!ends_read(r, &ends))
		return;
	const unsigned state = r->operations->state ? r->operations->state(r->stack, &ends) : STATE_NAMES;
	if (!r->operations->state)
		answer_refusal(r, TCPSPEC_UNSUPPORTED);
	else if (state >= STATE_NAMES)
		answer(r, "error the stack says state %u, which is none\n", state);
	else
		answer(r, "ok %s\n", state_names[state]);
}

static void request_set(const struct request *r)
{
	uint64_t value;
	int64_t h;
	if (handle_read(r, &h) && number_read(r, 3, UINT64_MAX, &value))
		answer_done(r, r->operations->set ? r->operations->set(r->stack, h, r->word[2], value) : TCPSPEC_UNSUPPORTED);
}

static void request_version(const struct request *r)
{
	answer(r, "ok %s\n", r->operations->name);
}

static void request_quit(const struct request *r)
{
	r->lines->quit = true;
	answer(r, "ok\n");
}

static void request_can(const struct request *r);

/* The requests, what stands behind their names, and how many words at least and at most. */
static const struct {
	const char *name;
	void (*perform)(const struct request *r);
	unsigned least, most;
	const char *form;
} requests[] = {
    {"listen", request_listen, 3, 4, "listen ADDRESS PORT [BUFFER]"},
    {"connect", request_connect, 5, 6, "connect ADDRESS PORT PEER-ADDRESS PEER-PORT [BUFFER]"},
    {"find", request_find, 5, 5, "find ADDRESS PORT PEER-ADDRESS PEER-PORT"},
    {"accept", request_accept, 2, 2, "accept LISTENER"},
    {"send", request_send, 3, 5, "send CONNECTION HEX [push] [urgent]"},
    {"receive", request_receive, 3, 3, "receive CONNECTION OCTETS"},
    {"close", request_close, 2, 2, "close CONNECTION"},
    {"release", request_release, 2, 2, "release CONNECTION"},
    {"abort", request_abort, 2, 2, "abort CONNECTION"},
    {"forget", request_forget, 2, 2, "forget CONNECTION"},
    {"unlisten", request_release, 2, 2, "unlisten LISTENER"},
    {"told", request_told, 2, 2, "told CONNECTION"},
    {"state", request_state, 5, 5, "state ADDRESS PORT PEER-ADDRESS PEER-PORT"},
    {"set", request_set, 4, 4, "set CONNECTION NAME VALUE"},
    {"can", request_can, 1, 1, "can"},
    {"version", request_version, 1, 1, "version"},
    {"quit", request_quit, 1, 1, "quit"},
};

enum { REQUESTS = sizeof requests / sizeof *requests };

/* Which requests this stack can serve: those whose members of its table are there. */
static void request_can(const struct request *r)
{
	const struct tcpspec_stack_operations *o = r->operations;
	answer(r, "ok listen find release abort unlisten version quit can%s%s%s%s%s%s%s%s%s\n", o->connect ? " connect" : "", o->accept ? " accept" : "", o->send ? " send" : "", o->receive ? " receive" : "",
	       o->close ? " close" : "", o->forget ? " forget" : "", o->told ? " told" : "", o->state ? " state" : "", o->set ? " set" : "");
}

static void request_perform(const struct request *r)
{
	for (unsigned i = 0; i < REQUESTS; i++) {
		if (strcmp(r->word[0], requests[i].name) != 0)
			continue;
		if (r->words >= requests[i].least && r->words <= requests[i].most)
			requests[i].perform(r);
		else
			answer(r, "error `%s` has %u words: expected %s\n", r->word[0], r->words, requests[i].form);
		return;
	}
	answer(r, "error `%.60s` is no request: expected", r->word[0]);
	for (unsigned i = 0; i < REQUESTS; i++)
		answer(r, "%s %s", i ? "," : "", requests[i].name);
	answer(r, "\n");
}

static void line_perform(struct lines *l, char *line)
{
	struct request r = {.lines = l, .operations = l->host->library.operations, .stack = l->host->library.stack, .now_us = host_now(l->host)};
	char *rest = NULL;
	for (char *word = strtok_r(line, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
		if (r.words == WORDS_MAX) {
			answer(&r, "error more than %d words in a line: see doc/exec.md for the requests\n", WORDS_MAX);
			return;
		}
		r.word[r.words++] = word;
	}
	if (r.words == 0)
		answer(&r, "error the line is empty: say `can` for what there is\n");
	else
		request_perform(&r);
}

/* ---- lines ---- */

/* Of a line that is too long only as much is kept as shows it. */
void lines_take(struct lines *l, const char *octets, size_t n)
{
	const char *last = l->in.length ? memrchr(l->in.at, '\n', l->in.length) : NULL;
	size_t begun = l->in.length - (last ? (size_t)(last + 1 - l->in.at) : 0);
	while (n > 0) {
		const char *end = memchr(octets, '\n', n);
		const size_t piece = end ? (size_t)(end - octets) : n, room = LINE_OCTETS_MAX - begun, kept = piece < room ? piece : room;
		text_add_octets(&l->in, octets, kept);
		begun += kept;
		if (!end)
			return;
		text_add_octets(&l->in, "\n", 1);
		begun = 0;
		octets = end + 1;
		n -= piece + 1;
	}
}

bool lines_waiting(const struct lines *l)
{
	return l->in.length && memchr(l->in.at, '\n', l->in.length);
}

void lines_perform(struct lines *l)
{
	char *end = memchr(l->in.at, '\n', l->in.length);
	const size_t n = (size_t)(end - l->in.at);
	*end = '\0';
	if (n >= LINE_OCTETS_MAX)
		text_add(&l->out, "error the line is longer than %d octets: send less at a time\n", LINE_OCTETS_MAX - 1);
	else if (strlen(l->in.at) != n)
		text_add(&l->out, "error there is a NUL octet in the line: lines are text, octets are said in hexadecimal\n");
	else
		line_perform(l, l->in.at);
	memmove(l->in.at, end + 1, l->in.length - n - 1);
	l->in.length -= n + 1;
	l->in.at[l->in.length] = '\0';
}
