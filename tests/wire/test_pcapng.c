/* The pcapng codec: what is written is read back; either byte order; no damage makes it read beyond what is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/wire/pcapng.h"
#include "lib/wire/pcapng_parts.h"

static const uint8_t octets[] = {0x45, 1, 2, 3, 4, 5, 6};

/* A file with one block of each kind that we write. */
static struct text file_make(void)
{
	struct text f = {0};
	pcapng_section_write(&f, "the run", "an OS", "tcpspec 0");
	pcapng_interface_write(&f, LINKTYPE_RAW, "wire", "");
	pcapng_packet_write(&f, 0, UINT64_C(1795245345322851), octets, sizeof octets, PCAPNG_OUTBOUND, "close/x/a/v4 step 2", 19);
	pcapng_custom_write(&f, PCAPNG_ENTERPRISE, "tcpspec 1 words", 15);
	pcapng_packet_write(&f, 0, 5, octets, 4, PCAPNG_UNKNOWN, "", 0);
	return f;
}

/* Reads all of it, each block from memory of exactly its size, so that the sanitizer sees the first octet too far. Returns how many blocks there were; *last: the outcome behind them. */
static unsigned blocks_read(const uint8_t *at, size_t n, enum pcapng_outcome *last, struct error *e, void (*look)(unsigned i, const struct pcapng_block *b))
{
	struct pcapng_reader r = {0};
	unsigned count = 0;
	size_t place = 0, need = 0;
	*last = PCAPNG_MORE;
	while (place < n) {
		struct pcapng_block b;
		size_t room = n - place < PCAPNG_SECTION_ANNOUNCEMENT ? n - place : PCAPNG_SECTION_ANNOUNCEMENT;
		uint8_t *copy = memory_zeroed(room, 1);
		memcpy(copy, at + place, room);
		*last = pcapng_read(&r, copy, room, &b, &need, e);
		if (*last == PCAPNG_MORE && need <= n - place) {
			copy = memory_resized(copy, need, 1);
			memcpy(copy, at + place, need);
			*last = pcapng_read(&r, copy, need, &b, &need, e);
		}
		if (*last == PCAPNG_GOT) {
			if (look)
				look(count, &b);
			count++;
			place += b.length;
			assert_int_equal(r.offset, place);
		}
		free(copy);
		if (*last != PCAPNG_GOT)
			break;
	}
	pcapng_reader_free(&r);
	return count;
}

static void assert_comment(const struct pcapng_block *b, const char *wanted)
{
	size_t n;
	const char *comment = pcapng_comment(b, &n);
	if (!wanted) {
		assert_null(comment);
		return;
	}
	assert_non_null(comment);
	assert_int_equal(n, strlen(wanted));
	assert_memory_equal(comment, wanted, n);
}

static void look_at_ours(unsigned i, const struct pcapng_block *b)
{
	switch (i) {
	case 0:
		assert_int_equal(b->kind, PCAPNG_SECTION);
		assert_comment(b, "the run");
		break;
	case 1:
		assert_int_equal(b->kind, PCAPNG_INTERFACE);
		break;
	case 2:
		assert_int_equal(b->kind, PCAPNG_PACKET);
		assert_int_equal(b->linktype, LINKTYPE_RAW);
		assert_true(b->timed);
		assert_int_equal(b->at, UINT64_C(1795245345322851));
		assert_int_equal(b->captured, sizeof octets);
		assert_int_equal(b->original, sizeof octets);
		assert_memory_equal(b->octets, octets, sizeof octets);
		assert_int_equal(b->direction, PCAPNG_OUTBOUND);
		assert_comment(b, "close/x/a/v4 step 2");
		break;
	case 3:
		assert_int_equal(b->kind, PCAPNG_CUSTOM);
		assert_int_equal(b->enterprise, PCAPNG_ENTERPRISE);
		assert_int_equal(b->body_length, 16);
		assert_memory_equal(b->body, "tcpspec 1 words", 16);
		break;
	default:
		assert_int_equal(b->at, 5);
		assert_int_equal(b->direction, PCAPNG_UNKNOWN);
		assert_comment(b, NULL);
	}
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	struct text f = file_make();
	struct error e;
	enum pcapng_outcome last;
	assert_int_equal(blocks_read((const uint8_t *)f.at, f.length, &last, &e, look_at_ours), 5);
	assert_int_equal(last, PCAPNG_GOT);
	text_free(&f);
}

/* A file of the other byte order, with a resolution of 2^-10 s, an offset, a simple packet and an obsolete one, as other tools write them. */
static const uint8_t big[] = {
    0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 28,                                                       /* */
    0, 0, 0, 1, 0, 0, 0, 44, 0, 1, 0, 0, 0, 0, 0, 2, 0, 9, 0, 1, 0x8a, 0, 0, 0, 0, 14, 0, 8, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 44,                                           /* snaplen 2 */
    0, 0, 0, 6, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 2, 0, 0, 0, 9, 0xaa, 0xbb, 0, 0, 0, 1, 0, 2, 'h', 'i', 0, 0, 0, 2, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 56, /* 2 s + 3 s */
    0, 0, 0, 3, 0, 0, 0, 20, 0, 0, 0, 7, 0xcc, 0xdd, 0, 0, 0, 0, 0, 20,                                                                                                                 /* 7 octets, cut to 2 */
    0, 0, 0, 2, 0, 0, 0, 36, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0xee, 0, 0, 0, 0, 0, 0, 36,                                                                    /* */
    0, 0, 0, 99, 0, 0, 0, 16, 1, 2, 3, 4, 0, 0, 0, 16};

static void look_at_big(unsigned i, const struct pcapng_block *b)
{
	switch (i) {
	case 2:
		assert_int_equal(b->linktype, LINKTYPE_ETHERNET);
		assert_int_equal(b->at, 5000000);
		assert_int_equal(b->captured, 2);
		assert_int_equal(b->original, 9);
		assert_int_equal(b->direction, PCAPNG_INBOUND);
		assert_comment(b, "hi");
		break;
	case 3:
		assert_false(b->timed);
		assert_int_equal(b->captured, 2);
		assert_int_equal(b->original, 7);
		assert_int_equal(b->octets[1], 0xdd);
		break;
	case 4:
		assert_int_equal(b->kind, PCAPNG_PACKET);
		assert_int_equal(b->at, 4000000);
		assert_int_equal(b->octets[0], 0xee);
		break;
	case 5:
		assert_int_equal(b->kind, PCAPNG_OTHER);
		assert_int_equal(b->type, 99);
		assert_int_equal(b->body_length, 4);
		break;
	default:
		break;
	}
}

static void other_byte_order_is_read(void **state)
{
	(void)state;
	struct error e;
	enum pcapng_outcome last;
	assert_int_equal(blocks_read(big, sizeof big, &last, &e, look_at_big), 6);
	assert_int_equal(last, PCAPNG_GOT);
}

static void cut_anywhere_it_keeps_what_was_before(void **state)
{
	(void)state;
	struct text f = file_make();
	struct error e;
	enum pcapng_outcome last;
	unsigned before = 0;
	for (size_t n = 0; n < f.length; n++) {
		const unsigned count = blocks_read((const uint8_t *)f.at, n, &last, &e, look_at_ours);
		assert_true(count == before || count == before + 1);
		assert_true(last != PCAPNG_BAD);
		before = count;
	}
	assert_int_equal(before, 4);
	text_free(&f);
}

/* Every octet of both files is set to values that make lengths absurd: read on, or refused with an offset, never beyond the end. */
static void damaged_anywhere_it_stays_within(void **state)
{
	(void)state;
	static const uint8_t values[] = {0, 1, 3, 0x7f, 0x80, 0xff};
	struct text ours = file_make();
	for (unsigned which = 0; which < 2; which++) {
		const uint8_t *from = which ? big : (const uint8_t *)ours.at;
		const size_t n = which ? sizeof big : ours.length;
		uint8_t *copy = memory_zeroed(n, 1);
		for (size_t i = 0; i < n; i++)
			for (size_t v = 0; v < sizeof values; v++) {
				struct error e = {.text = ""};
				enum pcapng_outcome last;
				memcpy(copy, from, n);
				copy[i] = values[v];
				blocks_read(copy, n, &last, &e, NULL);
				if (last == PCAPNG_BAD)
					assert_memory_equal(e.text, "offset ", 7);
			}
		free(copy);
	}
	text_free(&ours);
}

static void assert_refused(struct text *f, size_t at, uint8_t value, const char *said)
{
	struct error e = {.text = ""};
	enum pcapng_outcome last;
	const char kept = f->at[at];
	f->at[at] = (char)value;
	blocks_read((const uint8_t *)f->at, f->length, &last, &e, NULL);
	assert_int_equal(last, PCAPNG_BAD);
	assert_string_equal(e.text, said);
	f->at[at] = kept;
}

static void damage_is_told_with_its_offset(void **state)
{
	(void)state;
	struct text f = {0};
	pcapng_section_write(&f, "", "", "");
	const size_t interface = f.length;
	pcapng_interface_write(&f, LINKTYPE_RAW, "", "");
	const size_t packet = f.length;
	pcapng_packet_write(&f, 0, 5, octets, 4, PCAPNG_UNKNOWN, "c", 1);
	assert_int_equal(interface, 32);
	assert_int_equal(packet, 64);
	assert_refused(&f, 0, 1, "offset 0: no section header: this is no pcapng file");
	assert_refused(&f, 8, 1, "offset 0: a section header without its byte-order mark");
	assert_refused(&f, 12, 2, "offset 0: a version of pcapng that is not 1.x: rewrite the file with a tool that knows it");
	assert_refused(&f, interface + 4, 8, "offset 32: a block's length that is no length (less than 12, or no multiple of 4)");
	assert_refused(&f, interface + 4, 33, "offset 32: a block's length that is no length (less than 12, or no multiple of 4)");
	assert_refused(&f, interface + 7, 0x7f, "offset 32: a block that says to be longer than 64 MiB");
	assert_refused(&f, packet - 4, 4, "offset 32: a block whose two lengths differ");
	assert_refused(&f, interface + 20, 20, "offset 32: a time resolution finer than 10^-19 s");
	assert_refused(&f, packet + 8, 1, "offset 64: a packet of an interface that no block describes");
	assert_refused(&f, packet + 21, 1, "offset 64: a packet that is longer than its block");
	assert_refused(&f, packet + 34, 200, "offset 64: an option of a packet is longer than the block");
	text_free(&f);
}

static void a_long_comment_is_cut(void **state)
{
	(void)state;
	struct text f = {0};
	struct pcapng_reader r = {0};
	struct pcapng_block b;
	size_t need, n;
	char *comment = memory_zeroed(70001, 1);
	memset(comment, 'x', 70000);
	pcapng_section_write(&f, comment, "", "");
	assert_int_equal(pcapng_read(&r, (const uint8_t *)f.at, f.length, &b, &need, NULL), PCAPNG_GOT);
	assert_non_null(pcapng_comment(&b, &n));
	assert_int_equal(n, PCAPNG_OPTION_MAX);
	free(comment);
	text_free(&f);
	pcapng_reader_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(other_byte_order_is_read),
	    cmocka_unit_test(cut_anywhere_it_keeps_what_was_before),
	    cmocka_unit_test(damaged_anywhere_it_stays_within),
	    cmocka_unit_test(damage_is_told_with_its_offset),
	    cmocka_unit_test(a_long_comment_is_cut),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("pcapng", tests, NULL, NULL);
}
