/* lwIP's surroundings as a target, for any version 2.x: what it asks of a port, and the clock that drives it. No part of TCP is here, and no code of lwIP's.
 *
 * lwIP keeps its state in globals. build.sh links these into one section, and all memory comes from the arena of the tester: a snapshot is a copy of both, and where a
 * process has several stacks each has the globals while it is entered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port.h"

#include "lwip/init.h"
#include "lwip/ip.h"
#include "lwip/ip4_frag.h"
#include "lwip/ip6_addr.h"
#include "lwip/ip6_frag.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"

enum { ARENA_OCTETS = 1 << 26,
       TICK_US = TCP_TMR_INTERVAL * 1000,
       TICKS_OF_REASSEMBLY = 1000 / TCP_TMR_INTERVAL,
       IDLE_MS = 3600000 }; /* a connection that waits for nothing is looked at so often */

extern uint8_t __start_lwip_globals[], __stop_lwip_globals[];
static uint8_t pristine[1 << 19];  /* the globals, as they were before lwip_init() */
static struct tcpspec_stack *self; /* who has them; NULL: nobody */

#define GLOBAL __attribute__((section("lwip_globals")))
GLOBAL unsigned tcpspec_lwip_msl, tcpspec_lwip_rto_initial, tcpspec_lwip_retries, tcpspec_lwip_syn_retries;
GLOBAL unsigned tcpspec_lwip_keepalive_idle, tcpspec_lwip_keepalive_interval, tcpspec_lwip_keepalive_count;

static size_t globals_octets(void)
{
	return (size_t)(__stop_lwip_globals - __start_lwip_globals);
}

void port_enter(struct tcpspec_stack *s)
{
	if (s == self)
		return;
	if (self)
		memcpy(self->globals, __start_lwip_globals, globals_octets());
	memcpy(__start_lwip_globals, s->globals, globals_octets());
	self = s;
}

/* ---- what lwIP calls ---- */

u32_t sys_now(void)
{
	return (u32_t)(self->now_us / 1000);
}

/* Under AddressSanitizer what lies in no block of a user's must not be touched, but by us. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>

static void block_guard(const struct block *b)
{
	ASAN_POISON_MEMORY_REGION(b + 1, ((size_t)1 << b->power) - sizeof *b);
	ASAN_UNPOISON_MEMORY_REGION(b + 1, b->octets);
}

/* octets: as far as there are blocks. */
static void arena_unguard(struct tcpspec_stack *s, size_t octets)
{
	ASAN_UNPOISON_MEMORY_REGION(s, octets);
}

static void arena_guard(struct tcpspec_stack *s)
{
	const struct block *b;

	for (size_t at = s->first; at < s->used; at += (size_t)1 << b->power) {
		b = (const struct block *)((uint8_t *)s + at);
		block_guard(b);
	}
}
#else
static void block_guard(const struct block *b)
{
	(void)b;
}

static void arena_unguard(struct tcpspec_stack *s, size_t octets)
{
	(void)s;
	(void)octets;
}

static void arena_guard(struct tcpspec_stack *s)
{
	(void)s;
}
#endif

unsigned tcpspec_lwip_random(void)
{
	self->random = self->random * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(self->random >> 32);
}

void *tcpspec_lwip_malloc(size_t octets)
{
	uint32_t power = 6;
	struct block *b;

	while (power < CLASSES && (size_t)1 << power < octets + sizeof *b)
		power++;
	if (power == CLASSES)
		return NULL;
	b = self->spare[power];
	if (b) {
		self->spare[power] = b->next;
	} else {
		if (((size_t)1 << power) > ARENA_OCTETS - self->used)
			return NULL;
		b = (struct block *)((uint8_t *)self + self->used);
		self->used += (size_t)1 << power;
	}
	b->power = power;
	b->octets = (uint32_t)octets;
	block_guard(b);
	return b + 1;
}

void *tcpspec_lwip_calloc(size_t count, size_t octets)
{
	void *p = tcpspec_lwip_malloc(count * octets);

	return p ? memset(p, 0, count * octets) : NULL;
}

void tcpspec_lwip_free(void *p)
{
	struct block *b = (struct block *)p - 1;

	b->octets = 0;
	b->next = self->spare[b->power];
	self->spare[b->power] = b;
	block_guard(b);
}

/* (On the stack AddressSanitizer would mark all of it, for each packet.) */
static void put_out(struct pbuf *p)
{
	static uint8_t packet[UINT16_MAX];

	self->output(self->to, packet, pbuf_copy_partial(p, packet, p->tot_len, 0));
}

static err_t output4(struct netif *n, struct pbuf *p, const ip4_addr_t *to)
{
	(void)n, (void)to;
	put_out(p);
	return ERR_OK;
}

static err_t output6(struct netif *n, struct pbuf *p, const ip6_addr_t *to)
{
	(void)n, (void)to;
	put_out(p);
	return ERR_OK;
}

static err_t link_init(struct netif *n)
{
	n->output = output4;
	n->output_ip6 = output6;
	n->mtu = (u16_t)(uintptr_t)n->state;
	return ERR_OK;
}

/* ---- beginning ---- */

/* A time "N ms" in milliseconds, a number, or yes and no. */
static bool value_read(const char *text, unsigned *value)
{
	static const struct unit {
		const char *name;
		unsigned of;
	} units[] = {{"", 1}, {" ms", 1}, {" s", 1000}, {" min", 60000}, {" h", 3600000}};
	char *end;

	*value = strcmp(text, "yes") == 0;
	if (*value || strcmp(text, "no") == 0)
		return true;
	*value = (unsigned)strtoul(text, &end, 10);
	for (size_t i = 0; end != text && i < sizeof units / sizeof *units; i++)
		if (strcmp(end, units[i].name) == 0) {
			*value *= units[i].of;
			return true;
		}
	return false;
}

/* Over lwIP's defaults. */
static bool settings_read(struct tcpspec_stack *s, const char *const *setting, char *why, size_t why_octets)
{
	unsigned nagle = 1, keepalive = 0;
	const struct {
		const char *name;
		unsigned *value, usual;
	} known[] = {
	    {"msl", &tcpspec_lwip_msl, 60000},
	    {"rto_initial", &tcpspec_lwip_rto_initial, 3000},
	    {"retries", &tcpspec_lwip_retries, 12},
	    {"syn_retries", &tcpspec_lwip_syn_retries, 6},
	    {"keepalive_idle", &tcpspec_lwip_keepalive_idle, 7200000},
	    {"keepalive_interval", &tcpspec_lwip_keepalive_interval, 75000},
	    {"keepalive_count", &tcpspec_lwip_keepalive_count, 9},
	    {"nagle", &nagle, 1},
	    {"keepalive", &keepalive, 0},
	};
	const size_t count = sizeof known / sizeof *known;
	size_t k;

	for (k = 0; k < count; k++)
		*known[k].value = known[k].usual;
	for (; setting && setting[0]; setting += 2) {
		for (k = 0; k < count && strcmp(setting[0], known[k].name) != 0; k++)
			;
		if (k == count || !value_read(setting[1], known[k].value)) {
			snprintf(why, why_octets, k == count ? "there is no setting `%s`; targets/lwip/port.c has the list" : "`%s` is `%s`: expected a number, a time as `60 s`, yes or no", setting[0], setting[1]);
			return false;
		}
	}
	s->nagle = nagle;
	s->keepalive = keepalive;
	return true;
}

void port_prepare(struct tcp_pcb *pcb)
{
	if (!self->nagle)
		tcp_nagle_disable(pcb);
	if (self->keepalive)
		ip_set_option(pcb, SOF_KEEPALIVE);
}

size_t port_arena_octets(const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	(void)setup;
	if (globals_octets() <= sizeof pristine)
		return ARENA_OCTETS;
	snprintf(why, why_octets, "this lwIP has %zu octets of globals: make `pristine` in targets/lwip/port.c larger", globals_octets());
	return 0;
}

struct tcpspec_stack *port_create(void *arena, size_t octets, const struct tcpspec_setup *setup, char *why, size_t why_octets)
{
	static bool kept;
	struct tcpspec_stack *s = arena;
	ip4_addr_t own, mask, none = {0};
	ip6_addr_t own6;

	(void)octets;
	if (!kept)
		memcpy(pristine, __start_lwip_globals, globals_octets());
	kept = true;
	arena_unguard(s, ARENA_OCTETS);
	memset(s, 0, sizeof *s);
	s->globals = (uint8_t *)s + (sizeof *s + 63) / 64 * 64;
	s->used = s->first = (sizeof *s + 63) / 64 * 64 + (globals_octets() + 63) / 64 * 64;
	memcpy(s->globals, pristine, globals_octets());
	port_enter(s);
	if (!settings_read(s, setup->setting, why, why_octets))
		return NULL;
	s->now_us = setup->now_us;
	s->tick_us = setup->now_us + TICK_US;
	s->random = setup->seed;
	s->output = setup->output;
	s->to = setup->to;
	lwip_init();
	memcpy(&own.addr, setup->address[0].octets, 4);
	IP4_ADDR(&mask, 255, 255, 255, 0);
	netif_add(&s->link, &own, &mask, &none, (void *)(uintptr_t)setup->mtu, link_init, ip_input);
	netif_set_default(&s->link);
	netif_set_link_up(&s->link);
	netif_set_up(&s->link);
	memset(&own6, 0, sizeof own6);
	memcpy(own6.addr, setup->address[1].octets, 16);
	netif_ip6_addr_set(&s->link, 1, &own6);
	netif_ip6_addr_set_state(&s->link, 1, IP6_ADDR_PREFERRED);
	return s;
}

/* All memory is the arena's, and create() begins anew. */
void port_destroy(struct tcpspec_stack *s)
{
	arena_unguard(s, ARENA_OCTETS);
	if (self == s)
		self = NULL;
}

/* ---- which tick is the first that may put something out, or end a connection, as tcp_tmr() has it; one too early is only slow ---- */

/* Slow ticks until it has been left alone for longer than that. */
static u32_t ticks_until_older(const struct tcp_pcb *pcb, u32_t ms)
{
	const u32_t age = tcp_ticks - pcb->tmr, limit = ms / TCP_SLOW_INTERVAL;

	return age <= limit ? limit - age + 1 : 1;
}

/* Has it something that the very next tick may do? Each slow one tries to send what waits; what the first behind a call has not sent waits for a timer. */
static bool is_restless(const struct tcpspec_stack *s, const struct tcp_pcb *pcb)
{
	const bool last = pcb->nrtx >= TCP_MAXRTX || (pcb->state == SYN_SENT && pcb->nrtx >= TCP_SYNMAXRTX);
	const bool untried = pcb->unsent && s->ticks_alone < 2;

	return last || untried || pcb->refused_data || pcb->flags & (TF_ACK_DELAY | TF_ACK_NOW | TF_CLOSEPEND);
}

static u32_t ticks_of_state(const struct tcp_pcb *pcb)
{
	if (pcb->state == SYN_RCVD)
		return ticks_until_older(pcb, TCP_SYN_RCVD_TIMEOUT);
	if (pcb->state == LAST_ACK || pcb->state == TIME_WAIT)
		return ticks_until_older(pcb, 2 * TCP_MSL);
	if (pcb->state == FIN_WAIT_2 && pcb->flags & TF_RXCLOSED)
		return ticks_until_older(pcb, TCP_FIN_WAIT_TIMEOUT);
	return IDLE_MS / TCP_SLOW_INTERVAL;
}

static u32_t ticks_of_keepalive(const struct tcp_pcb *pcb)
{
	const u32_t next = ticks_until_older(pcb, pcb->keep_idle + pcb->keep_cnt_sent * pcb->keep_intvl);
	const u32_t last = ticks_until_older(pcb, pcb->keep_idle + pcb->keep_cnt * pcb->keep_intvl);

	return LWIP_MIN(next, last);
}

/* (Before 2.1 nobody counts them.) */
static bool is_probed_out(const struct tcp_pcb *pcb)
{
#if LWIP_VERSION_MAJOR == 2 && LWIP_VERSION_MINOR == 0
	(void)pcb;
	return false;
#else
	return pcb->persist_probe >= TCP_MAXRTX;
#endif
}

/* A window that is shut, or too small for the next segment, is probed (tcp_persist_backoff[]). Each tick asserts that something waits, and nothing is in flight. */
static u32_t ticks_of_persist(const struct tcp_pcb *pcb)
{
	static const u8_t backoff[] = {3, 6, 12, 24, 48, 96, 120};
	const u8_t slot = backoff[LWIP_MIN(pcb->persist_backoff, sizeof backoff) - 1];
	const bool odd = pcb->unacked || !pcb->unsent;

	return odd || is_probed_out(pcb) || pcb->persist_cnt >= slot ? 1 : (u32_t)(slot - pcb->persist_cnt);
}

static u32_t ticks_of_retransmission(const struct tcp_pcb *pcb)
{
	if (pcb->persist_backoff)
		return ticks_of_persist(pcb);
	if (pcb->rtime < 0)
		return UINT32_MAX;
	return pcb->rtime < pcb->rto ? (u32_t)(pcb->rto - pcb->rtime) : 1;
}

static u32_t ticks_until_due(const struct tcpspec_stack *s, const struct tcp_pcb *pcb)
{
	u32_t n = ticks_of_state(pcb), other = n;

	if (pcb->state == TIME_WAIT)
		return n;
	if (is_restless(s, pcb))
		return 1;
	if (ip_get_option(pcb, SOF_KEEPALIVE))
		other = ticks_of_keepalive(pcb);
	n = LWIP_MIN(n, other);
	other = ticks_of_retransmission(pcb);
	return LWIP_MIN(n, other);
}

static u32_t ticks_until_first(const struct tcpspec_stack *s, const struct tcp_pcb *list)
{
	u32_t first = UINT32_MAX, n;

	for (; list; list = list->next) {
		n = ticks_until_due(s, list);
		first = LWIP_MIN(first, n);
	}
	return first;
}

/* ---- time and packets ---- */

/* Slow ticks that are sure to count and to do nothing else: before the first that is due, or drops what came out of order, of which nobody hears. */
static u32_t ticks_of_counting(const struct tcpspec_stack *s)
{
	const u32_t ending = ticks_until_first(s, tcp_tw_pcbs);
	u32_t first = ticks_until_first(s, tcp_active_pcbs);

	first = LWIP_MIN(first, ending);
	for (const struct tcp_pcb *p = tcp_active_pcbs; p; p = p->next)
		if (p->pollinterval || p->flags & TF_NAGLEMEMERR || (p->ooseq && tcp_ticks + first - p->tmr >= (u32_t)p->rto * TCP_OOSEQ_TIMEOUT))
			return 0;
	return first - 1;
}

/* What so many slow ticks do then, in one go. */
static void slow_ticks_count(u32_t n)
{
	tcp_ticks += n;
	for (struct tcp_pcb *p = tcp_active_pcbs; p; p = p->next)
		if (p->persist_backoff)
			p->persist_cnt = (u8_t)(p->persist_cnt + n);
		else if (p->rtime >= 0)
			p->rtime = (s16_t)(p->rtime + (s16_t)n);
}

/* One tick, or as many as only count, always two at a time, of which one is slow: how many went. */
static uint64_t ticks_go(struct tcpspec_stack *s, uint64_t now_us)
{
	const uint64_t pairs = (now_us - s->tick_us + TICK_US) / (2 * TICK_US);
	const u32_t counting = pairs ? ticks_of_counting(s) : 0, n = (u32_t)LWIP_MIN(pairs, counting);

	if (n)
		slow_ticks_count(n);
	else
		tcp_tmr();
	return n ? 2 * (uint64_t)n : 1;
}

/* Fragments that wait for others, which are rare. */
static void reassembly_run(struct tcpspec_stack *s, uint64_t ticks)
{
	for (uint64_t n = s->ticks / TICKS_OF_REASSEMBLY - (s->ticks - ticks) / TICKS_OF_REASSEMBLY; s->fragmented && n > 0; n--) {
		ip_reass_tmr();
		ip6_reass_tmr();
	}
}

/* Ticks go by whether or not there is a connection: from them lwIP takes its sequence numbers. */
static void ticks_run(struct tcpspec_stack *s, uint64_t now_us)
{
	uint64_t n;

	port_enter(s);
	while (s->tick_us <= now_us) {
		s->now_us = s->tick_us;
		n = ticks_go(s, now_us);
		s->tick_us += n * TICK_US;
		s->ticks_alone += n;
		s->ticks += n;
		reassembly_run(s, n);
	}
	s->now_us = now_us;
}

void port_go_on(struct tcpspec_stack *s, uint64_t now_us)
{
	ticks_run(s, now_us);
	s->ticks_alone = 0;
}

/* tcp_parseopt() reads the length of an option whose kind is the segment's last octet (doc/findings/lwip.md): where AddressSanitizer would end every campaign for that, one octet is there to be read. */
#ifdef TCPSPEC_LWIP_DISORDER
enum { READ_BEYOND = 1 };
#else
enum { READ_BEYOND = 0 };
#endif

/* Is it a fragment, or is there a header before TCP's, which may say that it is? */
static bool may_be_fragment(const uint8_t *packet, size_t octets)
{
	if (octets < IP_HLEN)
		return true;
	return packet[0] >> 4 == 4 ? packet[6] & 0x3f || packet[7] : packet[6] != IP6_NEXTH_TCP;
}

void port_input(struct tcpspec_stack *s, const uint8_t *packet, size_t octets, uint64_t now_us)
{
	struct pbuf *p;

	port_go_on(s, now_us);
	s->fragmented |= may_be_fragment(packet, octets);
	p = octets + READ_BEYOND <= UINT16_MAX ? pbuf_alloc(PBUF_RAW, (u16_t)(octets + READ_BEYOND), PBUF_RAM) : NULL;
	if (!p)
		return;
	p->len = p->tot_len = (u16_t)octets;
	pbuf_take(p, packet, (u16_t)octets);
	memset((uint8_t *)p->payload + octets, 0, READ_BEYOND);
	if (s->link.input(p, &s->link) != ERR_OK)
		pbuf_free(p);
}

/* (The next tick is taken for a slow one, of which there are half as many.) */
uint64_t port_poll(struct tcpspec_stack *s, uint64_t now_us)
{
	u32_t active, ending, first;

	ticks_run(s, now_us);
	active = ticks_until_first(s, tcp_active_pcbs);
	ending = ticks_until_first(s, tcp_tw_pcbs);
	first = LWIP_MIN(active, ending);
	return first == UINT32_MAX ? UINT64_MAX : s->tick_us + (first - 1) * UINT64_C(1000) * TCP_SLOW_INTERVAL;
}

/* ---- snapshots: what of the arena is used, the globals in their place ---- */

size_t port_snapshot_octets(const struct tcpspec_stack *s)
{
	return s->used;
}

void port_snapshot(const struct tcpspec_stack *s, void *to)
{
	if (s == self)
		memcpy(s->globals, __start_lwip_globals, globals_octets());
	arena_unguard((struct tcpspec_stack *)(uintptr_t)s, s->used);
	memcpy(to, s, s->used);
	arena_guard((struct tcpspec_stack *)(uintptr_t)s);
}

void port_restore(struct tcpspec_stack *s, const void *from)
{
	port_enter(s);
	arena_unguard(s, s->used);
	memcpy(s, from, ((const struct tcpspec_stack *)from)->used);
	memcpy(__start_lwip_globals, s->globals, globals_octets());
	arena_guard(s);
}
