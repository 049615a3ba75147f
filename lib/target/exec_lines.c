/* The calls of lib/target/stack.h, each a question and an answer by a line of doc/exec.md. What a call of a user means of them is others'. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/model/model.h"
#include "lib/target/exec_parts.h"

enum { PROTOCOL_VERSION = 1,
       SEND_OCTETS = 1 << 16 };

/* ---- answers ---- */

static const struct {
	const char *word;
	int64_t code;
} refusals[] = {
    {"again", TCPSPEC_AGAIN},
    {"closing", TCPSPEC_CLOSING},
    {"none", TCPSPEC_NONE},
    {"not-now", TCPSPEC_NOT_NOW},
    {"full", TCPSPEC_FULL},
    {"unsupported", TCPSPEC_UNSUPPORTED},
};

enum { REFUSALS = sizeof refusals / sizeof *refusals };

/* It is no use asking on: who speaks nonsense once can be believed nothing. */
static int64_t answer_is_nonsense(struct tcpspec_stack *s, const char *answer, const char *expected)
{
	s->failed = true;
	error_set(&s->e, "command `%.200s` answered `%.120s` to `%.*s`: expected %s; doc/exec.md has the lines", process_command(s->process), answer, (int)strcspn(text_string(&s->line), "\n"), text_string(&s->line), expected);
	return TCPSPEC_NONE;
}

/* What stands behind "ok " or "ok"; NULL: it is no such answer. */
static const char *answer_rest(const char *answer)
{
	if (strcmp(answer, "ok") == 0)
		return "";
	return strncmp(answer, "ok ", 3) == 0 ? answer + 3 : NULL;
}

/* Asks the line that s->line holds. NULL: it was refused, and *code says how; or it has failed. */
static const char *line_ask(struct tcpspec_stack *s, int64_t *code)
{
	*code = TCPSPEC_NONE;
	if (s->failed)
		return NULL;
	text_put(&s->line, "\n");
	const char *answer = process_ask(s->process, s->line.at, s->line.length, &s->e);
	if (!answer) {
		s->failed = true;
		return NULL;
	}
	const char *rest = answer_rest(answer);
	const size_t word = strcspn(answer, " ");
	for (size_t i = 0; !rest && i < REFUSALS; i++)
		if (strlen(refusals[i].word) == word && strncmp(answer, refusals[i].word, word) == 0) {
			*code = refusals[i].code;
			return NULL;
		}
	if (!rest && strcmp(answer, "end") == 0) {
		*code = 0;
		return NULL;
	}
	if (!rest)
		*code = answer_is_nonsense(s, answer, "a line that begins with ok, end, again, closing, none, not-now, full or unsupported");
	return rest;
}

static bool number_read(const char *text, int64_t *n)
{
	char *end;
	*n = (int64_t)strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *n >= 0;
}

/* A handle, or how many octets. */
static int64_t number_ask(struct tcpspec_stack *s)
{
	int64_t code, n;
	const char *rest = line_ask(s, &code);
	if (!rest)
		return code;
	return number_read(rest, &n) ? n : answer_is_nonsense(s, rest, "ok NUMBER");
}

static int64_t done_ask(struct tcpspec_stack *s)
{
	int64_t code;
	return line_ask(s, &code) ? 0 : code;
}

/* ---- questions ---- */

static void line_begin(struct tcpspec_stack *s, const char *request)
{
	text_clear(&s->line);
	text_put(&s->line, request);
}

static void line_handle(struct tcpspec_stack *s, const char *request, int64_t h)
{
	line_begin(s, request);
	text_put(&s->line, " ");
	text_put_number(&s->line, (uint64_t)h);
}

static void line_end_point(struct tcpspec_stack *s, const struct tcpspec_address *a, uint16_t port)
{
	struct address address = {.family = a->family == 4 ? IPV4 : IPV6};
	memcpy(address.octets, a->octets, sizeof address.octets);
	text_put(&s->line, " ");
	address_print(&address, &s->line);
	text_put(&s->line, " ");
	text_put_number(&s->line, port);
}

static void line_ends(struct tcpspec_stack *s, const char *request, const struct tcpspec_ends *ends)
{
	line_begin(s, request);
	line_end_point(s, &ends->local, ends->local_port);
	line_end_point(s, &ends->remote, ends->remote_port);
}

static void line_buffer(struct tcpspec_stack *s, uint32_t octets)
{
	if (octets == 0)
		return;
	text_put(&s->line, " ");
	text_put_number(&s->line, octets);
}

static int64_t exec_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t receive_buffer, uint64_t now_us)
{
	(void)now_us;
	line_begin(s, "listen");
	line_end_point(s, local, port);
	line_buffer(s, receive_buffer);
	const int64_t h = number_ask(s);
	if (h > 0 && !s->finds) {
		s->listener = memory_resized(s->listener, s->listeners + 1, sizeof *s->listener);
		s->listener[s->listeners++] = h;
	}
	return h;
}

static int64_t exec_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t receive_buffer, uint64_t now_us)
{
	(void)now_us;
	line_ends(s, "connect", ends);
	line_buffer(s, receive_buffer);
	return number_ask(s);
}

/* ---- finding by accepting ---- */

static bool ends_equal(const struct tcpspec_ends *a, const struct tcpspec_ends *b)
{
	return a->local_port == b->local_port && a->remote_port == b->remote_port && memcmp(&a->local, &b->local, sizeof a->local) == 0 && memcmp(&a->remote, &b->remote, sizeof a->remote) == 0;
}

/* "ADDRESS PORT" at *at, which moves behind it. */
static bool end_point_read(const char **at, struct tcpspec_address *a, uint16_t *port)
{
	char text[64];
	struct address address;
	char *end;
	const size_t n = strcspn(*at, " ");
	if (n == 0 || n >= sizeof text || (*at)[n] != ' ')
		return false;
	memcpy(text, *at, n);
	text[n] = '\0';
	const unsigned long number = strtoul(*at + n + 1, &end, 10);
	if (!address_read(text, &address, NULL) || end == *at + n + 1 || number > UINT16_MAX)
		return false;
	*a = (struct tcpspec_address){.family = (uint8_t)address.family};
	memcpy(a->octets, address.octets, address.family == IPV4 ? 4 : 16);
	*port = (uint16_t)number;
	*at = *end == ' ' ? end + 1 : end;
	return true;
}

/* Everything that one listener has. */
static void listener_accept(struct tcpspec_stack *s, int64_t listener)
{
	for (;;) {
		struct accepted got = {.handle = 0};
		int64_t code;
		char *end;
		line_handle(s, "accept", listener);
		const char *rest = line_ask(s, &code);
		if (!rest)
			return;
		got.handle = strtoll(rest, &end, 10);
		const char *at = *end == ' ' ? end + 1 : end;
		if (got.handle <= 0 || !end_point_read(&at, &got.ends.local, &got.ends.local_port) || !end_point_read(&at, &got.ends.remote, &got.ends.remote_port)) {
			answer_is_nonsense(s, rest, "ok CONNECTION ADDRESS PORT PEER-ADDRESS PEER-PORT");
			return;
		}
		s->accepted = memory_resized(s->accepted, s->accepteds + 1, sizeof *s->accepted);
		s->accepted[s->accepteds++] = got;
	}
}

static int64_t exec_find_accepted(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	for (size_t i = 0; i < s->listeners; i++)
		listener_accept(s, s->listener[i]);
	/* The last one: those before it with the same ends are over. */
	for (size_t i = s->accepteds; i-- > 0;)
		if (ends_equal(&s->accepted[i].ends, ends))
			return s->accepted[i].handle;
	return TCPSPEC_NONE;
}

static int64_t exec_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	if (!s->finds)
		return exec_find_accepted(s, ends);
	line_ends(s, "find", ends);
	return number_ask(s);
}

/* A dead handle is nobody's any more. */
static void handle_dies(struct tcpspec_stack *s, int64_t h)
{
	for (size_t i = 0; i < s->accepteds; i++)
		if (s->accepted[i].handle == h) { /* the order tells which of the same ends is the latest */
			memmove(&s->accepted[i], &s->accepted[i + 1], (s->accepteds - i - 1) * sizeof *s->accepted);
			s->accepteds--;
			i--;
		}
	for (size_t i = 0; i < s->listeners; i++)
		if (s->listener[i] == h)
			s->listener[i--] = s->listener[--s->listeners];
}

/* ---- calls on a connection ---- */

static int64_t exec_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	static const char digits[] = "0123456789abcdef";
	(void)now_us;
	line_handle(s, "send", h);
	text_put(&s->line, n ? " " : " -");
	if (n > SEND_OCTETS)
		n = SEND_OCTETS;
	char *to = text_room(&s->line, 2 * n);
	for (size_t i = 0; i < n; i++) {
		*to++ = digits[octets[i] >> 4];
		*to++ = digits[octets[i] & 15];
	}
	text_grown(&s->line, 2 * n);
	if (flags & TCPSPEC_SEND_PUSH)
		text_put(&s->line, " push");
	if (flags & TCPSPEC_SEND_URGENT)
		text_put(&s->line, " urgent");
	return number_ask(s);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
	                                    : c >= 'A' && c <= 'F'   ? c - 'A' + 10
	                                                             : -1;
}

static int64_t exec_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	int64_t code, n = 0;
	(void)now_us;
	line_handle(s, "receive", h);
	text_put(&s->line, " ");
	text_put_number(&s->line, room);
	const char *rest = line_ask(s, &code);
	if (!rest)
		return code;
	if (strcmp(rest, "-") == 0)
		return room ? TCPSPEC_AGAIN : 0;
	for (const char *at = rest; *at; at += 2, n++) {
		const int high = hex_digit(at[0]), low = high < 0 ? -1 : hex_digit(at[1]);
		if (low < 0 || (size_t)n == room)
			return answer_is_nonsense(s, rest, "ok HEX, no more octets than were asked for");
		to[n] = (uint8_t)(high << 4 | low);
	}
	return n > 0 ? n : answer_is_nonsense(s, rest, "ok HEX, `end` at the peer's end, or `again`");
}

static int64_t exec_close(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)now_us;
	line_handle(s, "close", h);
	return done_ask(s);
}

static int64_t handle_end(struct tcpspec_stack *s, const char *request, int64_t h)
{
	line_handle(s, request, h);
	const int64_t code = done_ask(s);
	if (code == 0 || code == TCPSPEC_NONE)
		handle_dies(s, h);
	return code;
}

static int64_t exec_release(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)now_us;
	return handle_end(s, "release", h);
}

static int64_t exec_abort(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)now_us;
	return handle_end(s, "abort", h);
}

static int64_t exec_forget(struct tcpspec_stack *s, int64_t h)
{
	return handle_end(s, "forget", h);
}

static unsigned exec_told(struct tcpspec_stack *s, int64_t h)
{
	static const char *const names[] = {"reset", "refused", "timeout", "eof", "urgent", "unreachable", "trouble"};
	enum { NAMES = sizeof names / sizeof *names };
	unsigned told = 0;
	int64_t code;
	line_handle(s, "told", h);
	const char *rest = line_ask(s, &code);
	for (const char *at = rest; at && *at;) {
		const size_t n = strcspn(at, " ");
		unsigned i = 0;
		while (i < NAMES && (strlen(names[i]) != n || strncmp(at, names[i], n) != 0))
			i++;
		if (i == NAMES) {
			answer_is_nonsense(s, rest, "ok and of the words reset, refused, timeout, eof, urgent, unreachable, trouble those that it was told");
			return 0;
		}
		told |= 1U << i;
		at += n + (at[n] == ' ');
	}
	return told;
}

static unsigned exec_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	int64_t code;
	line_ends(s, "state", ends);
	const char *rest = line_ask(s, &code);
	/* In the order of both enums: RFC 9293 3.3.2's. */
	for (unsigned i = 0; rest && i < STATES; i++)
		if (strcmp(rest, state_name((enum state)i)) == 0)
			return i == CLOSED ? TCPSPEC_CLOSED : i == LISTEN ? TCPSPEC_LISTEN
			                                                  : TCPSPEC_SYN_SENT + (i - SYN_SENT);
	if (!s->failed)
		answer_is_nonsense(s, rest ? rest : "no state", "ok and a state by its name in RFC 9293, CLOSED to TIME-WAIT");
	return TCPSPEC_CLOSED;
}

static int64_t exec_set(struct tcpspec_stack *s, int64_t h, const char *name, uint64_t value)
{
	line_handle(s, "set", h);
	text_add(&s->line, " %s %" PRIu64, name, value);
	return done_ask(s);
}

/* ---- what nobody calls ---- */

static size_t exec_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)setup, (void)why, (void)why_octets;
	return sizeof(struct tcpspec_stack *);
}

/* Stands in until the caller puts the real one there. */
static struct tcpspec_stack *exec_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)octets, (void)setup, (void)why, (void)why_octets;
	return arena;
}

static void exec_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)s, (void)packet, (void)octets, (void)now_us;
}

static uint64_t exec_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	(void)s, (void)now_us;
	return UINT64_MAX;
}

static const struct tcpspec_stack_operations everything = {
    .version = TCPSPEC_STACK_VERSION,
    .size = sizeof everything,
    .arena_octets = exec_arena_octets,
    .create = exec_create,
    .input = exec_input,
    .poll = exec_poll,
    .listen = exec_listen,
    .connect = exec_connect,
    .find = exec_find,
    .send = exec_send,
    .receive = exec_receive,
    .close = exec_close,
    .release = exec_release,
    .abort = exec_abort,
    .forget = exec_forget,
    .told = exec_told,
    .state = exec_state,
    .set = exec_set,
};

/* ---- the beginning ---- */

/* "ready 1 NAME" */
static bool greeting_read(struct tcpspec_stack *s, struct error *e)
{
	const char *line = process_read(s->process, NULL, PROCESS_READY_US, e);
	int version, at = 0;
	if (!line)
		return false;
	if (sscanf(line, "ready %d %n", &version, &at) != 1 || at == 0)
		return error_set(e, "command `%.200s` began with `%.120s`: expected `ready %d NAME` when its link is up and it can be asked; doc/exec.md has the lines", process_command(s->process), line, PROTOCOL_VERSION);
	if (version != PROTOCOL_VERSION)
		return error_set(e, "command `%.200s` speaks version %d of the lines, this program version %d; see doc/exec.md", process_command(s->process), version, PROTOCOL_VERSION);
	snprintf(s->name, sizeof s->name, "%s", line[at] ? line + at : "unnamed");
	return true;
}

static bool can(const char *words, const char *word)
{
	const size_t n = strlen(word);
	for (const char *at = words; (at = strstr(at, word)) != NULL; at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

/* Which members the table has. */
static bool abilities_ask(struct tcpspec_stack *s, struct error *e)
{
	int64_t code;
	struct tcpspec_stack_operations *o = &s->operations;
	*o = everything;
	o->name = s->name;
	line_begin(s, "can");
	const char *words = line_ask(s, &code);
	if (!words)
		return error_set(e, "%s", s->failed ? s->e.text : "the command refused `can`, which tells what it has: answer `ok` and the names of the requests that it serves");
	if (!can(words, "connect"))
		o->connect = NULL;
	if (!can(words, "send"))
		o->send = NULL;
	if (!can(words, "receive"))
		o->receive = NULL;
	if (!can(words, "close"))
		o->close = NULL;
	if (!can(words, "forget"))
		o->forget = NULL;
	if (!can(words, "told"))
		o->told = NULL;
	if (!can(words, "state"))
		o->state = NULL;
	if (!can(words, "set"))
		o->set = NULL;
	s->finds = can(words, "find");
	if (can(words, "listen") && can(words, "release") && can(words, "abort") && (s->finds || can(words, "accept")))
		return true;
	return error_set(e, "command `%.200s` can `%.120s`: at least listen, release, abort and one of find and accept are needed; see doc/exec.md", process_command(s->process), words);
}

bool exec_greet(struct tcpspec_stack *s, struct error *e)
{
	return greeting_read(s, e) && abilities_ask(s, e);
}

void exec_lines_free(struct tcpspec_stack *s)
{
	text_free(&s->line);
	free(s->listener);
	free(s->accepted);
}
