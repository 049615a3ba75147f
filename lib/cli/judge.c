/* `tcpspec judge`: a stored run judged again, without root, and reported as the run was. It judges nothing itself. */
#include "lib/cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/cli/agree.h"
#include "lib/cli/judge.h"
#include "lib/net/wire.h"

static bool judging_arguments(struct judging *g, int argc, char **argv)
{
	static const struct option options[] = {{"json", required_argument, NULL, 'j'}, {"target", required_argument, NULL, 't'}, {"junit", required_argument, NULL, 'u'}, {"quiet", no_argument, NULL, 'q'}, {"strict", no_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "t:", options, NULL)) != -1)
		switch (option) {
		case 'j':
			g->record = optarg;
			break;
		case 't':
			g->target = optarg;
			break;
		case 'u':
			g->junit = optarg;
			break;
		case 'q':
			g->quiet = true;
			break;
		case 's':
			g->strict = true;
			break;
		default:
			return false;
		}
	if (optind + 1 != argc) {
		cli_complain("judge: expected one capture: what `tcpspec run --pcap FILE` stored, or any other with --json RESULT");
		return false;
	}
	g->path = argv[optind];
	return true;
}

/* ---- the run ---- */

/* The known deviations of the target that was played. */
static bool judging_known(struct judging *g, struct error *e)
{
	struct request r = {.target = g->target ? g->target : g->header.target};
	enum profile profile;
	char now[sizeof g->header.scope.known];
	if (request_target(&r) != CODE_OK)
		return error_set(e, "%s: the known deviations of target \"%s\" are not here, name its file with -t", g->path, r.target);
	struct declaration *d = profile_read(g->header.profile, &profile) ? declaration_read(r.target_file, profile, g->header.as_shipped, e) : NULL;
	const bool ok = d && known_of_target(&g->known, d, profile, g->header.as_shipped, e);
	declaration_free(d);
	if (!ok)
		return false;
	known_print(&g->known, now, sizeof now);
	if (strcmp(now, g->header.scope.known) != 0)
		cli_complain("the known deviations were others when the run was made (%s, now %s): verdicts may differ for that", g->header.scope.known, now);
	return true;
}

static void judging_rerun(struct judging *g)
{
	text_add(&g->rerun, "%s", text_string(&g->header.scope.options));
	g->output = (struct output){.tap = true, .report = {.to = stdout, .strict = g->strict || g->header.strict, .quiet = g->quiet, .rerun = text_string(&g->rerun), .from = g->path}};
}

bool judging_begin(struct judging *g, const struct run_header *h, struct error *e)
{
	g->header = *h;
	if (!run_header_model(&g->header, &g->model, e) || !finder_open(&g->finder, g->header.scope.axes, e) || !judging_known(g, e))
		return false;
	g->begun = true;
	judging_rerun(g);
	if (!output_open_junit(&g->output, g->junit))
		return error_set(e, "%s: nothing was judged", g->path);
	output_header(&g->output, &g->header, g->header.scope.planned);
	return true;
}

/* The run that the section's comment tells of; a section without one is another tool's. */
static bool judging_section(struct judging *g, const struct capture_item *i, struct error *e)
{
	json_error_t why;
	struct run_header h = {.seed = 0};
	json_t *o = i->comment ? json_loadb(i->comment, i->comment_length, 0, &why) : NULL;
	const bool is_run = o && run_header_read(o, &h, e);
	json_decref(o);
	if (!is_run)
		return error_set(e, "%s: not a run that `tcpspec run --pcap` stored: its section has no run's header; with the run's --json RESULT any capture of it can be judged", g->path);
	if (g->begun) { /* a run that was taken up again goes on in a section of its own */
		const bool same = headers_agree(&g->header, "its first section", &h, "a later one", AGREE_WHOLE, true, e);
		run_header_free(&h);
		plays_free(g->plays);
		g->plays = plays_new(); /* those that were not over died with the run */
		return same || error_prefix(e, "%s: ", g->path);
	}
	return judging_begin(g, &h, e);
}

/* ---- plays ---- */

void judging_result(struct judging *g, struct result *r, const struct script *s, bool known)
{
	if (known)
		known_apply(&g->known, r);
	g->counts.total++;
	g->counts.by_verdict[r->verdict]++;
	g->counts.edges |= r->edges;
	known_count(&g->known, r);
	output_result(&g->output, r, s, true);
}

static void judging_play(struct judging *g, const struct stored_play *play)
{
	struct result r;
	enum family family = IPV4;
	if (!id_set_add(&g->judged, play->id))
		return;
	const struct script *s = finder_script(&g->finder, play->id, &family);
	if (s)
		stored_play_judge(play, s, family, &g->model, &r);
	else
		stored_play_inconclusive(play, NULL, "no such test", "this suite has no such test: judge it with the suite that was played", &r);
	judging_result(g, &r, s, !play->unjudged);
	result_free(&r);
}

static bool judging_plays(struct judging *g, struct error *e)
{
	struct stored_play play;
	if (!plays_next(g->plays, &play, e))
		return !e->text[0];
	judging_play(g, &play);
	stored_play_free(&play);
	return true;
}

static bool judging_item(struct judging *g, const struct capture_item *i, struct error *e)
{
	bool over = false;
	switch (i->kind) {
	case CAPTURE_SECTION:
		return judging_section(g, i, e);
	case CAPTURE_RECORD:
		if (!plays_record(g->plays, i->comment, i->comment_length, i->at, &over, e))
			return error_prefix(e, "%s: offset %llu: ", g->path, (unsigned long long)i->offset);
		return !over || judging_plays(g, e);
	case CAPTURE_PACKET:
		if (!i->comment)
			return true; /* another tool's */
		if (i->captured < i->original)
			return error_set(e, "%s: offset %llu: the packet was cut to %zu of its %zu octets, store the run without a snapshot length", g->path, (unsigned long long)i->offset, i->captured, i->original);
		if (!plays_packet(g->plays, i->comment, i->comment_length, i->at, i->direction == PCAPNG_INBOUND, i->octets, i->captured, e))
			return error_prefix(e, "%s: offset %llu: ", g->path, (unsigned long long)i->offset);
		return true;
	}
	return true;
}

/* Reads all of it; what was whole before an error has its verdicts. */
static bool judging_read(struct judging *g, struct error *e)
{
	struct capture_item i;
	struct stored_play play;
	struct error last;
	int got;
	while ((got = capture_next(g->capture, &i, e)) > 0)
		if (!judging_item(g, &i, e))
			return false;
	while (g->begun && plays_next(g->plays, &play, &last)) {
		judging_play(g, &play);
		stored_play_free(&play);
	}
	return got == 0;
}

int judging_end(struct judging *g, bool whole, const struct error *e)
{
	g->counts.complete = whole && g->counts.total >= g->header.scope.planned;
	g->counts.may_be_empty = g->header.scope.whole > 0;
	g->counts.elapsed_us = clock_now() - g->counts.elapsed_us;
	known_uses(&g->known, &g->counts);
	output_end(&g->output, &g->counts, whole ? NULL : e->text, true);
	const int code = run_exit_code(&g->counts, g->strict || g->header.strict, false);
	return code == CODE_OK && (!whole || g->output.broken) ? CODE_UNUSABLE : code;
}

static int judging_stored(struct judging *g, struct error *e)
{
	g->plays = plays_new();
	const bool whole = judging_read(g, e);
	if (g->begun)
		return judging_end(g, whole, e);
	cli_complain("%s", whole ? "the capture is empty" : e->text);
	return CODE_UNUSABLE;
}

static void judging_close(struct judging *g)
{
	capture_close(g->capture);
	plays_free(g->plays);
	finder_close(&g->finder);
	id_set_free(&g->judged);
	known_free(&g->known);
	run_counts_free(&g->counts);
	run_header_free(&g->header);
	text_free(&g->rerun);
}

int command_judge(int argc, char **argv)
{
	struct judging *g = memory_zeroed(1, sizeof *g);
	struct error e = {.text = ""};
	int code = CODE_UNUSABLE;
	if (!judging_arguments(g, argc, argv)) {
		free(g);
		return cli_usage("judge");
	}
	g->capture = capture_open(g->path, &e);
	g->counts.elapsed_us = clock_now(); /* when it began, until it ends */
	if (g->capture)
		code = g->record ? judging_beside(g, &e) : judging_stored(g, &e);
	else
		cli_complain("%s", e.text);
	judging_close(g);
	free(g);
	return code;
}
