/* Sockets to the agent, and the header of its messages: 16 octets, big-endian. */
#include "lib/target/testability_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/net/wire.h"
#include "lib/wire/octets.h"

enum { HEADER_OCTETS = 16,
       MESSAGE_ROOM = 1 << 16,
       BUFFER_OCTETS = 1 << 23, /* for the events of thousands of connections that nobody reads yet */
       PLACE_ROOM = 160,
       CONNECT_MS = 3000,
       SLICE_MS = 100,
       VERSION_OCTET = 1,
       EVENT_BIT = 0x8000 };

enum { REQUEST = 0x00,
       EVENT = 0x02,
       RESPONSE = 0x80 };

struct channel {
	struct testability_spec spec;
	struct channel_events events;
	int fd;
	char place[PLACE_ROOM];
	char own_path[PLACE_ROOM]; /* of our Unix socket; "" */
	uint32_t id;               /* of the last request */
	bool echoes;               /* the agent gives ids back: a request that may have been lost is sent again, and it does not do it twice */
	bool heard;                /* something has come */
	unsigned seen;             /* events so far */
	size_t sent;               /* octets of `out` */
	size_t used;               /* of in: over TCP, what follows the message at hand */
	size_t message;            /* octets of the message at hand */
	uint8_t out[MESSAGE_ROOM], in[2 * MESSAGE_ROOM];
};

static const struct {
	unsigned number;
	const char *name;
} methods[] = {
    {METHOD_GET_VERSION, "GET_VERSION"},
    {METHOD_START_TEST, "START_TEST"},
    {METHOD_END_TEST, "END_TEST"},
    {METHOD_CAPABILITIES, "CAPABILITIES"},
    {METHOD_CLOSE_SOCKET, "CLOSE_SOCKET"},
    {METHOD_CREATE_AND_BIND, "CREATE_AND_BIND"},
    {METHOD_SEND_DATA, "SEND_DATA"},
    {METHOD_RECEIVE_AND_FORWARD, "RECEIVE_AND_FORWARD"},
    {METHOD_LISTEN_AND_ACCEPT, "LISTEN_AND_ACCEPT"},
    {METHOD_CONNECT, "CONNECT"},
    {METHOD_CONFIGURE_SOCKET, "CONFIGURE_SOCKET"},
    {METHOD_SHUTDOWN, "SHUTDOWN"},
    {METHOD_CONNECT_WITH_DATA, "CONNECT_WITH_DATA"},
    {METHOD_FORGET, "FORGET"},
    {METHOD_TOLD, "TOLD"},
    {METHOD_STATE, "STATE"},
},
  results[] = {
      {RESULT_OK, "E_OK"},
      {RESULT_NOK, "E_NOK"},
      {RESULT_COR, "E_COR"},
      {RESULT_CAT, "E_CAT"},
      {RESULT_CRE, "E_CRE"},
      {RESULT_CNE, "E_CNE"},
      {RESULT_COC, "E_COC"},
      {RESULT_CAE, "E_CAE"},
      {RESULT_INR, "E_INR"},
      {RESULT_IIF, "E_IIF"},
      {RESULT_UBS, "E_UBS"},
      {RESULT_UCS, "E_UCS"},
      {RESULT_ISD, "E_ISD"},
      {RESULT_INV, "E_INV"},
      {RESULT_ISB, "E_ISB"},
      {RESULT_PEN, "E_PEN"},
      {RESULT_NTF, "E_NTF"},
};

const char *method_name(unsigned method)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (methods[i].number == method)
			return methods[i].name;
	return "a primitive";
}

const char *result_name(unsigned result)
{
	for (size_t i = 0; i < sizeof results / sizeof *results; i++)
		if (results[i].number == result)
			return results[i].name;
	return "a result that no version has";
}

const char *channel_place(const struct channel *c)
{
	return c->place;
}

/* ---- opening ---- */

static bool channel_refused(const struct channel *c, const char *what, struct error *e)
{
	return error_set(e, "upper tester %s: %s: %s; is the agent running there (tcpspec-agent %s), and does a route of this namespace lead to it?", c->place, what, strerror(errno), c->place);
}

static bool unix_connect(struct channel *c, struct error *e)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX}, own = {.sun_family = AF_UNIX};

	snprintf(at.sun_path, sizeof at.sun_path, "%s", c->spec.path);
	/* The agent answers to a name. */
	if (snprintf(own.sun_path, sizeof own.sun_path, "%s.%d", c->spec.path, (int)getpid()) >= (int)sizeof own.sun_path)
		return error_set(e, "upper tester %s: the path is too long: take a shorter one", c->place);
	unlink(own.sun_path);
	if (bind(c->fd, (struct sockaddr *)&own, sizeof own) < 0)
		return channel_refused(c, "no socket beside it", e);
	snprintf(c->own_path, sizeof c->own_path, "%s", own.sun_path);
	return connect(c->fd, (struct sockaddr *)&at, sizeof at) == 0 || channel_refused(c, "connecting", e);
}

static bool inet_connect(struct channel *c, struct error *e)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(c->spec.port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(c->spec.port)};
	const bool is_v6 = c->spec.address.family == IPV6;
	struct pollfd done = {.fd = c->fd, .events = POLLOUT};
	int number = 0;
	socklen_t length = sizeof number;

	memcpy(&v4.sin_addr, c->spec.address.octets, 4);
	memcpy(&v6.sin6_addr, c->spec.address.octets, 16);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	if (connect(c->fd, is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4, is_v6 ? sizeof v6 : sizeof v4) < 0 && errno != EINPROGRESS)
		return channel_refused(c, "connecting", e);
	if (poll(&done, 1, CONNECT_MS) <= 0)
		number = ETIMEDOUT;
	else
		getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &number, &length);
	errno = number;
	fcntl(c->fd, F_SETFL, 0);
	return number == 0 || channel_refused(c, "connecting", e);
}

struct channel *channel_open(const struct testability_spec *s, const struct channel_events *events, struct error *e)
{
	struct channel *c = memory_zeroed(1, sizeof *c);
	const struct timeval slice = {.tv_usec = SLICE_MS * 1000};
	const int on = 1, room = BUFFER_OCTETS;

	c->spec = *s;
	c->events = *events;
	testability_spec_print(s, c->place, sizeof c->place);
	const int family = s->over == OVER_UNIX ? AF_UNIX : s->address.family == IPV6 ? AF_INET6
	                                                                              : AF_INET;
	c->fd = socket(family, (s->over == OVER_TCP ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	if (c->fd >= 0 && setsockopt(c->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
		setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	const bool open = c->fd >= 0 ? (s->over == OVER_UNIX ? unix_connect(c, e) : inet_connect(c, e)) : channel_refused(c, "no socket", e);
	if (!open) {
		channel_close(c);
		return NULL;
	}
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof slice);
	setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof slice);
	if (s->over == OVER_TCP)
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return c;
}

void channel_close(struct channel *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		close(c->fd);
	if (c->own_path[0])
		unlink(c->own_path);
	free(c);
}

/* ---- messages ---- */

/* What the agent is told by `out` is on its way, as far as can be known. An errno, or 0. */
static int message_put(const struct channel *c)
{
	size_t at = 0;

	for (unsigned tries = 0; at < c->sent && tries < 20;) {
		const ssize_t n = send(c->fd, c->out + at, c->sent - at, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return errno;
		at += n > 0 ? (size_t)n : 0;
		tries += n <= 0;
	}
	return at < c->sent ? EAGAIN : 0;
}

static void request_build(struct channel *c, unsigned method, const uint8_t *data, size_t n)
{
	octets_put_u16(c->out, c->spec.service);
	octets_put_u16(c->out + 2, (uint16_t)method);
	octets_put_u32(c->out + 4, (uint32_t)(8 + n));
	if (++c->id == 0)
		c->id = 1;
	octets_put_u32(c->out + 8, c->id);
	c->out[12] = c->out[13] = VERSION_OCTET;
	c->out[14] = REQUEST;
	c->out[15] = 0;
	if (n)
		memcpy(c->out + HEADER_OCTETS, data, n);
	c->sent = HEADER_OCTETS + n;
}

/* Is there a whole message at the beginning of `in`? -1: what is there is none. */
static int message_whole(struct channel *c)
{
	if (c->used < 8)
		return 0;
	const uint32_t length = octets_u32(c->in + 4);
	if (length < 8 || length > MESSAGE_ROOM)
		return -1;
	c->message = 8 + length;
	return c->used >= c->message;
}

/* The next message, at the beginning of `in`. 1: it is there; 0: none yet; -1: never, and errno says why (0: closed; EPROTO: nonsense). */
static int message_get(struct channel *c)
{
	c->used -= c->message;
	if (c->used)
		memmove(c->in, c->in + c->message, c->used);
	c->message = 0;
	int whole = message_whole(c);
	if (whole == 0) {
		const ssize_t n = recv(c->fd, c->in + c->used, sizeof c->in - c->used, 0);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -1;
		errno = 0;
		if (n == 0 && c->spec.over == OVER_TCP)
			return -1;
		c->used += (size_t)n;
		whole = message_whole(c);
	}
	/* A datagram is one message, or none. */
	if (c->spec.over != OVER_TCP && (whole <= 0 || c->used != c->message)) {
		c->used = c->message = 0;
		return 0;
	}
	errno = EPROTO;
	return whole;
}

/* A message of the agent's: an event is handed on. True: it answers the request under way. */
static bool message_answers(struct channel *c, unsigned method, struct answer *a)
{
	const unsigned got = octets_u16(c->in + 2);
	const uint32_t id = octets_u32(c->in + 8);

	if (c->message < HEADER_OCTETS || octets_u16(c->in) != c->spec.service || c->in[12] != VERSION_OCTET)
		return false;
	if (got & EVENT_BIT && c->in[14] == EVENT) {
		c->seen++;
		c->events.event(c->events.self, got & ~(unsigned)EVENT_BIT, c->in + HEADER_OCTETS, c->message - HEADER_OCTETS);
		return false;
	}
	/* One that was given up may still be answered; who gives no ids back cannot be told apart. */
	if (got != method || c->in[14] != RESPONSE || (c->echoes && id != c->id))
		return false;
	if (!c->heard)
		c->echoes = id == c->id;
	c->heard = true;
	*a = (struct answer){.result = c->in[15], .data = c->in + HEADER_OCTETS, .length = c->message - HEADER_OCTETS};
	return true;
}

static bool channel_died(const struct channel *c, unsigned method, int number, struct error *e)
{
	const char *how = number == 0 ? "the agent closed the connection" : number == EPROTO ? "the agent sent what is no message of the protocol"
	                                                                                     : strerror(number);
	return error_set(e, "upper tester %s: %s when asked to %s: start the agent again, and look at what it said last", c->place, how, method_name(method));
}

/* A Unix socket tells by the next datagram that its reader has died: an empty one, which is no message. An errno, or 0. */
static int channel_pulse(const struct channel *c)
{
	return c->spec.over == OVER_UNIX && send(c->fd, "", 0, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN && errno != EINTR ? errno : 0;
}

/* One round: sends what `out` holds, and waits. *came: the answer is there. False with e: it never will be. */
static bool request_perform(struct channel *c, unsigned method, uint64_t until, bool again, struct answer *a, bool *came, struct error *e)
{
	uint64_t resend = clock_now() + 2 * SLICE_MS * 1000;
	int number = message_put(c), got = 0;

	*came = false;
	if (number)
		return channel_died(c, method, number, e);
	while ((got = message_get(c)) >= 0) {
		const uint64_t now = got ? 0 : clock_now();
		if (got && message_answers(c, method, a)) {
			*came = true;
			return true;
		}
		if (now > until)
			return (number = channel_pulse(c)) == 0 || channel_died(c, method, number, e);
		if (again && now > resend) {
			message_put(c);
			resend = now + 2 * SLICE_MS * 1000;
		}
	}
	return channel_died(c, method, errno, e);
}

bool channel_ask(struct channel *c, unsigned method, const uint8_t *data, size_t n, struct answer *a, struct error *e)
{
	bool came;

	request_build(c, method, data, n);
	if (!request_perform(c, method, clock_now() + c->spec.timeout_us, c->echoes && c->spec.over == OVER_UDP, a, &came, e))
		return false;
	return came || error_set(e, "upper tester %s: no answer to %s for %llu ms: the agent hangs or is gone; start it again, or give it more time (,timeout=4 s)", c->place, method_name(method), (unsigned long long)(c->spec.timeout_us / 1000));
}

bool channel_try(struct channel *c, unsigned method, uint64_t within_us, struct answer *a, bool *came, struct error *e)
{
	request_build(c, method, NULL, 0);
	return request_perform(c, method, clock_now() + within_us, c->spec.over == OVER_UDP, a, came, e);
}

bool channel_await(struct channel *c, struct error *e)
{
	const uint64_t until = clock_now() + c->spec.timeout_us;
	const unsigned seen = c->seen;
	struct answer none;
	int got = 0;

	while (c->seen == seen && (got = message_get(c)) >= 0) {
		if (got)
			message_answers(c, UINT32_MAX, &none);
		else if (clock_now() > until)
			return error_set(e, "upper tester %s: the event that was announced does not come: the agent lost it, or sends it elsewhere; over TCP none is lost", c->place);
	}
	return c->seen != seen || channel_died(c, METHOD_RECEIVE_AND_FORWARD, errno, e);
}
