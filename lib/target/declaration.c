/* Reads a target's declarations (targets/NAME/target.ini), strictly: what is not understood is an error that says what would be. It infers nothing. */
#include "lib/target/declaration.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/script/script.h"
#include "lib/target/declaration_library.h"
#include "lib/target/given.h"
#include "lib/target/testability_spec.h"
#include "lib/model/keys.h"
#include "lib/model/service.h"
#include "lib/target/passive.h"

enum { LINE_OCTETS = 1024 };

enum section { SECTION_NONE,
	       SECTION_TARGET,
	       SECTION_CHOICES,
	       SECTION_CONSTANTS,
	       SECTION_CAPABILITIES,
	       SECTION_STACK,
	       SECTION_GIVEN,
	       SECTION_SYSCTL };

struct reader {
	struct declaration *d;
	struct model discarded; /* takes up what is checked and not in force */
	bool as_shipped;        /* which sets are in force */
	bool overriding;        /* the second reading, for the sections that stand above others */
	unsigned line;
	enum section section;
	char section_name[64]; /* as written */
	bool section_shipped;  /* ends in ".as-shipped" */
	struct text seen;      /* "\nsection\tkey\n", to find what is said twice */
	bool said_name, said_kind, said_fence;
	bool within;         /* in the file that another one names by `like` */
	const char *library; /* the one that was asked for; NULL: what the declaration says */
	struct error *e;
};

static const char *const kinds[] = {"linux", "remote", "stack", "exec", "none", NULL};
static const char *const fences[] = {"call", "link", "same", "both", "time", NULL};
static const char *const target_keys[] = {"name", "kind", "library", "like", "command", "upper_tester", "fence", "known", "known_as_shipped", "description", "profile", "start", "ready", "connections", "interface", "address", "tester_address", "mac", "service", "port", NULL};
static const char *const capability_keys[] = {"lacks", "given", NULL};
static const char *const sections[] = {"target", "choices", "choices.as-shipped", "constants", "constants.as-shipped", "capabilities", "stack", "given", "sysctl.measured", "sysctl.as-shipped", NULL};

/* "file:line: what is wrong; what would be right", the latter from the list. */
static bool reader_refuses(const struct reader *r, const char *what, const char *got, const char *const *known)
{
	struct text list = {0};

	for (const char *const *k = known; *k; k++)
		text_add(&list, "%s%s", k == known ? "" : ", ", *k);
	error_set(r->e, "%s:%u: %s `%s` is not known; the nearest is `%s`, of: %s", r->d->file, r->line, what, got, word_nearest(got, known), text_string(&list));
	text_free(&list);
	return false;
}

static bool reader_says(const struct reader *r, const char *key, const char *got, const char *right)
{
	return error_set(r->e, "%s:%u: %s = %s: %s", r->d->file, r->line, key, got, right);
}

/* The values in force, or the ones that are only checked. */
static struct model *reader_model(struct reader *r)
{
	bool in_force = r->section_shipped ? r->overriding && r->as_shipped : !r->overriding;

	return in_force ? &r->d->model : &r->discarded;
}

static bool string_take(const struct reader *r, const char *key, const char *value, char *to, size_t room)
{
	if (strlen(value) >= room)
		return error_set(r->e, "%s:%u: %s is %zu octets long: at most %zu fit", r->d->file, r->line, key, strlen(value), room - 1);
	memcpy(to, value, strlen(value) + 1);
	return true;
}

static bool number_take(const char *value, unsigned least, unsigned most, unsigned *to)
{
	char *end;
	const unsigned long n = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end || n < least || n > most)
		return false;
	*to = (unsigned)n;
	return true;
}

/* Beside the declaration, where its path is relative. */
static bool path_take(struct reader *r, const char *key, const char *value, char to[256])
{
	const char *slash = strrchr(r->d->file, '/');
	int folder = value[0] == '/' || !slash ? 0 : (int)(slash - r->d->file) + 1;
	int n = snprintf(to, sizeof r->d->known, "%.*s%s", folder, r->d->file, value);

	if (n < 0 || (size_t)n >= sizeof r->d->known)
		return reader_says(r, key, value, "the path is too long");
	return true;
}

static bool reader_like(struct reader *r, const char *value);

static bool key_target(struct reader *r, const char *key, char *value)
{
	if (!word_among(key, target_keys))
		return reader_refuses(r, "key", key, target_keys);
	if (strcmp(key, "like") == 0)
		return reader_like(r, value);
	if (strcmp(key, "kind") == 0 && !word_among(value, kinds))
		return reader_refuses(r, "kind", value, kinds);
	if (strcmp(key, "fence") == 0 && !word_among(value, fences))
		return reader_refuses(r, "fence", value, fences);
	if (strcmp(key, "service") == 0 || strcmp(key, "port") == 0) {
		const char *right = declared_service_take(r->d, key, value);
		return !right || reader_says(r, key, value, right);
	}
	r->said_name |= strcmp(key, "name") == 0;
	r->said_kind |= strcmp(key, "kind") == 0;
	r->said_fence |= strcmp(key, "fence") == 0;
	if (strcmp(key, "known") == 0)
		return path_take(r, key, value, r->d->known);
	if (strcmp(key, "known_as_shipped") == 0)
		return path_take(r, key, value, r->d->known_as_shipped);
	if (strcmp(key, "library") == 0)
		return strchr(value, '/') ? path_take(r, key, value, r->d->library) : string_take(r, key, value, r->d->library, sizeof r->d->library);
	if (strcmp(key, "command") == 0)
		return string_take(r, key, value, r->d->command, sizeof r->d->command);
	if (strcmp(key, "upper_tester") == 0)
		return testability_spec_read(&(struct testability_spec){.port = 0}, value, r->e) ? string_take(r, key, value, r->d->upper_tester, sizeof r->d->upper_tester) : error_prefix(r->e, "%s:%u: ", r->d->file, r->line);
	if (strcmp(key, "name") == 0)
		return string_take(r, key, value, r->d->name, sizeof r->d->name);
	if (strcmp(key, "kind") == 0)
		return string_take(r, key, value, r->d->kind, sizeof r->d->kind);
	if (strcmp(key, "fence") == 0)
		return string_take(r, key, value, r->d->fence, sizeof r->d->fence);
	if (strcmp(key, "connections") == 0)
		return number_take(value, 1, 4096, &r->d->connections) || reader_says(r, key, value, "expected how many may be under way, 1 to 4096");
	if (strcmp(key, "profile") == 0)
		return (r->d->said_profile = profile_read(value, &r->d->profile)) || reader_says(r, key, value, "expected rfc9293, rfc793 or tc8");
	if (word_among(key, declared_link_keys)) {
		const char *wrong = r->overriding ? NULL : declared_link_take(&r->d->link, key, value);
		return !wrong || reader_says(r, key, value, wrong);
	}
	return string_take(r, key, value, r->d->description, sizeof r->d->description);
}

static bool key_choice(struct reader *r, const char *key, const char *value)
{
	struct choices *c = &reader_model(r)->choices;
	bool *at = choice_at(c, key);

	/* All three of RFC 5961 in one word; what is said of one below stands. */
	if (strcmp(key, "rfc5961") == 0)
		at = &c->rfc5961_rst;
	if (!at)
		return reader_refuses(r, "choice", key, choice_names());
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return reader_says(r, key, value, "a choice is `yes` or `no`");
	*at = value[0] == 'y';
	if (strcmp(key, "rfc5961") == 0)
		c->rfc5961_syn = c->rfc5961_ack = *at;
	return true;
}

static bool key_constant(struct reader *r, const char *key, const char *value)
{
	const char *wrong = constant_set(&reader_model(r)->constants, key, value);

	if (!word_among(key, constant_names()))
		return reader_refuses(r, "constant", key, constant_names());
	return !wrong || reader_says(r, key, value, wrong);
}

/* What a ladder can be played with beside what it is said to have. */
static bool key_given(struct reader *r, const char *key, char *value)
{
	struct text words = {0};
	char *rest = NULL;
	bool good = true;

	text_add(&words, " ");
	for (char *word = strtok_r(value, " \t,", &rest); good && word; word = strtok_r(NULL, " \t,", &rest)) {
		if (!choice_at(&r->discarded.choices, word) && !word_among(word, constant_names()))
			good = reader_refuses(r, "constant, or choice", word, constant_names());
		text_add(&words, "%s ", word);
	}
	good = good && string_take(r, key, text_string(&words), r->d->given, sizeof r->d->given);
	text_free(&words);
	return good;
}

static bool key_capability(struct reader *r, const char *key, char *value)
{
	char *rest = NULL;

	if (!word_among(key, capability_keys))
		return reader_refuses(r, "key", key, capability_keys);
	if (strcmp(key, "given") == 0)
		return key_given(r, key, value);
	for (char *word = strtok_r(value, " \t,", &rest); word; word = strtok_r(NULL, " \t,", &rest)) {
		const unsigned need = capability_read(word);
		const char *names[CAPABILITIES_MAX + 1] = {NULL};

		for (unsigned i = 0; i < CAPABILITIES_MAX && capability_at(i); i++)
			names[i] = capability_name(capability_at(i));
		if (!need)
			return reader_refuses(r, "capability", word, names);
		r->d->lacks |= need;
	}
	return true;
}

static bool key_sysctl(struct reader *r, const char *key, const char *value)
{
	const char *in_force = r->as_shipped ? "sysctl.as-shipped" : "sysctl.measured";
	struct setting s;

	if (strncmp(key, "net.", 4) != 0)
		return reader_says(r, key, value, "a sysctl's name begins with `net.`: only those belong to the target's namespace");
	if (!string_take(r, "the sysctl's name", key, s.name, sizeof s.name) || !string_take(r, key, value, s.value, sizeof s.value))
		return false;
	if (r->overriding || strcmp(r->section_name, in_force) != 0)
		return true;
	*setting_named(&r->d->sysctl, &r->d->sysctl_count, s.name) = s;
	return true;
}

/* How it is given a choice or constant. */
static bool key_how(struct reader *r, const char *key, char *value)
{
	const bool is_choice = choice_at(&r->discarded.choices, key) != NULL;
	struct given g;
	const char *wrong;

	if (!is_choice && !word_among(key, constant_names()))
		return reader_refuses(r, "constant, or choice", key, constant_names());
	wrong = given_read(&g, key, is_choice, value);
	if (wrong)
		return error_set(r->e, "%s:%u: %s: %s", r->d->file, r->line, key, wrong);
	if (r->overriding)
		return true;
	for (size_t i = 0; i < r->d->how_count; i++)
		if (strcmp(r->d->how[i].name, g.name) == 0)
			r->d->how[i--] = r->d->how[--r->d->how_count];
	r->d->how = memory_resized(r->d->how, r->d->how_count + 1, sizeof g);
	r->d->how[r->d->how_count++] = g;
	return true;
}

/* Which names there are is the stack's to say, when it is created. */
static bool key_stack(struct reader *r, const char *key, const char *value)
{
	struct setting s;

	if (!string_take(r, "the setting's name", key, s.name, sizeof s.name) || !string_take(r, key, value, s.value, sizeof s.value))
		return false;
	if (r->overriding)
		return true;
	*setting_named(&r->d->stack, &r->d->stack_count, s.name) = s;
	return true;
}

static bool reader_section(struct reader *r, const char *name)
{
	static const char *const of[] = {"", "target", "choices", "constants", "capabilities", "stack", "given"};
	char base[sizeof r->section_name];
	char *dot;

	if (strlen(name) >= sizeof base)
		return reader_refuses(r, "section", name, sections);
	memcpy(r->section_name, name, strlen(name) + 1);
	memcpy(base, name, strlen(name) + 1);
	r->section_shipped = false;
	r->section = SECTION_NONE;
	/* A new set of sysctls has any name; other sections exist once, and some a second time for the machine as shipped. */
	if (strncmp(name, "sysctl.", 7) == 0 && name[7]) {
		r->section = SECTION_SYSCTL;
		return true;
	}
	dot = strrchr(base, '.');
	if (dot && strcmp(dot, ".as-shipped") == 0) {
		*dot = '\0';
		r->section_shipped = true;
	}
	for (size_t i = SECTION_TARGET; i < sizeof of / sizeof *of; i++)
		if (strcmp(base, of[i]) == 0)
			r->section = (enum section)i;
	if (r->section == SECTION_NONE || (r->section_shipped && r->section != SECTION_CHOICES && r->section != SECTION_CONSTANTS))
		return reader_refuses(r, "section", name, sections);
	return true;
}

static bool reader_once(struct reader *r, const char *key)
{
	struct text mark = {0};
	bool twice;

	text_add(&mark, "\n%s\t%s\n", r->section_name, key);
	twice = strstr(text_string(&r->seen), text_string(&mark)) != NULL;
	text_add(&r->seen, "%s", text_string(&mark));
	text_free(&mark);
	return !twice || error_set(r->e, "%s:%u: `%s` is said twice in [%s]: keep one", r->d->file, r->line, key, r->section_name);
}

static bool reader_pair(struct reader *r, const char *key, char *value)
{
	if (r->section != SECTION_NONE && !reader_once(r, key))
		return false;
	switch (r->section) {
	case SECTION_NONE:
		return error_set(r->e, "%s:%u: `%s` stands before the first section: begin with [target]", r->d->file, r->line, key);
	case SECTION_TARGET:
		return key_target(r, key, value);
	case SECTION_CHOICES:
		return key_choice(r, key, value);
	case SECTION_CONSTANTS:
		return key_constant(r, key, value);
	case SECTION_CAPABILITIES:
		return key_capability(r, key, value);
	case SECTION_STACK:
		return key_stack(r, key, value);
	case SECTION_GIVEN:
		return key_how(r, key, value);
	case SECTION_SYSCTL:
		return key_sysctl(r, key, value);
	}
	return false;
}

static char *trimmed(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return s;
}

/* A comment begins with # at the line's start or after a blank. */
static void comment_cut(char *s)
{
	for (char *p = s; *p; p++)
		if (*p == '#' && (p == s || isspace((unsigned char)p[-1]))) {
			*p = '\0';
			return;
		}
}

static bool reader_line(struct reader *r, char *s)
{
	char *equals;

	comment_cut(s);
	s = trimmed(s);
	if (*s == '\0')
		return true;
	if (*s == '[') {
		char *end = strchr(s, ']');

		if (!end || end[1])
			return error_set(r->e, "%s:%u: a section is written `[name]`, alone on its line", r->d->file, r->line);
		*end = '\0';
		return reader_section(r, trimmed(s + 1));
	}
	equals = strchr(s, '=');
	if (!equals)
		return error_set(r->e, "%s:%u: `%s` is neither `[section]` nor `key = value`", r->d->file, r->line, s);
	*equals = '\0';
	s = trimmed(s);
	if (*s == '\0')
		return error_set(r->e, "%s:%u: no key before `=`: write `key = value`", r->d->file, r->line);
	char *value = trimmed(equals + 1);
	if (*value == '\0' && r->section != SECTION_CAPABILITIES)
		return error_set(r->e, "%s:%u: `%s` has no value: write `%s = value`, or leave the line out", r->d->file, r->line, s, s);
	return reader_pair(r, s, value);
}

static bool reader_all(struct reader *r, const char *at)
{
	char line[LINE_OCTETS];

	r->line = 0;
	r->section = SECTION_NONE;
	text_clear(&r->seen);
	while (*at) {
		size_t n = strcspn(at, "\n");

		r->line++;
		if (n >= sizeof line)
			return error_set(r->e, "%s:%u: the line has %zu octets: at most %d fit", r->d->file, r->line, n, LINE_OCTETS - 1);
		memcpy(line, at, n);
		line[n] = '\0';
		if (!reader_line(r, line))
			return false;
		at += n + (at[n] == '\n');
	}
	return true;
}

/* What that file says stands as if it were said here; what follows it here stands above. Its name is its own. */
static bool reader_like(struct reader *r, const char *value)
{
	struct reader other = *r;
	char own[sizeof r->d->file], path[sizeof r->d->known];
	size_t size;

	if (r->within || strcmp(text_string(&r->seen), "\ntarget\tlike\n") != 0)
		return error_set(r->e, "%s:%u: `like` stands first in [target], and only in a file that no other is like", r->d->file, r->line);
	if (!path_take(r, "like", value, path))
		return false;
	char *octets = memory_file(path, &size, r->e);
	if (!octets)
		return error_prefix(r->e, "%s:%u: like = %s: ", r->d->file, r->line, value);
	memcpy(own, r->d->file, sizeof own);
	memcpy(r->d->file, path, sizeof r->d->file);
	other.within = true;
	other.seen = (struct text){0};
	const bool good = reader_all(&other, octets);
	r->discarded = other.discarded;
	r->said_kind |= other.said_kind;
	r->said_fence |= other.said_fence;
	memcpy(r->d->file, own, sizeof own);
	text_free(&other.seen);
	free(octets);
	return good;
}

/* An agent has a place, and what else it has is the kernel's, where a command starts it. */
static bool reader_remote(struct reader *r)
{
	struct declaration *d = r->d;
	const bool is_remote = strcmp(d->kind, "remote") == 0;

	if (is_remote != (d->upper_tester[0] != '\0'))
		return error_set(r->e, "%s:%u: [target] kind = remote and upper_tester = testability:... belong together: a target of that kind is steered by an agent", d->file, r->line);
	return true;
}

/* A command belongs to kind exec, which has no other way in, or starts the agent of kind remote. */
static bool reader_exec(struct reader *r)
{
	struct declaration *d = r->d;
	const bool is_exec = strcmp(d->kind, "exec") == 0, is_remote = strcmp(d->kind, "remote") == 0;

	if (is_exec && !d->command[0])
		return error_set(r->e, "%s:%u: [target] does not say `command`: a target of kind exec is steered by a program, add `command = PROGRAM ...`", d->file, r->line);
	if (!is_exec && !is_remote && d->command[0])
		return error_set(r->e, "%s: kind = %s has no command: say `kind = exec` or `kind = remote`, or leave it out", d->file, d->kind);
	return !is_exec || !d->sysctl_count || error_set(r->e, "%s: kind = exec has no sysctls: what its command is given stands in [stack]", d->file);
}

/* A library and its settings belong to a stack in our process, which has the fence `call` and no other. */
static bool reader_stack(struct reader *r)
{
	struct declaration *d = r->d;
	const bool is_stack = strcmp(d->kind, "stack") == 0;

	if (r->library && !is_stack)
		return error_set(r->e, "%s: kind = %s, but it stands beside the library %s, which is of kind stack: say `kind = stack`", d->file, d->kind, r->library);
	if (!declaration_is_kernel(d) && d->how_count)
		return error_set(r->e, "%s: kind = %s has no section [given]: what it can be given stands in [capabilities] given", d->file, d->kind);
	if (!is_stack && (d->library[0] || (d->stack_count && strcmp(d->kind, "exec") != 0 && strcmp(d->kind, "remote") != 0)))
		return error_set(r->e, "%s: kind = %s has no %s: say `kind = stack`, or leave it out", d->file, d->kind, d->library[0] ? "library" : "section [stack]");
	if (!is_stack)
		return true;
	if (r->library && !string_take(r, "the path", r->library, d->library, sizeof d->library))
		return false;
	if (!d->library[0])
		return error_set(r->e, "%s:%u: [target] does not say `library`: a target of kind stack is a shared library, add `library = libNAME.so`", d->file, r->line);
	if (d->link.start[0] || d->link.interface[0])
		return error_set(r->e, "%s: kind = stack lies in the process of the run: it has no %s, leave that out, or say `kind = exec`", d->file, d->link.start[0] ? "start" : "interface");
	if (d->sysctl_count)
		return error_set(r->e, "%s: kind = stack has no sysctls: what its library is created with stands in [stack]", d->file);
	if (r->said_fence && strcmp(d->fence, "call") != 0)
		return error_set(r->e, "%s: fence = %s: a stack in our process has answered when a call of it returns: say `fence = call`, or leave it out", d->file, d->fence);
	memcpy(d->fence, "call", sizeof "call");
	r->said_fence = true;
	return true;
}

/* What no single line can show. */
static bool reader_complete(struct reader *r)
{
	const struct constants *c = &r->d->model.constants;
	const char *wrong = declared_link_complete(&r->d->link);
	if (!wrong && r->said_kind)
		wrong = declared_service_complete(r->d);
	if (wrong)
		return error_set(r->e, "%s: [target]: %s", r->d->file, wrong);
	if (r->said_kind && (!reader_stack(r) || !reader_exec(r) || !reader_remote(r)))
		return false;
	const char *lacking = !r->said_name ? "name" : !r->said_kind ? "kind"
	                                           : !r->said_fence  ? "fence"
	                                                             : NULL;

	if (lacking)
		return error_set(r->e, "%s:%u: [target] does not say `%s`: add `%s = ...` to it", r->d->file, r->line, lacking, lacking);
	if (c->rto_min > c->rto_max || c->rto_initial > c->rto_max)
		return error_set(r->e, "%s:%u: rto_max is below rto_min or rto_initial: it bounds both (RFC 6298 2.4, 2.5)", r->d->file, r->line);
	return true;
}

/* The declaration that these octets are. library: the one that it must declare, whatever it says; NULL: its own. */
static struct declaration *declaration_of(const char *path, const char *octets, size_t size, const char *library, enum profile p, bool as_shipped, struct error *e)
{
	struct reader r = {.as_shipped = as_shipped, .library = library, .e = e};
	bool good;

	r.d = memory_zeroed(1, sizeof *r.d);
	r.d->model = r.discarded = model_default(p);
	good = string_take(&r, "the path", path, r.d->file, sizeof r.d->file);
	if (good && strlen(octets) != size)
		good = error_set(e, "%s: there is a NUL octet in it: it is not a text file", path);
	good = good && reader_all(&r, octets);
	r.overriding = true;
	good = good && reader_all(&r, octets) && reader_complete(&r);
	text_free(&r.seen);
	if (good)
		return r.d;
	declaration_free(r.d);
	return NULL;
}

static struct declaration *declaration_of_file(const char *path, const char *library, enum profile p, bool as_shipped, struct error *e)
{
	size_t size;
	char *octets = memory_file(path, &size, e);
	struct declaration *d = octets ? declaration_of(path, octets, size, library, p, as_shipped, e) : NULL;

	free(octets);
	return d;
}

struct declaration *declaration_read_text(const char *name, const char *text, enum profile p, struct error *e)
{
	return declaration_of(name, text, strlen(text), NULL, p, false, e);
}

/* A library is declared by the file beside it, where there is one. */
static struct declaration *declaration_beside(const char *path, enum profile p, bool as_shipped, struct error *e)
{
	struct library_paths l;

	if (!library_paths_find(path, &l, e))
		return NULL;
	return access(l.declaration, F_OK) == 0 ? declaration_of_file(l.declaration, l.library, p, as_shipped, e) : declaration_of_library(l.library, p);
}

struct declaration *declaration_read(const char *path, enum profile p, bool as_shipped, struct error *e)
{
	return declaration_is_library(path) ? declaration_beside(path, p, as_shipped, e) : declaration_of_file(path, NULL, p, as_shipped, e);
}

void declaration_profile(const char *path, enum profile *p)
{
	struct error unheard;
	struct declaration *d = declaration_read(path, *p, false, &unheard);

	if (d && d->said_profile)
		*p = d->profile;
	declaration_free(d);
}

const char *const *declaration_keys(const char *section)
{
	return strcmp(section, "target") == 0         ? target_keys
	       : strcmp(section, "capabilities") == 0 ? capability_keys
	       : strcmp(section, "choices") == 0      ? choice_names()
	       : strcmp(section, "constants") == 0    ? constant_names()
	                                              : NULL;
}

void declaration_free(struct declaration *d)
{
	if (!d)
		return;
	free(d->sysctl);
	free(d->stack);
	free(d->how);
	free(d->given_sysctl);
	free(d->given_socket);
	free(d);
}
