/* Where ladders and targets are found on this machine. It does not read them, the loading of the suite apart. */
#include "lib/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool path_set(char path[CLI_PATH_MAX], const char *directory, const char *inside, struct error *e)
{
	int n = snprintf(path, CLI_PATH_MAX, "%s%s%s", directory, *inside ? "/" : "", inside);
	return (n > 0 && n < CLI_PATH_MAX) || error_set(e, "%s: the path is longer than %d octets, move the data to a shorter one", directory, CLI_PATH_MAX);
}

static bool has_suite(const char *directory)
{
	char path[CLI_PATH_MAX];
	struct stat st;
	return path_set(path, directory, "suite", NULL) && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The parent of the directory in which this program lies. */
static bool executable_parent(char path[CLI_PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, CLI_PATH_MAX - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(path, '/');
		if (!slash || slash == path)
			return false;
		*slash = '\0';
	}
	return true;
}

bool data_directory(char path[CLI_PATH_MAX], struct error *e)
{
	const char *said = getenv("TCPSPEC_DATA");
	if (said && *said)
		return has_suite(said) ? path_set(path, said, "", e) : error_set(e, "%s: holds no suite/, set TCPSPEC_DATA to the directory that does", said);
	if (executable_parent(path) && has_suite(path))
		return true;
	const char *installed = TCPSPEC_PREFIX "/share/tcpspec";
	if (has_suite(installed))
		return path_set(path, installed, "", e);
	return error_set(e, "%s: holds no suite/, nor does the directory beside this program; `make install` puts it there, or set TCPSPEC_DATA", installed);
}

bool data_path(char path[CLI_PATH_MAX], const char *inside, struct error *e)
{
	char directory[CLI_PATH_MAX];
	return data_directory(directory, e) && path_set(path, directory, inside, e);
}

bool data_suite(struct suite *s, struct error *e)
{
	char path[CLI_PATH_MAX];
	memset(s, 0, sizeof(*s));
	if (!data_path(path, "suite", e) || !suite_load(s, path, e))
		return false;
	fputs(text_string(&s->errors), stderr);
	return true;
}
