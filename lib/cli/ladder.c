/* `tcpspec ladder`: a connection of any capture as a ladder, its first unlawful arrow marked. It judges nothing itself. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cli/cli.h"
#include "lib/net/capture.h"
#include "lib/run/stored.h"
#include "lib/run/stream_ladder.h"
#include "lib/wire/link_layer.h"

enum { OPTION_STREAM = 256,
       OPTION_TUPLE,
       OPTION_TARGET };

struct wanted {
	const char *path, *stream, *tuple, *target;
	struct streams streams;
	size_t unknown; /* packets of a kind of link that is not understood */
};

static bool wanted_read(struct wanted *w, int argc, char **argv)
{
	static const struct option options[] = {{"stream", required_argument, NULL, OPTION_STREAM}, {"tuple", required_argument, NULL, OPTION_TUPLE}, {"target", required_argument, NULL, OPTION_TARGET}, {NULL, 0, NULL, 0}};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case OPTION_STREAM:
			w->stream = optarg;
			break;
		case OPTION_TUPLE:
			w->tuple = optarg;
			break;
		case OPTION_TARGET:
			w->target = optarg;
			break;
		default:
			return false;
		}
	if (optind + 1 != argc || (w->stream && w->tuple)) {
		cli_complain(w->stream && w->tuple ? "ladder: --stream and --tuple both name the connection, leave one out" : "ladder: expected one capture, pcap or pcapng");
		return false;
	}
	w->path = argv[optind];
	return true;
}

/* False with e: damaged; what came before is there all the same. */
static bool packets_read(struct wanted *w, struct error *e)
{
	struct capture *c = capture_open(w->path, e);
	struct capture_item i;
	const uint8_t *packet;
	size_t n;
	int got = -1;
	while (c && (got = capture_next(c, &i, e)) > 0) {
		if (i.kind != CAPTURE_PACKET)
			continue;
		w->unknown += !link_layer_known(i.linktype);
		if (link_layer_packet(i.linktype, i.octets, i.captured, &packet, &n))
			streams_packet(&w->streams, i.at, packet, n, n + (i.original > i.captured ? i.original - i.captured : 0));
	}
	capture_close(c);
	streams_finish(&w->streams);
	return got == 0;
}

static void ends_print(const struct stream *s, struct text *to)
{
	address_print(&s->a, to);
	text_add(to, ".%u -> ", s->a_port);
	address_print(&s->b, to);
	text_add(to, ".%u", s->b_port);
}

static void streams_list(const struct wanted *w)
{
	for (size_t i = 0; i < w->streams.count; i++) {
		struct text ends = {0};
		ends_print(&w->streams.stream[i], &ends);
		fprintf(stderr, "  --stream %zu  %s, %zu segments\n", i, text_string(&ends), w->streams.stream[i].count);
		text_free(&ends);
	}
}

/* "192.0.2.2.80 <- 192.0.2.1.33000", as in a result's tuple; either way round. */
static const struct stream *stream_by_tuple(const struct wanted *w, bool *bad)
{
	struct endpoint at;
	*bad = !endpoint_read(w->tuple, &at);
	for (size_t i = 0; i < w->streams.count && !*bad; i++) {
		const struct stream *s = &w->streams.stream[i];
		const bool forth = s->a_port == at.tester_port && s->b_port == at.target_port && address_equal(&s->a, &at.tester) && address_equal(&s->b, &at.target);
		const bool back = s->b_port == at.tester_port && s->a_port == at.target_port && address_equal(&s->b, &at.tester) && address_equal(&s->a, &at.target);
		if (forth || back)
			return s;
	}
	return NULL;
}

static const struct stream *stream_wanted(const struct wanted *w)
{
	bool bad = false;
	char *end = NULL;
	if (w->tuple) {
		const struct stream *s = stream_by_tuple(w, &bad);
		if (!s)
			cli_complain(bad ? "--tuple %s: expected \"192.0.2.2.80 <- 192.0.2.1.33000\"" : "--tuple %s: no connection of the capture has these ends", w->tuple);
		return s;
	}
	const size_t n = w->stream ? strtoul(w->stream, &end, 10) : 0;
	if (w->stream && (*end || end == w->stream || n >= w->streams.count)) {
		cli_complain("--stream %s: there are %zu connections, counted from 0", w->stream, w->streams.count);
		return NULL;
	}
	if (!w->stream && w->streams.count != 1) {
		cli_complain(w->streams.count ? "%s: several connections, choose one:" : "%s: no TCP in it%s", w->path, w->unknown ? "; its kind of link is none of Ethernet, raw IP, Linux cooked, loopback" : "");
		streams_list(w);
		return NULL;
	}
	return &w->streams.stream[n];
}

/* "192.0.2.2" or "192.0.2.2.80": is it this end? */
static bool end_is(const char *said, const struct address *a, uint16_t port)
{
	struct text plain = {0}, whole = {0};
	address_print(a, &plain);
	text_add(&whole, "%s.%u", text_string(&plain), port);
	const bool yes = strcmp(said, text_string(&plain)) == 0 || strcmp(said, text_string(&whole)) == 0;
	text_free(&plain);
	text_free(&whole);
	return yes;
}

static int stream_print(const struct wanted *w, const struct stream *s)
{
	struct text out = {0}, title = {0};
	char id[64];
	bool sides[2] = {true, true};
	if (w->target) {
		sides[0] = end_is(w->target, &s->a, s->a_port);
		sides[1] = end_is(w->target, &s->b, s->b_port);
	}
	if (!sides[0] && !sides[1]) {
		cli_complain("--target %s: neither end of the connection, expected its address, with .PORT where both ends have the same", w->target);
		return CODE_USAGE;
	}
	ends_print(s, &title);
	snprintf(id, sizeof id, "capture/stream-%zu", (size_t)(s - w->streams.stream));
	const unsigned marks = stream_ladder(s, id, text_string(&title), sides, &out);
	fputs(text_string(&out), stdout);
	text_free(&out);
	text_free(&title);
	return cli_finish(marks ? CODE_FAILED : CODE_OK);
}

int command_ladder(int argc, char **argv)
{
	struct wanted w = {.path = NULL};
	struct error e;
	if (!wanted_read(&w, argc, argv))
		return cli_usage("ladder");
	const bool whole = packets_read(&w, &e);
	int code = whole ? CODE_USAGE : CODE_UNUSABLE;
	if (!whole)
		cli_complain("%s", e.text);
	const struct stream *s = whole || w.streams.count ? stream_wanted(&w) : NULL;
	if (s)
		code = stream_print(&w, s);
	if (code == CODE_OK && !whole)
		code = CODE_UNUSABLE;
	streams_free(&w.streams);
	return code;
}
