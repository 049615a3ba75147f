/* Loads and creates a stack in our process, and says what its library has not. It plays nothing. */
#include <inttypes.h>

#include "lib/script/script.h"
#include "lib/target/doctor.h"
#include "lib/target/in_process_parts.h"

static void line_add(struct text *out, const char *verdict, const char *what, const char *how)
{
	text_add(out, "%s  %-18s %s\n", verdict, what, how);
}

/* Members that are not there, and what is lost with them. */
static void members_tell(const struct tcpspec_stack_operations *o, struct text *out)
{
	const struct {
		const char *name, *without;
		bool there;
	} member[] = {
	    {"connect", "scripts that need `open_active` are UNIMPLEMENTED", o->connect != NULL},
	    {"send", "scripts that need `send` are UNIMPLEMENTED", o->send != NULL},
	    {"receive", "scripts that need `receive` are UNIMPLEMENTED", o->receive != NULL},
	    {"close", "scripts that need `close` are UNIMPLEMENTED", o->close != NULL},
	    {"forget", "scripts that need `forget` are UNIMPLEMENTED, and connections are ended by ABORT", o->forget != NULL},
	    {"told", "what the user is told is known from the answers of calls alone", o->told != NULL},
	    {"state", "the next state is not asked for; `--probe` infers that of cells from replies", o->state != NULL},
	    {"restore", "every script is played from its beginning on a stack that is created anew: slower, the same verdicts", o->restore != NULL},
	};

	for (size_t i = 0; i < sizeof member / sizeof *member; i++)
		if (!member[i].there)
			line_add(out, "??", member[i].name, member[i].without);
}

/* What a stack that is new says of its next time. One that names no time to come would be asked without end. */
static void clock_tell(struct in_process *p, struct text *out, bool *usable)
{
	const uint64_t now = in_process_now(p), next = p->operations.poll(p->stack, now);

	if (next > now)
		return;
	text_add(out, "no  %-18s it returned %" PRIu64 " at %" PRIu64 ": return when it next wants to be asked, after now, or UINT64_MAX\n", "poll", next, now);
	*usable = false;
}

void in_process_doctor(struct declaration *d, struct text *out, bool *usable)
{
	struct target t = {.operations = NULL};
	struct error e = {""};
	struct link l;

	in_process_link(&l);
	*usable = target_in_process_start(&t, &l, d, 1, &e);
	line_add(out, *usable ? "ok" : "no", d->name, *usable ? t.version : e.text);
	if (!*usable)
		return;
	clock_tell(target_in_process(&t), out, usable);
	members_tell(&target_in_process(&t)->operations, out);
	for (unsigned i = 0; capability_at(i) != 0; i++)
		if (d->lacks & capability_at(i))
			text_add(out, "ok  %-18s declared to be lacking\n", capability_name(capability_at(i)));
	target_stop(&t);
}
