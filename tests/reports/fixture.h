/* A made-up run with one result of every verdict, for the tests of the reports. No stack ever behaved like this. */
#ifndef TCPSPEC_TESTS_REPORTS_FIXTURE_H
#define TCPSPEC_TESTS_REPORTS_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/reports.h"

enum { FIXTURE_RESULTS = 9 };

struct fixture {
	struct result result[FIXTURE_RESULTS];
	const struct result *all[FIXTURE_RESULTS];
	struct run_counts counts;
	struct run_header header;
};

static inline void fixture_header(struct run_header *h)
{
	snprintf(h->version, sizeof(h->version), "0.1");
	snprintf(h->target, sizeof(h->target), "linux");
	snprintf(h->target_version, sizeof(h->target_version), "Linux 6.18.44");
	snprintf(h->kernel, sizeof(h->kernel), "6.18.44 x86_64");
	snprintf(h->link, sizeof(h->link), "veth, offloads off, rps 0, gro 0, rootless");
	snprintf(h->fence, sizeof(h->fence), "link 0/6000 overtaken");
	snprintf(h->profile, sizeof(h->profile), "rfc9293");
	h->seed = 7;
	h->round_trip_ns = 5200;
	text_add(&h->choices, "rfc5961_rst=yes rfc5961_syn=yes msl=30s");
	text_add(&h->settings, "net.ipv4.tcp_syncookies=0\nnet.ipv4.tcp_early_retrans=0\n");
	text_add(&h->selection, "'close/*' -x close/figure-13");
}

static inline void fixture_result(struct result *r, const char *id, enum verdict v, const char *title, const char *clause)
{
	snprintf(r->id, sizeof(r->id), "%s", id);
	snprintf(r->family, sizeof(r->family), "%s", strrchr(id, '/') + 1);
	r->verdict = v;
	r->attempts = 1;
	snprintf(r->title, sizeof(r->title), "%s", title);
	snprintf(r->clause, sizeof(r->clause), "%s", clause);
	snprintf(r->ref, sizeof(r->ref), "RFC 9293 3.10.7");
	snprintf(r->endpoint, sizeof(r->endpoint), "192.0.2.2:2000 <- 192.0.2.1:40000");
	snprintf(r->state_by, sizeof(r->state_by), "reported");
}

static inline void fixture_states(struct result *r, const char *before, const char *after, const char *actual)
{
	snprintf(r->state_before, sizeof(r->state_before), "%s", before);
	snprintf(r->state_after, sizeof(r->state_after), "%s", after);
	text_add(&r->actual, "%s", actual);
}

static inline void fixture_cause(struct result *r, const char *class, const char *cause)
{
	snprintf(r->cause_class, sizeof(r->cause_class), "%s", class);
	snprintf(r->cause, sizeof(r->cause), "%s", cause);
}

static inline void fixture_failures(struct result *r)
{
	fixture_result(&r[3], "matrix/established/syn/exact/-/0/v4", FAIL, "ESTABLISHED answers SYN as section 3.10.7 says", "RFC 9293 3.10.7.4, fourth check");
	fixture_states(&r[3], "ESTABLISHED", "ESTABLISHED", "=> ESTABLISHED");
	fixture_cause(&r[3], "no reply", "no reply: the fence was answered and nothing came before it");
	r[3].attempts = 2;
	text_add(&r[3].permitted, "<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> => ESTABLISHED  [RFC 5961 4]\n<SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK> => CLOSED  [RFC 9293 3.10.7.4, fourth check]\n");
	text_add(&r[3].ladder, "     TCP A                                                TCP B  # TCP B is the target\n                   --> <SEQ=RCV.NXT><CTL=SYN>             -->  # 0.000 ms\n  # 0.021 ms, the fence is answered  <== no reply\n");
	fixture_result(&r[4], "matrix/time-wait/fin/exact/-/0/v6", KNOWN, "TIME-WAIT answers FIN as section 3.10.7 says", "RFC 9293 3.10.7.4");
	fixture_states(&r[4], "TIME-WAIT", "CLOSED", "<SEQ=SEG.ACK><CTL=RST> => CLOSED");
	fixture_cause(&r[4], "unexpected segment", "unexpected segment: <SEQ=SEG.ACK><CTL=RST>");
	text_add(&r[4].known, "a FIN without ACK is dropped [RFC 9293 3.10.7.4, fifth check; since 2.6; known.tsv:3]");
	snprintf(r[4].known_at, sizeof(r[4].known_at), "known.tsv:3");
	fixture_result(&r[5], "close/figure-13/b/v4", XPASS, "Both sides close at once: \"simultaneous close\" \\ crossing FINs # not a comment", "RFC 9293 3.6, Figure 13");
	fixture_states(&r[5], "CLOSING", "TIME-WAIT", "=> TIME-WAIT");
	fixture_cause(&r[5], "stale known line", "listed as known, but passes: the line is stale");
}

/* Everything in it is static or of this run: fixture_free() gives it back. */
static inline void fixture_fill(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	struct result *r = f->result;
	fixture_header(&f->header);
	fixture_result(&r[0], "close/figure-12/a/v4", PASS, "A closes first, then B: the normal close", "RFC 9293 3.6, Figure 12");
	fixture_states(&r[0], "TIME-WAIT", "CLOSED", "=> CLOSED");
	fixture_result(&r[1], "matrix/listen/syn/any/-/0/v4", PASS, "LISTEN answers SYN as section 3.10.7 says", "RFC 9293 3.10.7.2, third check");
	fixture_states(&r[1], "LISTEN", "SYN-RECEIVED", "<SEQ=ISS><ACK=SEG.SEQ+1><CTL=SYN,ACK> => SYN-RECEIVED");
	fixture_result(&r[2], "close/half-close/b/v6", NON_STRICT, "After its FIN a side still receives", "RFC 9293 3.6.1, SHLD-3");
	fixture_states(&r[2], "FIN-WAIT-2", "FIN-WAIT-2", "=> FIN-WAIT-2");
	fixture_cause(&r[2], "not recommended", "a SHOULD is not kept");
	fixture_failures(r);
	fixture_result(&r[6], "handshake/text-on-syn/b/v4", INCONCLUSIVE, "Text on a SYN is queued", "RFC 9293 3.10.7.2");
	fixture_cause(&r[6], "precondition", "the precondition was not reached: LISTEN");
	fixture_result(&r[7], "data/urgent/a/v4", UNIMPLEMENTED, "Urgent data is told to the user", "RFC 9293 3.8.5");
	fixture_cause(&r[7], "unimplemented", "the target declares that it lacks what this needs");
	fixture_result(&r[8], "handshake/time-wait-reuse/b/v4", INFORMATIONAL, "A new SYN may reopen a TIME-WAIT connection", "RFC 9293 3.6.1, MAY-2");
	r[8].level = LEVEL_MAY;
	fixture_states(&r[8], "TIME-WAIT", "SYN-RECEIVED", "<SEQ=ISS><ACK=SEG.SEQ+1><CTL=SYN,ACK> => SYN-RECEIVED");
	for (size_t i = 0; i < FIXTURE_RESULTS; i++) {
		f->all[i] = &r[i];
		f->counts.total++;
		f->counts.by_verdict[r[i].verdict]++;
	}
	static struct known_use uses[] = {{"known.tsv:3", "matrix/time-wait/fin/*", "a FIN without ACK is dropped", 1, 1, 0}, {"known.tsv:4", "close/figure-13/*", "crossing FINs", 1, 0, 1}, {"known.tsv:9", "handshake/*", "nothing of the kind", 1, 0, 0}};
	f->counts.known = uses;
	f->counts.known_count = 3;
	f->counts.left_out = 12;
	f->counts.wait_limit_us = 5000000;
	f->counts.edges = 0x7;
	f->counts.elapsed_us = 1234000;
	f->counts.complete = true;
}

static inline void fixture_free(struct fixture *f)
{
	for (size_t i = 0; i < FIXTURE_RESULTS; i++)
		result_free(&f->result[i]);
	text_free(&f->header.choices);
	text_free(&f->header.settings);
	text_free(&f->header.selection);
}

enum fixture_form { FORM_TAP,
	            FORM_STRICT,
	            FORM_QUIET,
	            FORM_DIED,
	            FORM_MATRIX };

/* The fixture in one of the forms. Caller frees. */
static inline char *fixture_print(enum fixture_form form)
{
	struct fixture f;
	char *out = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&out, &size);
	fixture_fill(&f);
	struct report r = {.to = to, .strict = form == FORM_STRICT, .quiet = form == FORM_QUIET, .header = f.header, .rerun = " --all --fault 'drop@close/*'"};
	size_t played = form == FORM_DIED ? 4 : FIXTURE_RESULTS;
	if (form == FORM_MATRIX) {
		matrix_markdown(to, f.all, FIXTURE_RESULTS, &f.counts);
	} else {
		r.header.strict = r.strict;
		tap_begin(&r, FIXTURE_RESULTS);
		for (size_t i = 0; i < played; i++)
			tap_result(&r, f.all[i]);
		if (form == FORM_DIED) {
			memset(&f.counts, 0, sizeof(f.counts));
			f.counts.total = 4;
			f.counts.by_verdict[PASS] = 2;
			f.counts.by_verdict[NON_STRICT] = f.counts.by_verdict[FAIL] = 1;
			tap_bail(&r, "the link veth0 went down\nwhile the tests ran, bring it up and run again");
		}
		tap_end(&r, &f.counts);
		report_free(&r);
	}
	fclose(to);
	fixture_free(&f);
	return out;
}

#endif
