/* What the commands of `tcpspec` share: exit codes, options, the data directory, the selection. Nothing outside lib/cli includes it. */
#ifndef TCPSPEC_CLI_CLI_H
#define TCPSPEC_CLI_CLI_H

#include "lib/cli/ids.h"
#include "lib/net/attach.h"
#include "lib/run/run.h"
#include "reports/slice.h"
#include "suite/suite.h"

enum {
	CODE_OK = 0,
	CODE_FAILED = 1,   /* some FAIL or XPASS; a finding of lint; a cell with unexplained slack */
	CODE_USAGE = 2,    /* usage, nothing matched, a malformed ladder */
	CODE_UNUSABLE = 3, /* target or environment, or anything INCONCLUSIVE */
	CODE_SKIP = 125,   /* instead of 3 under --bisect */
};

/* A path that is put together. */
enum { CLI_PATH_MAX = 4096 };

struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns the exit code */
	const char *arguments;
	const char *purpose;
};

/* All of the program but exit(): returns the exit code. */
int cli_main(int argc, char **argv);

int command_run(int argc, char **argv);
int command_list(int argc, char **argv);
int command_show(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_matrix(int argc, char **argv);
int command_requirements(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_compare(int argc, char **argv);

int command_model(int argc, char **argv);
int command_lint(int argc, char **argv);
int command_ladder(int argc, char **argv);
int command_judge(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_target(int argc, char **argv);
int command_fuzz(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_minimise(int argc, char **argv);
int command_promote(int argc, char **argv);

/* "tcpspec: ..." on stderr, one line. */
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The code that says: these arguments were wrong (getopt has complained, or the caller has). */
int cli_usage(const char *command);
/* Flushes stdout: code, or CODE_UNUSABLE with a complaint when what was printed did not get out. */
int cli_finish(int code);

/* The directory that holds suite/ and targets/: $TCPSPEC_DATA, else the parent of the executable's directory when it holds suite/, else what was installed. */
bool data_directory(char path[CLI_PATH_MAX], struct error *e);
/* A file or directory in it. */
bool data_path(char path[CLI_PATH_MAX], const char *inside, struct error *e);
/* Loads the suite of the data directory; its error lines go to stderr. */
bool data_suite(struct suite *s, struct error *e);

enum { FAMILY_V4 = 1 << 0,
       FAMILY_V6 = 1 << 1 };
/* Calls visit for each script that the arguments of a command mean, and says in which families: `[--axes NAME] [GLOB...]`. Complains of every glob that means none. Returns the exit code. */
int each_meant(int argc, char **argv, bool globs_needed, void (*visit)(const struct script *, unsigned families));

/* Plays the first `count` steps of a script on the model alone: where that leads is in its worlds, the last segment sent in its stimulus. lint_play_end() frees it. */
struct lint_play script_play_model(const struct script *script, size_t count, const struct model *m, struct text *why);

/* What `run` and `matrix` were asked for. */
struct request {
	struct run_options run;
	char target_file[CLI_PATH_MAX];
	struct fault_request *fault;
	char *const *glob;
	size_t glob_count;
	const char **exclude;
	size_t exclude_count;
	const char *json, *pcap, *from, *target, *resume, *junit;
	const char *axes;             /* the set of cells */
	const char *suite;            /* a list of cases: the globs are of their ids; NULL: of tests */
	struct attach_request attach; /* interface NULL: the run makes a link of its own */
	bool all, quick, quiet, bisect;
	bool seeded;               /* --seed was given */
	bool profiled;             /* --profile was given */
	unsigned shard, shards;    /* 1 of 1 without --shard */
	const struct id_set *done; /* ids that have their verdict, not to be played again; NULL: none */
	struct text selection;     /* the globs and exclusions, as written */
	struct text rerun;         /* the options in force, each with a space before it, seed and selection left out */
};

/* request_attach.c: the options of a link that is there. */
enum { OPTION_ATTACH = 512,
       OPTION_NETNS = OPTION_ATTACH,
       OPTION_IFACE,
       OPTION_TARGET_ADDR,
       OPTION_TESTER_ADDR,
       OPTION_TARGET_MAC,
       OPTION_UPPER_TESTER,
       OPTION_VLAN,
       OPTION_PORT,
       OPTION_OWNED,
       OPTION_ATTACH_END };
#define ATTACH_OPTIONS                                                      \
	{"netns", required_argument, NULL, OPTION_NETNS},                   \
	    {"iface", required_argument, NULL, OPTION_IFACE},               \
	    {"target-addr", required_argument, NULL, OPTION_TARGET_ADDR},   \
	    {"tester-addr", required_argument, NULL, OPTION_TESTER_ADDR},   \
	    {"target-mac", required_argument, NULL, OPTION_TARGET_MAC},     \
	    {"upper-tester", required_argument, NULL, OPTION_UPPER_TESTER}, \
	    {"vlan", required_argument, NULL, OPTION_VLAN},                 \
	    {"port", required_argument, NULL, OPTION_PORT},                 \
	{                                                                   \
		"i-own-this-target", no_argument, NULL, OPTION_OWNED        \
	}
/* Takes one of them; r->rerun gets it too. False: usage, told. */
bool request_attach_take(struct request *r, int option, const char *value);
/* Do they agree with each other, and with the rest? False: usage, told. */
bool request_attach_agrees(struct request *r);

/* Adds " word" to a line of arguments, quoted for a shell where it must be. */
void shell_add(struct text *line, const char *word);
/* Reads the arguments. False: usage, which has been told on stderr. */
bool request_read(struct request *r, int argc, char **argv);
/* Finds the target's file: "-t linux" is targets/linux/target.ini of the data directory; what has a slash or ends in ".ini" or ".so" is a file, or a folder with a target.ini. CODE_OK, or the
 * code of what has been told on stderr. */
int request_target(struct request *r);
void request_free(struct request *r);
/* Do its globs and exclusions mean this result id? */
bool request_means(const struct request *r, const char *id);

/* The cells that a command has to choose from. */
struct cells_asked {
	struct cells *set;    /* the one that was asked for */
	struct cells **named; /* cells that were named by their whole id, and that it has not */
	size_t named_count;
};
/* Does the glob mean a ladder of the suite or a cell? may_name: the id of a cell that the set has not is taken up. */
bool cells_asked_glob(struct cells_asked *c, const struct suite *s, const char *glob, bool may_name);
void cells_asked_free(struct cells_asked *c);
/* The suite has copies of the base set's cells, for their names: they are not played, listed or shown. */
bool script_is_cell(const struct script *script);

/* The plays that a request means: ladders, and cells by number. */
struct selection {
	struct play *play;
	size_t count;
	struct pick {
		struct cells *set;
		size_t i;
	} * pick;
	size_t pick_count;
	struct cells_asked cells;
	unsigned left_out; /* they wait longer than limit_us */
	uint64_t limit_us; /* by --all, --quick, or neither; none where waiting takes no real time */
	unsigned planned;  /* results of this shard, with those that are there already */
	unsigned done;     /* those that are there already */
	unsigned whole;    /* results of all shards */
	uint64_t ids;      /* sum of their hashes */
};
/* What is asked of each id that the globs mean, before it is added to the plays: counts it, and says whether it is this shard's and has no verdict yet. */
bool selection_takes(struct selection *sel, const struct request *r, const char *id);

enum { WAIT_LIMIT_US = 5000000,
       WAIT_ALL_US = 300000000 /* under --all: some scripts wait for hours, and are played where time is a number, or when they are named */ };

/* False: a glob, or that of a fault, meant nothing (told on stderr, with the nearest ids); two faults act on one play; or nothing is left. */
bool selection_make(struct selection *sel, const struct suite *s, const struct request *r, const struct declaration *d);
void selection_free(struct selection *sel);
/* The selected cells, as run_play() takes them. */
struct play_source selection_cells(struct selection *sel);
/* Complains that a glob means nothing, with the nearest ids, or the set of cells in which it does. */
void selection_unknown(const struct suite *s, const char *glob);
/* In which families (FAMILY_*) do the globs mean a result of this script? Without globs: in both. */
unsigned selection_families(const struct script *script, char *const *glob, size_t count);
/* Does one of the globs mean this result? */
bool selection_means(const char *id, char *const *glob, size_t count);

/* Progress on stderr, only when it is a terminal and the run is longer than two seconds: a process of its own that is told of each result,
 * so that it also moves while the run waits. */
struct progress {
	int pipe; /* -1: no progress is shown */
	int process;
};
void progress_start(struct progress *p, size_t total);
void progress_step(struct progress *p);
void progress_stop(struct progress *p);

/* One run of a request: the caller sets the first three, session_play() the rest. See session.c. */
struct session {
	struct request *request;
	bool tap;                                              /* TAP on stdout as results come */
	struct slice *slice;                                   /* takes the results of cells, for a table; NULL: there is none */
	void (*begun)(void *self, const struct run_header *h); /* is told the run's header; NULL: nobody is */
	void (*heard)(void *self, const struct result *r);     /* is told of each result; NULL: nobody is */
	void *heard_self;
	struct selection selection;
	struct run_counts counts;
	bool broken;          /* the report or the record is incomplete */
	struct error failure; /* why the run ended early; empty when it did not */
};
/* Selects, plays, and writes record and report as results come. Returns the exit code. */
int session_play(struct session *s, const struct suite *suite);
/* `run --suite`: plays the tests of the cases that are asked for, and reports by the cases' ids. Returns the exit code. */
int cases_play(struct request *r, const struct suite *suite);
void session_free(struct session *s);

#endif
