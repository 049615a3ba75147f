/* Choices and constants by name: tables over struct choices and struct constants, and the forms of their values. No file is read here. */
#include "lib/model/keys.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_OCTETS = 64 };

static const char *const choices_by_name[] = {
    "rfc5961_rst", "rfc5961_syn", "rfc5961_ack", "time_wait_reuse", "rfc1337", "syn_early_retry", "early_retransmit", "rack", "half_duplex_close", "delayed_ack",
    "timestamps", "window_scale", "sack", "nagle", "fastopen", "keepalive", "keepalive_octet", "user_timeout_option", "ecn", "source_route", "rfc5927_hard", NULL};

static const size_t choice_offset[] = {
    offsetof(struct choices, rfc5961_rst),
    offsetof(struct choices, rfc5961_syn),
    offsetof(struct choices, rfc5961_ack),
    offsetof(struct choices, time_wait_reuse),
    offsetof(struct choices, rfc1337),
    offsetof(struct choices, syn_early_retry),
    offsetof(struct choices, early_retransmit),
    offsetof(struct choices, rack),
    offsetof(struct choices, half_duplex_close),
    offsetof(struct choices, delayed_ack),
    offsetof(struct choices, timestamps),
    offsetof(struct choices, window_scale),
    offsetof(struct choices, sack),
    offsetof(struct choices, nagle),
    offsetof(struct choices, fastopen),
    offsetof(struct choices, keepalive),
    offsetof(struct choices, keepalive_octet),
    offsetof(struct choices, user_timeout_option),
    offsetof(struct choices, ecn),
    offsetof(struct choices, source_route),
    offsetof(struct choices, rfc5927_hard),
};
_Static_assert(sizeof choice_offset / sizeof *choice_offset == sizeof(struct choices), "a choice has no name here");

static const char *const constants_by_name[] = {
    "rto_initial", "rto_min", "rto_max", "delayed_ack_max", "msl", "tick", "time_wait_late", "challenge_interval", "keepalive_idle", "keepalive_interval",
    "user_timeout", "uto_advertised", "uto_lower", "uto_upper", "syn_retries", "synack_retries", "retries", "mtu", "timer_late", "keepalive_count", "initial_window", "fastopen_pending", "ranges", "send_buffer", NULL};

enum { TIMES = 14,
       COUNTS = 10 };

static const size_t constant_offset[] = {
    offsetof(struct constants, rto_initial),
    offsetof(struct constants, rto_min),
    offsetof(struct constants, rto_max),
    offsetof(struct constants, delayed_ack_max),
    offsetof(struct constants, msl),
    offsetof(struct constants, tick),
    offsetof(struct constants, time_wait_late),
    offsetof(struct constants, challenge_interval),
    offsetof(struct constants, keepalive_idle),
    offsetof(struct constants, keepalive_interval),
    offsetof(struct constants, user_timeout),
    offsetof(struct constants, uto_advertised),
    offsetof(struct constants, uto_lower),
    offsetof(struct constants, uto_upper),
    offsetof(struct constants, syn_retries),
    offsetof(struct constants, synack_retries),
    offsetof(struct constants, retries),
    offsetof(struct constants, mtu),
    offsetof(struct constants, timer_late),
    offsetof(struct constants, keepalive_count),
    offsetof(struct constants, initial_window),
    offsetof(struct constants, fastopen_pending),
    offsetof(struct constants, ranges),
    offsetof(struct constants, send_buffer),
};
_Static_assert(sizeof constant_offset / sizeof *constant_offset == TIMES + COUNTS, "a constant has no place here");

static const struct {
	const char *name;
	uint64_t us;
} units[] = {{"us", 1}, {"ms", 1000}, {"s", 1000000}, {"min", 60000000}};

/* Longer than any timer of TCP, and short enough for sums of such times. */
static const uint64_t time_max_us = UINT64_C(24) * 3600 * 1000000;
static const uint64_t delayed_ack_limit_us = 500000; /* RFC 9293 3.8.6.3 MUST-40 */
enum { RETRIES_MAX = 255,
       MTU_MIN = 576, /* RFC 9293 3.7.1, RFC 1122 3.3.2 */
       MTU_MAX = 65535 };

bool word_among(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

/* Levenshtein's distance, one row at a time; of the first WORD_OCTETS-1 octets. */
static size_t word_distance(const char *a, const char *b)
{
	size_t row[WORD_OCTETS];
	size_t na = strnlen(a, WORD_OCTETS - 1), nb = strnlen(b, WORD_OCTETS - 1);

	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t above = row[j];
			size_t best = corner + (a[i - 1] != b[j - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			corner = above;
			row[j] = best;
		}
	}
	return row[nb];
}

const char *word_nearest(const char *word, const char *const *list)
{
	const char *nearest = *list;
	size_t least = word_distance(word, *list);

	for (; *list; list++) {
		size_t distance = word_distance(word, *list);

		if (distance < least) {
			least = distance;
			nearest = *list;
		}
	}
	return nearest;
}

const char *const *choice_names(void)
{
	return choices_by_name;
}

const char *const *constant_names(void)
{
	return constants_by_name;
}

/* The place of a name in a list; the list's length when it is not there. */
static size_t name_index(const char *name, const char *const *list)
{
	size_t i = 0;

	while (list[i] && strcmp(list[i], name) != 0)
		i++;
	return i;
}

bool *choice_at(struct choices *c, const char *name)
{
	size_t i = name_index(name, choices_by_name);

	return choices_by_name[i] ? (bool *)((char *)c + choice_offset[i]) : NULL;
}

/* Digits, then what is left after blanks. False when there are none, or too many. */
static bool number_read(const char **at, uint64_t *number)
{
	const char *s = *at;
	size_t digits = strspn(s, "0123456789");

	if (digits == 0 || digits > 15)
		return false;
	*number = 0;
	for (size_t i = 0; i < digits; i++)
		*number = *number * 10 + (uint64_t)(s[i] - '0');
	s += digits;
	while (isblank((unsigned char)*s))
		s++;
	*at = s;
	return true;
}

static bool time_read(const char *value, uint64_t *us)
{
	uint64_t number;

	if (!number_read(&value, &number))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(value, units[i].name) == 0) {
			if (number > time_max_us / units[i].us)
				return false;
			*us = number * units[i].us;
			return true;
		}
	return false;
}

static const char *mtu_set(unsigned *to, const char *value)
{
	uint64_t number;

	if (!number_read(&value, &number) || *value || number > MTU_MAX || (number < MTU_MIN && number != 0))
		return "octets of an IP packet, 576 to 65535, are needed; 0 declares nothing";
	*to = (unsigned)number;
	return NULL;
}

static const char *octets_set(unsigned *to, const char *value)
{
	uint64_t number;

	if (!number_read(&value, &number) || *value || number > INT32_MAX)
		return "a number of octets is needed; 0 declares nothing";
	*to = (unsigned)number;
	return NULL;
}

static const char *count_set(unsigned *to, const char *value)
{
	uint64_t number;

	if (!number_read(&value, &number) || *value || number > RETRIES_MAX)
		return "a whole number, 0 to 255, is needed";
	*to = (unsigned)number;
	return NULL;
}

const char *constant_set(struct constants *c, const char *name, const char *value)
{
	size_t i = name_index(name, constants_by_name);
	uint64_t us;
	char *at;

	if (!constants_by_name[i])
		return "no constant has that name";
	at = (char *)c + constant_offset[i];
	if (at == (char *)&c->mtu)
		return mtu_set(&c->mtu, value);
	if (at == (char *)&c->send_buffer)
		return octets_set(&c->send_buffer, value);
	if (i >= TIMES)
		return count_set((unsigned *)at, value);
	if (!time_read(value, &us))
		return "a time is a whole number and us, ms, s or min, at most 24 hours: `200 ms`";
	if (at == (char *)&c->delayed_ack_max && us > delayed_ack_limit_us)
		return "an ACK may be delayed by 500 ms at most (RFC 9293 3.8.6.3 MUST-40)";
	/* 0 means none for the throttle and the user timeout; TIME-WAIT may end when it should, which is the default that a header tells. */
	if (us == 0 && at != (char *)&c->challenge_interval && at != (char *)&c->user_timeout && at != (char *)&c->time_wait_late)
		return "0 is no time for it: say what the stack does";
	*(uint64_t *)at = us;
	return NULL;
}

uint64_t constant_number(const struct constants *c, const char *name)
{
	const size_t i = name_index(name, constants_by_name);
	const char *at = (const char *)c + constant_offset[i];

	return i < TIMES ? *(const uint64_t *)at : *(const unsigned *)at;
}

/* A word up to one of the ends, without the blanks around it. */
static bool word_take(const char **at, const char *ends, char word[KEY_OCTETS])
{
	const char *s = *at + strspn(*at, " ");
	size_t n = strcspn(s, ends);

	*at = s + n;
	while (n > 0 && s[n - 1] == ' ')
		n--;
	if (n == 0 || n >= KEY_OCTETS)
		return false;
	memcpy(word, s, n);
	word[n] = '\0';
	return true;
}

bool with_next(const char **at, char name[KEY_OCTETS], char value[KEY_OCTETS], const char **wrong)
{
	*wrong = NULL;
	if (**at == '\0')
		return false;
	if (!word_take(at, "=,", name) || **at != '=' || (++*at, !word_take(at, ",", value))) {
		*wrong = "a list of `name=value`, with commas between";
		return false;
	}
	if (**at == ',')
		++*at;
	return true;
}

bool value_is_least(char value[KEY_OCTETS])
{
	const size_t n = strlen(value);
	const bool least = n > 0 && value[n - 1] == '+';

	if (least)
		value[n - 1] = '\0';
	return least;
}

/* A constant of a list: exactly so, or where it is less. */
static const char *constant_take(struct constants *c, const char *name, char value[KEY_OCTETS])
{
	const bool least = value_is_least(value);
	struct constants wanted = *c;
	const char *wrong = constant_set(&wanted, name, value);

	if (!wrong && !(least && constant_number(c, name) >= constant_number(&wanted, name)))
		*c = wanted;
	return wrong;
}

const char *with_apply(const char *with, struct model *m)
{
	char name[KEY_OCTETS], value[KEY_OCTETS];
	const char *wrong;

	while (with_next(&with, name, value, &wrong)) {
		bool *choice = choice_at(&m->choices, name);

		if (!choice)
			wrong = word_among(name, constants_by_name) ? constant_take(&m->constants, name, value) : "the name of a choice or a constant (lib/model/keys.c)";
		else if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			wrong = "a choice is `yes` or `no`";
		else
			*choice = value[0] == 'y';
		if (wrong)
			return wrong;
	}
	return wrong;
}

void choices_print(const struct choices *c, struct text *out)
{
	for (size_t i = 0; choices_by_name[i]; i++)
		text_add(out, "%s%s=%s", i ? " " : "", choices_by_name[i], *(const bool *)((const char *)c + choice_offset[i]) ? "yes" : "no");
}

/* In the largest unit, minutes apart, that says it exactly. */
static void time_print(uint64_t us, struct text *out)
{
	size_t i = us == 0 ? 1 : 2;

	while (i > 0 && us % units[i].us)
		i--;
	text_add(out, "%" PRIu64 "%s", us / units[i].us, units[i].name);
}

void constants_print(const struct constants *c, struct text *out)
{
	for (size_t i = 0; constants_by_name[i]; i++) {
		const char *at = (const char *)c + constant_offset[i];

		text_add(out, "%s%s=", i ? " " : "", constants_by_name[i]);
		if (i < TIMES)
			time_print(*(const uint64_t *)at, out);
		else
			text_add(out, "%u", *(const unsigned *)at);
	}
}
