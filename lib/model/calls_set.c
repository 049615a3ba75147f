/* What a user sets of one of his connections (RFC 9293 3.9.1): the TCB keeps it, and the clock's rules ask for it. The other calls are in calls.c. */
#include "lib/model/model.h"

#include "lib/model/reaction.h"

void model_set(const struct model *m, const struct tcb *t, enum user_setting s, uint64_t value, uint64_t now, struct outcome *out)
{
	(void)m;
	out->count = 0;
	struct reaction *r = reaction_add(out, t, LEVEL_MUST, "RFC 9293 3.9.1: the user sets something of a connection");
	if (t->state == CLOSED || t->state == LISTEN) { /* no call of the standard: what the interface keeps it for is its own */
		r->next.may_signal |= SIGNAL_CLOSED;
		r->answer = ANSWER_EITHER;
		return;
	}
	r->next.set |= 1U << s;
	r->next.setting[s] = value;
	if (s == SET_USER_TIMEOUT)
		r->next.limited_at = now;
}

bool tcb_has_set(const struct tcb *t, enum user_setting s)
{
	return t->set >> s & 1;
}
