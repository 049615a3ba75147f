/* The edges of SACK blocks, each from the ladder's number to the wire's. It reads what the reader has let pass, and knows no octets. */
#include "lib/script/sack.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/script/reader.h"

static bool edge_take(struct cursor *c, const struct numbers *n, enum side side, const struct tcb *t, struct text *out)
{
	struct seqnum q = {.kind = SEQ_UNSAID};
	uint32_t live = 0;
	if (!seqnum_read(c, true, &q) || (n && !numbers_known(n, side, &q, t, &live)))
		return false;
	text_add(out, "%" PRIu32, live);
	return true;
}

static bool edges_take(struct cursor *c, const struct numbers *n, enum side side, const struct tcb *t, struct text *out)
{
	text_put(out, "SACK:");
	for (;;) {
		if (cursor_take(c, "*")) {
			text_put(out, "*");
			return true;
		}
		if (!edge_take(c, n, side, t, out))
			return false;
		if (!cursor_take(c, "/"))
			return true;
		text_put(out, "/");
	}
}

bool options_live(const char *opt, const struct numbers *n, enum side side, const struct tcb *t, char live[OPTIONS_LIVE])
{
	struct error e;
	struct text out = {0};
	struct cursor c = {.file = "options", .line = 1, .start = opt, .at = opt, .end = opt + strlen(opt), .e = &e};
	bool good = true;
	if (!strstr(opt, "SACK:")) {
		string_put(live, OPTIONS_LIVE, opt);
		return true;
	}
	while (good && c.at < c.end) {
		const char *block = strstr(c.at, "SACK:"), *upto = block ? block : c.end;
		text_add(&out, "%.*s", (int)(upto - c.at), c.at);
		c.at = upto;
		if (cursor_take(&c, "SACK:"))
			good = edges_take(&c, n, side, t, &out);
	}
	snprintf(live, OPTIONS_LIVE, "%s", text_string(&out));
	text_free(&out);
	return good;
}
