/* RFC 9293 3.10.8: what time alone does to a TCB. It owns no clock: the caller says what time it is. */
#include "lib/model/model.h"

#include "lib/model/reaction.h"

static unsigned retries(const struct model *m, const struct tcb *t)
{
	if (t->state == SYN_SENT)
		return m->constants.syn_retries;
	if (t->state == SYN_RECEIVED)
		return m->constants.synack_retries;
	return m->constants.retries;
}

/* USER TIMEOUT, and R2 of 3.8.3 spent: from then on the TCP may give up; when, is its own affair. */
static bool user_timeout_expires(const struct model *m, const struct tcb *t, uint64_t now)
{
	return t->sent_at != 0 && t->retransmissions >= retries(m, t) && now + m->constants.tick >= t->sent_at + tcb_rto(m, t);
}

static void user_timeout(const struct model *m, const struct tcb *t, uint64_t now, struct outcome *out)
{
	if (!user_timeout_expires(m, t, now))
		return;
	struct tcb gone = *t;
	if (!(t->state == SYN_RECEIVED && t->passive))
		tcb_signal(&gone, SIGNAL_TIMEOUT);
	tcb_delete(&gone);
	reaction_add(out, &gone, LEVEL_MUST, "RFC 9293 3.10.8, USER TIMEOUT; 3.8.3 (c): R2 is reached, close the connection, enter the CLOSED state");
}

/* TIME-WAIT TIMEOUT: kept before 2 MSL (MUST-13), gone after, either within a tick of it and while the target's timer may be late. */
static void time_wait_timeout(const struct model *m, const struct tcb *t, uint64_t now, struct outcome *out)
{
	const uint64_t expiry = t->time_wait_from + 2 * m->constants.msl, tick = m->constants.tick;
	if (now <= expiry + tick + m->constants.time_wait_late)
		reaction_add(out, t, LEVEL_MUST, "RFC 9293 3.6.1, MUST-13: linger in the TIME-WAIT state for a time 2xMSL");
	if (now + tick < expiry)
		return;
	struct tcb gone = *t;
	tcb_delete(&gone);
	reaction_add(out, &gone, LEVEL_MUST, "RFC 9293 3.10.8, TIME-WAIT TIMEOUT: delete the TCB, enter the CLOSED state");
}

static bool ack_is_missed(const struct model *m, const struct tcb *t, uint64_t now)
{
	return t->ack_owed && now > t->owed_by + m->constants.tick;
}

bool model_time_stays(const struct model *m, const struct tcb *t, uint64_t now)
{
	const bool lingers = t->state != TIME_WAIT || now + m->constants.tick < t->time_wait_from + 2 * m->constants.msl;
	return lingers && !ack_is_missed(m, t, now) && !user_timeout_expires(m, t, now);
}

void model_time(const struct model *m, const struct tcb *t, uint64_t now, struct outcome *out, const char **missed)
{
	out->count = 0;
	*missed = NULL;
	if (ack_is_missed(m, t, now)) {
		*missed = t->owed_clause;
		return;
	}
	if (t->state == TIME_WAIT) {
		time_wait_timeout(m, t, now, out);
		return;
	}
	reaction_add(out, t, LEVEL_MUST, "RFC 9293 3.10.8: no timeout has expired");
	user_timeout(m, t, now, out);
}
