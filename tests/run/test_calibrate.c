/* Tests of the calibration's choice of ports, so that a burst's replies are never taken for the sample's, and of what silence says. The measuring itself needs a wire, and is not tested here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/run/calibrate.h"

static void burst_leaves_the_sample_out(void **state)
{
	(void)state;
	for (unsigned sampled = 0; sampled < CALIBRATE_PORTS; sampled++) {
		uint32_t seen = 0;
		for (unsigned i = 0; i < CALIBRATE_BURST; i++) {
			const unsigned port = calibrate_burst_port(sampled, i);
			assert_true(port < CALIBRATE_PORTS);
			assert_true(port != sampled);
			/* In FIN-WAIT-2 are those with bit 1. */
			assert_int_equal(port & 2, 0);
			/* One reply a port: that is how they are counted. */
			assert_int_equal(seen >> port & 1, 0);
			seen |= UINT32_C(1) << port;
		}
	}
}

/* ns-3 answers no old empty segment: no fence is to be refused for it. But what was answered once and is not now was lost, and what comes behind the fence is overtaken whatever came before. */
static void mute_is_only_what_was_never_answered(void **state)
{
	(void)state;
	assert_int_equal(calibrate_silence(false, false, false), SILENCE_MUTE);
	assert_int_equal(calibrate_silence(false, false, true), SILENCE_LOST);
	assert_int_equal(calibrate_silence(true, false, false), SILENCE_LOST);
	assert_int_equal(calibrate_silence(true, false, true), SILENCE_LOST);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(calibrate_silence(i & 1, true, i & 2), SILENCE_OVERTAKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(burst_leaves_the_sample_out), cmocka_unit_test(mute_is_only_what_was_never_answered)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("run/calibrate", tests, NULL, NULL);
}
