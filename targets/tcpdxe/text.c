/* Text, without a C library. The compiler's own calls of memcpy() and memset() are served here as well. */
#include "text.h"

enum { GROUPS = 8 };

void *memcpy(void *to, const void *from, size_t n)
{
	void *d = to;
	__asm__ volatile("rep movsb"
	                 : "+D"(d), "+S"(from), "+c"(n)
	                 :
	                 : "memory");
	return to;
}

void *memset(void *to, int octet, size_t n)
{
	void *d = to;
	__asm__ volatile("rep stosb"
	                 : "+D"(d), "+c"(n)
	                 : "a"(octet)
	                 : "memory");
	return to;
}

static void say_octet(struct saying *s, char c)
{
	if (s->length < s->room)
		s->at[s->length++] = c;
}

void say(struct saying *s, const char *text)
{
	while (*text)
		say_octet(s, *text++);
}

void say_number(struct saying *s, uint64_t n)
{
	char digits[24];
	size_t i = sizeof digits - 1;
	digits[i] = '\0';
	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	say(s, digits + i);
}

void say_octets(struct saying *s, const uint8_t *octets, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		say_octet(s, digits[octets[i] >> 4]);
		say_octet(s, digits[octets[i] & 15]);
	}
}

bool text_equal(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

bool number_read(const char *text, uint64_t most, uint64_t *n)
{
	*n = 0;
	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || *n > most / 10)
			return false;
		*n = *n * 10 + (uint64_t)(*text - '0');
	}
	return *n <= most;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
	                                    : c >= 'A' && c <= 'F'   ? c - 'A' + 10
	                                                             : -1;
}

static bool address4_read(const char *text, uint8_t *to)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned n = 0;
		if (digit(*text) < 0 || digit(*text) > 9)
			return false;
		for (; digit(*text) >= 0 && digit(*text) <= 9 && n < 256; text++)
			n = n * 10 + (unsigned)digit(*text);
		if (n > 255 || *text != (i < 3 ? '.' : '\0'))
			return false;
		to[i] = (uint8_t)n;
		text++;
	}
	return true;
}

/* Groups up to the end or to "::"; how many, and where it stopped. */
static unsigned groups_read(const char **text, uint16_t *group)
{
	unsigned count = 0;
	while (count < GROUPS && digit(**text) >= 0) {
		unsigned n = 0;
		for (; digit(**text) >= 0 && n < 0x10000; ++*text)
			n = n << 4 | (unsigned)digit(**text);
		group[count++] = (uint16_t)n;
		if (**text == ':' && (*text)[1] != ':')
			++*text;
	}
	return count;
}

static bool address6_read(const char *text, uint8_t *to)
{
	uint16_t front[GROUPS], back[GROUPS], all[GROUPS] = {0};
	const unsigned before = groups_read(&text, front);
	unsigned behind = 0;
	if (text[0] == ':' && text[1] == ':') {
		text += 2;
		behind = groups_read(&text, back);
		if (before + behind >= GROUPS)
			return false;
	} else if (before != GROUPS)
		return false;
	for (unsigned i = 0; i < before; i++)
		all[i] = front[i];
	for (unsigned i = 0; i < behind; i++)
		all[GROUPS - behind + i] = back[i];
	for (unsigned i = 0; i < GROUPS; i++) {
		to[2 * i] = (uint8_t)(all[i] >> 8);
		to[2 * i + 1] = (uint8_t)all[i];
	}
	return *text == '\0';
}

bool address_read(const char *text, struct address *a)
{
	bool colon = false;
	for (const char *c = text; *c; c++)
		colon |= *c == ':';
	*a = (struct address){.family = colon ? 6 : 4};
	return colon ? address6_read(text, a->octets) : address4_read(text, a->octets);
}

bool octets_read(const char *text, uint8_t *to, size_t room, size_t *n)
{
	*n = 0;
	if (text_equal(text, "-"))
		return true;
	for (; *text; text += 2) {
		const int high = digit(text[0]), low = high < 0 ? -1 : digit(text[1]);
		if (low < 0 || *n == room)
			return false;
		to[(*n)++] = (uint8_t)(high << 4 | low);
	}
	return true;
}

unsigned words_cut(char *line, char **word, unsigned most)
{
	unsigned n = 0;
	while (n < most) {
		while (*line == ' ' || *line == '\r')
			*line++ = '\0';
		if (!*line)
			break;
		word[n++] = line;
		while (*line && *line != ' ' && *line != '\r')
			line++;
	}
	*line = '\0';
	return n;
}
