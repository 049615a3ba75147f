/* What a harness says while it fuzzes, read line by line: libFuzzer's counts, our own, and findings. It starts nothing. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/cli/fuzz.h"

enum { TOLD_LINES_MAX = 200 };

static bool begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static struct fuzz_finding *finding_add(struct fuzz *f, const char *file)
{
	f->finding = memory_resized(f->finding, f->finding_count + 1, sizeof *f->finding);
	struct fuzz_finding *n = &f->finding[f->finding_count++];
	memset(n, 0, sizeof *n);
	string_put(n->file, sizeof n->file, file);
	return n;
}

static struct fuzz_finding *finding_of(struct fuzz *f, const char *file)
{
	for (size_t i = 0; i < f->finding_count; i++)
		if (strcmp(f->finding[i].file, file) == 0)
			return &f->finding[i];
	return NULL;
}

static int is_finding(const struct dirent *d)
{
	const size_t n = strlen(d->d_name);
	return begins(d->d_name, "finding-") && !(n > 4 && strcmp(d->d_name + n - 4, ".min") == 0);
}

void fuzz_findings_old(struct fuzz *f)
{
	struct dirent **names;
	const int n = scandir(f->findings, &names, is_finding, alphasort);
	for (int i = 0; i < n; i++) {
		char file[CLI_PATH_MAX];
		if (snprintf(file, sizeof file, "%s/%s", f->findings, names[i]->d_name) < (int)sizeof file)
			finding_add(f, file)->old = true;
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

unsigned long fuzz_inputs(const struct fuzz *f)
{
	unsigned long n = f->inputs_ended;
	for (unsigned i = 0; i < f->workers; i++)
		n += f->worker[i].inputs;
	return n;
}

/* ---- findings ---- */

static void finding_print(struct fuzz *f, const struct fuzz_finding *n, const struct fuzz_worker *w)
{
	if (f->drawn)
		fputs("\r\033[K", stderr);
	f->drawn = false;
	printf("FINDING %s\n%s", n->head, text_string(&w->telling));
	printf("tcpspec replay %s\ntcpspec minimise %s\n\n", n->file, n->file);
	fflush(stdout);
}

/* The file holds an input that shows it. */
static void finding_take(struct fuzz *f, struct fuzz_worker *w, const char *file)
{
	struct fuzz_finding *n = finding_of(f, file);
	if (!n || (n->old && !n->head[0])) {
		const bool fresh = !n;
		w->brought |= fresh;
		n = n ? n : finding_add(f, file);
		string_put(n->head, sizeof n->head, w->head[0] ? w->head : w->summary);
		string_put(n->words, sizeof n->words, w->words);
		if (fresh)
			finding_print(f, n, w);
	}
	n->times++;
	w->head[0] = w->words[0] = w->summary[0] = '\0';
	w->told = 0;
	text_clear(&w->telling);
}

/* "timeout", of a file of that kind: libFuzzer writes it before it says anything. */
static void summary_of_file(struct fuzz_worker *w, const char *file)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	snprintf(w->summary, sizeof w->summary, "libFuzzer: %.*s", (int)strcspn(name, "-"), name);
}

/* What ends a process is one kind by what it said: the harness has not told kinds apart. It gets a name of the others' form. */
static void death_take(struct fuzz *f, struct fuzz_worker *w, const char *file)
{
	char kept[CLI_PATH_MAX];
	uint64_t h = UINT64_C(14695981039346656037);
	if (!w->head[0] && !w->summary[0])
		summary_of_file(w, file);
	for (const char *at = w->head[0] ? w->head : w->summary; *at; at++)
		h = (h ^ (uint8_t)*at) * UINT64_C(1099511628211);
	if (snprintf(kept, sizeof kept, "%s/finding-%016llx", f->findings, (unsigned long long)h) >= (int)sizeof kept)
		return;
	if (access(kept, F_OK) == 0)
		unlink(file);
	else if (rename(file, kept) != 0)
		string_put(kept, sizeof kept, file);
	finding_take(f, w, kept);
}

/* ---- lines ---- */

static unsigned number_behind(const char *line, const char *word)
{
	const char *at = strstr(line, word);
	return at ? (unsigned)strtoul(at + strlen(word), NULL, 10) : 0;
}

static void most(unsigned *of, unsigned n)
{
	*of = n > *of ? n : *of;
}

/* "#1024  NEW    cov: 1204 ft: 3011 corp: 12/345b ..." */
static void counts_read(struct fuzz *f, struct fuzz_worker *w, const char *line)
{
	most(&f->edges, number_behind(line, " cov: "));
	if (strstr(line, " corp: "))
		f->corpus_inputs = number_behind(line, " corp: ");
	if (!w->counts)
		w->inputs = strtoul(line + 1, NULL, 10);
	w->begun |= strstr(line, "INITED") != NULL;
}

static void status_read(struct fuzz *f, struct fuzz_worker *w, const char *line)
{
	w->counts = true;
	w->inputs = strtoul(line + strlen("status: inputs "), NULL, 10);
	most(&f->states, number_behind(line, " states "));
	most(&f->transitions, number_behind(line, " transitions "));
}

/* Of a finding: its first line, the particulars, what follows. Of libFuzzer's and a sanitizer's there is no end. */
static void telling_read(struct fuzz_worker *w, const char *line)
{
	if (begins(line, "FINDING ")) {
		text_clear(&w->telling);
		string_put(w->head, sizeof w->head, line + strlen("FINDING "));
		w->words[0] = '\0';
		w->told = 1;
		return;
	}
	if (strstr(line, "ERROR: libFuzzer: deadly signal")) { /* of what was told before: nothing that follows is news */
		w->told = TOLD_LINES_MAX;
		return;
	}
	if (strstr(line, "ERROR: AddressSanitizer") || strstr(line, ": runtime error: ")) {
		text_clear(&w->telling);
		w->told = 1;
	}
	if (w->told == 1)
		string_put(w->words, sizeof w->words, line);
	if (w->told && w->told++ < TOLD_LINES_MAX)
		text_add(&w->telling, "%s\n", line);
}

static void line_read(struct fuzz *f, struct fuzz_worker *w, const char *line)
{
	static const char unit[] = "Test unit written to ";
	const char *at;
	if (begins(line, "kept: "))
		finding_take(f, w, line + strlen("kept: "));
	else if ((at = strstr(line, unit)))
		death_take(f, w, at + strlen(unit));
	else if (line[0] == '#' && line[1] >= '0' && line[1] <= '9')
		counts_read(f, w, line);
	else if (begins(line, "status: inputs "))
		status_read(f, w, line);
	else if (begins(line, "SUMMARY: ")) {
		string_put(w->summary, sizeof w->summary, line + strlen("SUMMARY: "));
		w->told = TOLD_LINES_MAX;
	} else if (begins(line, "INFO: Loaded ") && strstr(line, "inline 8-bit counters"))
		most(&f->edges_all, number_behind(line, "("));
	else if (w->told || begins(line, "FINDING ") || strstr(line, "ERROR: AddressSanitizer") || strstr(line, ": runtime error: "))
		telling_read(w, line);
	else if (*line && !begins(line, "INFO: ")) {
		text_clear(&w->last);
		text_put(&w->last, line);
	}
}

void fuzz_worker_read(struct fuzz *f, struct fuzz_worker *w, const char *octets, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (octets[i] != '\n') {
			text_add_octets(&w->line, octets + i, 1);
			continue;
		}
		line_read(f, w, text_string(&w->line));
		text_clear(&w->line);
	}
}
