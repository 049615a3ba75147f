/* What the tests of single fields share: two endpoints, a step of a ladder, and the packet that a SEND builds in ESTABLISHED. It holds no expectation. */
#ifndef TCPSPEC_TESTS_RUN_FIELDS_H
#define TCPSPEC_TESTS_RUN_FIELDS_H

#include "tests/run/scene.h"

#include "lib/wire/packet.h"

enum { ISS = 5000,
       IRS = 9000 };

static const struct endpoint v4 = {.family = IPV4, .target = {IPV4, {192, 0, 2, 2}}, .tester = {IPV4, {192, 0, 2, 1}}, .target_port = 2049, .tester_port = 40000};
static const struct endpoint v6 = {.family = IPV6,
                                   .target = {IPV6, {0x20, 0x01, 0x0d, 0xb8, [15] = 2}},
                                   .tester = {IPV6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}},
                                   .target_port = 2049,
                                   .tester_port = 40000};

/* The first step of that kind behind the prelude of an ESTABLISHED ladder with these lines. */
static struct step step_of(const char *lines, enum step_kind kind)
{
	char text[1024];
	struct scene s;
	snprintf(text, sizeof text, "%s%s", LADDER("MUST", "ESTABLISHED"), lines);
	scene_begin(&s, text, 'b');
	for (size_t i = s.script->prelude; i < s.script->count; i++)
		if (s.script->step[i].kind == kind) {
			const struct step st = s.script->step[i];
			scene_free(&s);
			return st;
		}
	fail_msg("no such step: %s", lines);
	return (struct step){.line = 0};
}

static struct tcb established(void)
{
	return tcb_in_state(ESTABLISHED, true, true, ISS, IRS);
}

static uint8_t packet[PACKET_ROOM];

static size_t build(const char *fields, const struct endpoint *at)
{
	char line[256];
	struct error e = {""};
	struct numbers n = {.names = 0};
	const struct tcb t = established();
	snprintf(line, sizeof line, " 2.                --> %s  --> ESTABLISHED\n", fields);
	const struct step st = step_of(line, STEP_SEND);
	const size_t length = send_build(&st, &n, at, &t, packet, sizeof packet, &e);
	if (length == 0)
		fail_msg("%s: %s", fields, e.text);
	return length;
}

#endif
