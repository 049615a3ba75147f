/* Counts the permitted reactions of a finite set (slack.h). It asks the model and nobody else. */
#include "lib/model/slack.h"

#include "lib/model/reaction.h"

enum kind { NOTHING,
	    ACK_ALONE,
	    RST_ALONE,
	    RST_ACK,
	    SYN_AND_ACK,
	    DATA,
	    FIN,
	    KINDS };

/* What is seen of one reaction. */
struct sight {
	enum kind kind;
	bool new_iss;
	uint32_t seq, ack;
	enum state next;
};

/* What has been counted, and what "right" is for each kind. */
struct tally {
	bool known[KINDS];
	uint32_t seq[KINDS], ack[KINDS];
	bool seen[KINDS][2][2][STATES];
	unsigned count;
	const struct tcb *t;
	const struct segment *s;
	struct text *list;
};

static enum kind kind_of(uint16_t ctl)
{
	if (ctl & CTL_RST)
		return ctl & CTL_ACK ? RST_ACK : RST_ALONE;
	if (ctl & CTL_SYN)
		return SYN_AND_ACK;
	return ctl & CTL_FIN ? FIN : ACK_ALONE;
}

static void tally_list(struct tally *y, const struct sight *g, const struct emission *e, const char *clause)
{
	if (!y->list)
		return;
	if (e)
		emission_print(e, y->t, y->s, y->list);
	else
		text_add(y->list, "nothing");
	text_add(y->list, "%s %s\t%s\n", g->kind == DATA ? "<DATA>" : "", state_name(g->next), clause);
}

static void tally_sight(struct tally *y, const struct sight *g, const struct emission *e, const char *clause)
{
	if (!y->known[g->kind]) {
		y->known[g->kind] = true;
		y->seq[g->kind] = g->seq;
		y->ack[g->kind] = g->ack;
	}
	const bool seq_right = g->kind == NOTHING || g->new_iss || g->seq == y->seq[g->kind];
	const bool ack_right = g->kind == NOTHING || g->kind == RST_ALONE || g->ack == y->ack[g->kind];
	bool *seen = &y->seen[g->kind][seq_right][ack_right][g->next];
	if (*seen)
		return;
	*seen = true;
	y->count++;
	tally_list(y, g, e, clause);
}

static bool owes_anew(const struct tcb *t, const struct tcb *next)
{
	return next->ack_owed && !(t->ack_owed && t->owed_ack == next->owed_ack);
}

static void tally_emission(struct tally *y, const struct reaction *r, const struct emission *e)
{
	struct sight g = {.kind = kind_of(e->ctl), .new_iss = e->binds_iss, .seq = e->seq, .ack = e->ack, .next = r->next.state};
	tally_sight(y, &g, e, r->clause);
	if (e->ctl & CTL_RST && !(e->ctl_care & CTL_ACK)) { /* the ACK bit is left free */
		struct emission with = *e;
		with.ctl |= CTL_ACK;
		g.kind = RST_ACK;
		tally_sight(y, &g, &with, r->clause);
	}
	if (e->text_max > 0) {
		g.kind = DATA;
		tally_sight(y, &g, e, r->clause);
	}
}

static void tally_reaction(struct tally *y, const struct reaction *r)
{
	if (r->now_count > 0) {
		tally_emission(y, r, &r->now[r->now_count - 1]);
		return;
	}
	if (owes_anew(y->t, &r->next)) {
		const struct emission e = emission_ack(&r->next);
		tally_emission(y, r, &e);
		return;
	}
	const struct sight g = {.kind = NOTHING, .next = r->next.state};
	tally_sight(y, &g, NULL, r->clause);
}

unsigned model_slack(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct text *list)
{
	struct outcome o;
	struct tally y = {.t = t, .s = s, .list = list};
	model_arrives(m, t, s, now, &o);
	for (unsigned i = 0; i < o.count; i++)
		tally_reaction(&y, &o.reaction[i]);
	return y.count;
}
