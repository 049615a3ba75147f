/* A target's programs, their environment and arguments, and the interface that they make. */
#include "lib/target/starter.h"

#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/net/wire.h"

enum { VARIABLES = 9,
       LOOK_MS = 10 };

struct surroundings {
	struct text text[VARIABLES];
	const char *variable[VARIABLES + 1];
	size_t count;
	struct text *settings;
	const char **argument;
};

static void variable_add(struct surroundings *s, const char *name, const char *value)
{
	text_add(&s->text[s->count], "%s=%s", name, value);
	s->variable[s->count] = text_string(&s->text[s->count]);
	s->count++;
}

static void addresses_add(struct surroundings *s, const struct link *l)
{
	static const char *const names[] = {"TCPSPEC_ADDRESS4", "TCPSPEC_ADDRESS6", "TCPSPEC_TESTER4", "TCPSPEC_TESTER6"};
	struct text address = {0};
	for (unsigned i = 0; i < 2 * FAMILIES; i++) {
		const struct address *a = i < FAMILIES ? &l->target[i] : &l->tester[i - FAMILIES];
		text_clear(&address);
		if (a->family)
			address_print(a, &address);
		variable_add(s, names[i], text_string(&address));
	}
	text_free(&address);
}

static void surroundings_make(struct surroundings *s, const struct link *l, const struct declaration *d, const char *upper_tester, uint64_t seed)
{
	const char *slash = strrchr(d->file, '/');
	char directory[sizeof d->file], number[24];
	*s = (struct surroundings){.settings = memory_zeroed(d->stack_count + 1, sizeof *s->settings), .argument = memory_zeroed(2 * d->stack_count + 1, sizeof *s->argument)};
	snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - d->file) : 1, slash ? d->file : ".");
	snprintf(number, sizeof number, "%" PRIu64, seed);
	variable_add(s, "TCPSPEC_INTERFACE", l->target_if);
	variable_add(s, "TCPSPEC_TARGET", directory);
	variable_add(s, "TCPSPEC_SEED", number);
	variable_add(s, "TCPSPEC_READY", d->link.ready);
	variable_add(s, "TCPSPEC_UPPER_TESTER", upper_tester);
	addresses_add(s, l);
	for (size_t i = 0; i < d->stack_count; i++) {
		text_add(&s->settings[i], "%s=%s", d->stack[i].name, d->stack[i].value);
		s->argument[2 * i] = "--set";
		s->argument[2 * i + 1] = text_string(&s->settings[i]);
	}
}

static void surroundings_free(struct surroundings *s, const struct declaration *d)
{
	for (size_t i = 0; i < VARIABLES; i++)
		text_free(&s->text[i]);
	for (size_t i = 0; i < d->stack_count; i++)
		text_free(&s->settings[i]);
	free(s->settings);
	free(s->argument);
}

struct process *starter_launch(const struct link *l, const struct declaration *d, const char *command, const char *upper_tester, uint64_t seed, struct error *e)
{
	struct surroundings s;
	surroundings_make(&s, l, d, upper_tester, seed);
	struct process *p = process_start(command, s.variable, s.argument, e);
	surroundings_free(&s, d);
	return p;
}

/* Whatever it prints is read, for a program that nobody listens to stops in the middle of a line when the pipe is full. */
struct process *starter_start(const struct link *l, const struct declaration *d, uint64_t seed, struct error *e)
{
	static const char until_ready[] = "{\n%s\n} | {\n"
	                                  "while IFS= read -r line; do case $line in *\"$TCPSPEC_READY\"*) printf '%%s\\n' \"$line\"; break;; esac; done\n"
	                                  "exec cat >/dev/null\n}";
	struct text command = {0};
	text_add(&command, d->link.ready[0] ? until_ready : "exec >/dev/null\n%s", d->link.start);
	struct process *p = starter_launch(l, d, text_string(&command), "", seed, e);
	text_free(&command);
	if (!p || !d->link.ready[0] || process_read(p, NULL, PROCESS_READY_US, e))
		return p;
	error_prefix(e, "%s: start: no line with `%s` came: ", d->file, d->link.ready);
	process_stop(p, "");
	return NULL;
}

/* Is it up, with a carrier? Set up by the way. *there: it exists. */
static bool interface_is_up(int s, const char *name, bool *there)
{
	struct ifreq request = {.ifr_flags = 0};
	string_put(request.ifr_name, sizeof request.ifr_name, name);
	*there = ioctl(s, SIOCGIFFLAGS, &request) == 0;
	if (*there && !(request.ifr_flags & IFF_UP)) {
		request.ifr_flags |= IFF_UP;
		ioctl(s, SIOCSIFFLAGS, &request);
	}
	return *there && (request.ifr_flags & IFF_RUNNING);
}

bool starter_meets(struct process *p, const char *interface, struct error *e)
{
	const uint64_t until = clock_now() + PROCESS_READY_US;
	const int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool there = false, up = s >= 0 && interface_is_up(s, interface, &there), lives = true;
	while (s >= 0 && !up && lives && clock_now() < until) {
		if (p)
			lives = process_lives(p, LOOK_MS, e);
		else
			poll(NULL, 0, LOOK_MS);
		up = interface_is_up(s, interface, &there);
	}
	if (s >= 0)
		close(s);
	if (up || !lives)
		return up;
	return error_set(e, "interface = %s: %s after %d s in the namespace in which the target is started; does it make an interface of this name (TCPSPEC_INTERFACE)?", interface, there ? "it has no carrier, nobody holds it" : "there is no such interface", PROCESS_READY_US / 1000000);
}
