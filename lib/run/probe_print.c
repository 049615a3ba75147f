/* The probes' tables as text: derived from the model each time they are asked for, never written down. */
#include "lib/run/probe_table.h"

#include <string.h>

enum { SIGNATURES_MAX = 6,
       ANY = 70000 };

static void segments_print(struct text *out)
{
	static const char *const said[PROBES] = {
	    [PROBE_OLD_OCTET] = "<SEQ=RCV.NXT-1><ACK=SND.UNA><CTL=ACK><DATA=1>; <SEQ=IRS-1> where RCV.NXT is IRS+1",
	    [PROBE_OLD_OCTET_NXT] = "<SEQ=IRS-1><ACK=SND.NXT><CTL=ACK><DATA=1>",
	    [PROBE_ACK_ISS] = "<SEQ=RCV.NXT><ACK=ISS><CTL=ACK>",
	    [PROBE_ACK_BEYOND] = "<SEQ=RCV.NXT><ACK=SND.NXT+1><CTL=ACK>",
	    [PROBE_FIN_ALONE] = "<SEQ=RCV.NXT><CTL=FIN>",
	    [PROBE_SYN] = "<SEQ=RCV.NXT+100000><CTL=SYN>",
	    [PROBE_ACK] = "<SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>",
	    [PROBE_FIN] = "<SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK>",
	};
	text_add(out, "Probes, and whether a state may change by them:\n");
	for (enum probe p = 0; p < PROBES; p++)
		text_add(out, "%s\t%s\t%s\n", probe_name(p), said[p], probe_is_destructive(p) ? "yes" : "no");
}

static void row_print(const struct model *m, enum probe_row r, struct text *out)
{
	const struct tcb t = probe_row_tcb(r);
	struct probe_numbers n = {.iss_known = false};
	struct segment g = {.src = {.family = IPV4}};
	uint8_t octet[1];
	probe_numbers_take(&n, &t);
	for (enum probe p = 0; p < PROBES; p++) {
		struct signature s[SIGNATURES_MAX];
		probe_segment(p, &n, ANY, octet, &g);
		const unsigned count = probe_predict(m, &t, p, &g, s, SIGNATURES_MAX);
		text_add(out, "%s\t%s\t", probe_row_name(r), probe_name(p));
		for (unsigned i = 0; i < count; i++) {
			text_add(out, "%s", i ? " or " : "");
			signature_print(&s[i], out);
		}
		text_add(out, "\n");
	}
}

static void plan_print(const struct probe_plan *p, struct text *out)
{
	for (unsigned i = 0; i < p->count; i++)
		text_add(out, "%s%s", i ? ", " : "", probe_name(p->step[i]));
}

/* A target that takes MAY-2: a SYN beyond RCV.NXT always opens TIME-WAIT anew. */
static void reopening(const struct model *m, struct model *with, struct signatures *learned)
{
	*with = *m;
	with->choices.time_wait_reuse = true;
	memset(learned, 0, sizeof *learned);
	learned->at[ROW_TIME_WAIT][PROBE_SYN] = (struct signature){.known = true, .kind = REPLY_SYN_ACK_NEW, .ack = NUMBER_SEG_END};
}

void probe_tables_print(struct text *out)
{
	const struct model m = model_default(PROFILE_RFC9293);
	struct model with;
	struct signatures learned;
	struct probe_plans plain, may;
	unsigned none = 0, pairs = 0;
	reopening(&m, &with, &learned);
	probe_plans_make(&plain, &m, NULL);
	probe_plans_make(&may, &with, &learned);
	segments_print(out);
	text_add(out, "\nWhat each row answers, by the model:\n");
	for (enum probe_row r = 0; r < PROBE_ROWS; r++)
		row_print(&m, r, out);
	text_add(out, "\nThe shortest probes that tell two rows apart:\n");
	for (enum probe_row i = 0; i < PROBE_ROWS; i++)
		for (enum probe_row k = i + 1; k < PROBE_ROWS; k++) {
			if (probe_row_state(i) == probe_row_state(k))
				continue;
			pairs++;
			text_add(out, "%s\t%s\t", probe_row_name(i), probe_row_name(k));
			plan_print(&plain.plan[i][k], out);
			if (plain.plan[i][k].count == 0) {
				none++;
				text_add(out, "none without a timer; ");
				plan_print(&may.plan[i][k], out);
				text_add(out, may.plan[i][k].count ? " where TIME-WAIT reopens (MAY-2)" : "not where TIME-WAIT reopens either");
			}
			text_add(out, "\n");
		}
	text_add(out, "%u of %u pairs are told apart by a timer alone\n", none, pairs);
}
