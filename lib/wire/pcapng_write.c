/* pcapng blocks, written: little-endian, one whole block at a time. It opens no file. */
#include "lib/wire/pcapng.h"

#include <string.h>

#include "lib/wire/pcapng_parts.h"

enum { WORDS_MAX = 8 };

static void little_u16(char *at, uint16_t v)
{
	at[0] = (char)(v & 0xff);
	at[1] = (char)(v >> 8);
}

static void little_u32(char *at, uint32_t v)
{
	little_u16(at, (uint16_t)(v & 0xffff));
	little_u16(at + 2, (uint16_t)(v >> 16));
}

/* Appends n numbers of 32 bits at once. */
static void put_words(struct text *out, const uint32_t *word, size_t n)
{
	char octets[4 * WORDS_MAX];
	for (size_t i = 0; i < n; i++)
		little_u32(octets + 4 * i, word[i]);
	text_add_octets(out, octets, 4 * n);
}

static void put_padded(struct text *out, const char *octets, size_t n)
{
	static const char zeros[3];
	text_add_octets(out, octets, n);
	text_add_octets(out, zeros, padding(n));
}

static void put_option(struct text *out, uint16_t code, const char *value, size_t n)
{
	char head[4];
	little_u16(head, code);
	little_u16(head + 2, (uint16_t)n);
	text_add_octets(out, head, sizeof head);
	put_padded(out, value, n);
}

static void put_string(struct text *out, uint16_t code, const char *value, size_t n)
{
	if (n)
		put_option(out, code, value, n < PCAPNG_OPTION_MAX ? n : PCAPNG_OPTION_MAX);
}

/* Writes type, a place for the length, and the n words that follow. Returns where the block begins. */
static size_t block_begin(struct text *out, uint32_t type, const uint32_t *word, size_t n)
{
	const uint32_t head[] = {type, 0};
	const size_t from = out->length;
	put_words(out, head, 2);
	put_words(out, word, n);
	return from;
}

static void block_end(struct text *out, size_t from)
{
	const uint32_t length = (uint32_t)(out->length - from + 4);
	put_words(out, &length, 1);
	little_u32(out->at + from + 4, length);
}

void pcapng_section_write(struct text *out, const char *comment, const char *os, const char *application)
{
	const uint32_t words[] = {BYTE_ORDER_MAGIC, 1, UINT32_MAX, UINT32_MAX}; /* version 1.0; the section's length is not said */
	const size_t from = block_begin(out, BLOCK_SECTION, words, 4);
	put_string(out, PCAPNG_OPT_COMMENT, comment, strlen(comment));
	put_string(out, PCAPNG_SHB_OS, os, strlen(os));
	put_string(out, PCAPNG_SHB_USERAPPL, application, strlen(application));
	put_option(out, PCAPNG_OPT_END, "", 0);
	block_end(out, from);
}

void pcapng_interface_write(struct text *out, enum linktype linktype, const char *name, const char *description)
{
	static const char microseconds = 6;               /* 10^-6 */
	const uint32_t words[] = {(uint32_t)linktype, 0}; /* nothing is cut off */
	const size_t from = block_begin(out, BLOCK_INTERFACE, words, 2);
	put_string(out, PCAPNG_IF_NAME, name, strlen(name));
	put_string(out, PCAPNG_IF_DESCRIPTION, description, strlen(description));
	put_option(out, PCAPNG_IF_TSRESOL, &microseconds, 1);
	put_option(out, PCAPNG_OPT_END, "", 0);
	block_end(out, from);
}

void pcapng_packet_write(struct text *out, uint32_t interface, uint64_t at, const uint8_t *octets, size_t n, enum pcapng_direction direction, const char *comment, size_t comment_length)
{
	const char flags[] = {(char)direction, 0, 0, 0};
	const uint32_t words[] = {interface, (uint32_t)(at >> 32), (uint32_t)at, (uint32_t)n, (uint32_t)n};
	const size_t from = block_begin(out, BLOCK_ENHANCED_PACKET, words, 5);
	put_padded(out, (const char *)octets, n);
	put_string(out, PCAPNG_OPT_COMMENT, comment, comment_length);
	if (direction != PCAPNG_UNKNOWN)
		put_option(out, PCAPNG_EPB_FLAGS, flags, sizeof flags);
	put_option(out, PCAPNG_OPT_END, "", 0);
	block_end(out, from);
}

void pcapng_custom_write(struct text *out, uint32_t enterprise, const char *data, size_t n)
{
	const size_t from = block_begin(out, BLOCK_CUSTOM, &enterprise, 1);
	put_padded(out, data, n);
	block_end(out, from);
}
