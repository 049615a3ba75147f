/* Capture files of either format, either byte order and resolution, read item by item; a cut file gives what was whole and says where it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/net/capture.h"

static char path[] = "/tmp/tcpspec-capture-XXXXXX";

static void file_write(const void *octets, size_t n)
{
	FILE *to = fopen(path, "w");
	assert_non_null(to);
	assert_int_equal(fwrite(octets, 1, n, to), n);
	assert_int_equal(fclose(to), 0);
}

static const uint8_t octets[] = {0x45, 1, 2, 3, 4};

static struct text stored_make(void)
{
	struct text f = {0};
	pcapng_section_write(&f, "the run", "", "");
	pcapng_interface_write(&f, LINKTYPE_RAW, "", "");
	pcapng_custom_write(&f, PCAPNG_ENTERPRISE, "tcpspec 123 a/v4 over", 21);
	pcapng_custom_write(&f, PCAPNG_ENTERPRISE, "somebody else's", 15);
	pcapng_custom_write(&f, 1, "tcpspec 124 not ours", 20);
	pcapng_packet_write(&f, 0, 125, octets, sizeof octets, PCAPNG_INBOUND, "a/v4 step 2", 11);
	return f;
}

static unsigned items_read(unsigned *kinds, int *last, struct error *e)
{
	struct capture_item i;
	struct capture *c = capture_open(path, e);
	unsigned count = 0;
	*kinds = 0;
	*last = -1;
	while (c && (*last = capture_next(c, &i, e)) > 0) {
		*kinds = *kinds * 10 + (unsigned)i.kind + 1;
		count++;
		if (i.kind == CAPTURE_RECORD) {
			assert_int_equal(i.at, 123);
			assert_int_equal(i.comment_length, 9);
			assert_memory_equal(i.comment, "a/v4 over", 9);
		} else if (i.kind == CAPTURE_PACKET) {
			assert_int_equal(i.linktype, LINKTYPE_RAW);
			assert_int_equal(i.captured, sizeof octets);
			assert_memory_equal(i.octets, octets, sizeof octets);
		}
	}
	capture_close(c);
	return count;
}

static void what_was_stored_is_read(void **state)
{
	(void)state;
	struct text f = stored_make();
	struct error e = {.text = ""};
	unsigned kinds;
	int last;
	file_write(f.at, f.length);
	assert_int_equal(items_read(&kinds, &last, &e), 3);
	assert_int_equal(kinds, 132); /* section, record, packet */
	assert_int_equal(last, 0);
	text_free(&f);
}

static void a_cut_file_says_where(void **state)
{
	(void)state;
	struct text f = stored_make();
	for (size_t n = 0; n < f.length; n++) {
		struct error e = {.text = ""};
		unsigned kinds;
		int last;
		file_write(f.at, n);
		const unsigned count = items_read(&kinds, &last, &e);
		assert_true(count < 3);
		assert_true(last <= 0);
		if (last < 0)
			assert_non_null(strstr(e.text, n < 4 ? "neither pcapng nor pcap" : "cut off"));
	}
	text_free(&f);
}

/* Microseconds, little-endian; nanoseconds, big-endian: the same packet at 5.000007 s. */
static void classic_captures_are_read(void **state)
{
	(void)state;
	static const uint8_t little[] = {0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 101, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 0x45, 1, 2, 3, 4};
	static const uint8_t big[] = {0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 101, 0, 0, 0, 5, 0, 0, 0x1b, 0x58, 0, 0, 0, 5, 0, 0, 0, 9, 0x45, 1, 2, 3, 4};
	for (unsigned which = 0; which < 2; which++) {
		struct error e = {.text = ""};
		struct capture_item i;
		file_write(which ? big : little, sizeof little);
		struct capture *c = capture_open(path, &e);
		assert_non_null(c);
		assert_int_equal(capture_next(c, &i, &e), 1);
		assert_int_equal(i.kind, CAPTURE_SECTION);
		assert_null(i.comment);
		assert_int_equal(capture_next(c, &i, &e), 1);
		assert_int_equal(i.linktype, LINKTYPE_RAW);
		assert_int_equal(i.at, 5000007);
		assert_int_equal(i.captured, 5);
		assert_int_equal(i.original, 9);
		assert_memory_equal(i.octets, octets, 5);
		assert_int_equal(capture_next(c, &i, &e), 0);
		capture_close(c);
		file_write(which ? big : little, sizeof little - 2);
		c = capture_open(path, &e);
		assert_int_equal(capture_next(c, &i, &e), 1);
		assert_int_equal(capture_next(c, &i, &e), -1);
		assert_non_null(strstr(e.text, "offset 24: "));
		capture_close(c);
	}
}

static void what_is_no_capture_is_refused(void **state)
{
	(void)state;
	struct error e;
	file_write("a text file, long enough for a header", 37);
	assert_null(capture_open(path, &e));
	assert_non_null(strstr(e.text, "neither pcapng nor pcap"));
	assert_null(capture_open("/no/such/file", &e));
	assert_string_equal(e.text, "/no/such/file: No such file or directory, name a capture file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_stored_is_read),
	    cmocka_unit_test(a_cut_file_says_where),
	    cmocka_unit_test(classic_captures_are_read),
	    cmocka_unit_test(what_is_no_capture_is_refused),
	};
	const int file = mkstemp(path);
	if (file < 0)
		return 1;
	close(file);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const int failed = cmocka_run_group_tests_name("capture files", tests, NULL, NULL);
	unlink(path);
	return failed;
}
