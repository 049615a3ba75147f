/* Tests of the calibration's choice of ports: a burst's replies are never taken for the sample's. The measuring itself needs a wire, and is not tested here. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(burst_leaves_the_sample_out)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("run/calibrate", tests, NULL, NULL);
}
