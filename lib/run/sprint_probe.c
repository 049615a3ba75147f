/* Between the judge, which knows what is permitted, and the inference. */
#include "lib/run/sprint_probe.h"

#include "lib/model/service.h"
#include "lib/run/judge_parts.h"
#include "lib/wire/seq.h"

void prober_free(struct prober *p)
{
	hypotheses_free(&p->permitted);
	probing_end(&p->probing);
}

void prober_learn(struct prober *p, enum family f, const struct control *c, const struct judge *j, const struct trace *t)
{
	control_learn(&p->learned[family_index(f)], c, j, t);
	p->planned[family_index(f)] = false;
}

void prober_note(struct prober *p, const struct judge *j)
{
	if (p->use == PROBE_NEVER)
		return;
	hypotheses_clear(&p->permitted);
	if (j->status != JUDGE_GOING)
		return; /* the observations are of none of them */
	if (p->use == PROBE_ALWAYS || j->now.count > 1)
		hypotheses_copy(&p->permitted, &j->now);
	hypotheses_serve(&p->permitted, j->model, j->fence_at);
}

static bool states_differ(const struct hypotheses *s)
{
	for (unsigned i = 1; i < s->count; i++)
		if (tcb_seen_as(&s->h[i].tcb) != tcb_seen_as(&s->h[0].tcb))
			return true;
	return false;
}

bool prober_wants(const struct prober *p, const struct judge *j)
{
	const bool decided = j->status == JUDGE_GOING || j->status == JUDGE_FAILED;
	if (p->use == PROBE_NEVER || !decided || j->in_prelude)
		return false;
	return p->use == PROBE_ALWAYS || states_differ(&p->permitted);
}

static const struct probe_plans *prober_plans(struct prober *p, enum family f, const struct model *m)
{
	const unsigned i = family_index(f);
	if (!p->planned[i])
		probe_plans_make(&p->plans[i], m, &p->learned[i]);
	p->planned[i] = true;
	return &p->plans[i];
}

/* The observations may have left the model. Then the target may have become what the model permits and they contradict, or have taken the text that it should not. */
static void prober_suppose(struct prober *p, const struct judge *j, const struct tcb *before)
{
	const struct segment *s = &j->stimulus_segment;
	const uint32_t end = s->seq + ((s->ctl & CTL_SYN) != 0) + s->text_length;
	struct outcome o;
	model_arrives(j->model, before, s, j->stimulus_at, &o);
	for (unsigned i = 0; i < o.count; i++)
		probing_suppose(&p->probing, &o.reaction[i].next);
	if (!before->irs_known || !seq_lt(before->rcv_nxt, end))
		return;
	struct tcb taken = *before;
	taken.rcv_nxt = end;
	probing_suppose(&p->probing, &taken);
}

bool prober_begin(struct prober *p, const struct judge *j)
{
	const struct hypothesis *before = hypotheses_best(judge_before(j));
	const bool arrived = j->has_stimulus_segment && !(j->stimulus_segment.bad & ~BAD_RESERVED);
	struct rng any = j->numbers.rng;
	if (!prober_wants(p, j) || !before)
		return false;
	const enum family f = j->endpoint.family;
	const bool fin = arrived && j->stimulus_segment.ctl & CTL_FIN;
	probing_begin(&p->probing, j->model, &p->learned[family_index(f)], prober_plans(p, f, j->model), &p->permitted, &before->tcb, fin, j->numbers.ts_val, j->numbers.ts_ecr, rng_u32(&any));
	if (arrived)
		prober_suppose(p, j, &before->tcb);
	if (judge_is_reported(j))
		probing_add(&p->probing, answer_state(&j->state_after));
	if (p->use == PROBE_ALWAYS) /* did it stay where it was? */
		probing_add(&p->probing, tcb_seen_as(&before->tcb));
	return true;
}

size_t prober_next(struct prober *p, const struct endpoint *at, uint64_t now, uint8_t *packet, size_t room)
{
	uint8_t octet[1];
	struct segment s = {.src = at->tester, .dst = at->target, .src_port = at->tester_port, .dst_port = at->target_port};
	if (probe_next(&p->probing, octet, &s) != PROBE_SEND)
		return 0;
	const size_t n = segment_build(&s, packet, room);
	if (n)
		probe_sent(&p->probing, &s, now);
	return n;
}

void prober_received(struct prober *p, const struct segment *s, uint64_t at)
{
	probe_take(&p->probing, s, at);
}

void prober_fenced(struct prober *p)
{
	probe_fenced(&p->probing);
}

bool prober_has_disturbed(const struct prober *p)
{
	return p->probing.asked >> PROBE_SYN != 0;
}
