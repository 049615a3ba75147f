/* Tests of targets/reference/isn.h: SipHash against the vectors of its authors, and what RFC 6528 wants of a sequence number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "targets/reference/isn.h"

/* The key of the paper's appendix A and of the authors' vectors: 00 01 02 ... 0f. */
static const struct siphash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

static void siphash_of_the_paper(void **state)
{
	/* Appendix A: the message 00 01 ... 0e. */
	uint8_t octets[15];

	(void)state;
	for (uint8_t i = 0; i < sizeof octets; i++)
		octets[i] = i;
	assert_true(siphash(&key, octets, sizeof octets) == 0xa129ca6149be45e5);
}

static void siphash_of_other_lengths(void **state)
{
	/* The authors' vectors for messages 00 01 ... of 0, 1, 7, 8, 16 and 63 octets. */
	static const struct {
		size_t n;
		uint64_t want;
	} vectors[] = {
	    {0, 0x726fdb47dd0e0e31},
	    {1, 0x74f839c593dc67fd},
	    {7, 0xab0200f58b01d137},
	    {8, 0x93f5f5799a932462},
	    {16, 0x3f2acc7f57c29bdb},
	    {63, 0x958a324ceb064572},
	};
	uint8_t octets[64];

	(void)state;
	for (uint8_t i = 0; i < sizeof octets; i++)
		octets[i] = i;
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
		assert_true(siphash(&key, octets, vectors[i].n) == vectors[i].want);
}

static const struct tcpspec_ends ends4 = {
    .local = {4, {192, 0, 2, 1}},
    .remote = {4, {198, 51, 100, 7}},
    .local_port = 0x1234,
    .remote_port = 0x5678,
};

static void clock_ticks_every_4_us(void **state)
{
	uint32_t isn = isn_choose(&key, &ends4, 1000);

	(void)state;
	assert_int_equal(isn_choose(&key, &ends4, 1003), isn);
	assert_int_equal(isn_choose(&key, &ends4, 1004), isn + 1);
	/* One turn of the circle takes 2^32 * 4 us, 4.77 hours. */
	assert_int_equal(isn_choose(&key, &ends4, 1000 + (UINT64_C(4) << 32)), isn);
	assert_int_equal(isn_choose(&key, &ends4, 0), isn_of_ends(&key, &ends4));
}

static void octets_of_ipv4_have_zeros_behind_them(void **state)
{
	static const uint8_t octets[36] = {192, 0, 2, 1, [16] = 198, 51, 100, 7, [32] = 0x12, 0x34, 0x56, 0x78};

	(void)state;
	assert_int_equal(isn_of_ends(&key, &ends4), (uint32_t)siphash(&key, octets, sizeof octets));
}

/* Every octet of the ends, and the key, change the number. */
static void everything_matters(void **state)
{
	static const struct siphash_key other = {0x0706050403020100, 0x0f0e0d0c0b0a0909};
	struct tcpspec_ends ends = {.local = {6, {0x20, 1, 0xd, 0xb8}}, .remote = {6, {0x20, 1, 0xd, 0xb8, [15] = 2}}, .local_port = 80, .remote_port = 50000};
	uint32_t isn = isn_of_ends(&key, &ends);

	(void)state;
	assert_int_not_equal(isn_of_ends(&other, &ends), isn);
	for (size_t i = 0; i < 16; i++) {
		struct tcpspec_ends local = ends, remote = ends;

		local.local.octets[i] ^= 1;
		remote.remote.octets[i] ^= 1;
		assert_int_not_equal(isn_of_ends(&key, &local), isn);
		assert_int_not_equal(isn_of_ends(&key, &remote), isn);
	}
	for (unsigned bit = 0; bit < 16; bit++) {
		struct tcpspec_ends local = ends, remote = ends;

		local.local_port ^= (uint16_t)(1u << bit);
		remote.remote_port ^= (uint16_t)(1u << bit);
		assert_int_not_equal(isn_of_ends(&key, &local), isn);
		assert_int_not_equal(isn_of_ends(&key, &remote), isn);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(siphash_of_the_paper),
	    cmocka_unit_test(siphash_of_other_lengths),
	    cmocka_unit_test(clock_ticks_every_4_us),
	    cmocka_unit_test(octets_of_ipv4_have_zeros_behind_them),
	    cmocka_unit_test(everything_matters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reference isn", tests, NULL, NULL);
}
