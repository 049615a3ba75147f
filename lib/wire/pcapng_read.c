/* pcapng blocks, read: either byte order, every length checked against what is there. It opens no file and understands no packet. */
#include "lib/wire/pcapng.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/wire/pcapng_parts.h"

enum { US_EXPONENT = 6,   /* the resolution that is meant when none is said: 10^-6 */
       TWOS = 0x80,       /* in a resolution: negative power of 2, not of 10 */
       DECIMALS_MAX = 19, /* 10^19 is what 64 bits hold */
       INTERFACES_MAX = 65536 };

static uint32_t get_u32(const uint8_t *at, bool swapped)
{
	const uint32_t little = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
	const uint32_t big = (uint32_t)at[3] | (uint32_t)at[2] << 8 | (uint32_t)at[1] << 16 | (uint32_t)at[0] << 24;
	return swapped ? big : little;
}

static uint16_t get_u16(const uint8_t *at, bool swapped)
{
	return (uint16_t)(swapped ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

static enum pcapng_outcome damaged(const struct pcapng_reader *r, struct error *e, const char *what)
{
	error_set(e, "offset %" PRIu64 ": %s", r->offset, what);
	return PCAPNG_BAD;
}

/* ---- options ---- */

bool pcapng_option(const struct pcapng_block *b, size_t *at, uint16_t *code, const uint8_t **value, size_t *length)
{
	if (!b->options || *at + 4 > b->options_length)
		return false;
	*code = get_u16(b->options + *at, b->swapped);
	*length = get_u16(b->options + *at + 2, b->swapped);
	if (*code == PCAPNG_OPT_END || *length > b->options_length - *at - 4)
		return false;
	*value = b->options + *at + 4;
	*at += 4 + *length + padding(*length);
	return true;
}

const char *pcapng_comment(const struct pcapng_block *b, size_t *length)
{
	const uint8_t *value;
	uint16_t code;
	for (size_t at = 0; pcapng_option(b, &at, &code, &value, length);)
		if (code == PCAPNG_OPT_COMMENT)
			return (const char *)value;
	return NULL;
}

/* Options stand behind the first `fixed` octets of the body. False when one promises more octets than there are. */
static bool options_take(struct pcapng_block *b, size_t fixed)
{
	if (b->body_length < fixed)
		return false;
	b->options = b->body + fixed;
	b->options_length = b->body_length - fixed;
	b->body_length = fixed;
	for (size_t at = 0; at + 4 <= b->options_length;) {
		const size_t length = get_u16(b->options + at + 2, b->swapped);
		if (get_u16(b->options + at, b->swapped) == PCAPNG_OPT_END)
			return true;
		if (length > b->options_length - at - 4)
			return false;
		at += 4 + length + padding(length);
	}
	return true;
}

/* ---- times ---- */

/* Units of 2^-n or 10^-n seconds need more than 64 bits on their way. */
__extension__ typedef __int128 wide;

/* units of the interface's resolution, in microseconds; what does not fit is the largest time. */
static uint64_t time_us(const struct pcapng_interface *i, uint64_t units)
{
	const unsigned exponent = i->resolution & ~TWOS & 0xff;
	wide us = (wide)units * 1000000;
	if (i->resolution & TWOS)
		us = exponent < 64 ? us >> exponent : 0;
	else
		for (unsigned k = 0; k < exponent && us; k++)
			us /= 10;
	const wide sum = us + (wide)i->offset * 1000000;
	return sum < 0 ? 0 : sum > (wide)INT64_MAX ? INT64_MAX
	                                           : (uint64_t)sum;
}

/* ---- blocks ---- */

static enum pcapng_outcome section_read(struct pcapng_reader *r, struct pcapng_block *b, struct error *e)
{
	b->kind = PCAPNG_SECTION;
	if (b->body_length < 16)
		return damaged(r, e, "a section header of less than 28 octets");
	if (get_u16(b->body + 4, b->swapped) != 1)
		return damaged(r, e, "a version of pcapng that is not 1.x: rewrite the file with a tool that knows it");
	if (!options_take(b, 16))
		return damaged(r, e, "an option of the section header is longer than the block");
	r->interfaces = 0;
	return PCAPNG_GOT;
}

static enum pcapng_outcome interface_read(struct pcapng_reader *r, struct pcapng_block *b, struct error *e)
{
	struct pcapng_interface i = {.resolution = US_EXPONENT};
	const uint8_t *value;
	uint16_t code;
	size_t length;
	b->kind = PCAPNG_INTERFACE;
	if (!options_take(b, 8))
		return damaged(r, e, "an interface block that is too short for what it says");
	if (r->interfaces == INTERFACES_MAX)
		return damaged(r, e, "more interfaces than 65536");
	i.linktype = (enum linktype)get_u16(b->body, b->swapped);
	i.snaplen = get_u32(b->body + 4, b->swapped);
	for (size_t at = 0; pcapng_option(b, &at, &code, &value, &length);) {
		if (code == PCAPNG_IF_TSRESOL && length >= 1)
			i.resolution = value[0];
		if (code == PCAPNG_IF_TSOFFSET && length >= 8)
			i.offset = (int64_t)((uint64_t)get_u32(value + (b->swapped ? 0 : 4), b->swapped) << 32 | get_u32(value + (b->swapped ? 4 : 0), b->swapped));
	}
	if (!(i.resolution & TWOS) && i.resolution > DECIMALS_MAX)
		return damaged(r, e, "a time resolution finer than 10^-19 s");
	if (r->interfaces == r->room) {
		r->room = r->room ? 2 * r->room : 4;
		r->interface = memory_resized(r->interface, r->room, sizeof *r->interface);
	}
	r->interface[r->interfaces++] = i;
	return PCAPNG_GOT;
}

/* The three kinds of packets differ in what stands before the octets. */
static enum pcapng_outcome packet_read(struct pcapng_reader *r, struct pcapng_block *b, struct error *e)
{
	const bool simple = b->type == BLOCK_SIMPLE_PACKET, old = b->type == BLOCK_PACKET;
	const size_t fixed = simple ? 4 : 20;
	b->kind = PCAPNG_PACKET;
	if (b->body_length < fixed)
		return damaged(r, e, "a packet block that is too short for its header");
	b->interface = simple ? 0 : old ? get_u16(b->body, b->swapped)
	                                : get_u32(b->body, b->swapped);
	if (b->interface >= r->interfaces)
		return damaged(r, e, "a packet of an interface that no block describes");
	const struct pcapng_interface *i = &r->interface[b->interface];
	b->linktype = i->linktype;
	b->original = get_u32(b->body + fixed - 4, b->swapped);
	if (simple)
		b->captured = i->snaplen && i->snaplen < b->original ? i->snaplen : b->original;
	else
		b->captured = get_u32(b->body + 12, b->swapped);
	if (b->captured > b->body_length - fixed)
		return damaged(r, e, "a packet that is longer than its block");
	b->octets = b->body + fixed;
	b->timed = !simple;
	if (simple)
		return PCAPNG_GOT;
	b->at = time_us(i, (uint64_t)get_u32(b->body + 4, b->swapped) << 32 | get_u32(b->body + 8, b->swapped));
	if (!options_take(b, fixed + b->captured + padding(b->captured)))
		return damaged(r, e, "an option of a packet is longer than the block");
	const uint8_t *value;
	uint16_t code;
	size_t length;
	for (size_t at = 0; pcapng_option(b, &at, &code, &value, &length);)
		if (code == PCAPNG_EPB_FLAGS && length >= 4) {
			const uint32_t direction = get_u32(value, b->swapped) & 3;
			b->direction = direction == 3 ? PCAPNG_UNKNOWN : (enum pcapng_direction)direction;
		}
	return PCAPNG_GOT;
}

static enum pcapng_outcome body_read(struct pcapng_reader *r, struct pcapng_block *b, struct error *e)
{
	switch (b->type) {
	case BLOCK_SECTION:
		return section_read(r, b, e);
	case BLOCK_INTERFACE:
		return interface_read(r, b, e);
	case BLOCK_PACKET:
	case BLOCK_SIMPLE_PACKET:
	case BLOCK_ENHANCED_PACKET:
		return packet_read(r, b, e);
	case BLOCK_CUSTOM:
	case BLOCK_CUSTOM_KEPT:
		if (b->body_length < 4)
			return damaged(r, e, "a custom block that does not say whose it is");
		b->kind = PCAPNG_CUSTOM;
		b->enterprise = get_u32(b->body, b->swapped);
		b->body += 4;
		b->body_length -= 4;
		return PCAPNG_GOT;
	default:
		b->kind = PCAPNG_OTHER;
		return PCAPNG_GOT;
	}
}

/* A section header says the byte order of all that follows, its own length included. False: no such mark. */
static bool order_read(struct pcapng_reader *r, const uint8_t *octets)
{
	r->swapped = get_u32(octets + 8, true) == BYTE_ORDER_MAGIC;
	r->begun = true;
	return r->swapped || get_u32(octets + 8, false) == BYTE_ORDER_MAGIC;
}

enum pcapng_outcome pcapng_read(struct pcapng_reader *r, const uint8_t *octets, size_t n, struct pcapng_block *b, size_t *need, struct error *e)
{
	*b = (struct pcapng_block){.offset = r->offset};
	*need = PCAPNG_SECTION_ANNOUNCEMENT;
	if (n < *need)
		return PCAPNG_MORE;
	const bool section = get_u32(octets, false) == BLOCK_SECTION; /* the same in either order */
	if (!section && !r->begun)
		return damaged(r, e, "no section header: this is no pcapng file");
	if (section && !order_read(r, octets))
		return damaged(r, e, "a section header without its byte-order mark");
	const uint32_t length = get_u32(octets + 4, r->swapped);
	if (length < PCAPNG_BLOCK_LEAST || length % 4)
		return damaged(r, e, "a block's length that is no length (less than 12, or no multiple of 4)");
	if (length > PCAPNG_BLOCK_MAX)
		return damaged(r, e, "a block that says to be longer than 64 MiB");
	*need = length;
	if (n < length)
		return PCAPNG_MORE;
	if (get_u32(octets + length - 4, r->swapped) != length)
		return damaged(r, e, "a block whose two lengths differ");
	b->swapped = r->swapped;
	b->type = get_u32(octets, r->swapped);
	b->length = length;
	b->body = octets + 8;
	b->body_length = length - PCAPNG_BLOCK_LEAST;
	const enum pcapng_outcome outcome = body_read(r, b, e);
	if (outcome == PCAPNG_GOT)
		r->offset += length;
	return outcome;
}

void pcapng_reader_free(struct pcapng_reader *r)
{
	free(r->interface);
	*r = (struct pcapng_reader){0};
}
