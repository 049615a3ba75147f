/* `tcpspec target new`: a folder for a stack that nobody has described yet, from the templates in targets/new. It describes none itself. */
#include "lib/cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/target/keys_told.h"

enum { TARGET_NAME_MAX = 31 };

/* The folder that is written. */
struct folder {
	char path[CLI_PATH_MAX];
	const char *name; /* its last part */
	bool so;
};

static bool name_is_good(const char *name)
{
	size_t n = 0;
	while (isalnum((unsigned char)name[n]) || name[n] == '-' || name[n] == '_')
		n++;
	return n > 0 && !name[n] && n <= TARGET_NAME_MAX && name[0] != '-' && strcmp(name, "new") != 0;
}

/* A name alone belongs to the targets that there are; with a slash it is a path. */
static bool folder_named(struct folder *f, const char *said, struct error *e)
{
	char inside[CLI_PATH_MAX];
	const char *slash = strrchr(said, '/');
	f->name = slash ? slash + 1 : said;
	if (!name_is_good(f->name))
		return error_set(e, "target new %.60s: a target's name has at most %d letters, digits, - and _, and is not `new`", said, TARGET_NAME_MAX);
	const int n = slash ? snprintf(f->path, sizeof f->path, "%s", said) : snprintf(inside, sizeof inside, "targets/%s", said);
	if (n < 0 || n >= CLI_PATH_MAX)
		return error_set(e, "target new: the path is longer than %d octets", CLI_PATH_MAX);
	return slash || data_path(f->path, inside, e);
}

/* ---- templates ---- */

static bool template_add(struct text *to, const char *name, struct error *e)
{
	char inside[64], path[CLI_PATH_MAX];
	size_t size;
	snprintf(inside, sizeof inside, "targets/new/%s.in", name);
	char *octets = data_path(path, inside, e) ? memory_file(path, &size, e) : NULL;
	if (octets)
		text_put(to, octets);
	free(octets);
	return octets != NULL;
}

static void words_add(struct text *to)
{
	const struct key_told *k;
	const char *lead = "";
	for (size_t i = 0; (k = key_told_at(i)); i++)
		if (strcmp(k->section, "lacks") == 0) {
			text_add(to, "%s%s", lead, k->key);
			lead = " ";
		}
}

/* Puts what a mark stands for. */
static bool mark_add(const struct folder *f, const char *mark, struct text *to, struct error *e)
{
	if (strcmp(mark, "NAME") == 0)
		text_put(to, f->name);
	else if (strcmp(mark, "CHOICES") == 0)
		keys_print("choices", PROFILE_RFC9293, to);
	else if (strcmp(mark, "CONSTANTS") == 0)
		keys_print("constants", PROFILE_RFC9293, to);
	else if (strcmp(mark, "CAPABILITIES") == 0)
		words_add(to);
	else if (strcmp(mark, "KIND") == 0)
		return template_add(to, f->so ? "so" : "exec", e);
	else if (strcmp(mark, "LINK") == 0)
		return template_add(to, f->so ? "so-link" : "exec-link", e);
	else if (strcmp(mark, "STACK") == 0)
		return template_add(to, f->so ? "so-stack" : "exec-stack", e);
	return true;
}

/* Every @MARK@ in turn. What a mark stands for may have marks too; the end of its line is the mark's. */
static bool marks_fill(const struct folder *f, const char *from, struct text *to, unsigned deep, struct error *e)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	bool good = true;
	for (const char *at; good && *from; from = at) {
		char mark[16];
		struct text piece = {0};
		at = strchrnul(from, '@');
		text_add_octets(to, from, (size_t)(at - from));
		const size_t n = *at ? strspn(at + 1, letters) : 0;
		if (n == 0 || n >= sizeof mark || at[n + 1] != '@') {
			text_add_octets(to, at, *at != '\0');
			at += *at != '\0';
			continue;
		}
		snprintf(mark, sizeof mark, "%.*s", (int)n, at + 1);
		good = mark_add(f, mark, &piece, e) && deep && marks_fill(f, text_string(&piece), to, deep - 1, e);
		text_free(&piece);
		at += n + 2;
		at += *at == '\n' && strcmp(mark, "NAME") != 0 && strcmp(mark, "CAPABILITIES") != 0;
	}
	return good;
}

/* ---- writing ---- */

static bool file_write(const struct folder *f, const char *template, const char *name, mode_t mode, struct error *e)
{
	struct text from = {0}, to = {0}, path = {0};
	bool good = template_add(&from, template, e) && marks_fill(f, text_string(&from), &to, 2, e);
	text_add(&path, "%s/%s", f->path, name);
	FILE *file = good ? fopen(text_string(&path), "wx") : NULL;
	if (good)
		good = file && fputs(text_string(&to), file) >= 0 && fchmod(fileno(file), mode) == 0;
	if (file)
		good = fclose(file) == 0 && good;
	if (!good && !e->text[0])
		error_set(e, "%s: %s while writing it", text_string(&path), strerror(errno));
	if (good)
		printf("%s\n", text_string(&path));
	text_free(&from);
	text_free(&to);
	text_free(&path);
	return good;
}

static bool folder_write(const struct folder *f, struct error *e)
{
	if (mkdir(f->path, 0777) != 0)
		return errno == EEXIST ? error_set(e, "%s: is there already, and is left as it is; take another name, or move it away", f->path)
		                       : error_set(e, "%s: %s while making it; `tcpspec target new ./NAME` writes it here", f->path, strerror(errno));
	e->text[0] = '\0';
	return file_write(f, "target.ini", "target.ini", 0666, e) && file_write(f, "known.tsv", "known.tsv", 0666, e) && (f->so ? file_write(f, "glue.c", "glue.c", 0666, e) : file_write(f, "steer", "steer", 0777, e));
}

static int target_new(struct folder *f, const char *said)
{
	struct error e = {.text = ""};
	if (!folder_named(f, said, &e)) {
		cli_complain("%s", e.text);
		return CODE_USAGE;
	}
	if (!folder_write(f, &e)) {
		cli_complain("%s", e.text);
		return CODE_UNUSABLE;
	}
	if (f->so)
		printf("\nFill in glue.c, build lib%s.so beside it (its first lines say how), then: tcpspec doctor -t %s\n", f->name, said);
	else
		printf("\nMake `steer` start and steer the stack, then: tcpspec doctor -t %s\n", said);
	return cli_finish(CODE_OK);
}

int command_target(int argc, char **argv)
{
	static const struct option options[] = {{"so", no_argument, NULL, 's'}, {NULL, 0, NULL, 0}};
	struct folder f = {.so = false};
	int option;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 's')
			return cli_usage("target");
		f.so = true;
	}
	if (argc - optind != 2 || strcmp(argv[optind], "new") != 0) {
		cli_complain("target: expected `new` and a name, or a path with a slash");
		return cli_usage("target");
	}
	return target_new(&f, argv[optind + 1]);
}
