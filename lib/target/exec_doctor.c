/* Starts the program of a target on a link as a run would make it, in a child, and looks whether it is ready and the stack answers an echo. It plays nothing. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lib/net/child.h"
#include "lib/net/fence.h"
#include "lib/target/doctor.h"
#include "lib/target/exec.h"

enum { ECHO_US = 500000,
       ECHO_TRIES = 3 };

/* What the child found. */
struct trial {
	bool linked, ready, tells, states;
	bool echoed[FAMILIES];
	char version[128];
	struct error error;
};

/* Is an echo request answered? One may be lost while the target looks for our MAC. */
static bool echo_comes(struct wire *w, const struct link *l, enum family f)
{
	for (uint32_t token = 0x10000; token <= ECHO_TRIES * 0x10000; token += 0x10000) {
		uint64_t at;
		if (!fence_send(w, l, f, token, &at, NULL))
			return false;
		while (clock_now() < at + ECHO_US) {
			struct pollfd wait = {.fd = wire_descriptor(w), .events = POLLIN};
			struct frame frame;
			struct packet p;
			uint32_t got;
			poll(&wait, 1, 10);
			while (wire_receive(w, &frame, NULL) > 0) {
				packet_parse(frame.octets, frame.length, &p);
				if (fence_answers(&p, &got) && got == token)
					return true;
			}
		}
	}
	return false;
}

static void trial_run(const void *job, void *answer)
{
	struct declaration d = *(const struct declaration *)job;
	struct trial *t = answer;
	struct target target = {.operations = NULL};
	struct link l;
	struct wire *w = NULL;
	t->linked = link_create_bare(&l, NULL, &t->error) && (w = wire_open(&l, &t->error)) != NULL;
	t->ready = t->linked && target_exec_start(&target, &l, &d, d.command, 1, &t->error);
	if (t->ready) {
		snprintf(t->version, sizeof t->version, "%s", target.version);
		t->tells = target.operations->signals != NULL;
		t->states = target.operations->state != NULL;
		t->echoed[0] = echo_comes(w, &l, IPV4);
		t->echoed[1] = echo_comes(w, &l, IPV6);
		target_stop(&target);
	}
	wire_close(w);
}

static void line_add(struct text *out, const char *verdict, const char *what, const char *how)
{
	text_add(out, "%s  %-18s %s\n", verdict, what, how);
}

void exec_doctor(struct declaration *d, struct text *out, bool *usable)
{
	static const char *const names[FAMILIES] = {"echo, IPv4", "echo, IPv6"};
	struct trial t = {.linked = false};
	struct error e = {.text = ""};
	*usable = child_ask(trial_run, d, &t, sizeof t, &e) && t.ready;
	if (!*usable) {
		line_add(out, "no", t.linked ? "command" : "link", e.text[0] ? e.text : t.error.text);
		return;
	}
	line_add(out, "ok", "command", t.version);
	for (unsigned f = 0; f < FAMILIES; f++)
		line_add(out, t.echoed[f] ? "ok" : "??", names[f], t.echoed[f] ? "answered: it can be a fence" : "not answered: no `link` fence, so that each group takes 80 ms; the stack should answer ICMP echo requests");
	if (!t.tells)
		line_add(out, "??", "told", "what the user is told is known from the answers of calls alone");
	if (!t.states)
		line_add(out, "??", "state", "the next state is not asked for; `--probe` infers that of cells from replies");
}
