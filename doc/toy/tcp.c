/* The toy TCP: CLOSED's resets, LISTEN, the handshake, text in order, and closes without TIME-WAIT. What it leaves out is what tcpspec will find. */
#include "tcp.h"

#include <string.h>

enum { FIN = 1,
       SYN = 2,
       RST = 4,
       ACK = 16 };

struct segment {
	struct tcp_peer peer;
	uint32_t seq, ack;
	unsigned ctl;
	uint16_t window;
	const uint8_t *text;
	size_t octets;
};

static uint32_t get(const uint8_t *at, unsigned octets)
{
	uint32_t n = 0;

	while (octets--)
		n = n << 8 | *at++;
	return n;
}

static void put(uint8_t *at, unsigned octets, uint32_t n)
{
	while (octets--) {
		at[octets] = (uint8_t)n;
		n >>= 8;
	}
}

static uint32_t sum(const uint8_t *at, size_t octets, uint32_t so_far)
{
	for (size_t i = 0; i < octets; i++)
		so_far += i % 2 ? at[i] : (uint32_t)at[i] << 8;
	return so_far;
}

static uint16_t folded(uint32_t n)
{
	while (n >> 16)
		n = (n & 0xffff) + (n >> 16);
	return (uint16_t)~n;
}

/* Over the pseudo-header and the segment (RFC 9293 3.1). */
static uint16_t checksum(const uint8_t *packet, size_t header, size_t octets)
{
	const bool v4 = header == 20;

	return folded(sum(packet + (v4 ? 12 : 8), v4 ? 8 : 32, 0) + 6 + (uint32_t)octets % 65536 + sum(packet + header, octets, 0));
}

static void output(struct tcp *t, const struct tcp_peer *to, uint32_t seq, uint32_t ack, unsigned ctl, const uint8_t *text, size_t octets)
{
	uint8_t packet[40 + 20 + TCP_MSS] = {0};
	const bool v4 = to->version == 4;
	const size_t header = v4 ? 20 : 40;
	uint8_t *tcp = packet + header;

	put(tcp, 2, to->local_port);
	put(tcp + 2, 2, to->port);
	put(tcp + 4, 4, seq);
	put(tcp + 8, 4, ctl & ACK ? ack : 0);
	put(tcp + 12, 2, 5 << 12 | ctl);
	struct tcp_pcb *c = tcp_find(t, to);
	put(tcp + 14, 2, c ? (uint32_t)TCP_BUFFER - c->text_octets : 0);
	if (octets)
		memcpy(tcp + 20, text, octets);
	put(packet, 1, v4 ? 0x45 : 0x60);
	put(packet + (v4 ? 2 : 4), 2, (uint32_t)(octets + (v4 ? 40 : 20)));
	put(packet + (v4 ? 8 : 6), 2, v4 ? 64 << 8 | 6 : 6 << 8 | 64);
	memcpy(packet + (v4 ? 12 : 8), v4 ? t->own4 : t->own6, v4 ? 4 : 16);
	memcpy(packet + (v4 ? 16 : 24), to->address, v4 ? 4 : 16);
	if (v4)
		put(packet + 10, 2, folded(sum(packet, 20, 0)));
	put(tcp + 16, 2, checksum(packet, header, 20 + octets));
	t->output(t->to, packet, header + 20 + octets);
}

static void acknowledge(struct tcp *t, struct tcp_pcb *c)
{
	output(t, &c->peer, c->snd_nxt, c->rcv_nxt, ACK, NULL, 0);
}

/* RFC 9293 3.10.7.1. */
static void reset(struct tcp *t, const struct segment *s)
{
	if (s->ctl & RST)
		return;
	if (s->ctl & ACK)
		output(t, &s->peer, s->ack, 0, RST, NULL, 0);
	else
		output(t, &s->peer, 0, s->seq + (uint32_t)s->octets + ((s->ctl & SYN) != 0) + ((s->ctl & FIN) != 0), RST | ACK, NULL, 0);
}

static void over(struct tcp_pcb *c)
{
	c->state = c->held ? TCP_OVER : TCP_FREE;
}

/* RFC 9293 3.10.7.2. */
static void in_listen(struct tcp *t, const struct segment *s)
{
	struct tcp_pcb *c = t->pcb;

	if (s->ctl & ACK)
		reset(t, s);
	if (s->ctl & (ACK | RST) || !(s->ctl & SYN))
		return;
	while (c->state != TCP_FREE)
		if (++c == t->pcb + TCP_PCBS)
			return;
	t->iss += 64000;
	*c = (struct tcp_pcb){.state = TCP_SYN_RECEIVED, .peer = s->peer, .snd_una = t->iss, .snd_nxt = t->iss + 1, .snd_wnd = s->window, .rcv_nxt = s->seq + 1};
	output(t, &c->peer, t->iss, c->rcv_nxt, SYN | ACK, NULL, 0);
}

/* RFC 9293 3.10.7.4, first check. */
static bool acceptable(const struct tcp_pcb *c, const struct segment *s)
{
	const uint32_t window = (uint32_t)TCP_BUFFER - c->text_octets, length = (uint32_t)s->octets + ((s->ctl & SYN) != 0) + ((s->ctl & FIN) != 0);
	const uint32_t first = s->seq - c->rcv_nxt, last = first + length - 1;

	if (length == 0)
		return window ? first < window : first == 0;
	return first < window || last < window;
}

/* The text that is next, as far as there is room, and the FIN behind it. */
static void take(struct tcp *t, struct tcp_pcb *c, const struct segment *s)
{
	const uint32_t known = c->rcv_nxt - s->seq;
	const size_t room = TCP_BUFFER - (size_t)c->text_octets;
	const size_t more = known < s->octets ? s->octets - known : 0, taken = more < room ? more : room;
	const bool fin = (s->ctl & FIN) && known <= s->octets && taken == more;

	if (s->octets == 0 && !(s->ctl & FIN))
		return;
	if (known <= s->octets && c->state != TCP_CLOSE_WAIT && c->state != TCP_LAST_ACK) {
		memcpy(c->text + c->text_octets, s->text + known, taken);
		c->text_octets = (uint16_t)(c->text_octets + taken);
		c->rcv_nxt += (uint32_t)taken + fin;
		c->end |= fin;
	}
	acknowledge(t, c);
	if (fin && (c->state == TCP_SYN_RECEIVED || c->state == TCP_ESTABLISHED))
		c->state = TCP_CLOSE_WAIT;
	else if (fin && (c->state == TCP_FIN_WAIT_1 || c->state == TCP_FIN_WAIT_2))
		over(c); /* a toy has no time to wait */
}

/* RFC 9293 3.10.7.4, as far as a toy goes. */
static void in_connection(struct tcp *t, struct tcp_pcb *c, const struct segment *s)
{
	if (!acceptable(c, s)) {
		if (!(s->ctl & RST))
			acknowledge(t, c);
		return;
	}
	if (s->ctl & RST) {
		c->reset = true;
		over(c);
		return;
	}
	if (!(s->ctl & ACK))
		return;
	if (s->ack - c->snd_una > c->snd_nxt - c->snd_una) {
		if (c->state == TCP_SYN_RECEIVED)
			reset(t, s);
		else
			acknowledge(t, c);
		return;
	}
	c->snd_una = s->ack;
	c->snd_wnd = s->window;
	if (c->snd_una == c->snd_nxt && c->state == TCP_SYN_RECEIVED)
		c->state = TCP_ESTABLISHED;
	else if (c->snd_una == c->snd_nxt && c->state == TCP_FIN_WAIT_1)
		c->state = TCP_FIN_WAIT_2;
	else if (c->snd_una == c->snd_nxt && c->state == TCP_LAST_ACK)
		over(c);
	if (c->state > TCP_SYN_RECEIVED)
		take(t, c, s);
}

void tcp_input(struct tcp *t, const uint8_t *packet, size_t octets)
{
	const bool v4 = octets >= 40 && packet[0] == 0x45, v6 = octets >= 60 && packet[0] >> 4 == 6;
	const size_t header = v4 ? 20 : 40, length = v4 ? get(packet + 2, 2) : v6 ? 40 + get(packet + 4, 2)
	                                                                          : 0;
	struct segment s = {.peer = {.version = v4 ? 4 : 6}};
	struct tcp_pcb *c;

	if (length > octets || length < header + 20 || packet[v4 ? 9 : 6] != 6 || memcmp(packet + (v4 ? 16 : 24), v4 ? t->own4 : t->own6, v4 ? 4 : 16) != 0)
		return;
	if ((v4 && folded(sum(packet, 20, 0)) != 0) || checksum(packet, header, length - header) != 0)
		return;
	const uint8_t *tcp = packet + header;
	const size_t offset = (size_t)(tcp[12] >> 4) * 4;
	if (offset < 20 || offset > length - header)
		return;
	memcpy(s.peer.address, packet + (v4 ? 12 : 8), v4 ? 4 : 16);
	s.peer.port = (uint16_t)get(tcp, 2);
	s.peer.local_port = (uint16_t)get(tcp + 2, 2);
	s.seq = get(tcp + 4, 4);
	s.ack = get(tcp + 8, 4);
	s.ctl = tcp[13];
	s.window = (uint16_t)get(tcp + 14, 2);
	s.text = tcp + offset;
	s.octets = length - header - offset;
	if ((c = tcp_find(t, &s.peer)))
		in_connection(t, c, &s);
	else if (tcp_listens(t, s.peer.local_port))
		in_listen(t, &s);
	else
		reset(t, &s);
}

/* ---- the user ---- */

bool tcp_listens(const struct tcp *t, uint16_t port)
{
	for (unsigned i = 0; i < TCP_PORTS; i++)
		if (t->port[i] == port)
			return true;
	return false;
}

bool tcp_listen(struct tcp *t, uint16_t port)
{
	for (unsigned i = 0; i < TCP_PORTS && !tcp_listens(t, port); i++)
		if (t->port[i] == 0) {
			t->port[i] = port;
			return true;
		}
	return false;
}

void tcp_unlisten(struct tcp *t, uint16_t port)
{
	for (unsigned i = 0; i < TCP_PORTS; i++)
		if (t->port[i] == port)
			t->port[i] = 0;
}

struct tcp_pcb *tcp_find(struct tcp *t, const struct tcp_peer *peer)
{
	for (struct tcp_pcb *c = t->pcb; c < t->pcb + TCP_PCBS; c++)
		if (c->state > TCP_OVER && c->peer.version == peer->version && c->peer.port == peer->port && c->peer.local_port == peer->local_port && memcmp(c->peer.address, peer->address, 16) == 0)
			return c;
	return NULL;
}

size_t tcp_send(struct tcp *t, struct tcp_pcb *c, const uint8_t *text, size_t octets)
{
	size_t sent = 0;

	while (sent < octets && c->snd_nxt - c->snd_una < c->snd_wnd) {
		const size_t left = octets - sent, room = c->snd_wnd - (c->snd_nxt - c->snd_una), most = room < TCP_MSS ? room : TCP_MSS;
		const size_t n = left < most ? left : most;

		output(t, &c->peer, c->snd_nxt, c->rcv_nxt, ACK, text + sent, n);
		c->snd_nxt += (uint32_t)n;
		sent += n;
	}
	return sent;
}

size_t tcp_receive(struct tcp *t, struct tcp_pcb *c, uint8_t *to, size_t room)
{
	const size_t n = room < c->text_octets ? room : c->text_octets;

	(void)t;
	memcpy(to, c->text, n);
	memmove(c->text, c->text + n, c->text_octets - n);
	c->text_octets = (uint16_t)(c->text_octets - n);
	return n;
}

bool tcp_close(struct tcp *t, struct tcp_pcb *c)
{
	if (c->state != TCP_ESTABLISHED && c->state != TCP_CLOSE_WAIT)
		return false;
	output(t, &c->peer, c->snd_nxt, c->rcv_nxt, FIN | ACK, NULL, 0);
	c->snd_nxt++;
	c->state = c->state == TCP_ESTABLISHED ? TCP_FIN_WAIT_1 : TCP_LAST_ACK;
	return true;
}

void tcp_abort(struct tcp *t, struct tcp_pcb *c)
{
	if (c->state > TCP_OVER)
		output(t, &c->peer, c->snd_nxt, 0, RST, NULL, 0);
	c->state = TCP_FREE;
}
