/* A target's declarations, read from targets/NAME/target.ini: choices, constants, capabilities, sysctl sets. Declared, never inferred. */
#ifndef TCPSPEC_TARGET_DECLARATION_H
#define TCPSPEC_TARGET_DECLARATION_H

#include "lib/model/model.h"
#include "lib/target/declaration_link.h"

struct setting {
	char name[64], value[64];
};

struct given; /* given.h */

struct declaration {
	char name[32]; /* "linux" */
	char description[160];
	char file[256];
	char kind[32];          /* "linux": which operations steer it */
	char library[256];      /* of kind "stack": a path, when it has a slash; else a name, for in_process.h to look for */
	char command[256];      /* of kind "exec": the program that steers it, for sh; of kind "remote": what starts its agent, "" where that is there */
	char upper_tester[160]; /* of kind "remote": testability_spec.h */
	struct setting *stack;  /* the section [stack]: what its library is created with, or its command given, as it stands */
	uint16_t port;          /* of kind "none": of the service that model.service names; 0: the usual one */
	size_t stack_count;
	struct declared_link link; /* of a stack that makes its own, and who starts it */
	unsigned connections;      /* that may be under way at a time; 0: as many as the run likes */
	char fence[16];            /* the weakest fence kind to try first */
	enum profile profile;      /* that it is to be judged by, if said_profile */
	bool said_profile;
	struct model model;     /* choices and constants over the profile's defaults */
	unsigned lacks;         /* NEED_* that it declares not to have */
	char given[1024];       /* " nagle msl ": choices and constants that it can be given, in [stack] by the same names, for the ladders that are played with their own; of kind linux: in how */
	struct setting *sysctl; /* of the section in force */
	size_t sysctl_count;
	/* Of kind linux: how it is given choices and constants, and what a copy that is given some is to set for it (declaration_with). */
	struct given *how;
	size_t how_count;
	struct setting *given_sysctl, *given_socket;
	size_t given_sysctl_count, given_socket_count;
	char known[256];            /* path of its known deviations; "" for none */
	char known_as_shipped[256]; /* of those that only its own settings show, beside them; "" for none */
};

/* Is this the name of a shared library (libtoy.so, libtoy.so.2), and not of a declaration? */
bool declaration_is_library(const char *path);
/* Reads one. The path of a library stands for what declares it: libtoy.ini beside it, else a target of kind `stack` with the profile's defaults. Unknown sections, keys and values are errors: file:line, and what would be right. as_shipped selects [sysctl.as-shipped] instead of [sysctl.measured],
 * and puts [choices.as-shipped] and [constants.as-shipped] over [choices] and [constants]. Sections [sysctl.NAME] of other names are read and not in force.
 * What is not said has the profile's default (model_default). NULL with e on failure. */
struct declaration *declaration_read(const char *path, enum profile p, bool as_shipped, struct error *e);
/* The same of a text in memory, for programs that carry theirs with them. name: what errors call it. */
struct declaration *declaration_read_text(const char *name, const char *text, enum profile p, struct error *e);
void declaration_free(struct declaration *d);
/* The profile by which a target is judged where nobody asks for another: what its [target] says; else, and where it cannot be read, *p stays. */
void declaration_profile(const char *path, enum profile *p);
/* The keys of the sections "target", "choices", "constants" and "capabilities", as they are read; NULL at the end. NULL for a section whose names are not ours. */
const char *const *declaration_keys(const char *section);
/* Does it declare all that the list names as it stands? */
bool declaration_has(const struct declaration *d, const char *with);
/* Can it be given all that the list (lib/model/keys.h, with_apply) names, beside what it has? Of kind linux: exactly, in the kernel's units and ranges. */
bool declaration_gives(const struct declaration *d, const char *with);
/* A copy that is given it, which it can be: its model, and what its stack is created with, or what is to be set for it. */
struct declaration *declaration_with(const struct declaration *d, const char *with);
/* As if it had not declared to lack anything, nor not to speak an option that it declares to lack. */
void declaration_try(struct declaration *d);
/* Is it given things as the kernel is, by sysctls and options of sockets ([given])? */
bool declaration_is_kernel(const struct declaration *d);
/* The setting of that name in the list, added where there is none. */
struct setting *setting_named(struct setting **list, size_t *count, const char *name);
/* Is its clock the run's, so that waiting takes no real time? */
bool declaration_is_virtual(const struct declaration *d);
/* The NEED_* that a declaration can say to lack, from 0 on; 0 behind the last, of at most so many. Its name there: "early_send"; NULL for none. The one of that name; 0 for none. */
enum { CAPABILITIES_MAX = 32 };
unsigned capability_read(const char *name);
unsigned capability_at(unsigned i);
const char *capability_name(unsigned need);
/* "rfc5961_rst=yes rfc5961_syn=yes ... msl=30s": for the environment header. */
void declaration_print(const struct declaration *d, struct text *out);

#endif
