/* Reads --upper-tester testability:... strictly. */
#include "lib/target/testability_spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

enum { TIMEOUT_US = 2000000,
       TIMEOUT_MAX_US = 4000000 }; /* so that what is wrong is told within five seconds */

static const char prefix[] = "testability:";

bool testability_is_meant(const char *spec)
{
	return strncmp(spec, prefix, sizeof prefix - 1) == 0;
}

static bool spec_refused(const char *spec, struct error *e)
{
	return error_set(e, "%s: expected testability:udp:ADDRESS:PORT, testability:tcp:ADDRESS:PORT (IPv6: [ADDRESS]:PORT) or testability:unix:PATH, and behind it perhaps ,service=0x0105 and ,timeout=2 s", spec);
}

/* "500 ms", "2s" */
static bool time_read(const char *text, uint64_t *us)
{
	char *end;
	const unsigned long n = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || n > 1000000)
		return false;
	end += *end == ' ';
	*us = strcmp(end, "s") == 0 ? n * 1000000 : strcmp(end, "ms") == 0 ? n * 1000
	                                                                   : 0;
	return *us > 0 && *us <= TIMEOUT_MAX_US;
}

static bool option_read(struct testability_spec *s, const char *spec, const char *word, struct error *e)
{
	char *end;

	if (strncmp(word, "service=", 8) == 0) {
		const unsigned long n = strtoul(word + 8, &end, 0);
		s->service = (uint16_t)n;
		return (end != word + 8 && !*end && n <= UINT16_MAX) || error_set(e, "%s: %s: a service's number has 16 bits, as in service=0x0105", spec, word);
	}
	if (strncmp(word, "timeout=", 8) == 0)
		return time_read(word + 8, &s->timeout_us) || error_set(e, "%s: %s: expected up to 4 s, as in timeout=500 ms", spec, word);
	return spec_refused(spec, e);
}

/* "ADDRESS:PORT" */
static bool end_read(struct testability_spec *s, char *word)
{
	char *colon = strrchr(word, ':'), *end;
	const size_t n = colon ? (size_t)(colon - word) : 0;
	const bool bracket = word[0] == '[' && n > 2 && word[n - 1] == ']';

	if (n == 0)
		return false;
	const unsigned long port = strtoul(colon + 1, &end, 10);
	if (end == colon + 1 || *end || port == 0 || port > UINT16_MAX)
		return false;
	*colon = '\0';
	if (bracket)
		word[n - 1] = '\0';
	s->port = (uint16_t)port;
	return address_read(word + bracket, &s->address, NULL);
}

/* word: without the options. */
static bool place_read(struct testability_spec *s, char *word)
{
	if (strncmp(word, "unix", 4) == 0 && (!word[4] || word[4] == ':')) {
		s->over = OVER_UNIX;
		return snprintf(s->path, sizeof s->path, "%s", word[4] ? word + 5 : "") < (int)sizeof s->path;
	}
	s->over = strncmp(word, "tcp:", 4) == 0 ? OVER_TCP : OVER_UDP;
	return (s->over == OVER_TCP || strncmp(word, "udp:", 4) == 0) && end_read(s, word + 4);
}

bool testability_spec_read(struct testability_spec *s, const char *spec, struct error *e)
{
	char copy[256], *rest = NULL;

	*s = (struct testability_spec){.service = TESTABILITY_SERVICE, .timeout_us = TIMEOUT_US};
	if (!testability_is_meant(spec) || strlen(spec) >= sizeof copy)
		return spec_refused(spec, e);
	memcpy(copy, spec + sizeof prefix - 1, strlen(spec + sizeof prefix - 1) + 1);
	char *word = strtok_r(copy, ",", &rest);
	if (!word || !place_read(s, word))
		return spec_refused(spec, e);
	while ((word = strtok_r(NULL, ",", &rest)))
		if (!option_read(s, spec, word, e))
			return false;
	return true;
}

void testability_spec_print(const struct testability_spec *s, char *to, size_t room)
{
	struct text address = {0};

	if (s->over == OVER_UNIX) {
		snprintf(to, room, "unix:%s", s->path);
		return;
	}
	address_print(&s->address, &address);
	snprintf(to, room, s->address.family == IPV6 ? "%s:[%s]:%u" : "%s:%s:%u", s->over == OVER_TCP ? "tcp" : "udp", text_string(&address), s->port);
	text_free(&address);
}
