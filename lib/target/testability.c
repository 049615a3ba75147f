/* A stack behind an agent as a target: starting it, learning what it can, and the operations. What a user's call means is in_process's. */
#include "lib/target/testability.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/script/script.h"
#include "lib/target/in_process_parts.h"
#include "lib/target/remembered.h"
#include "lib/target/settings.h"
#include "lib/target/starter.h"
#include "lib/target/steered.h"
#include "lib/target/testability_parts.h"
#include "lib/wire/octets.h"

enum { STRAYS_FROM = 256, /* sockets that nobody may have asked for, before somebody looks */
       PROFILE_VERSION = 1 };

struct remote_target {
	struct steered steered;
	struct tcpspec_stack stack;
	size_t strays_from;
};

/* ---- operations ---- */

/* FORGET is no user's call: it also meets what the system keeps without a socket. */
static void call_forget(struct remote_target *x, struct connection *c, struct call_answer *a)
{
	struct in_process *p = target_in_process(&x->steered.inner);

	connection_find(p, c);
	connection_note_told(p, c);
	const int64_t code = testability_forget_ends(&x->stack, &c->ends, false);
	*a = (struct call_answer){.result = code ? CALL_FAILED : CALL_OK, .content_ok = true};
	if (code) {
		string_put(a->text, sizeof a->text, "E_NOK");
		return;
	}
	c->handle = 0;
	c->let_go = false;
}

static bool remote_call(void *target, struct connection *c, enum call call, uint32_t n, unsigned how, struct call_answer *a, struct error *e)
{
	struct remote_target *x = target;

	if (call == CALL_FORGET && x->stack.can & CAN_FORGET) {
		call_forget(x, c, a);
		return steered_tell(&x->steered, true, e);
	}
	const bool done = steered_call(&x->steered, c, call, n, how, a, e);
	if (call == CALL_OPEN_ACTIVE && how & SEND_PUSH && a->result == CALL_OK)
		c->sent = a->octets = x->stack.taken;
	return done;
}

static bool remote_state(void *target, struct connection *c, struct state_answer *a, struct error *e)
{
	struct remote_target *x = target;
	const bool done = steered_state(&x->steered, c, a, e);

	x->stack.fresh = false;
	return done;
}

/* Without a segment, as far as the system can: also what it keeps without a socket. */
static void remote_close_connection(void *target, struct connection *c)
{
	struct remote_target *x = target;
	struct tcpspec_stack *s = &x->stack;

	if (!(s->can & CAN_FORGET)) {
		steered_close(&x->steered, c);
	} else {
		if (c->listener)
			s->operations.release(s, c->listener, 0);
		if (c->beside)
			s->operations.release(s, c->beside, 0);
		testability_forget_ends(s, &c->ends, true);
		while (known_find(s, &c->ends) > 0)
			s->operations.abort(s, known_find(s, &c->ends), 0);
		connection_give(target_in_process(&x->steered.inner), c);
	}
	if (s->knowns > x->strays_from) {
		testability_drop_strays(s, target_in_process(&x->steered.inner)->live);
		x->strays_from = 2 * s->knowns + STRAYS_FROM;
	}
}

static bool remote_forget_tester(void *target, const struct endpoint *at)
{
	(void)target;
	return remembered_forget(&at->tester);
}

static void remote_free(struct remote_target *x)
{
	struct tcpspec_stack *s = &x->stack;
	struct answer a;

	if (s->channel && !s->failed) {
		data_begin(s);
		data_u16(s, 0);
		data_u16(s, 0); /* no name */
		testability_ask(s, METHOD_END_TEST, &a);
	}
	steered_end(&x->steered);
	channel_close(s->channel);
	process_stop(s->process, "");
	if (s->directory[0]) {
		char path[sizeof s->directory + 8];
		snprintf(path, sizeof path, "%s/agent", s->directory);
		unlink(path);
		rmdir(s->directory);
	}
	free(s->known);
	free(s->listening);
	free(x);
}

static void remote_stop(void *target)
{
	struct remote_target *x = target;

	/* What the stack still has is END_TEST's. */
	remote_free(x);
}

/* ---- learning what it can ---- */

static bool version_ask(struct tcpspec_stack *s, const struct testability_spec *at, struct error *e)
{
	struct answer a;
	bool came;

	if (!channel_try(s->channel, METHOD_GET_VERSION, at->timeout_us, &a, &came, e))
		return false;
	if (!came)
		return error_set(e, "upper tester %s: no answer to GET_VERSION for %llu ms: is the agent running there, is the service's number right (here 0x%04x), and does a route of this namespace lead to it?", channel_place(s->channel), (unsigned long long)(at->timeout_us / 1000), at->service);
	if (a.result != RESULT_OK || a.length < 6)
		return error_set(e, "upper tester %s: GET_VERSION: %s with %zu octets, expected E_OK and three numbers: what answers there is no agent of this protocol", channel_place(s->channel), result_name(a.result), a.length);
	const unsigned major = octets_u16(a.data), minor = octets_u16(a.data + 2), patch = octets_u16(a.data + 4);
	if (major != 1 || minor < 1 || minor > 2)
		return error_set(e, "upper tester %s: the agent speaks version %u.%u.%u of the Testability Protocol, this program 1.1 and 1.2: take an agent of one of these (targets/agent/tcpspec-agent.c is one file)", channel_place(s->channel), major, minor, patch);
	snprintf(s->name, sizeof s->name, "agent of TC %u.%u.%u", major, minor, patch);
	return true;
}

/* What is beyond the standard is announced, or not there. */
static bool capabilities_ask(struct tcpspec_stack *s, const struct testability_spec *at, struct error *e)
{
	struct answer a;
	bool came;

	if (!channel_try(s->channel, METHOD_CAPABILITIES, at->timeout_us, &a, &came, e))
		return false;
	if (!came || a.result != RESULT_OK)
		return true;
	const unsigned profile = a.length >= 2 ? octets_u16(a.data) : 0;
	if (profile != PROFILE_VERSION || a.length < 8)
		return error_set(e, "upper tester %s: the agent has version %u of the primitives in doc/agent.md, this program %d: put targets/agent/tcpspec-agent.c of this release there", channel_place(s->channel), profile, PROFILE_VERSION);
	s->can = octets_u32(a.data + 2);
	/* A text: EF BB BF, UTF-8, 00. */
	const size_t n = octets_u16(a.data + 6);
	if (n > 4 && n <= a.length - 8)
		snprintf(s->name, sizeof s->name, "%.*s", (int)(n - 4), (const char *)a.data + 11);
	return true;
}

/* Is the primitive there? It is asked for a socket that is none. */
static bool primitive_is_there(struct tcpspec_stack *s, unsigned method, bool *is, struct error *e)
{
	struct answer a;

	data_begin(s);
	data_u16(s, TESTABILITY_NO_SOCKET);
	data_u8(s, 1);
	if (!channel_ask(s->channel, method, s->data, method == METHOD_TOLD ? 2 : s->length, &a, e))
		return false;
	*is = a.result != RESULT_NTF;
	return true;
}

static bool primitive_wanted(struct tcpspec_stack *s, unsigned method, const char *because, struct error *e)
{
	bool is;

	if (!primitive_is_there(s, method, &is, e))
		return false;
	return is || error_set(e, "upper tester %s: %s: E_NTF, there is no such primitive: %s", channel_place(s->channel), method_name(method), because);
}

static bool announced_check(struct tcpspec_stack *s, unsigned bit, unsigned method, struct error *e)
{
	return !(s->can & bit) || primitive_wanted(s, method, "the agent says that it has it, and lies about what it can; put another one there", e);
}

/* Of ends that nobody has the state is CLOSED. */
static bool state_check(struct tcpspec_stack *s, const struct link *l, struct error *e)
{
	static const struct tcpspec_ends nobody = {.local = {4, {0}}, .remote = {4, {0}}, .local_port = 1, .remote_port = 1};
	struct tcpspec_ends ends = nobody;

	if (!(s->can & CAN_STATE))
		return true;
	for (unsigned f = 0; f < FAMILIES; f++)
		if (l->target[f].family) {
			ends.local.family = ends.remote.family = (uint8_t)l->target[f].family;
			memcpy(ends.local.octets, l->target[f].octets, sizeof ends.local.octets);
			memcpy(ends.remote.octets, l->tester[f].octets, sizeof ends.remote.octets);
		}
	const unsigned state = s->operations.state(s, &ends);
	if (s->failed)
		return error_set(e, "%s", s->e.text);
	return state == TCPSPEC_CLOSED || error_set(e, "upper tester %s: STATE of ends that nobody uses: %u, expected 0 (CLOSED): the agent lies about what it can; put another one there", channel_place(s->channel), state);
}

static bool agent_learn(struct tcpspec_stack *s, const struct testability_spec *at, const struct link *l, struct error *e)
{
	static const unsigned wanted[] = {METHOD_CLOSE_SOCKET, METHOD_CREATE_AND_BIND, METHOD_LISTEN_AND_ACCEPT, METHOD_SEND_DATA, METHOD_RECEIVE_AND_FORWARD, METHOD_CONNECT, METHOD_CONFIGURE_SOCKET};
	struct answer a;

	if (!version_ask(s, at, e) || !capabilities_ask(s, at, e) || !channel_ask(s->channel, METHOD_START_TEST, NULL, 0, &a, e))
		return false;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (!primitive_wanted(s, wanted[i], "the protocol has it; put another agent there", e))
			return false;
	if (!primitive_is_there(s, METHOD_SHUTDOWN, &s->shuts_down, e))
		return false;
	testability_table(s);
	return announced_check(s, CAN_TOLD, METHOD_TOLD, e) && announced_check(s, CAN_FORGET, METHOD_FORGET, e) && announced_check(s, CAN_CONNECT_WITH_DATA, METHOD_CONNECT_WITH_DATA, e) && state_check(s, l, e);
}

/* ---- starting ---- */

/* The command says when it can be asked. */
static bool agent_start(struct tcpspec_stack *s, const struct link *l, const struct declaration *d, struct testability_spec *at, uint64_t seed, struct error *e)
{
	char place[160];

	if (at->over == OVER_UNIX && !at->path[0]) {
		snprintf(s->directory, sizeof s->directory, "/tmp/tcpspec-XXXXXX");
		if (!mkdtemp(s->directory))
			return error_set(e, "no directory for the agent's socket in /tmp: make it writable, or name a path (upper_tester = testability:unix:PATH)");
		snprintf(at->path, sizeof at->path, "%s/agent", s->directory);
	}
	if (!d->command[0])
		return true;
	testability_spec_print(at, place, sizeof place);
	s->process = starter_launch(l, d, d->command, place, seed, e);
	return s->process && process_read(s->process, NULL, PROCESS_READY_US, e);
}

static unsigned needs_served(const struct remote_target *x, const struct declaration *d)
{
	const unsigned can = x->stack.can;
	unsigned needs = x->steered.inner.needs_met & ~((unsigned)NEED_URGENT_AHEAD | NEED_SET_ALL | (unsigned)NEED_SMALL_BUFFER);

	needs |= NEED_SET(SET_NAGLE) | NEED_SET(SET_DSCP) | NEED_SET(SET_TTL);
	for (unsigned i = 0; i < 5; i++) {
		static const unsigned settings[] = {NEED_SET(SET_KEEPALIVE), NEED_SET(SET_KEEPALIVE_IDLE), NEED_SET(SET_KEEPALIVE_INTERVAL), NEED_SET(SET_KEEPALIVE_COUNT), NEED_SET(SET_USER_TIMEOUT)};
		needs |= can & 1U << (17 + i) ? settings[i] : 0U;
	}
	needs |= can & 1U << 16 ? (unsigned)NEED_SMALL_BUFFER : 0U;
	return needs & ~d->lacks;
}

/* On a link of our own the stack is this kernel, in the namespace that the thread is in. */
static bool sysctls_apply(struct target *t, const struct link *l, const struct declaration *d, struct error *e)
{
	if (!l->attached)
		return settings_apply(l, d, &t->settings, e) && settings_give(l, d, t, e);
	if (d->sysctl_count)
		text_add(&t->settings, "sysctls=the target's own: [sysctl] is for a link that the run makes\n");
	return true;
}

bool target_testability_start(struct target *t, const struct link *l, struct declaration *d, uint64_t seed, struct error *e)
{
	struct remote_target *x = memory_zeroed(1, sizeof *x);
	struct tcpspec_stack *s = &x->stack;
	const struct target_operations own = {.call = remote_call, .state = remote_state, .close = remote_close_connection, .forget = l->attached ? NULL : remote_forget_tester, .stop = remote_stop};
	const struct channel_events events = {.event = testability_event, .self = s};
	struct testability_spec at;

	memset(t, 0, sizeof *t);
	s->declaration = d;
	x->steered.failed = &s->failed;
	x->steered.why = &s->e;
	x->strays_from = STRAYS_FROM;
	if (!testability_spec_read(&at, d->upper_tester, e) || !sysctls_apply(t, l, d, e) || !agent_start(s, l, d, &at, seed, e) || !(s->channel = channel_open(&at, &events, e)) || !agent_learn(s, &at, l, e) ||
	    !steered_begin(&x->steered, t, &own, s, &s->operations, l, d, seed, e)) {
		text_free(&t->settings);
		remote_free(x);
		return false;
	}
	t->needs_met = needs_served(x, d);
	snprintf(t->version, sizeof t->version, "%s", s->name);
	text_add(&t->settings, "upper tester=%s, %s\n", at.over == OVER_UNIX ? "unix" : channel_place(s->channel), s->can ? "with the primitives of doc/agent.md" : "the standard's primitives alone");
	return true;
}
