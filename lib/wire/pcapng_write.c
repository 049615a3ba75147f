/* pcapng blocks, written: little-endian, one whole block at a time. It opens no file. */
#include "lib/wire/pcapng.h"

#include <string.h>

#include "lib/wire/pcapng_parts.h"

static void put_u16(struct text *out, uint16_t v)
{
	const char octets[] = {(char)(v & 0xff), (char)(v >> 8)};
	text_add_octets(out, octets, sizeof octets);
}

static void put_u32(struct text *out, uint32_t v)
{
	const char octets[] = {(char)(v & 0xff), (char)(v >> 8 & 0xff), (char)(v >> 16 & 0xff), (char)(v >> 24)};
	text_add_octets(out, octets, sizeof octets);
}

static void put_padded(struct text *out, const char *octets, size_t n)
{
	static const char zeros[3];
	text_add_octets(out, octets, n);
	text_add_octets(out, zeros, padding(n));
}

static void put_option(struct text *out, uint16_t code, const char *value, size_t n)
{
	put_u16(out, code);
	put_u16(out, (uint16_t)n);
	put_padded(out, value, n);
}

static void put_string(struct text *out, uint16_t code, const char *value, size_t n)
{
	if (n)
		put_option(out, code, value, n < PCAPNG_OPTION_MAX ? n : PCAPNG_OPTION_MAX);
}

/* Writes type and a place for the length. Returns where the block begins. */
static size_t block_begin(struct text *out, uint32_t type)
{
	const size_t from = out->length;
	put_u32(out, type);
	put_u32(out, 0);
	return from;
}

static void block_end(struct text *out, size_t from)
{
	const uint32_t length = (uint32_t)(out->length - from + 4);
	put_u32(out, length);
	for (unsigned i = 0; i < 4; i++)
		out->at[from + 4 + i] = (char)(length >> 8 * i & 0xff);
}

void pcapng_section_write(struct text *out, const char *comment, const char *os, const char *application)
{
	const size_t from = block_begin(out, BLOCK_SECTION);
	put_u32(out, BYTE_ORDER_MAGIC);
	put_u16(out, 1); /* version 1.0 */
	put_u16(out, 0);
	put_u32(out, UINT32_MAX); /* the section's length is not said */
	put_u32(out, UINT32_MAX);
	put_string(out, PCAPNG_OPT_COMMENT, comment, strlen(comment));
	put_string(out, PCAPNG_SHB_OS, os, strlen(os));
	put_string(out, PCAPNG_SHB_USERAPPL, application, strlen(application));
	put_option(out, PCAPNG_OPT_END, "", 0);
	block_end(out, from);
}

void pcapng_interface_write(struct text *out, enum linktype linktype, const char *name, const char *description)
{
	static const char microseconds = 6; /* 10^-6 */
	const size_t from = block_begin(out, BLOCK_INTERFACE);
	put_u16(out, (uint16_t)linktype);
	put_u16(out, 0);
	put_u32(out, 0); /* nothing is cut off */
	put_string(out, PCAPNG_IF_NAME, name, strlen(name));
	put_string(out, PCAPNG_IF_DESCRIPTION, description, strlen(description));
	put_option(out, PCAPNG_IF_TSRESOL, &microseconds, 1);
	put_option(out, PCAPNG_OPT_END, "", 0);
	block_end(out, from);
}

void pcapng_packet_write(struct text *out, uint32_t interface, uint64_t at, const uint8_t *octets, size_t n, enum pcapng_direction direction, const char *comment, size_t comment_length)
{
	const char flags[] = {(char)direction, 0, 0, 0};
	const size_t from = block_begin(out, BLOCK_ENHANCED_PACKET);
	put_u32(out, interface);
	put_u32(out, (uint32_t)(at >> 32));
	put_u32(out, (uint32_t)at);
	put_u32(out, (uint32_t)n);
	put_u32(out, (uint32_t)n);
	put_padded(out, (const char *)octets, n);
	put_string(out, PCAPNG_OPT_COMMENT, comment, comment_length);
	if (direction != PCAPNG_UNKNOWN)
		put_option(out, PCAPNG_EPB_FLAGS, flags, sizeof flags);
	put_option(out, PCAPNG_OPT_END, "", 0);
	block_end(out, from);
}

void pcapng_custom_write(struct text *out, uint32_t enterprise, const char *data, size_t n)
{
	const size_t from = block_begin(out, BLOCK_CUSTOM);
	put_u32(out, enterprise);
	put_padded(out, data, n);
	block_end(out, from);
}
