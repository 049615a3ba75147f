/* The calls of lib/target/stack.h as requests of the Testability Protocol. What a call of a user means of them is others'. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/target/in_process_parts.h"
#include "lib/target/testability_parts.h"
#include "lib/wire/octets.h"

/* ---- requests ---- */

int64_t testability_fail(struct tcpspec_stack *s, const char *format, ...)
{
	char text[ERROR_TEXT_MAX - 200];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	if (!s->failed)
		error_set(&s->e, "upper tester %s: %s", s->channel ? channel_place(s->channel) : "", text);
	s->failed = true;
	return TCPSPEC_NONE;
}

void data_begin(struct tcpspec_stack *s)
{
	s->length = 0;
}

void data_u8(struct tcpspec_stack *s, unsigned n)
{
	s->data[s->length++] = (uint8_t)n;
}

void data_u16(struct tcpspec_stack *s, unsigned n)
{
	octets_put_u16(s->data + s->length, (uint16_t)n);
	s->length += 2;
}

void data_u32(struct tcpspec_stack *s, uint32_t n)
{
	octets_put_u32(s->data + s->length, n);
	s->length += 4;
}

void data_octets(struct tcpspec_stack *s, const void *octets, size_t n)
{
	data_u16(s, (unsigned)n);
	memcpy(s->data + s->length, octets, n);
	s->length += n;
}

static void data_address(struct tcpspec_stack *s, const struct tcpspec_address *a)
{
	data_octets(s, a->octets, a->family == 4 ? 4 : 16);
}

static void data_socket(struct tcpspec_stack *s, int64_t h)
{
	data_begin(s);
	data_u16(s, h ? handle_socket(h) : TESTABILITY_NO_SOCKET);
}

static void data_ends(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	data_u16(s, ends->local_port);
	data_address(s, &ends->local);
	data_u16(s, ends->remote_port);
	data_address(s, &ends->remote);
}

/* What ended the program that ran the agent, if it has ended, is told beside. */
static void process_told(struct tcpspec_stack *s, unsigned method)
{
	struct error e;

	if (!s->process || process_read(s->process, method_name(method), 1, &e) || !strstr(e.text, " ended with "))
		return;
	char *lines = strstr(e.text, " and type the lines of ");
	if (lines)
		*lines = '\0';
	s->e = e;
}

int testability_ask(struct tcpspec_stack *s, unsigned method, struct answer *a)
{
	s->fresh = false;
	if (s->failed)
		return -1;
	if (!channel_ask(s->channel, method, s->data, s->length, a, &s->e)) {
		s->failed = true;
		process_told(s, method);
		return -1;
	}
	if (a->result == RESULT_ISD) /* we ask for none but those that it gave us */
		testability_fail(s, "%s: E_ISD, there is no such socket, of one that it had created: was the agent started again, or is somebody else asking it?", method_name(method));
	return s->failed ? -1 : (int)a->result;
}

/* What the table's functions return for it. */
static int64_t code_of(struct tcpspec_stack *s, unsigned method, int result)
{
	switch (result) {
	case RESULT_OK:
		return 0;
	case RESULT_PEN:
		return TCPSPEC_AGAIN;
	case RESULT_COC:
		return TCPSPEC_CLOSING;
	case RESULT_CNE:
	case RESULT_CRE:
	case RESULT_CAT:
	case RESULT_COR:
		return TCPSPEC_NONE;
	case RESULT_UCS:
	case RESULT_INR:
		return TCPSPEC_FULL;
	case RESULT_INV:
	case RESULT_IIF: /* E_INV of version 1.1.0 */
		return TCPSPEC_UNSUPPORTED;
	case RESULT_NTF:
		return testability_fail(s, "%s: E_NTF, there is no such primitive, though it said that there is: this agent lies about what it can; put another one there", method_name(method));
	case -1:
		return TCPSPEC_NONE;
	}
	return TCPSPEC_NOT_NOW;
}

static int64_t done_ask(struct tcpspec_stack *s, unsigned method)
{
	struct answer a;
	return code_of(s, method, testability_ask(s, method, &a));
}

static int64_t answer_is_short(struct tcpspec_stack *s, unsigned method, size_t got)
{
	return testability_fail(s, "%s: an answer of %zu octets, which is too short: it is not the protocol's; look for another version of the agent", method_name(method), got);
}

/* ---- sockets ---- */

/* Whatever is answered, the events of what went before come first. STATE beside looks at the listener anew. */
static int64_t remote_find(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	struct answer a;

	data_begin(s);
	if (s->can & CAN_STATE)
		data_ends(s, ends);
	if (!s->fresh)
		testability_ask(s, s->can & CAN_STATE ? METHOD_STATE : METHOD_GET_VERSION, &a);
	return s->failed ? TCPSPEC_NONE : known_find(s, ends);
}

int64_t testability_configure(struct tcpspec_stack *s, int64_t h, unsigned parameter, uint32_t value, unsigned octets)
{
	uint8_t number[4];

	data_socket(s, h);
	data_u16(s, parameter);
	octets_put_u32(number, value);
	data_octets(s, number + 4 - octets, octets);
	return done_ask(s, METHOD_CONFIGURE_SOCKET);
}

static bool parameter_is_there(const struct tcpspec_stack *s, unsigned parameter)
{
	return parameter < 0xfff0 || s->can & 1U << (16 + 0xffff - parameter);
}

/* What a declaration gives by an option of sockets (linux_option.c), in the units of this protocol. False: there is no such parameter. */
static bool option_parameter(const struct setting *given, unsigned *parameter, uint32_t *value, unsigned *octets)
{
	static const struct {
		const char *name;
		unsigned parameter, unit;
	} options[] = {
	    {"TCP_NODELAY", PARAMETER_NAGLE, 1},
	    {"SO_KEEPALIVE", PARAMETER_KEEPALIVE, 1},
	    {"TCP_KEEPIDLE", PARAMETER_KEEPALIVE_IDLE, 1000},
	    {"TCP_KEEPINTVL", PARAMETER_KEEPALIVE_INTERVAL, 1000},
	    {"TCP_KEEPCNT", PARAMETER_KEEPALIVE_COUNT, 1},
	    {"TCP_USER_TIMEOUT", PARAMETER_USER_TIMEOUT, 1},
	    {"TCP_FASTOPEN", PARAMETER_FASTOPEN, 1},
	};
	const uint32_t number = (uint32_t)strtoul(given->value, NULL, 10);

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (strcmp(options[i].name, given->name) == 0) {
			*parameter = options[i].parameter;
			*octets = *parameter == PARAMETER_NAGLE ? 1 : 4;
			*value = *parameter == PARAMETER_NAGLE ? number == 0 : number * options[i].unit;
			return true;
		}
	return false;
}

/* What the declaration says of every socket. */
static void socket_prepare(struct tcpspec_stack *s, int64_t h, uint32_t buffer)
{
	const struct declaration *d = s->declaration;
	unsigned parameter, octets;
	uint32_t value;

	if (!d->model.choices.nagle)
		testability_configure(s, h, PARAMETER_NAGLE, 0, 1);
	for (size_t i = 0; i < d->given_socket_count; i++)
		if (!option_parameter(&d->given_socket[i], &parameter, &value, &octets) || !parameter_is_there(s, parameter) || testability_configure(s, h, parameter, value, octets) != 0)
			testability_fail(s, "option %s of [given] in %s cannot be set by this agent: take the line out, or another agent", d->given_socket[i].name, d->file);
	if (buffer && parameter_is_there(s, PARAMETER_BUFFER))
		testability_configure(s, h, PARAMETER_BUFFER, buffer, 4);
}

/* A socket that is bound: its handle, or below 0. */
static int64_t socket_bound(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t buffer)
{
	struct answer a;

	data_begin(s);
	data_u8(s, 1);
	data_u16(s, port);
	data_address(s, local);
	const int result = testability_ask(s, METHOD_CREATE_AND_BIND, &a);
	if (result != RESULT_OK)
		return code_of(s, METHOD_CREATE_AND_BIND, result);
	if (a.length < 2)
		return answer_is_short(s, METHOD_CREATE_AND_BIND, a.length);
	const int64_t h = (int64_t)octets_u16(a.data) + 1;
	socket_prepare(s, h, buffer);
	return s->failed ? TCPSPEC_NONE : h;
}

static int64_t socket_close(struct tcpspec_stack *s, int64_t h, bool aborts)
{
	data_socket(s, h);
	data_u8(s, aborts);
	const int64_t code = done_ask(s, METHOD_CLOSE_SOCKET);
	handle_dies(s, h);
	return code;
}

static int64_t remote_listen(struct tcpspec_stack *s, const struct tcpspec_address *local, uint16_t port, uint32_t buffer, uint64_t now_us)
{
	const struct model *m = &s->declaration->model;
	int64_t h = socket_bound(s, local, port, buffer), code = 0;

	(void)now_us;
	if (h < 0)
		return h;
	/* RFC 7413 4.2: off unless the application asks for it. */
	if (m->choices.fastopen && parameter_is_there(s, PARAMETER_FASTOPEN))
		testability_configure(s, h, PARAMETER_FASTOPEN, (uint32_t)m->constants.fastopen_pending, 4);
	/* To accept takes the connection's lock for an instant: not while a segment may be on its way. */
	if (parameter_is_there(s, PARAMETER_QUIET))
		testability_configure(s, h, PARAMETER_QUIET, 1, 4);
	/* Known before the first event. */
	s->listening = memory_resized(s->listening, s->listenings + 1, sizeof *s->listening);
	s->listening[s->listenings++] = (struct listening){.handle = h | HANDLE_LISTENS, .local = *local, .port = port};
	data_socket(s, h);
	data_u16(s, TESTABILITY_UNLIMITED);
	code = done_ask(s, METHOD_LISTEN_AND_ACCEPT);
	if (code == 0)
		return h | HANDLE_LISTENS;
	socket_close(s, h | HANDLE_LISTENS, true);
	return code;
}

static int64_t remote_connect(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t buffer, uint64_t now_us)
{
	const int64_t h = socket_bound(s, &ends->local, ends->local_port, buffer);

	(void)now_us;
	if (h < 0)
		return h;
	data_socket(s, h);
	data_u16(s, ends->remote_port);
	data_address(s, &ends->remote);
	const int64_t code = done_ask(s, METHOD_CONNECT);
	if (code == 0)
		socket_known(s, ends, h, 0);
	else
		socket_close(s, h, true);
	return code ? code : h;
}

/* The octets as what is repeated up to n of them, as the stream of a test is: how many the request stands for. */
static size_t data_text(struct tcpspec_stack *s, const uint8_t *octets, size_t n)
{
	const size_t period = n < STREAM_PERIOD ? n : STREAM_PERIOD;

	if (n > period && memcmp(octets, octets + period, n - period) != 0)
		n = period;
	data_octets(s, octets, period);
	return n;
}

static int64_t remote_connect_text(struct tcpspec_stack *s, const struct tcpspec_ends *ends, uint32_t buffer, const uint8_t *octets, size_t n, uint64_t now_us)
{
	struct answer a;
	const int64_t h = socket_bound(s, &ends->local, ends->local_port, buffer);

	(void)now_us;
	if (h < 0)
		return h;
	data_socket(s, h);
	data_u16(s, ends->remote_port);
	data_address(s, &ends->remote);
	data_u16(s, (unsigned)n);
	data_text(s, octets, n);
	const int result = testability_ask(s, METHOD_CONNECT_WITH_DATA, &a);
	if (result == RESULT_OK) {
		s->taken = a.length >= 2 ? octets_u16(a.data) : (uint32_t)n;
		socket_known(s, ends, h, 0);
		return h;
	}
	socket_close(s, h, true);
	return code_of(s, METHOD_CONNECT_WITH_DATA, result);
}

static int64_t remote_send(struct tcpspec_stack *s, int64_t h, const uint8_t *octets, size_t n, unsigned flags, uint64_t now_us)
{
	struct answer a;

	(void)now_us;
	if (n > UINT16_MAX)
		n = UINT16_MAX;
	data_socket(s, h);
	const size_t length = s->length;
	data_u16(s, 0);
	data_u8(s, (flags & TCPSPEC_SEND_URGENT ? 0x20U : 0U) | (flags & TCPSPEC_SEND_PUSH ? 0x08U : 0U));
	n = data_text(s, octets, n);
	octets_put_u16(s->data + length, (uint16_t)n);
	const int result = testability_ask(s, METHOD_SEND_DATA, &a);
	if (result == RESULT_ISB && a.length >= 2 && octets_u16(a.data) < n)
		return octets_u16(a.data) ? octets_u16(a.data) : TCPSPEC_AGAIN;
	return result == RESULT_OK ? (int64_t)n : code_of(s, METHOD_SEND_DATA, result);
}

static int64_t remote_receive(struct tcpspec_stack *s, int64_t h, uint8_t *to, size_t room, uint64_t now_us)
{
	(void)now_us;
	if (room == 0)
		return 0;
	if (room > TESTABILITY_TEXT_MAX)
		room = TESTABILITY_TEXT_MAX;
	s->has_text = false;
	data_socket(s, h);
	data_u16(s, (unsigned)room);
	data_u16(s, (unsigned)room);
	const int64_t code = done_ask(s, METHOD_RECEIVE_AND_FORWARD);
	if (code)
		return code;
	while (!s->has_text)
		if (!channel_await(s->channel, &s->e)) {
			s->failed = true;
			return TCPSPEC_NONE;
		}
	if (s->forwarded > room || s->text_length != s->forwarded)
		return testability_fail(s, "RECEIVE_AND_FORWARD: %zu octets of %u were forwarded, and %zu had been asked for: an answer that does not fit its question", s->text_length, s->forwarded, room);
	memcpy(to, s->text, s->text_length);
	return (int64_t)s->text_length;
}

static int64_t remote_close(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)now_us;
	if (h & HANDLE_LISTENS)
		return socket_close(s, h, false);
	data_socket(s, h);
	data_u8(s, 1);
	return done_ask(s, METHOD_SHUTDOWN);
}

static int64_t remote_release(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)now_us;
	return socket_close(s, h, false);
}

static int64_t remote_abort(struct tcpspec_stack *s, int64_t h, uint64_t now_us)
{
	(void)now_us;
	return socket_close(s, h, true);
}

static int64_t forget_once(struct tcpspec_stack *s, const struct tcpspec_ends *ends, bool force)
{
	const int64_t h = known_find(s, ends);

	data_socket(s, h > 0 ? h : 0);
	data_u8(s, force);
	data_ends(s, ends);
	const int64_t code = done_ask(s, METHOD_FORGET);
	if (h > 0 && (force || code == 0))
		handle_dies(s, h);
	return code;
}

int64_t testability_forget_ends(struct tcpspec_stack *s, const struct tcpspec_ends *ends, bool force)
{
	const int64_t code = forget_once(s, ends, force);

	/* E_PEN: something was accepted only now, and its event was sent before the answer. */
	return code == TCPSPEC_AGAIN ? forget_once(s, ends, force) : code;
}

static int64_t remote_forget(struct tcpspec_stack *s, int64_t h)
{
	for (size_t i = 0; i < s->knowns; i++)
		if (s->known[i].handle == h) {
			const struct tcpspec_ends ends = s->known[i].ends;
			return testability_forget_ends(s, &ends, false);
		}
	return TCPSPEC_NONE;
}

static unsigned remote_told(struct tcpspec_stack *s, int64_t h)
{
	struct answer a;

	data_socket(s, h);
	const int result = testability_ask(s, METHOD_TOLD, &a);
	if (result == RESULT_OK && a.length < 2)
		answer_is_short(s, METHOD_TOLD, a.length);
	else if (result == RESULT_OK)
		return octets_u16(a.data);
	code_of(s, METHOD_TOLD, result);
	return 0;
}

static unsigned remote_state(struct tcpspec_stack *s, const struct tcpspec_ends *ends)
{
	struct answer a;

	data_begin(s);
	data_ends(s, ends);
	const int result = testability_ask(s, METHOD_STATE, &a);
	if (result == RESULT_OK && a.length >= 1) {
		s->fresh = true;
		return a.data[0];
	}
	code_of(s, METHOD_STATE, result);
	testability_fail(s, "STATE: %s, though it said that it can tell: look whether it may ask its system (Linux: INET_DIAG)", result_name((unsigned)result));
	return TCPSPEC_CLOSED;
}

static int64_t remote_set(struct tcpspec_stack *s, int64_t h, const char *name, uint64_t value)
{
	static const struct {
		const char *name;
		unsigned parameter, octets;
		uint64_t unit; /* of the user's value, in one of the parameter's */
	} settings[] = {
	    {"nagle", PARAMETER_NAGLE, 1, 1},
	    {"dscp", PARAMETER_DSCP, 1, 1},
	    {"ttl", PARAMETER_TTL, 1, 1},
	    {"keepalive", PARAMETER_KEEPALIVE, 4, 1},
	    {"keepalive_idle", PARAMETER_KEEPALIVE_IDLE, 4, 1000},
	    {"keepalive_interval", PARAMETER_KEEPALIVE_INTERVAL, 4, 1000},
	    {"keepalive_count", PARAMETER_KEEPALIVE_COUNT, 4, 1},
	    {"user_timeout", PARAMETER_USER_TIMEOUT, 4, 1000},
	};

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (strcmp(settings[i].name, name) == 0 && parameter_is_there(s, settings[i].parameter) && value % settings[i].unit == 0 && value / settings[i].unit <= (settings[i].octets == 1 ? UINT8_MAX : UINT32_MAX))
			return testability_configure(s, h, settings[i].parameter, (uint32_t)(value / settings[i].unit), settings[i].octets);
	return TCPSPEC_UNSUPPORTED;
}

/* ---- the table ---- */

static size_t remote_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)setup, (void)why, (void)why_octets;
	return sizeof(struct tcpspec_stack *);
}

/* Stands in until the caller puts the real one there. */
static struct tcpspec_stack *remote_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)octets, (void)setup, (void)why, (void)why_octets;
	return arena;
}

static void remote_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	(void)s, (void)packet, (void)octets, (void)now_us;
}

static uint64_t remote_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	(void)s, (void)now_us;
	return UINT64_MAX;
}

void testability_table(struct tcpspec_stack *s)
{
	s->operations = (struct tcpspec_stack_operations){
	    .version = TCPSPEC_STACK_VERSION,
	    .size = sizeof s->operations,
	    .name = s->name,
	    .arena_octets = remote_arena_octets,
	    .create = remote_create,
	    .input = remote_input,
	    .poll = remote_poll,
	    .listen = remote_listen,
	    .connect = remote_connect,
	    .connect_text = s->can & CAN_CONNECT_WITH_DATA ? remote_connect_text : NULL,
	    .find = remote_find,
	    .send = remote_send,
	    .receive = remote_receive,
	    .close = s->shuts_down ? remote_close : NULL,
	    .release = remote_release,
	    .abort = remote_abort,
	    .forget = s->can & CAN_FORGET ? remote_forget : NULL,
	    .told = s->can & CAN_TOLD ? remote_told : NULL,
	    .state = s->can & CAN_STATE ? remote_state : NULL,
	    .set = remote_set,
	};
}
