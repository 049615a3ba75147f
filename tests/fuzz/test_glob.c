/* Globs of lines of causes against fnmatch(), which decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/glob.h"
#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/base/rng.h"

enum { TEXTS = 400 };

static void assert_alike(const char *glob, const char *text)
{
	const bool said = fnmatch(glob, text, FNM_EXTMATCH) == 0;
	if (glob_matches(piece_of(glob), piece_of(text)) != said)
		fail_msg("%s of %s: fnmatch says %d", glob, text, said);
}

static void a_glob_means_what_fnmatch_says(void **state)
{
	static const char *const globs[] = {"", "*", "?", "a", "ab*", "*b", "a*b*c", "a?c", "[a-c]bc", "[!a-c]bc", "[^b]bc", "[]a]bc", "[a-]*", "[ab", "a[b", "\\*", "\\a\\b\\c", "[\\]a]*", "@(a|ab)c", "@(a|ab|abc)", "?(a)bc", "?(ab)c",
	                                    "*(a|b)c", "+(a|b)c", "+(ab)", "*(ab)", "!(ab)", "!(ab)c", "!(a|ab|abc)", "a!(b)", "a!(*c)", "!(*b*)", "!(a*|*c)", "@(a@(b|c)|b)c", "*(*a)", "+(a*)", "@()", "@(|a)bc", "@(a", "a)b", "a|b", "(a)", "@(a[)]|b)c", "@(a\\)|a)bc", "x@(a|b)*", "+(+(a|b)|c)", "!(!(a)b)", "!(!(ab)c)", "*@(a|b)?(c)*", "?([-+]*)"};
	static const char *const texts[] = {"", "a", "b", "c", "ab", "ba", "abc", "abab", "aabbc", "abcabc", "acb", "]", "a]", "*", "-", "+1", "a)bc", "a|b", "(a)", "@(a", "[ab", "a[b", "xa/b", "/", "a/c", "ab/c", "c/b/a"};
	(void)state;
	for (size_t g = 0; g < sizeof globs / sizeof *globs; g++)
		for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
			assert_alike(globs[g], texts[t]);
}

static const char *word(struct rng *r, const char *const *words, size_t n)
{
	return words[rng_below(r, (uint32_t)n)];
}
#define WORD(r, ...) word(r, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* An id as fuzz/causes.c makes them. */
static void id_draw(struct rng *r, char *to, size_t room)
{
	const int n = snprintf(to, room, "fuzz/%s/%s/%s/%s/%s/", WORD(r, "closed", "listen", "syn-sent", "syn-received", "established", "fin-wait-1", "fin-wait-2", "close-wait", "closing", "last-ack", "time-wait"), WORD(r, "syn", "ack", "fin-ack", "syn-fin-ack", "rst", "rst-ack", "psh-ack-urg", "none", "raw", "wait", "call-send", "call-abort", "icmp-3-4"), WORD(r, "exact", "before", "old", "inside", "last", "beyond", "far", "any", "-"), WORD(r, "una", "nxt", "old", "low", "between", "beyond", "any", "-"), WORD(r, "0", "1", "text", "left", "right", "across", "-"));
	size_t at = (size_t)n;
	const uint32_t traits = rng_below(r, 6);
	for (uint32_t i = 0; i < traits; i++)
		at += (size_t)snprintf(to + at, room - at, "+%s", WORD(r, "orphan", "unread", "gap", "unacked", "queued", "loaded", "dropped", "ahead", "synack", "ts", "zero", "nots", "mss", "pmtu", "back", "odd", "pieces", "resent", "awaited"));
	snprintf(to + at, room - at, "%s/v%u", traits ? "" : "-", rng_below(r, 2) ? 4U : 6U);
}

static void reaction_draw(struct rng *r, char *to, size_t room)
{
	size_t at = (size_t)snprintf(to, room, "%s: ", WORD(r, "unexpected segment", "no reply", "late reply", "next state", "wrong signal", "no signal", "wrong octets", "malformed segment: RFC 9293 3.7.1, MUST-15", "malformed segment: RFC 7323 4.3: TSecr must be TS.Recent"));
	for (uint32_t i = rng_below(r, 3); i > 0; i--)
		at += (size_t)snprintf(to + at, room - at, "%s<SEQ=%s><ACK=%s><CTL=%s>%s ", WORD(r, "", "", "! "), WORD(r, "SND.NXT", "SND.UNA", "SND.NXT-1", "ISS", "SEG.ACK", "0"), WORD(r, "RCV.NXT", "RCV.NXT+10", "RCV.NXT-1", "SEG.SEQ+SEG.LEN", "SEG.SEQ+SEG.LEN-1"), WORD(r, "ACK", "RST,ACK", "RST", "FIN,ACK", "SYN", "SYN,ACK"), WORD(r, "", "", "<DATA=10>", "<OPT=TS:1:1>"));
	snprintf(to + at, room - at, "%s=> %s%s", WORD(r, "", "", "(told eof) ", "(told nothing) "), WORD(r, "kept", "gone", "CLOSE-WAIT", "TIME-WAIT"), WORD(r, "", "", " late <SEQ=ISS><CTL=SYN>"));
}

/* Each line of a list, its id and its reaction: globs as people write them. */
static void assert_lines_alike(const char *path)
{
	struct error e;
	size_t size;
	char *text = memory_file(path, &size, &e), *rest = text, *line, *id, *reaction;
	char ids[TEXTS][400], reactions[TEXTS][800];
	struct rng r = rng_seeded(1);
	if (!text)
		fail_msg("%s", e.text);
	for (unsigned i = 0; i < TEXTS; i++) {
		id_draw(&r, ids[i], sizeof ids[i]);
		reaction_draw(&r, reactions[i], sizeof reactions[i]);
	}
	while ((line = strsep(&rest, "\n"))) {
		if (!line[0] || line[0] == '#')
			continue;
		id = strsep(&line, "\t");
		reaction = strsep(&line, "\t");
		for (unsigned i = 0; i < TEXTS; i++) {
			assert_alike(id, ids[i]);
			assert_alike(reaction, reactions[i]);
		}
	}
	free(text);
}

static void lines_mean_what_fnmatch_says(void **state)
{
	(void)state;
	assert_lines_alike("targets/lwip/fuzz.tsv");
	assert_lines_alike("targets/linux/fuzz.tsv");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_glob_means_what_fnmatch_says),
	    cmocka_unit_test(lines_mean_what_fnmatch_says),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fuzz: globs", tests, NULL, NULL);
}
