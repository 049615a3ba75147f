/* JUnit XML by libxml2's writer. The form is the one that CI systems have in common: testsuites, testsuite, properties, testcase, failure, error, skipped, system-out. */
#include "reports/junit.h"

#include <errno.h>
#include <inttypes.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "reports/xml.h"

/* One chapter of ladders or row of the matrix. */
struct suite_file {
	char name[96]; /* "matrix.established", "close" */
	FILE *file;    /* its testcases */
	xmlTextWriter *writer;
	unsigned tests, failures, errors, skipped;
};

struct junit {
	bool strict;
	struct suite_file *suite;
	size_t count, last;
	struct text clean;
	bool broken; /* libxml2 refused something */
};

struct junit *junit_new(bool strict)
{
	struct junit *j = memory_zeroed(1, sizeof *j);
	j->strict = strict;
	return j;
}

/* ---- elements ---- */

static const xmlChar *x(const char *s)
{
	return (const xmlChar *)s;
}

static void attribute(struct junit *j, xmlTextWriter *w, const char *name, const char *value)
{
	j->broken |= xmlTextWriterWriteAttribute(w, x(name), x(xml_clean(value, &j->clean))) < 0;
}

static void attribute_number(struct junit *j, xmlTextWriter *w, const char *name, unsigned value)
{
	j->broken |= xmlTextWriterWriteFormatAttribute(w, x(name), "%u", value) < 0;
}

static void begin(struct junit *j, xmlTextWriter *w, const char *name)
{
	j->broken |= xmlTextWriterStartElement(w, x(name)) < 0;
}

static void end(struct junit *j, xmlTextWriter *w)
{
	j->broken |= xmlTextWriterEndElement(w) < 0;
}

static void say(struct junit *j, xmlTextWriter *w, const char *s)
{
	if (*s)
		j->broken |= xmlTextWriterWriteString(w, x(xml_clean(s, &j->clean))) < 0;
}

static void property(struct junit *j, xmlTextWriter *w, const char *name, const char *value)
{
	if (!*value)
		return;
	begin(j, w, "property");
	attribute(j, w, "name", name);
	attribute(j, w, "value", value);
	end(j, w);
}

/* ---- testcases ---- */

static void suite_name(const char *id, char name[96])
{
	const char *rest = strncmp(id, "matrix/", 7) == 0 ? id + 7 : id, *number = strrchr(id, '_');
	/* Somebody else's case has no path: TCP_BASICS_01. */
	if (number && !strchr(id, '/')) {
		snprintf(name, 96, "%.*s", number - id > 80 ? 80 : (int)(number - id), id);
		return;
	}
	snprintf(name, 96, "%s%.*s", rest == id ? "" : "matrix.", (int)strcspn(rest, "/") > 80 ? 80 : (int)strcspn(rest, "/"), rest);
}

/* For libxml2, which would print to standard error what went wrong: the stream remembers it, and is asked in the end. */
static int stream_write(void *file, const char *octets, int n)
{
	fwrite(octets, 1, (size_t)n, file);
	return n;
}

static xmlTextWriter *writer_new(FILE *to)
{
	xmlOutputBuffer *buffer = xmlOutputBufferCreateIO(stream_write, NULL, to, NULL);
	xmlTextWriter *w = buffer ? xmlNewTextWriter(buffer) : NULL;
	if (w)
		xmlTextWriterSetIndent(w, 1);
	return w;
}

static bool suite_open(struct suite_file *s, struct error *e)
{
	s->file = tmpfile();
	s->writer = s->file ? writer_new(s->file) : NULL;
	if (!s->writer)
		return error_set(e, "--junit: a temporary file: %s, while testcases are put aside; make room in the directory for such", strerror(errno ? errno : ENOMEM));
	return true;
}

static struct suite_file *suite_of(struct junit *j, const char *id, struct error *e)
{
	char name[96];
	suite_name(id, name);
	/* Cells of one row are neighbours. */
	if (j->count && strcmp(j->suite[j->last].name, name) == 0)
		return &j->suite[j->last];
	for (j->last = 0; j->last < j->count; j->last++)
		if (strcmp(j->suite[j->last].name, name) == 0)
			return &j->suite[j->last];
	j->suite = memory_resized(j->suite, j->count + 1, sizeof *j->suite);
	j->suite[j->count] = (struct suite_file){.tests = 0};
	memcpy(j->suite[j->count].name, name, sizeof name);
	return suite_open(&j->suite[j->count++], e) ? &j->suite[j->last] : NULL;
}

static void outcome(struct junit *j, xmlTextWriter *w, const char *element, const char *type, const char *message)
{
	begin(j, w, element);
	if (*type)
		attribute(j, w, "type", type);
	attribute(j, w, "message", message);
}

/* What a reader of a failure asks first. */
static void failure_body(struct junit *j, xmlTextWriter *w, const struct result *r, uint64_t seed, const char *rerun)
{
	struct text body = {0};
	text_add(&body, "\nasked: %s\nclause: %s\n", r->title, *r->clause ? r->clause : r->ref);
	if (r->permitted.length)
		text_add(&body, "permitted:\n%s", text_string(&r->permitted));
	text_add(&body, "actual: %s\nstate: %s, then %s (%s)\nrerun: tcpspec run --seed %" PRIu64 "%s '%s'\n", text_string(&r->actual), r->state_before, r->state_after, r->state_by, seed, rerun ? rerun : "", r->id);
	say(j, w, text_string(&body));
	text_free(&body);
}

static void verdict_write(struct junit *j, struct suite_file *s, const struct result *r, uint64_t seed, const char *rerun)
{
	xmlTextWriter *w = s->writer;
	switch (r->verdict) {
	case PASS:
	case INFORMATIONAL:
		return;
	case NON_STRICT:
		if (!j->strict)
			return;
		/* fall through */
	case FAIL:
	case XPASS:
		s->failures++;
		outcome(j, w, "failure", *r->cause_class ? r->cause_class : "FAIL", r->cause);
		failure_body(j, w, r, seed, rerun);
		break;
	case INCONCLUSIVE:
		s->errors++;
		outcome(j, w, "error", *r->cause_class ? r->cause_class : "INCONCLUSIVE", r->cause);
		failure_body(j, w, r, seed, rerun);
		break;
	case KNOWN:
		s->skipped++;
		outcome(j, w, "skipped", "", text_string(&r->known));
		break;
	case UNIMPLEMENTED:
	case VERDICTS:
		s->skipped++;
		outcome(j, w, "skipped", "", r->cause);
		break;
	}
	end(j, w);
}

bool junit_result(struct junit *j, const struct result *r, uint64_t seed, const char *rerun, struct error *e)
{
	struct suite_file *s = suite_of(j, r->id, e);
	if (!s)
		return false;
	xmlTextWriter *w = s->writer;
	s->tests++;
	begin(j, w, "testcase");
	attribute(j, w, "name", r->id);
	attribute(j, w, "classname", s->name);
	begin(j, w, "properties");
	property(j, w, "verdict", verdict_name(r->verdict));
	property(j, w, "level", level_name(r->level));
	property(j, w, "clause", *r->clause ? r->clause : r->ref);
	property(j, w, "known", r->known_at);
	property(j, w, "remark", text_string(&r->remark));
	end(j, w);
	verdict_write(j, s, r, seed, rerun);
	if (r->ladder.length && r->verdict != PASS && r->verdict != KNOWN) {
		begin(j, w, "system-out");
		say(j, w, "\n");
		say(j, w, text_string(&r->ladder));
		end(j, w);
	}
	end(j, w);
	return !j->broken && !ferror(s->file) ? true : error_set(e, "--junit: a testcase could not be put aside: %s", strerror(errno ? errno : EIO));
}

/* ---- the document ---- */

/* "name=value" lines as properties. */
static void settings_write(struct junit *j, xmlTextWriter *w, const char *lines)
{
	char name[128], value[256];
	while (*lines) {
		const size_t n = strcspn(lines, "\n"), equal = strcspn(lines, "=\n");
		snprintf(name, sizeof name, "%.*s", (int)(equal < n ? equal : n), lines);
		snprintf(value, sizeof value, "%.*s", equal < n ? (int)(n - equal - 1) : 0, equal < n ? lines + equal + 1 : "");
		property(j, w, name, value);
		lines += n + (lines[n] == '\n');
	}
}

static void environment_write(struct junit *j, xmlTextWriter *w, const struct run_header *h)
{
	char seed[24];
	snprintf(seed, sizeof seed, "%" PRIu64, h->seed);
	begin(j, w, "properties");
	property(j, w, "suite", h->suite);
	property(j, w, "version", h->version);
	property(j, w, "target", h->target);
	property(j, w, "target_version", h->target_version);
	property(j, w, "kernel", h->kernel);
	property(j, w, "link", h->link);
	property(j, w, "fence", h->fence);
	property(j, w, "profile", h->profile);
	property(j, w, "seed", seed);
	property(j, w, "choices", text_string(&h->choices));
	property(j, w, "selection", text_string(&h->selection));
	property(j, w, "options", text_string(&h->scope.options));
	settings_write(j, w, text_string(&h->settings));
	end(j, w);
}

static void counts_write(struct junit *j, xmlTextWriter *w, const char *name, const struct suite_file *s)
{
	attribute(j, w, "name", name);
	attribute_number(j, w, "tests", s->tests);
	attribute_number(j, w, "failures", s->failures);
	attribute_number(j, w, "errors", s->errors);
	attribute_number(j, w, "skipped", s->skipped);
}

/* The testcases of a suite, as they were put aside. */
static bool suite_copy(struct junit *j, xmlTextWriter *w, FILE *to, struct suite_file *s)
{
	char part[16384];
	size_t n;
	j->broken |= xmlTextWriterFlush(s->writer) < 0;
	bool good = fflush(s->file) == 0 && fseek(s->file, 0, SEEK_SET) == 0;
	say(j, w, "\n");
	while (good && (n = fread(part, 1, sizeof part, s->file)) > 0)
		j->broken |= xmlTextWriterWriteRawLen(w, (const xmlChar *)part, (int)n) < 0;
	return good && !ferror(s->file) && !ferror(to) && !j->broken;
}

static void odd_case(struct junit *j, xmlTextWriter *w, const char *name, const char *element, const char *type, const char *message)
{
	begin(j, w, "testcase");
	attribute(j, w, "name", name);
	attribute(j, w, "classname", "run");
	outcome(j, w, element, type, message);
	end(j, w);
	end(j, w);
}

static struct suite_file run_counts_of(const struct run_counts *c, const char *failure)
{
	struct suite_file all = {.errors = failure != NULL};
	for (size_t i = 0; i < c->known_count; i++)
		all.failures += known_use_is_stale(&c->known[i]);
	all.tests = all.failures + all.errors;
	return all;
}

/* What fails a run and is no result: known lines that excuse nothing, and that it ended early. */
static void run_write(struct junit *j, xmlTextWriter *w, const struct run_counts *c, const char *failure)
{
	const struct suite_file all = run_counts_of(c, failure);
	char message[ID_MAX + 128];
	if (!all.tests)
		return;
	begin(j, w, "testsuite");
	counts_write(j, w, "run", &all);
	for (size_t i = 0; i < c->known_count; i++) {
		const struct known_use *u = &c->known[i];
		if (!known_use_is_stale(u))
			continue;
		snprintf(message, sizeof message, "%s means %u of the results, and excuses none of them: mend or delete the line", u->glob, u->met);
		odd_case(j, w, u->at, "failure", "stale known line", message);
	}
	if (failure)
		odd_case(j, w, "the run ended early", "error", "run", failure);
	end(j, w);
}

static bool document_write(struct junit *j, xmlTextWriter *w, FILE *to, const struct run_header *h, const struct run_counts *c, const char *failure)
{
	struct suite_file all = run_counts_of(c, failure);
	bool good = true;
	for (size_t i = 0; i < j->count; i++) {
		all.tests += j->suite[i].tests;
		all.failures += j->suite[i].failures;
		all.errors += j->suite[i].errors;
		all.skipped += j->suite[i].skipped;
	}
	begin(j, w, "testsuites");
	counts_write(j, w, "tcpspec", &all);
	j->broken |= xmlTextWriterWriteFormatAttribute(w, x("time"), "%.3f", (double)c->elapsed_us / 1e6) < 0;
	for (size_t i = 0; good && i < j->count; i++) {
		begin(j, w, "testsuite");
		counts_write(j, w, j->suite[i].name, &j->suite[i]);
		environment_write(j, w, h);
		good = suite_copy(j, w, to, &j->suite[i]);
		end(j, w);
	}
	run_write(j, w, c, failure);
	end(j, w);
	return good && xmlTextWriterEndDocument(w) >= 0 && xmlTextWriterFlush(w) >= 0;
}

bool junit_write(struct junit *j, FILE *to, const struct run_header *h, const struct run_counts *c, const char *failure, struct error *e)
{
	errno = 0;
	xmlTextWriter *w = writer_new(to);
	if (!w)
		return error_set(e, "--junit: out of memory");
	bool good = xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL) >= 0 && document_write(j, w, to, h, c, failure) && !j->broken;
	xmlFreeTextWriter(w);
	good = fflush(to) == 0 && !ferror(to) && good;
	return good || error_set(e, "--junit: %s, the file is incomplete; make room or name another one", strerror(errno ? errno : EIO));
}

void junit_free(struct junit *j)
{
	for (size_t i = 0; i < j->count; i++) {
		if (j->suite[i].writer)
			xmlFreeTextWriter(j->suite[i].writer);
		if (j->suite[i].file)
			fclose(j->suite[i].file);
	}
	free(j->suite);
	text_free(&j->clean);
	free(j);
}
