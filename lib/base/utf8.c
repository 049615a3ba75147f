/* The lengths of UTF-8 sequences, as RFC 3629 section 4 bounds their octets. ASCII is the caller's. */
#include "lib/base/utf8.h"

#include <stdbool.h>

size_t utf8_sequence(const char *s, size_t n)
{
	const unsigned char *c = (const unsigned char *)s;
	const size_t wide = n == 0 || c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2
	                                            : c[0] < 0xf0   ? 3
	                                            : c[0] < 0xf5   ? 4
	                                                            : 0;
	if (wide == 0 || wide > n)
		return 0;
	for (size_t i = 1; i < wide; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	const bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
	const bool surrogate = c[0] == 0xed && c[1] >= 0xa0, beyond = c[0] == 0xf4 && c[1] >= 0x90;
	return overlong || surrogate || beyond ? 0 : wide;
}
