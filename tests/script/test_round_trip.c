/* Every ladder of the suite: written and read back it is the same scripts, and the canonical text is a fixed point; and no prefix of a figure harms the reader.
 * Not about what the ladders demand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glob.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/script/family.h"
#include "lib/script/ladder.h"

/* Fills in what went wrong, and says whether nothing did. */
static bool text_fixed(const struct text *once, const struct ladder *again, const char *path)
{
	struct text twice = {0};
	ladder_write(again, &twice);
	bool fixed = strcmp(text_string(once), text_string(&twice)) == 0;
	if (!fixed)
		print_message("# %s: written twice it differs:\n%s---\n%s", path, text_string(once), text_string(&twice));
	text_free(&twice);
	return fixed;
}

/* A script by itself: what script_write() says of it reads as the same script. */
static bool script_survives(const struct script *s, const char *path)
{
	struct text out = {0};
	struct error e = {""};
	script_write(s, &out);
	struct ladder *l = ladder_read("script", text_string(&out), &e);
	struct script *back = l ? ladder_compile(l, s->side, &e) : NULL;
	bool same = back && script_equal(s, back) && text_fixed(&out, l, path);
	if (!same)
		print_message("# %s: side %c is not what script_write() says (%s):\n%s", path, s->side, e.text, text_string(&out));
	script_free(back);
	ladder_free(l);
	text_free(&out);
	return same;
}

static bool sides_survive(const struct ladder *l, const struct ladder *again, const char *path)
{
	bool good = ladder_plays(l, 'a') == ladder_plays(again, 'a') && ladder_plays(l, 'b') == ladder_plays(again, 'b');
	for (char side = 'a'; side <= 'b' && good; side++) {
		struct error e;
		if (!ladder_plays(l, side))
			continue;
		struct script *s = ladder_compile(l, side, &e), *t = ladder_compile(again, side, &e);
		good = s && t && script_equal(s, t) && script_survives(s, path);
		if (!good)
			print_message("# %s: side %c is another script after writing and reading\n", path, side);
		script_free(s);
		script_free(t);
	}
	return good;
}

static bool text_survives(const char *text, const char *path)
{
	struct error e = {""};
	struct text out = {0};
	struct ladder *l = ladder_read(path, text, &e), *again = NULL;
	bool good = l != NULL;
	if (good) {
		ladder_write(l, &out);
		again = ladder_read("written", text_string(&out), &e);
		good = again && text_fixed(&out, again, path) && sides_survive(l, again, path);
	}
	if (!good)
		print_message("# %s: %s\n", path, e.text);
	ladder_free(l);
	ladder_free(again);
	text_free(&out);
	return good;
}

/* Each ladder of the file's. */
static bool family_survives(const char *text, const char *path)
{
	struct error e = {""};
	const size_t count = family_count(path, text, &e);
	bool good = count > 0;
	for (size_t i = 0; i < count; i++) {
		struct text one = {0};
		good = family_ladder(path, text, i, &one, &e) && text_survives(text_string(&one), path) && good;
		text_free(&one);
	}
	if (!good)
		print_message("# %s: %s\n", path, e.text);
	return good;
}

static void every_ladder_of_the_suite_survives_writing(void **state)
{
	(void)state;
	glob_t g;
	unsigned wrong = 0;
	assert_int_equal(glob("suite/*/*.ladder", 0, NULL, &g), 0);
	assert_true(g.gl_pathc >= 8);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct error e;
		size_t n;
		char *text = memory_file(g.gl_pathv[i], &n, &e);
		wrong += !text || !family_survives(text, g.gl_pathv[i]);
		free(text);
	}
	globfree(&g);
	assert_int_equal(wrong, 0);
}

/* Every mark, call, unit, field and kind of number in one place. */
static const char everything[] =
    "# Everything at once\n"
    "id: all/of.it,x=1\nlevel: SHOULD\nref: none\ncovers: MUST-1\nplays: B\ngiven: active\noptions: MSS:1460,SACKOK,TS:1/0,NOP,WS:7\nisn: 4294967295\nlistener: closed\nprofile: rfc793\nneeds: urgent sack fastopen early-send small-buffer\nwith: challenge_interval=5 s, nagle=yes\n"
    "\n      TCP A        TCP B  # names\n\n"
    "# a comment line\n"
    "1.  CLOSED       ESTABLISHED   # and one behind\n"
    "2. (duplicate) (MAY) --> <SEQ=SND.UNA-1><ACK=RCV.END+2><CTL=SYN,FIN,RST,PSH,ACK,URG,ECE,CWR,AE><WND=1><UP=2><DATA=3/><OPT=none><CHK=0xBEE><OFF=4><RSV=5><SRC=6> -->\n"
    "   <-- <CTL=!PSH,?URG,?SYN,ECE,!AE><WND=5-><DATA=7-><OPT=MSS,WS> <-- (within 0.25 s) (may) ESTABLISHED|CLOSE-WAIT\n"
    "7. --> <ICMP=3/4><SEQ=ISS+1> --> (Send 5 push) (Receive 9) (Send 6 urgent)\n"
    "   --> <RAW=00ff10> --> (silence 1.5 min) (signal eof) (signal trouble)\n"
    "                   (2 MSL)\n"
    "   <-- <SEQ=#7><ACK='300+4><CTL=ACK> <-- (again)\n"
    "                   (3 RTO) (by the model)\n"
    "                   (500 us) (10 ms) (Open passive) (Open active 1000) (Close) (Release) (silence) (Abort)\n"
    "                   (Close) (nothing 2 s)\n"
    "                   (Reboot) CLOSED|LISTEN|SYN-SENT|SYN-RECEIVED|ESTABLISHED|FIN-WAIT-1|FIN-WAIT-2|CLOSE-WAIT|CLOSING|LAST-ACK|TIME-WAIT\n"
    "                   (Set nagle no) (Set keepalive yes) (Set keepalive_idle 7 ms) (Set user_timeout 1500 us) (Set dscp 46) (Set keepalive_interval 3 min)\n"
    "8. --> <SEQ=#0><CTL=0><CHK=^0x0001><TTL=1><DSCP=46><ECN=ECT1><IPOPT=830b0cTX><EXT=HOP,DEST:1e0400000000,ROUTE><FROM=net-broadcast><TO=multicast> -->\n"
    "   --> <ICMP=3/4><MTU=1280><SEQ=ISS+1> -->\n"
    "   <-- <CTL=ACK><TTL=255><DSCP=0><ECN=none><IPOPT=none><TO=other> <--\n"
    "   <-- <CTL=ACK><DATA=9-><OPT=NOP,SACK:RCV.NXT+1/#2/120/*> <--\n"
    "   <-- <CTL=ACK><DATA=9-/><OPT=SACK:110/120+5> <--\n"
    "9. --> <CTL=ACK><DATA=RCV.WND> --> (Open active)\n";

static void everything_that_can_be_written_survives(void **state)
{
	(void)state;
	char *text = memory_string(everything), *chk = strstr(text, "0xBEE");
	memcpy(chk, "0xbee", 5); /* digits are written in lower case */
	assert_true(text_survives(text, "everything"));
	free(text);
}

/* Columns are no part of the meaning: long margins of A move TCP B. */
static void long_margins_survive(void **state)
{
	(void)state;
	assert_true(text_survives("id: a\nlevel: MUST\nplays: A B\n\n"
	                          "     TCP A                                                                                                                                   TCP B\n"
	                          " 1.  ESTABLISHED                                                                                                                             LISTEN\n"
	                          "10.  (Send 10 push) (Close) (2 MSL) CLOSED|CLOSE-WAIT|TIME-WAIT                                                                              (Open active)\n"
	                          "99.  (Receive 4294967295) (0.000001 s) --> <SEQ=4294967295+4294967295><CTL=SYN> ...\n"
	                          "100. ... <SEQ=4294967295+4294967295><CTL=SYN> --> SYN-SENT|SYN-RECEIVED|TIME-WAIT (MUST)\n",
	                          "long"));
}

/* A prefix is read in a block of exactly its size, so that reading on is seen by the sanitizer. */
static void prefixes_are_read(const char *path)
{
	struct error e;
	size_t n;
	char *text = memory_file(path, &n, &e), place[80];
	assert_non_null(text);
	snprintf(place, sizeof place, "%s:", path);
	unsigned good = 0;
	for (size_t k = 0; k <= n; k++) {
		char *prefix = memory_zeroed(k + 1, 1);
		memcpy(prefix, text, k);
		e.text[0] = '\0';
		struct ladder *l = ladder_read(path, prefix, &e);
		good += l != NULL;
		if (!l && (strncmp(e.text, place, strlen(place)) != 0 || !strstr(e.text, ": expected ")))
			fail_msg("%s, first %zu octets: '%s'", path, k, e.text);
		ladder_free(l);
		free(prefix);
	}
	assert_true(good > 0 && good < n);
	free(text);
}

static void no_prefix_of_a_figure_harms_the_reader(void **state)
{
	(void)state;
	glob_t g;
	assert_int_equal(glob("suite/*/figure-*.ladder", 0, NULL, &g), 0);
	assert_true(g.gl_pathc >= 8);
	for (size_t i = 0; i < g.gl_pathc; i++)
		prefixes_are_read(g.gl_pathv[i]);
	globfree(&g);
}

/* Each octet of a ladder replaced by each of some others: the reader refuses or takes it, and what it takes survives writing. */
static void no_changed_octet_harms_the_reader(void **state)
{
	(void)state;
	static const char others[] = "\x01\n #<>(),.=/|'+-0A9z\xff";
	char *text = memory_string(everything);
	for (size_t k = 0; k < sizeof everything - 1; k++) {
		for (size_t i = 0; i < sizeof others - 1; i++) {
			struct error e = {""};
			text[k] = others[i];
			struct ladder *l = ladder_read("f", text, &e);
			assert_true(l || strncmp(e.text, "f:", 2) == 0);
			ladder_free(l);
		}
		text[k] = everything[k];
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_ladder_of_the_suite_survives_writing),
	    cmocka_unit_test(everything_that_can_be_written_survives),
	    cmocka_unit_test(long_margins_survive),
	    cmocka_unit_test(no_prefix_of_a_figure_harms_the_reader),
	    cmocka_unit_test(no_changed_octet_harms_the_reader),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("round trip", tests, NULL, NULL);
}
