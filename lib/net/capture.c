/* Reads capture files: pcapng by lib/wire's codec from a buffer that holds one block, all else by libpcap. It writes none. */
#include "lib/net/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

/* What opens the data of our custom blocks (reports/pcapng.h writes it): this, the time in microseconds since 1970, a blank, the words. */
static const char record_mark[] = "tcpspec ";

enum { BUFFER_OCTETS = 1 << 18,
       US_PER_S = 1000000 };

struct capture {
	char *path;
	FILE *file;
	pcap_t *pcap; /* classic; owns the file then */
	bool announced;
	enum linktype linktype;
	/* pcapng: */
	struct pcapng_reader reader;
	uint8_t *buffer;
	size_t room, from, to; /* octets [from, to) of the buffer were read and not yet taken */
	bool ended;
};

static bool capture_error(struct capture *c, struct error *e, const char *text)
{
	return error_set(e, "%s: %s", c->path, text);
}

/* Reads on until n octets are on hand or the file ends. */
static bool fill(struct capture *c, size_t n, struct error *e)
{
	if (c->from && c->from + n > c->room) {
		memmove(c->buffer, c->buffer + c->from, c->to - c->from);
		c->to -= c->from;
		c->from = 0;
	}
	/* Doubled as octets come, so that a length that lies costs no memory. */
	while (!c->ended && c->to - c->from < n) {
		if (c->to == c->room) {
			c->room = c->room ? 2 * c->room : BUFFER_OCTETS;
			c->buffer = memory_resized(c->buffer, c->room, 1);
		}
		const size_t got = fread(c->buffer + c->to, 1, c->room - c->to, c->file);
		c->to += got;
		c->ended = got == 0;
	}
	if (ferror(c->file))
		return error_set(e, "%s: %s, while reading it", c->path, strerror(errno));
	return true;
}

/* Link types of libpcap's own numbering that differ from those in files. */
static enum linktype linktype_of(int dlt)
{
	return dlt == DLT_RAW ? LINKTYPE_RAW : (enum linktype)dlt;
}

static bool classic_open(struct capture *c, struct error *e)
{
	char why[PCAP_ERRBUF_SIZE];
	rewind(c->file);
	c->pcap = pcap_fopen_offline_with_tstamp_precision(c->file, PCAP_TSTAMP_PRECISION_MICRO, why);
	if (!c->pcap)
		return error_set(e, "%s: neither pcapng nor pcap (%s), name a capture file", c->path, why);
	c->linktype = linktype_of(pcap_datalink(c->pcap));
	return true;
}

/* The first four octets tell which it is. */
static bool recognise(struct capture *c, struct error *e)
{
	static const uint8_t magic[] = {0x0a, 0x0d, 0x0d, 0x0a};
	if (!fill(c, sizeof magic, e))
		return false;
	if (c->to >= sizeof magic && memcmp(c->buffer, magic, sizeof magic) == 0)
		return true;
	if (c->to < sizeof magic)
		return capture_error(c, e, "neither pcapng nor pcap: the file is empty, or as good as; name a capture file");
	if (c->file == stdin)
		return capture_error(c, e, "a classic pcap cannot be read from standard input, name the file");
	return classic_open(c, e);
}

struct capture *capture_open(const char *path, struct error *e)
{
	struct capture *c = memory_zeroed(1, sizeof *c);
	c->path = memory_string(strcmp(path, "-") == 0 ? "standard input" : path);
	c->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (c->file && recognise(c, e))
		return c;
	if (!c->file)
		error_set(e, "%s: %s, name a capture file", path, strerror(errno));
	capture_close(c);
	return NULL;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	if (c->pcap)
		pcap_close(c->pcap);
	else if (c->file && c->file != stdin)
		fclose(c->file);
	pcapng_reader_free(&c->reader);
	free(c->buffer);
	free(c->path);
	free(c);
}

static int classic_next(struct capture *c, struct capture_item *i, struct error *e)
{
	struct pcap_pkthdr *header;
	const uint8_t *octets;
	i->offset = (uint64_t)ftello(pcap_file(c->pcap));
	if (!c->announced) {
		c->announced = true;
		i->kind = CAPTURE_SECTION;
		return 1;
	}
	const int got = pcap_next_ex(c->pcap, &header, &octets);
	if (got == PCAP_ERROR_BREAK)
		return 0;
	if (got != 1) {
		error_set(e, "%s: offset %" PRIu64 ": %s", c->path, i->offset, pcap_geterr(c->pcap));
		return -1;
	}
	i->kind = CAPTURE_PACKET;
	i->linktype = c->linktype;
	i->at = (uint64_t)header->ts.tv_sec * US_PER_S + (uint64_t)header->ts.tv_usec;
	i->octets = octets;
	i->captured = header->caplen;
	i->original = header->len;
	return 1;
}

/* Is the block a record of ours? Its words end where the padding begins. */
static bool record_take(const struct pcapng_block *b, struct capture_item *i)
{
	const size_t mark = sizeof record_mark - 1;
	const char *at = (const char *)b->body, *end = at + b->body_length;
	if (b->enterprise != PCAPNG_ENTERPRISE || b->body_length < mark || memcmp(at, record_mark, mark) != 0)
		return false;
	while (end > at && end[-1] == '\0')
		end--;
	for (at += mark; at < end && *at >= '0' && *at <= '9' && i->at < UINT64_MAX / 20; at++)
		i->at = 10 * i->at + (uint64_t)(*at - '0');
	if (at >= end || *at++ != ' ')
		return false;
	i->kind = CAPTURE_RECORD;
	i->comment = at;
	i->comment_length = (size_t)(end - at);
	return true;
}

static bool block_take(const struct pcapng_block *b, struct capture_item *i)
{
	*i = (struct capture_item){.offset = b->offset};
	switch (b->kind) {
	case PCAPNG_SECTION:
		i->kind = CAPTURE_SECTION;
		break;
	case PCAPNG_PACKET:
		i->kind = CAPTURE_PACKET;
		break;
	case PCAPNG_CUSTOM:
		return record_take(b, i);
	case PCAPNG_INTERFACE:
	case PCAPNG_OTHER:
		return false;
	}
	i->comment = pcapng_comment(b, &i->comment_length);
	i->linktype = b->linktype;
	i->at = b->at;
	i->octets = b->octets;
	i->captured = b->captured;
	i->original = b->original;
	i->direction = b->direction;
	return true;
}

/* One whole block. 0: the end. */
static int block_next(struct capture *c, struct pcapng_block *b, struct error *e)
{
	struct error why;
	size_t need = PCAPNG_SECTION_ANNOUNCEMENT;
	if (!fill(c, need, e))
		return -1;
	if (c->from == c->to)
		return 0;
	enum pcapng_outcome o = pcapng_read(&c->reader, c->buffer + c->from, c->to - c->from, b, &need, &why);
	if (o == PCAPNG_MORE) {
		if (!fill(c, need, e))
			return -1;
		o = pcapng_read(&c->reader, c->buffer + c->from, c->to - c->from, b, &need, &why);
	}
	if (o == PCAPNG_MORE)
		error_set(&why, "offset %" PRIu64 ": cut off: the block has %zu octets, %zu are there", c->reader.offset, need, c->to - c->from);
	if (o != PCAPNG_GOT) {
		capture_error(c, e, why.text);
		return -1;
	}
	c->from += b->length;
	return 1;
}

int capture_next(struct capture *c, struct capture_item *i, struct error *e)
{
	struct pcapng_block b;
	int got;
	*i = (struct capture_item){0};
	if (c->pcap)
		return classic_next(c, i, e);
	while ((got = block_next(c, &b, e)) > 0 && !block_take(&b, i))
		;
	return got;
}
