/* Settings by name: a table over struct settings, and the forms of their values. Nothing is read from a file or the environment. */
#include "targets/reference/settings.h"

#include <stdio.h>
#include <string.h>

#define SECOND UINT64_C(1000000)

static const struct settings defaults = {
    .msl = 120 * SECOND,
    .rto_initial = SECOND,
    .rto_min = SECOND,
    .rto_max = 60 * SECOND,
    .delayed_ack_max = SECOND / 5,
    .override_timeout = SECOND / 2,
    .challenge_interval = 5 * SECOND,
    .user_timeout = 0,
    .orphan_timeout = 0,
    .keepalive_idle = 7200 * SECOND,
    .keepalive_interval = 75 * SECOND,
    .uto_advertised = 300 * SECOND,
    .uto_lower = 100 * SECOND,
    .uto_upper = 86400 * SECOND,
    .challenge_limit = 10,
    .syn_retries = 7,
    .synack_retries = 7,
    .retries = 15,
    .keepalive_count = 9,
    .initial_window = 4,
    .send_buffer = 1 << 20,
    .receive_buffer = 65535,
    .ranges = 64,
    .fastopen_pending = 16,
    .ttl = 64,
    .prefix_v4 = 0,
    .connections = 4096,
    .listeners = 64,
    .blocks = 16384,
    .block_octets = 2048,
    .rfc5961_rst = true,
    .rfc5961_syn = true,
    .rfc5961_ack = true,
    .rfc5927_hard = false,
    .rfc5927_mtu = true,
    .rfc1337 = false,
    .time_wait_reuse = true,
    .half_duplex_close = true,
    .delayed_ack = true,
    .nagle = true,
    .keepalive = false,
    .keepalive_octet = false,
    .user_timeout_option = false,
    .timestamps = true,
    .window_scale = true,
    .sack = true,
    .source_route = false,
    .ecn = false,
    .fastopen = false,
};

enum value { TIME,
	     NUMBER,
	     FLAG };

/* least and most: microseconds or the number itself. */
struct known {
	const char *name;
	size_t place;
	enum value value;
	uint64_t least, most;
};

#define KNOWN(name, value, least, most)                                    \
	{                                                                  \
#name, offsetof(struct settings, name), value, least, most \
	}

static const struct known table[] = {
    KNOWN(msl, TIME, 1, 3600 * SECOND),
    KNOWN(rto_initial, TIME, 1, 3600 * SECOND),
    KNOWN(rto_min, TIME, 1, 3600 * SECOND),
    KNOWN(rto_max, TIME, 1, 3600 * SECOND),
    KNOWN(delayed_ack_max, TIME, 1, SECOND / 2 - 1),
    KNOWN(override_timeout, TIME, SECOND / 10, SECOND),
    KNOWN(challenge_interval, TIME, 0, 3600 * SECOND),
    KNOWN(user_timeout, TIME, 0, 86400 * SECOND),
    KNOWN(orphan_timeout, TIME, 0, 86400 * SECOND),
    KNOWN(keepalive_idle, TIME, 1, 86400 * SECOND),
    KNOWN(keepalive_interval, TIME, 1, 86400 * SECOND),
    KNOWN(uto_advertised, TIME, SECOND, 86400 * SECOND),
    KNOWN(uto_lower, TIME, 100 * SECOND, 86400 * SECOND),
    KNOWN(uto_upper, TIME, 100 * SECOND, 86400 * SECOND),
    KNOWN(challenge_limit, NUMBER, 0, UINT32_MAX),
    KNOWN(syn_retries, NUMBER, 1, 255),
    KNOWN(synack_retries, NUMBER, 1, 255),
    KNOWN(retries, NUMBER, 1, 255),
    KNOWN(keepalive_count, NUMBER, 2, 255),
    KNOWN(initial_window, NUMBER, 1, 10),
    KNOWN(send_buffer, NUMBER, 1, UINT32_C(1) << 30),
    KNOWN(receive_buffer, NUMBER, 1, RECEIVE_BUFFER_MAX),
    KNOWN(ranges, NUMBER, 1, 255),
    KNOWN(fastopen_pending, NUMBER, 0, UINT32_C(1) << 24),
    KNOWN(ttl, NUMBER, 1, 255),
    KNOWN(prefix_v4, NUMBER, 0, 30),
    KNOWN(connections, NUMBER, 1, UINT32_C(1) << 24),
    KNOWN(listeners, NUMBER, 1, 65535),
    KNOWN(blocks, NUMBER, 1, UINT32_C(1) << 24),
    KNOWN(block_octets, NUMBER, 64, 65536),
    KNOWN(rfc5961_rst, FLAG, 0, 1),
    KNOWN(rfc5961_syn, FLAG, 0, 1),
    KNOWN(rfc5961_ack, FLAG, 0, 1),
    KNOWN(rfc5927_hard, FLAG, 0, 1),
    KNOWN(rfc5927_mtu, FLAG, 0, 1),
    KNOWN(rfc1337, FLAG, 0, 1),
    KNOWN(time_wait_reuse, FLAG, 0, 1),
    KNOWN(half_duplex_close, FLAG, 0, 1),
    KNOWN(delayed_ack, FLAG, 0, 1),
    KNOWN(nagle, FLAG, 0, 1),
    KNOWN(keepalive, FLAG, 0, 1),
    KNOWN(keepalive_octet, FLAG, 0, 1),
    KNOWN(user_timeout_option, FLAG, 0, 1),
    KNOWN(timestamps, FLAG, 0, 1),
    KNOWN(window_scale, FLAG, 0, 1),
    KNOWN(sack, FLAG, 0, 1),
    KNOWN(source_route, FLAG, 0, 1),
    KNOWN(ecn, FLAG, 0, 1),
    KNOWN(fastopen, FLAG, 0, 1),
};

static const struct {
	const char *word;
	uint64_t us;
} units[] = {{"us", 1}, {"ms", 1000}, {"s", SECOND}, {"min", 60 * SECOND}, {"h", 3600 * SECOND}};

/* Digits; *rest is what follows them and blanks. False when there are none, or more than any setting needs. */
static bool digits_read(const char *value, uint64_t *number, const char **rest)
{
	size_t n = strspn(value, "0123456789");

	if (n == 0 || n > 12)
		return false;
	*number = 0;
	for (size_t i = 0; i < n; i++)
		*number = *number * 10 + (uint64_t)(value[i] - '0');
	*rest = value + n + strspn(value + n, " \t");
	return true;
}

static bool value_read(enum value value, const char *said, uint64_t *number)
{
	const char *rest;

	if (value == FLAG) {
		*number = strcmp(said, "yes") == 0;
		return *number || strcmp(said, "no") == 0;
	}
	if (!digits_read(said, number, &rest))
		return false;
	if (value == NUMBER)
		return *rest == '\0';
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(rest, units[i].word) == 0) {
			*number *= units[i].us;
			return true;
		}
	return false;
}

static void value_store(const struct known *k, struct settings *to, uint64_t number)
{
	void *at = (char *)to + k->place;

	switch (k->value) {
	case TIME:
		*(uint64_t *)at = number;
		break;
	case NUMBER:
		*(uint32_t *)at = (uint32_t)number;
		break;
	case FLAG:
		*(bool *)at = number != 0;
		break;
	}
}

/* NULL, or what is wrong with the pair. */
static const char *setting_read(struct settings *to, const char *name, const char *said)
{
	static const char *const wanted[] = {
	    [TIME] = "a whole number with us, ms, s, min or h, within its range, is expected: `200 ms`",
	    [NUMBER] = "a whole number within its range is expected",
	    [FLAG] = "yes or no is expected",
	};
	uint64_t number;

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct known *k = &table[i];

		if (strcmp(k->name, name) != 0)
			continue;
		if (!said || !value_read(k->value, said, &number) || number < k->least || number > k->most)
			return wanted[k->value];
		value_store(k, to, number);
		return NULL;
	}
	return "the reference stack has no such setting: targets/reference/settings.h lists them";
}

bool settings_read(struct settings *to, const char *const *setting, char *why, size_t why_octets)
{
	*to = defaults;
	for (; setting && setting[0]; setting += 2) {
		const char *wrong = setting_read(to, setting[0], setting[1]);

		if (wrong) {
			snprintf(why, why_octets, "setting %s = %s: %s", setting[0], setting[1] ? setting[1] : "", wrong);
			return false;
		}
	}
	if (to->rto_min > to->rto_max || to->block_octets % 8) {
		snprintf(why, why_octets, "%s", to->block_octets % 8 ? "setting block_octets: a multiple of 8 is expected" : "setting rto_min is above rto_max");
		return false;
	}
	return true;
}

struct rto_settings settings_rto(const struct settings *set)
{
	return (struct rto_settings){
	    .initial_us = set->rto_initial,
	    .least_us = set->rto_min,
	    .most_us = set->rto_max,
	    .granularity_us = TICK_US,
	    .after_syn_us = 3 * SECOND,
	};
}
