/* A data directory of a test's own, and the program run in a child whose output is caught. The wire is a made-up run_play(). */
#ifndef TCPSPEC_TESTS_CLI_CLI_ROOM_H
#define TCPSPEC_TESTS_CLI_CLI_ROOM_H

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/cli/cli.h"

#define LADDER(id, more)                                                                                \
	"# A segment to nowhere is answered\nid:     " id "\nlevel:  MUST\nref:    RFC 9293 3.10.7.1\n" \
	"plays:  B\n\n     TCP A                                  TCP B\n\n"                            \
	" 1.  CLOSED                                 CLOSED\n"                                          \
	" 2.               --> <SEQ=100><CTL=RST>    --> CLOSED\n" more

/* What the next run is to be. */
struct fake {
	bool refuse;          /* false from run_play() before the header */
	size_t die_after;     /* false after so many results; 0: never */
	size_t kill_after;    /* SIGKILL after so many results, while the run waits; 0: never */
	const char *kernel;   /* NULL: "made-up" */
	enum verdict verdict; /* of the first result; the others pass */
};

struct room {
	char path[64];
	struct fake fake;
	int code;          /* of the last cli(); -1: it was killed */
	char *out, *error; /* its output */
};

static struct room room;

void play_id(const struct play *p, char id[ID_MAX])
{
	const int plain = (int)strcspn(p->script->id, ",");
	snprintf(id, ID_MAX, "%.*s/v%d%s", plain < 150 ? plain : 150, p->script->id, p->family == IPV4 ? 4 : 6, p->script->id + plain);
}

static void fake_result(const struct run_options *o, const struct play *play, enum verdict v, const struct run_events *events, struct run_counts *counts)
{
	struct result r = {.verdict = v, .attempts = 1};
	(void)o;
	play_id(play, r.id);
	snprintf(r.family, sizeof(r.family), "v%d", play->family == IPV4 ? 4 : 6);
	snprintf(r.cause_class, sizeof(r.cause_class), v == FAIL ? "no reply" : "");
	counts->total++;
	counts->by_verdict[v]++;
	events->result(events->self, &r, play->script);
	result_free(&r);
}

static bool fake_header(const struct run_options *o, const struct run_events *events, struct error *e)
{
	struct run_header h = {.seed = o->seed, .version = TCPSPEC_VERSION};
	struct declaration *d = declaration_read(o->target_file, o->profile, o->as_shipped, e);
	if (!d)
		return false;
	snprintf(h.target, sizeof(h.target), "%s", d->name);
	snprintf(h.profile, sizeof(h.profile), "%s", profile_name(o->profile));
	snprintf(h.kernel, sizeof(h.kernel), "%s", room.fake.kernel ? room.fake.kernel : "made-up");
	declaration_print(d, &h.choices);
	text_add(&h.selection, "%s", o->selection);
	declaration_free(d);
	const bool ok = events->header(events->self, &h, e);
	text_free(&h.choices);
	text_free(&h.selection);
	return ok;
}

bool run_play(const struct run_options *o, const struct play *plays, size_t count, const struct play_source *cells, const struct run_events *events, struct run_counts *counts, struct error *e)
{
	if (room.fake.refuse)
		return error_set(e, "no namespaces here");
	if (!fake_header(o, events, e))
		return false;
	for (size_t i = 0; i < count + cells->count; i++) {
		struct play cell;
		if (room.fake.kill_after && i == room.fake.kill_after) {
			events->idle(events->self);
			kill(getpid(), SIGKILL);
		}
		if (room.fake.die_after && i == room.fake.die_after)
			return error_set(e, "the target no longer answers");
		if (i >= count)
			cell.script = cells->script(cells->self, i - count, &cell.family);
		fake_result(o, i < count ? &plays[i] : &cell, i ? PASS : room.fake.verdict, events, counts);
	}
	counts->complete = true;
	return true;
}

static inline void room_put(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", room.path, name);
	FILE *to = fopen(path, "w");
	assert_non_null(to);
	assert_true(fputs(text, to) >= 0);
	assert_int_equal(fclose(to), 0);
}

static inline char *room_read(const char *name)
{
	char path[256];
	size_t size;
	snprintf(path, sizeof(path), "%s/%s", room.path, name);
	char *text = memory_file(path, &size, NULL);
	assert_non_null(text);
	return text;
}

static inline int room_open(void **state)
{
	char path[256];
	(void)state;
	memset(&room, 0, sizeof(room));
	snprintf(room.path, sizeof(room.path), "/tmp/tcpspec-cli-XXXXXX");
	if (!mkdtemp(room.path))
		return -1;
	snprintf(path, sizeof(path), "%s/suite", room.path);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/targets", room.path);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/targets/linux", room.path);
	mkdir(path, 0700);
	/* The target is the tree's, its known deviations are the room's: none, until a test puts some. */
	char *target = memory_file("targets/linux/target.ini", NULL, NULL); /* the tests run at the top of the tree */
	if (!target)
		return -1;
	room_put("targets/linux/target.ini", target);
	free(target);
	room_put("targets/linux/known.tsv", "# none\n");
	room_put("targets/linux/known-as-shipped.tsv", "# none\n");
	room_put("suite/a.ladder", LADDER("made/first", ""));
	room_put("suite/b.ladder", LADDER("made/second", ""));
	room_put("suite/slow.ladder", LADDER("made/slow", " 3.                                         (6 s)\n                                            CLOSED\n"));
	setenv("TCPSPEC_DATA", room.path, 1);
	return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline int room_close(void **state)
{
	(void)state;
	free(room.out);
	free(room.error);
	return nftw(room.path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void room_redirect(int descriptor, const char *file)
{
	int to = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (to < 0 || dup2(to, descriptor) < 0)
		_exit(99);
	close(to);
}

/* Runs `tcpspec` with these words, its output caught; stdout goes to `out` instead when that is not NULL. */
static inline void cli_to(const char *out, char **words)
{
	char out_file[128], error_file[128];
	int argc = 0, status = 0;
	snprintf(out_file, sizeof(out_file), "%s/out", room.path);
	snprintf(error_file, sizeof(error_file), "%s/error", room.path);
	while (words[argc])
		argc++;
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		room_redirect(STDOUT_FILENO, out ? out : out_file);
		room_redirect(STDERR_FILENO, error_file);
		int code = cli_main(argc, words);
		exit(code);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	room.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	if (room.code < 0)
		assert_int_equal(WTERMSIG(status), SIGKILL);
	free(room.out);
	free(room.error);
	room.out = out ? NULL : room_read("out");
	room.error = room_read("error");
}

#define cli(...) cli_to(NULL, (char *[]){(char *)"tcpspec", __VA_ARGS__, NULL})

static inline void assert_code(int code)
{
	if (room.code != code)
		fail_msg("exit code %d, expected %d; stderr: %s", room.code, code, room.error);
}

static inline void assert_holds(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is missing in:\n%s", part, text ? text : "(nothing)");
}

#endif
