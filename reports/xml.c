/* Characters that XML 1.0 has (production 2): tab, newline, carriage return, U+0020 to U+D7FF, U+E000 to U+FFFD, U+10000 to U+10FFFF. Escaping is the writer's. */
#include "reports/xml.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/utf8.h"

/* Octets of the character at s, 0 when XML has none there. */
static size_t xml_length(const char *s, size_t n)
{
	const unsigned char c = (unsigned char)s[0];
	if (c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f))
		return 1;
	const size_t wide = utf8_sequence(s, n);
	const bool none = wide == 3 && c == 0xef && (unsigned char)s[1] == 0xbf && (unsigned char)s[2] >= 0xbe; /* U+FFFE, U+FFFF */
	return none ? 0 : wide;
}

const char *xml_clean(const char *s, struct text *room)
{
	const size_t n = strlen(s);
	size_t good = 0, wide;
	while (good < n && (wide = xml_length(s + good, n - good)))
		good += wide;
	if (good == n)
		return s;
	text_clear(room);
	for (size_t i = 0; i < n;) {
		wide = xml_length(s + i, n - i);
		if (wide)
			text_add_octets(room, s + i, wide);
		else
			text_add(room, "\\x%02x", (unsigned char)s[i]);
		i += wide ? wide : 1;
	}
	return text_string(room);
}
