/* The little YAML of a test point's diagnostics, in the subset that prove's own reader takes too. It knows nothing of tests. */
#include "reports/yaml.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/utf8.h"

/* Octets of the UTF-8 sequence at s, 0 when it is not one that YAML prints: U+0080 to U+009F are not. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
	const size_t wide = utf8_sequence((const char *)s, n);
	return wide == 2 && s[0] == 0xc2 && s[1] < 0xa0 ? 0 : wide;
}

/* Writes the sequence at s when it is one, and has no more than n octets. How many octets it has, or 0. */
static size_t utf8_copied(FILE *to, const unsigned char *s, size_t n)
{
	size_t wide = utf8_length(s, n);
	fwrite(s, 1, wide, to);
	return wide;
}

/* How many octets at the begin of s[0..n) stand for themselves, quoted or in a block: most texts are one such run. */
static size_t plain_length(const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && s[i] >= 0x20 && s[i] < 0x7f && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

static void yaml_quoted(FILE *to, const char *at, size_t n)
{
	fputc('"', to);
	for (size_t i = 0; i < n;) {
		const size_t plain = plain_length(at + i, n - i);
		fwrite(at + i, 1, plain, to);
		i += plain;
		if (i == n)
			break;
		const unsigned char *c = (const unsigned char *)at + i;
		size_t wide = utf8_copied(to, c, n - i);
		i += wide ? wide : 1;
		if (wide)
			continue;
		if (*c == '"' || *c == '\\')
			fprintf(to, "\\%c", *c);
		else if (*c == '\n')
			fputs("\\n", to);
		else
			fprintf(to, "\\x%02x", *c);
	}
	fputc('"', to);
}

static void indent_print(FILE *to, int indent)
{
	static const char blanks[] = "        ";
	fwrite(blanks, 1, (size_t)indent < sizeof blanks ? (size_t)indent : sizeof blanks - 1, to);
}

void yaml_string(FILE *to, int indent, const char *key, const char *value)
{
	if (!*value)
		return;
	indent_print(to, indent);
	fputs(key, to);
	fputs(": ", to);
	yaml_quoted(to, value, strlen(value));
	fputc('\n', to);
}

void yaml_list(FILE *to, int indent, const char *key, const char *lines)
{
	if (!lines[strspn(lines, "\n")])
		return;
	fprintf(to, "%*s%s:\n", indent, "", key);
	while (*lines) {
		size_t n = strcspn(lines, "\n");
		if (n) {
			indent_print(to, indent + 2);
			fputs("- ", to);
			yaml_quoted(to, lines, n);
			fputc('\n', to);
		}
		lines += n + (lines[n] == '\n');
	}
}

/* One line of a literal block, in which nothing can be escaped. */
static void yaml_plain(FILE *to, int indent, const char *at, size_t n)
{
	if (n)
		indent_print(to, indent);
	for (size_t i = 0; i < n;) {
		const size_t plain = plain_length(at + i, n - i);
		fwrite(at + i, 1, plain, to);
		i += plain;
		if (i == n)
			break;
		const unsigned char *c = (const unsigned char *)at + i;
		size_t wide = utf8_copied(to, c, n - i);
		i += wide ? wide : 1;
		if (!wide)
			fputc(*c < 0x20 || *c >= 0x7f ? '?' : *c, to);
	}
	fputc('\n', to);
}

void yaml_block(FILE *to, int indent, const char *key, const char *first, const char *lines)
{
	if (!lines[strspn(lines, "\n")])
		return;
	fprintf(to, "%*s%s: |\n", indent, "", key);
	yaml_plain(to, indent + 2, first, strlen(first));
	while (*lines) {
		size_t n = strcspn(lines, "\n"), next = n + (lines[n] == '\n');
		while (n && lines[n - 1] == ' ')
			n--; /* blanks at the end of a line carry nothing */
		if (n)
			yaml_plain(to, indent + 2, lines, n);
		lines += next;
	}
}
