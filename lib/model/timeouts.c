/* RFC 9293 3.10.8: what time alone does to a TCB. It owns no clock: the caller says what time it is. */
#include "lib/model/model.h"

#include "lib/model/reaction.h"

/* R2 of 3.8.3 spent: from then on the TCP may give up; when, is its own affair. So is it with keep-alives (3.8.4). */
static bool patience_ends(const struct model *m, const struct tcb *t, uint64_t now)
{
	const uint64_t tick = m->constants.tick;
	/* Before a closed window it counts the probes that nobody answers (3.8.6.1, MUST-37; RFC 6429 3). */
	if (t->snd_wnd == 0 && t->probes > 0 && t->closed_at && t->snd_una != t->iss)
		return t->unanswered >= tcb_retries(m, t) && now + tick >= t->closed_at + m->constants.rto_min;
	/* 3.8.3 (c) counts "transmissions of the same segment", whatever they were drawn by, and closes "when the number [...] reaches a threshold": it need not wait for an answer to the last.
	 * For a SYN R2 is a time, "at least 3 minutes" (MUST-23), and what would have been the next repetition's is a part of it. */
	const unsigned front = t->retransmissions + t->early_ones, most = front > t->behind_ones ? front : t->behind_ones;
	const bool syn = !t->iss_known || t->snd_una == t->iss;
	if (t->sent_at != 0 && most >= tcb_retries(m, t) && (!syn || now + tick >= t->sent_at + tcb_rto(m, t)))
		return true;
	return tcb_keepalives_spent(m, t) && now + tick >= tcb_keepalive_at(m, t);
}

/* "For all data submitted to TCP" (3.9.1.1): what waits for the peer's window waits for its acknowledgment, though it was not sent. */
uint64_t tcb_user_timeout_at(const struct model *m, const struct tcb *t)
{
	const uint64_t timeout = tcb_user_timeout(m, t), sent = t->waiting_since, said = t->submitted_since;
	const uint64_t from = said && (!sent || said < sent) ? said : sent;
	if (!timeout || !from)
		return UINT64_MAX;
	return from + timeout > t->limited_at ? from + timeout : t->limited_at;
}

/* 3.10.8, USER TIMEOUT: "if the user timeout expires". */
static bool user_timeout_expires(const struct model *m, const struct tcb *t, uint64_t now)
{
	const uint64_t at = tcb_user_timeout_at(m, t);
	return at != UINT64_MAX && now + m->constants.tick >= at;
}

/* No later than the next retransmission after it: a TCP may look at it only then. Whether one that is set counts anew for what waits already nobody says. */
static bool user_timeout_missed(const struct model *m, const struct tcb *t, uint64_t now)
{
	const uint64_t timeout = tcb_user_timeout(m, t), at = (t->waiting_since > t->limited_at ? t->waiting_since : t->limited_at) + timeout;
	return timeout && t->waiting_since && now > at + tcb_rto(m, t) + m->constants.tick;
}

static void give_up(const struct tcb *t, uint64_t now, struct outcome *out, const char *clause)
{
	struct tcb gone = *t;
	/* RFC 7413 4.2.2: where the text of the SYN was taken, its user was notified of the connection. */
	const bool users = !(t->state == SYN_RECEIVED && t->passive) || t->fastopened;
	if (users)
		tcb_signal(&gone, SIGNAL_TIMEOUT);
	if (users)
		tcb_delete(&gone);
	else
		tcb_return_to_listen(&gone); /* its user has the LISTEN still, and no other */
	reaction_add(out, &gone, LEVEL_MUST, clause);
	if (users || !t->reopened)
		return;
	/* Nobody has answered: the SYN was an old duplicate, it seems (3.6.1, MAY-2 (2)). */
	gone = tcb_old_time_wait(t, now);
	reaction_add(out, &gone, LEVEL_MUST, clause);
	gone.time_wait_from = t->old.time_wait_from;
	reaction_add(out, &gone, LEVEL_MUST, clause);
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
	return lingers && !ack_is_missed(m, t, now) && !patience_ends(m, t, now) && !user_timeout_expires(m, t, now);
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
	if (!user_timeout_missed(m, t, now))
		reaction_add(out, t, LEVEL_MUST, "RFC 9293 3.10.8: no timeout has expired");
	if (user_timeout_expires(m, t, now))
		give_up(t, now, out, "RFC 9293 3.10.8, USER TIMEOUT: flush all queues, signal the user, delete the TCB, enter the CLOSED state");
	else if (patience_ends(m, t, now))
		give_up(t, now, out, "RFC 9293 3.8.3 (c), 3.8.4: R2 is reached, or as many keep-alives went unanswered: close the connection, enter the CLOSED state");
}
