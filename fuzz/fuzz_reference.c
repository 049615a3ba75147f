/* The harness of the reference stack, which is linked in. */
#include "fuzz/harness.h"

#include <stdio.h>

/* Octets that a connection queues: so few that there is room for them whatever else is held, and so known to the model, for to a refusal that it cannot foresee the judge has no verdict. */
enum { SEND_BUFFER = 1 << 18 };

/* targets/reference/target.ini, as the Makefile has put it in. */
extern const char fuzz_declaration[];

static struct core *core;

static void send_buffer_set(struct declaration *d)
{
	struct setting *s = setting_named(&d->stack, &d->stack_count, "send_buffer");
	snprintf(s->value, sizeof s->value, "%d", SEND_BUFFER);
	d->model.constants.send_buffer = SEND_BUFFER;
}

void harness_open(int argc, char **argv)
{
	struct error e;
	struct declaration *d = declaration_read_text("targets/reference/target.ini", fuzz_declaration, PROFILE_RFC9293, &e);
	(void)argc;
	(void)argv;
	if (d)
		send_buffer_set(d);
	core = d ? core_new(0, tcpspec_stack_operations(), d, "16", &e) : NULL;
	if (!core)
		harness_unusable(&e);
}

bool harness_play(const struct input *in, struct finding *f)
{
	return core_play(core, in, f);
}
