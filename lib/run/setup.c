/* What a run stands on: link, wire, target, a fence that calibration has tried, and the header that tells of them. It plays nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/run/run_parts.h"
#include "lib/target/process.h"

enum { CALIBRATION_SAMPLES = 6000,
       CALIBRATION_PART_SAMPLES = 600, /* of a link like one that is tried with all of them */
       CALIBRATION_SAME_SAMPLES = 600 };

static bool run_disturb(struct run *r, struct error *e)
{
	const struct run_options *o = r->stage.options;
	if (run_has_fault(o, FAULT_RPS) && !link_set_rps(&r->stage.link, 2, e))
		return false;
	if (run_has_fault(o, FAULT_BUSY) && !target_linux_busy(&r->stage.target, e))
		return false;
	return true;
}

bool stage_in_process(struct stage *s, struct error *e)
{
	if (!target_in_process_start(&s->target, &s->link, s->declaration, s->options->seed, e))
		return false;
	s->in_process = target_in_process(&s->target);
	s->fence = FENCE_CALL;
	return true;
}

/* A library in our process: no namespace, no wire, no privilege. */
static bool run_open_in_process(struct run *r, struct error *e)
{
	in_process_link(&r->stage.link);
	return virtual_permits(r->stage.options, e) && stage_in_process(&r->stage, e);
}

bool run_open(struct run *r, const struct run_options *o, struct error *e)
{
	struct stage *s = &r->stage;
	s->options = o;
	s->declaration = declaration_read(o->target_file, o->profile, o->as_shipped, e);
	if (!s->declaration || !known_of_target(&s->known, s->declaration, o->profile, o->as_shipped, e))
		return false;
	if (o->trial)
		declaration_try(s->declaration);
	if (strcmp(s->declaration->kind, "stack") == 0 && !o->attach && !o->upper_tester)
		return run_open_in_process(r, e);
	if (r->with[0]) {
		struct declaration *given = declaration_with(s->declaration, r->with);
		declaration_free(s->declaration);
		s->declaration = given;
	}
	s->known.hasty = !o->patient;
	return run_open_live(r, e) && run_disturb(r, e);
}

/* Tries the declared kind, and a stronger one where a single overtaking rejects it. */
bool run_calibrate(struct run *r, struct error *e)
{
	struct stage *s = &r->stage;
	if (s->in_process)
		return true;
	if (run_has_fault(s->options, FAULT_MUTE)) {
		s->fence = FENCE_LINK; /* nothing would come to calibrate with */
		return true;
	}
	if (!fence_read(s->declaration->fence, &s->fence) || s->fence == FENCE_CALL)
		return error_set(e, "%s: fence = %s: expected link, same, both or time", s->declaration->file, s->declaration->fence);
	if (s->fence == FENCE_TIME)
		return true;
	if (s->fence != FENCE_SAME && !calibrate_link(s, s->is_prompt && r->with[0] ? CALIBRATION_PART_SAMPLES : CALIBRATION_SAMPLES, &r->calibration, e))
		return false;
	const bool link = s->fence != FENCE_SAME && !r->calibration.overtaken && !r->calibration.silent && link_is_ordered(&s->link, NULL);
	if (link && s->fence == FENCE_LINK)
		return true;
	if (s->served) { /* the fence on the connection itself is tried in states that nobody can bring about */
		s->fence = link ? FENCE_LINK : FENCE_TIME;
		return link || live_walk(s, e); /* does it answer no echo, or nothing any more? */
	}
	if (!calibrate_same(s, CALIBRATION_SAME_SAMPLES, &r->same, e))
		return false;
	const bool same = !r->same.overtaken && !r->same.silent && r->same.samples;
	s->fence = link && same ? FENCE_BOTH : link ? FENCE_LINK
	                                   : same   ? FENCE_SAME
	                                            : FENCE_TIME;
	return true;
}

static void calibration_print(const struct calibration *c, const char *name, struct text *to)
{
	text_add(to, "%s %u/%u overtaken", name, c->overtaken, c->samples);
	if (c->silent)
		text_add(to, ", %u unanswered", c->silent);
}

/* Which fence the run has, and what was measured of it; where one was refused, why. */
static void run_fence_print(const struct run *r, struct text *to)
{
	const struct stage *s = &r->stage;
	struct error why = {.text = ""};
	if (s->fence == FENCE_BOTH || s->fence == FENCE_LINK)
		calibration_print(&r->calibration, "link", to);
	if (s->fence == FENCE_BOTH)
		text_add(to, " and ");
	if (s->fence == FENCE_BOTH || s->fence == FENCE_SAME)
		calibration_print(&r->same, "same", to);
	if (s->fence == FENCE_BOTH || s->fence == FENCE_SAME)
		text_add(to, " where the connection has timestamps%s", s->fence == FENCE_SAME ? ", time elsewhere" : "");
	if (s->fence == FENCE_TIME || s->fence == FENCE_CALL)
		text_add(to, "%s", fence_name(s->fence));
	if (s->fence != FENCE_BOTH && s->fence != FENCE_LINK && (r->calibration.samples || r->calibration.silent)) {
		calibration_print(&r->calibration, " (link refused:", to);
		if (!link_is_ordered(&s->link, &why))
			text_add(to, "; %.*s", (int)strcspn(why.text, ","), why.text); /* what to do about it is doctor's to say */
		text_add(to, ")");
	}
	if (s->fence != FENCE_BOTH && s->fence != FENCE_SAME && r->same.samples) {
		calibration_print(&r->same, " (same refused:", to);
		text_add(to, ")");
	}
}

void run_header_fill(struct run *r, struct run_header *h)
{
	const struct stage *s = &r->stage;
	const struct calibration *c = &r->calibration;
	struct text fence = {0};
	struct utsname u;
	uname(&u);
	snprintf(h->version, sizeof h->version, "%s", TCPSPEC_VERSION);
	snprintf(h->target, sizeof h->target, "%s", s->declaration->name);
	snprintf(h->target_version, sizeof h->target_version, "%s", s->target.version);
	snprintf(h->kernel, sizeof h->kernel, "%.60s %.60s", u.release, u.machine);
	snprintf(h->link, sizeof h->link, "%s", s->link.summary);
	run_fence_print(r, &fence);
	snprintf(h->fence, sizeof h->fence, "%s", text_string(&fence));
	text_free(&fence);
	snprintf(h->profile, sizeof h->profile, "%s", profile_name(s->options->profile));
	h->seed = s->options->seed;
	h->round_trip_ns = c->round_trip_ns;
	h->as_shipped = s->options->as_shipped;
	h->strict = s->options->strict;
	declaration_print(s->declaration, &h->choices);
	text_add(&h->settings, "%s", text_string(&s->target.settings));
	if (s->in_process && !s->target.operations->state)
		text_add(&h->settings, "state=not told by the stack: judged by what it sends alone, or with --probe by what that shows\n");
	else if (!s->target.operations->state)
		text_add(&h->settings, "state=not told by the target: %s\n", r->sprint ? "behind cells the probed one stands in, ladders are judged by what it sends alone" : "judged by what it sends alone");
	text_add(&h->selection, "%s", s->options->selection ? s->options->selection : "");
}

static void variant_free(struct variant *v)
{
	virtual_free(v->virtual);
	if (v->stage.target.operations)
		target_stop(&v->stage.target);
	declaration_free(v->stage.declaration);
	free(v->stage.calendar);
	free(v);
}

void run_variants_keep(struct run *r, unsigned n)
{
	struct variant **last = &r->variant;
	while (*last && n-- > 0)
		last = &(*last)->next;
	for (struct variant *v = *last, *next; v; v = next) {
		next = v->next;
		variant_free(v);
	}
	*last = NULL;
}

void run_close(struct run *r)
{
	struct stage *s = &r->stage;
	sprint_free(r->sprint);
	virtual_free(r->virtual);
	run_variants_keep(r, 0);
	free(r->quick);
	if (s->target.operations)
		target_stop(&s->target);
	process_stop(s->starter, "");
	if (s->wire)
		wire_close(s->wire);
	link_close(&s->link);
	if (s->declaration)
		declaration_free(s->declaration);
	known_free(&s->known);
	for (struct date d; stage_due(s, UINT64_MAX, &d);)
		run_reminded(d.player);
	free(s->calendar);
}
