/* The calls of an echo's or a discard's program, in the only order that there is: RECEIVE, SEND of what was received, CLOSE at the end. */
#include "lib/model/service.h"

#include <string.h>

static const char *const names[SERVICES] = {"", "echo", "discard"};

const char *service_name(enum service s)
{
	return s < SERVICES ? names[s] : "?";
}

bool service_read(const char *name, enum service *s)
{
	for (unsigned i = SERVICE_NONE + 1; i < SERVICES; i++)
		if (strcmp(name, names[i]) == 0) {
			*s = (enum service)i;
			return true;
		}
	return false;
}

uint16_t service_port(enum service s)
{
	enum { ECHO_PORT = 7,
	       DISCARD_PORT = 9 };
	return s == SERVICE_DISCARD ? DISCARD_PORT : ECHO_PORT;
}

/* Has the program the connection, and has it not ended its own side? It gets it when it is established. */
static bool is_served(const struct tcb *t)
{
	return (t->state == ESTABLISHED || t->state == CLOSE_WAIT) && !t->released;
}

/* All that the user's call may make of *h. */
static void call_follow(struct hypotheses *to, const struct hypothesis *h, const struct model *m, enum call c, uint32_t n, uint64_t at)
{
	struct outcome o;
	model_call(m, &h->tcb, c, n, at, &o);
	hypotheses_follow(to, h, &o);
}

/* RECEIVE, and by an echo SEND behind it. */
static void text_serve(struct hypotheses *to, const struct hypothesis *h, const struct model *m, uint64_t at)
{
	struct outcome o;
	const uint32_t n = h->tcb.unread;
	model_call(m, &h->tcb, CALL_RECEIVE, n, at, &o);
	for (unsigned i = 0; i < o.count; i++) {
		struct hypothesis next = *h;
		next.tcb = o.reaction[i].next;
		if (m->service == SERVICE_ECHO)
			call_follow(to, &next, m, CALL_SEND, n, at);
		else
			hypotheses_add(to, &next);
	}
}

void hypotheses_serve(struct hypotheses *s, const struct model *m, uint64_t at)
{
	if (m->service == SERVICE_NONE)
		return;
	/* What is added is looked at as well. */
	for (unsigned i = 0; i < s->count && !s->overflow; i++) {
		const struct hypothesis h = s->h[i];
		if (!is_served(&h.tcb) || h.pending_count) /* a reply goes before the user hears of anything */
			continue;
		if (h.tcb.unread)
			text_serve(s, &h, m, at);
		else if (h.tcb.fin_received && !h.tcb.fin_queued)
			call_follow(s, &h, m, CALL_CLOSE, 0, at);
	}
}

bool hypotheses_await_service(const struct hypotheses *s, const struct model *m)
{
	for (unsigned i = 0; m->service != SERVICE_NONE && i < s->count; i++) {
		const struct tcb *t = &s->h[i].tcb;
		if (is_served(t) && ((m->service == SERVICE_ECHO && t->unread) || (t->fin_received && !t->fin_queued)))
			return true;
	}
	return false;
}
