/* `run --pcap FILE`: opens, feeds and closes the file; complains once when it fails, and lets the run go on. */
#include "lib/cli/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cli/cli.h"

static void store_check(struct store *s, bool ok)
{
	if (ok)
		return;
	cli_complain("--pcap %s: %s, what is stored ends here; make room or name another file", s->path, strerror(errno ? errno : EIO));
	fclose(s->to);
	s->to = NULL;
	s->broken = true;
}

bool store_open(struct store *s, const char *path)
{
	*s = (struct store){.path = path};
	if (!path)
		return true;
	s->to = fopen(path, "we");
	if (!s->to)
		cli_complain("--pcap %s: %s, nothing was run; name a file that can be written", path, strerror(errno));
	if (s->to)
		setvbuf(s->to, NULL, _IONBF, 0);
	return s->to != NULL;
}

void store_header(struct store *s, const struct run_header *h)
{
	errno = 0;
	if (s->to)
		store_check(s, pcapng_begin(&s->report, s->to, h));
}

void store_trace(struct store *s, const struct trace *t, const struct endpoint *at, uint64_t seed, const char *id, unsigned attempt)
{
	errno = 0;
	if (s->to)
		store_check(s, pcapng_play(&s->report, t, at, seed, id, attempt));
}

void store_result(struct store *s, const struct result *r)
{
	errno = 0;
	if (s->to)
		store_check(s, pcapng_result(&s->report, r));
}

void store_flush(struct store *s)
{
	errno = 0;
	if (s->to)
		store_check(s, pcapng_flush(&s->report));
}

bool store_close(struct store *s)
{
	store_flush(s);
	errno = 0;
	if (s->to && fclose(s->to) != 0) {
		cli_complain("--pcap %s: %s, what is stored is incomplete; make room or name another file", s->path, strerror(errno ? errno : EIO));
		s->broken = true;
	}
	s->to = NULL;
	pcapng_end(&s->report);
	return !s->broken;
}
