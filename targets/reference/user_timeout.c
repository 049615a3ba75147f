/* The user timeout (RFC 9293 3.9.1.1, 3.10.8), and the option by which each side tells the other of its own (RFC 5482). What happens when it is over is in timers.c. */
#include "lib/wire/octets.h"
#include "lib/wire/option.h"
#include "targets/reference/least.h"
#include "targets/reference/reference.h"

#define SECOND UINT64_C(1000000)

enum { UTO_MOST = 0x7fff, /* fifteen bits of seconds or, with G, of minutes (RFC 5482 3.3) */
       UTO_MINUTES = 0x8000 };

/* "USER_TIMEOUT = min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT))" (3.1). */
static uint64_t uto_adopted(const struct settings *set, uint64_t remote)
{
	return least_64(set->uto_upper, greatest_64(greatest_64(set->uto_advertised, remote), set->uto_lower));
}

uint64_t user_timeout_now(const struct tcpspec_stack *s, const struct tcb *t)
{
	if (t->state == TCPSPEC_FIN_WAIT_2 && t->released)
		return s->set.orphan_timeout;
	/* In SYN-SENT nothing was received yet, and in TIME-WAIT nothing waits. */
	if (!t->remote_uto || t->user_timeout_fixed || t->state == TCPSPEC_SYN_RECEIVED)
		return t->user_timeout;
	return uto_adopted(&s->set, t->remote_uto);
}

void user_timeout_take(const struct tcpspec_stack *s, struct tcb *t, const struct segment *g)
{
	uint64_t said = g->options.uto & UTO_MOST;

	/* 0 is reserved (3.4). */
	if (s->set.user_timeout_option && g->options.has_uto && said)
		t->remote_uto = said * (g->options.uto & UTO_MINUTES ? 60 * SECOND : SECOND);
}

void user_timeout_stop(struct tcb *t)
{
	t->user_from = NEVER;
	t->timer[TIMER_USER] = NEVER;
}

void user_timeout_settle(const struct tcpspec_stack *s, struct tcb *t, bool waits)
{
	uint64_t timeout = user_timeout_now(s, t);

	if (!waits) /* what was acknowledged has stopped it */
		return;
	if (t->user_from == NEVER)
		t->user_from = s->m.now;
	t->timer[TIMER_USER] = timeout ? t->user_from + least_64(timeout, NEVER - t->user_from) : NEVER;
}

/* ADV_UTO: what the user has chosen, or what is usual. Never the reserved value (3.4). */
void user_timeout_say(const struct tcpspec_stack *s, const struct tcb *t, uint8_t *to)
{
	uint64_t timeout = t->user_timeout_fixed && t->user_timeout ? t->user_timeout : s->set.uto_advertised;
	uint64_t seconds = greatest_64(timeout / SECOND, 1);
	uint64_t minutes = least_64(seconds / 60, UTO_MOST);

	to[0] = OPTION_UTO;
	to[1] = OPTION_UTO_OCTETS;
	octets_put_u16(to + 2, (uint16_t)(seconds <= UTO_MOST ? seconds : minutes | UTO_MINUTES));
}
