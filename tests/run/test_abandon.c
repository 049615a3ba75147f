/* What becomes of the plays in flight when the link dies under a run: what was decided keeps its verdict, the rest has none. The link is real, and is taken
 * away in the middle of the quarantine. */
#include "tests/net/live.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/run/run.h"
#include "lib/script/ladder.h"

#define HEAD(id) "id: " id "\nlevel: MUST\nref: RFC 9293 3.10.7.1\nplays: B\n\n     TCP A                                                TCP B\n\n 1.                                                       CLOSED\n"
#define ARROW " 2.                --> <SEQ=100><ACK=300><CTL=ACK>        -->\n"

/* The quarantine lasts for longer than a second, and what is before it for milliseconds. */
enum { MIDDLE_MS = 600,
       SEEN_MAX = 8 };

/* RFC 9293 3.10.7.1: a segment with the ACK bit to a connection that does not exist is answered with <SEQ=SEG.ACK><CTL=RST>. */
static const char *const texts[] = {
    HEAD("a/kept") ARROW " 3.                <-- <SEQ=300><CTL=RST>             <-- CLOSED\n",
    HEAD("a/broken") ARROW " 3.                <-- <SEQ=301><CTL=RST>             <-- CLOSED\n",
    HEAD("a/waiting") ARROW " 3.                <-- <SEQ=300><CTL=RST>             <-- CLOSED\n 4.                                                       (3 s)\n                                                          CLOSED\n",
};

struct seen {
	pid_t killer;
	size_t count;
	enum verdict verdict[SEEN_MAX];
	char id[SEEN_MAX][ID_MAX], cause[SEEN_MAX][200];
};

/* The pair goes with one end. A child does it: it is born in the target's namespace, and may wait. */
static bool link_take_away(void *self, const struct run_header *h, struct error *e)
{
	struct seen *s = self;
	(void)h;
	(void)e;
	s->killer = fork();
	if (s->killer != 0)
		return true;
	poll(NULL, 0, MIDDLE_MS);
	struct {
		struct nlmsghdr head;
		struct ifinfomsg interface;
	} gone = {.head = {.nlmsg_len = sizeof gone, .nlmsg_type = RTM_DELLINK, .nlmsg_flags = NLM_F_REQUEST}};
	gone.interface.ifi_index = (int)if_nametoindex("target");
	const int to = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	_exit(send(to, &gone, sizeof gone, 0) == (ssize_t)sizeof gone ? 0 : 1);
}

static void result_note(void *self, const struct result *r, const struct script *script)
{
	struct seen *s = self;
	(void)script;
	assert_true(s->count < SEEN_MAX);
	s->verdict[s->count] = r->verdict;
	snprintf(s->id[s->count], ID_MAX, "%s", r->id);
	snprintf(s->cause[s->count++], sizeof s->cause[0], "%s", r->cause);
}

static struct script *compiled(const char *text)
{
	struct error e = {""};
	struct ladder *l = ladder_read("test", text, &e);
	struct script *s = l ? ladder_compile(l, 'b', &e) : NULL;
	ladder_free(l);
	if (!s)
		fail_msg("%s", e.text);
	return s;
}

static void seen_is(const struct seen *s, const char *id, enum verdict v, const char *cause)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->id[i], id) == 0) {
			if (s->verdict[i] != v || !strstr(s->cause[i], cause))
				fail_msg("%s: %s, %s", id, verdict_name(s->verdict[i]), s->cause[i]);
			return;
		}
	fail_msg("%s has no result", id);
}

static void what_was_decided_keeps_its_verdict(void **state)
{
	(void)state;
	struct script *s[3];
	struct play plays[6];
	for (size_t i = 0; i < 6; i++) {
		if (i < 3)
			s[i] = compiled(texts[i]);
		plays[i] = (struct play){s[i % 3], i < 3 ? IPV4 : IPV6};
	}
	struct seen seen = {.killer = -1};
	struct run_counts counts = {0};
	struct error e = {""};
	int status = -1;
	const struct run_options o = {.target_file = "targets/linux/target.ini", .seed = 1, .selection = ""};
	const struct run_events events = {.header = link_take_away, .result = result_note, .self = &seen};
	assert_false(run_play(&o, plays, 6, NULL, &events, &counts, &e));
	assert_int_equal(waitpid(seen.killer, &status, 0), seen.killer);
	assert_int_equal(status, 0);
	assert_int_equal(seen.count, 6);
	seen_is(&seen, "a/kept/b/v4", PASS, "watch cut short: ");
	seen_is(&seen, "a/kept/b/v6", PASS, "watch cut short: ");
	seen_is(&seen, "a/broken/b/v4", FAIL, "; watch cut short: ");
	seen_is(&seen, "a/broken/b/v6", FAIL, "; watch cut short: ");
	seen_is(&seen, "a/waiting/b/v4", INCONCLUSIVE, "");
	seen_is(&seen, "a/waiting/b/v6", INCONCLUSIVE, "");
	/* A FAIL is a FAIL, however the run ended. */
	assert_int_equal(run_exit_code(&counts, false, false), 1);
	for (size_t i = 0; i < 3; i++)
		script_free(s[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_decided_keeps_its_verdict),
	};
	if (live_is_left_out())
		return live_leave_out();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("a run that is cut short", tests, NULL, NULL);
}
