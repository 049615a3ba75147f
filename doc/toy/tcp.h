/* A toy TCP of the kind one finds in small devices: one page of it, with interfaces of its own. It knows nothing of tcpspec, has no timers, and never opens a connection. */
#ifndef TOY_TCP_H
#define TOY_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TCP_PORTS = 8,
       TCP_PCBS = 16,
       TCP_BUFFER = 2048,
       TCP_MSS = 536 };

enum tcp_state { TCP_FREE,
	         TCP_OVER, /* ended, and the user was not told to forget it yet */
	         TCP_SYN_RECEIVED,
	         TCP_ESTABLISHED,
	         TCP_FIN_WAIT_1,
	         TCP_FIN_WAIT_2,
	         TCP_CLOSE_WAIT,
	         TCP_LAST_ACK };

struct tcp_peer {
	unsigned version; /* of IP */
	uint8_t address[16];
	uint16_t port, local_port;
};

struct tcp_pcb {
	enum tcp_state state;
	bool held, reset, end; /* the user has it; what he is told: RST, the peer's FIN */
	struct tcp_peer peer;
	uint32_t snd_una, snd_nxt, snd_wnd, rcv_nxt;
	uint16_t text_octets;
	uint8_t text[TCP_BUFFER];
};

struct tcp {
	uint8_t own4[4], own6[16];
	uint32_t iss;
	uint16_t port[TCP_PORTS]; /* that are listened on; 0: none */
	struct tcp_pcb pcb[TCP_PCBS];
	void (*output)(void *to, const uint8_t *packet, size_t octets);
	void *to;
};

void tcp_input(struct tcp *t, const uint8_t *packet, size_t octets);
bool tcp_listen(struct tcp *t, uint16_t port);
void tcp_unlisten(struct tcp *t, uint16_t port);
bool tcp_listens(const struct tcp *t, uint16_t port);
struct tcp_pcb *tcp_find(struct tcp *t, const struct tcp_peer *peer);
size_t tcp_send(struct tcp *t, struct tcp_pcb *c, const uint8_t *text, size_t octets); /* octets taken */
size_t tcp_receive(struct tcp *t, struct tcp_pcb *c, uint8_t *to, size_t room);
bool tcp_close(struct tcp *t, struct tcp_pcb *c);
void tcp_abort(struct tcp *t, struct tcp_pcb *c);

#endif
