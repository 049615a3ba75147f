/* What is seen of an outcome, as sights of a finite set, and how many there are (slack.h). It asks the model and nobody else. */
#include "lib/model/slack.h"

#include "lib/model/reaction.h"

static enum reaction_kind kind_of(uint16_t ctl)
{
	if (ctl & CTL_RST)
		return ctl & CTL_ACK ? REACTION_RST_ACK : REACTION_RST;
	if (ctl & CTL_SYN)
		return REACTION_SYN_ACK;
	return ctl & CTL_FIN ? REACTION_FIN : REACTION_ACK;
}

static bool sight_same(const struct sight *a, const struct sight *b)
{
	if (a->kind != b->kind || a->next != b->next || a->owes != b->owes)
		return false;
	if (a->kind == REACTION_NOTHING)
		return true;
	return a->new_iss == b->new_iss && a->seq == b->seq && (a->kind == REACTION_RST || a->ack == b->ack);
}

static unsigned sight_add(struct sight *to, unsigned count, const struct sight *g)
{
	for (unsigned i = 0; i < count; i++)
		if (sight_same(&to[i], g)) {
			to[i].strained &= g->strained;
			return count;
		}
	if (count == SIGHTS_MAX)
		return count;
	to[count] = *g;
	return count + 1;
}

static bool owes_anew(const struct tcb *t, const struct tcb *next)
{
	return next->ack_owed && !(t->ack_owed && t->owed_ack == next->owed_ack);
}

static unsigned add_emission(struct sight *to, unsigned n, const struct emission *e, struct sight g)
{
	g.kind = kind_of(e->ctl);
	g.new_iss = e->binds_iss;
	g.seq = e->seq;
	g.ack = e->ack;
	g.emission = e;
	n = sight_add(to, n, &g);
	if (g.kind == REACTION_RST && !(e->ctl_care & CTL_ACK)) { /* the ACK bit is left free */
		g.kind = REACTION_RST_ACK;
		n = sight_add(to, n, &g);
	}
	if (e->text_max > 0) {
		g.kind = REACTION_DATA;
		n = sight_add(to, n, &g);
	}
	return n;
}

static unsigned add_reaction(struct sight *to, unsigned n, const struct reaction *r, const struct tcb *t)
{
	struct sight g = {.next = r->next.state, .clause = r->clause, .strained = r->breaks_should};
	const bool owes = owes_anew(t, &r->next);
	if (r->now_count > 0) {
		g.owes = owes;
		return add_emission(to, n, &r->now[r->now_count - 1], g);
	}
	if (!owes)
		return sight_add(to, n, &g);
	g.kind = REACTION_ACK;
	g.seq = r->next.snd_nxt;
	g.ack = r->next.rcv_nxt;
	return sight_add(to, n, &g);
}

unsigned outcome_sights(const struct outcome *o, const struct tcb *t, struct sight to[SIGHTS_MAX])
{
	unsigned n = 0;
	for (unsigned i = 0; i < o->count; i++)
		n = add_reaction(to, n, &o->reaction[i], t);
	return n;
}

static void sight_list(const struct sight *g, const struct tcb *t, const struct segment *s, struct text *list)
{
	struct emission e = {.ctl = CTL_ACK, .seq = g->seq, .ack = g->ack};
	if (g->emission)
		e = *g->emission;
	if (g->kind == REACTION_RST_ACK)
		e.ctl |= CTL_ACK;
	if (g->kind == REACTION_NOTHING)
		text_add(list, "nothing");
	else
		emission_print(&e, t, s, list);
	text_add(list, "%s %s\t%s\n", g->kind == REACTION_DATA ? "<DATA>" : "", state_name(g->next), g->clause);
}

/* What has been counted, and what "right" is for each kind. */
struct tally {
	const struct sight *right[REACTION_KINDS];
	bool seen[REACTION_KINDS][2][2][STATES];
};

static bool tally_sight(struct tally *y, const struct sight *g)
{
	const struct sight **right = &y->right[g->kind];
	if (!*right)
		*right = g;
	const bool nothing = g->kind == REACTION_NOTHING;
	const bool seq_right = nothing || g->new_iss || g->seq == (*right)->seq;
	const bool ack_right = nothing || g->kind == REACTION_RST || g->ack == (*right)->ack;
	bool *seen = &y->seen[g->kind][seq_right][ack_right][g->next];
	if (*seen)
		return false;
	*seen = true;
	return true;
}

unsigned model_slack(const struct model *m, const struct tcb *t, const struct segment *s, uint64_t now, struct text *list)
{
	struct outcome o;
	struct sight g[SIGHTS_MAX];
	struct tally y = {0};
	unsigned count = 0;
	model_arrives(m, t, s, now, &o);
	const unsigned n = outcome_sights(&o, t, g);
	for (unsigned i = 0; i < n; i++) {
		if (!tally_sight(&y, &g[i]))
			continue;
		count++;
		if (list)
			sight_list(&g[i], t, s, list);
	}
	return count;
}
