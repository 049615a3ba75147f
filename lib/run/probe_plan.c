/* Which probes tell two rows apart: every sequence of at most two is tried on both, by the model and by what was learned. Nothing is sent. */
#include "lib/run/probe_table.h"

#include <string.h>

enum { NOW = 1000000, /* any time: no timer is asked */
       ANY = 70000 };

/* Could one captured reply be both? */
static bool emissions_meet(const struct emission *a, const struct emission *b)
{
	if ((a->ctl ^ b->ctl) & a->ctl_care & b->ctl_care)
		return false;
	if (a->binds_iss != b->binds_iss)
		return false; /* a new ISS is another number than the old one */
	if (!a->binds_iss && a->seq != b->seq)
		return false;
	return !(a->ctl & CTL_ACK) || a->ack_any || b->ack_any || a->ack == b->ack;
}

static bool reactions_meet(const struct reaction *a, const struct reaction *b)
{
	if (!a->now_count || !b->now_count)
		return a->now_count == b->now_count;
	return emissions_meet(&a->now[a->now_count - 1], &b->now[b->now_count - 1]);
}

/* A search on two TCBs that a probe is to tell apart. */
struct search {
	const struct model *m;
	const struct signatures *learned;
	struct probe_numbers numbers; /* that the tester knows; it forgets none */
};

/* What the two know now; what neither does stays as it was. */
static void numbers_renew(struct probe_numbers *n, const struct tcb *a, const struct tcb *b)
{
	const bool iss = a->iss_known || b->iss_known, irs = a->irs_known || b->irs_known;
	n->iss_known = n->iss_known && !iss;
	n->irs_known = n->irs_known && !irs;
	probe_numbers_take(n, a);
	probe_numbers_take(n, b);
}

static bool usable(const struct search *s, const struct tcb *t, enum probe p)
{
	return !s->learned || !s->learned->at[probe_row_of(t)][p].unusable;
}

/* Do all observations of p, and of the probes after it, differ? */
static bool separates(const struct search *s, const struct tcb *a, const struct tcb *b, const enum probe *step, unsigned count)
{
	struct outcome of_a, of_b;
	struct segment g = {.src = {.family = IPV4}};
	uint8_t octet[1];
	if (count == 0 || !usable(s, a, *step) || !usable(s, b, *step))
		return false;
	struct search next = *s;
	numbers_renew(&next.numbers, a, b);
	probe_segment(*step, &next.numbers, ANY, octet, &g);
	probe_outcome(s->m, s->learned, a, *step, &g, NOW, &of_a);
	probe_outcome(s->m, s->learned, b, *step, &g, NOW, &of_b);
	for (unsigned i = 0; i < of_a.count; i++)
		for (unsigned k = 0; k < of_b.count; k++)
			if (reactions_meet(&of_a.reaction[i], &of_b.reaction[k]) && !separates(&next, &of_a.reaction[i].next, &of_b.reaction[k].next, step + 1, count - 1))
				return false;
	return true;
}

struct probe_plan probe_separate(const struct model *m, const struct signatures *learned, const struct tcb *a, const struct tcb *b)
{
	static const enum probe first[] = {PROBE_ACK, PROBE_FIN, PROBE_SYN}; /* after one that changes nothing the second would have done alone */
	const struct search s = {.m = m, .learned = learned};
	struct probe_plan p = {.count = 1};
	for (p.step[0] = 0; p.step[0] < PROBES; p.step[0]++)
		if (separates(&s, a, b, p.step, 1))
			return p;
	p.count = 2;
	for (unsigned i = 0; i < sizeof first / sizeof first[0]; i++)
		for (p.step[1] = 0; p.step[1] < PROBES; p.step[1]++) {
			p.step[0] = first[i];
			if (separates(&s, a, b, p.step, 2))
				return p;
		}
	return (struct probe_plan){.count = 0};
}

void probe_plans_make(struct probe_plans *p, const struct model *m, const struct signatures *learned)
{
	memset(p, 0, sizeof *p);
	for (enum probe_row i = 0; i < PROBE_ROWS; i++)
		for (enum probe_row k = 0; k < i; k++) {
			const struct tcb a = probe_row_tcb(i), b = probe_row_tcb(k);
			p->plan[i][k] = p->plan[k][i] = probe_separate(m, learned, &a, &b);
			p->by_model[i][k] = p->by_model[k][i] = learned ? probe_separate(m, NULL, &a, &b).count > 0 : p->plan[i][k].count > 0;
		}
}
