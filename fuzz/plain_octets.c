/* Copying, moving, filling and comparing octets for what only judges, under names that its objects are given (fuzz/fuzz.mk): AddressSanitizer has libc's names for the whole process, and looks at the shadow of every octet. What is under test is
 * linked with those. */
#include <stddef.h>
#include <stdint.h>

void *plain_memcpy(void *restrict to, const void *restrict from, size_t n);
void *plain_memmove(void *to, const void *from, size_t n);
void *plain_memset(void *to, int octet, size_t n);
int plain_memcmp(const void *a, const void *b, size_t n);
int plain_bcmp(const void *a, const void *b, size_t n);

enum { WORD = sizeof(uint64_t) };

static uint64_t word_at(const uint8_t *at)
{
	uint64_t w;
	__builtin_memcpy(&w, at, WORD);
	return w;
}

static void word_put(uint8_t *at, uint64_t w)
{
	__builtin_memcpy(at, &w, WORD);
}

/* Words from the beginning, then the last one, which may lie over the one before it. */
void *plain_memcpy(void *restrict to, const void *restrict from, size_t n)
{
	uint8_t *t = to;
	const uint8_t *f = from;
	if (n < WORD) {
		for (size_t i = 0; i < n; i++)
			t[i] = f[i];
		return to;
	}
	for (size_t i = 0; i < n - WORD; i += WORD)
		word_put(t + i, word_at(f + i));
	word_put(t + n - WORD, word_at(f + n - WORD));
	return to;
}

static void few_moved(uint8_t *to, const uint8_t *from, size_t n)
{
	uint8_t kept[WORD];
	for (size_t i = 0; i < n; i++)
		kept[i] = from[i];
	for (size_t i = 0; i < n; i++)
		to[i] = kept[i];
}

/* Away from what is still to be read. The word at the far end may be written over before its turn, and is read first. */
void *plain_memmove(void *to, const void *from, size_t n)
{
	uint8_t *t = to;
	const uint8_t *f = from;
	if (n < WORD) {
		few_moved(t, f, n);
	} else if ((uintptr_t)t - (uintptr_t)f >= n) {
		const uint64_t last = word_at(f + n - WORD);
		for (size_t i = 0; i < n - WORD; i += WORD)
			word_put(t + i, word_at(f + i));
		word_put(t + n - WORD, last);
	} else {
		const uint64_t first = word_at(f);
		for (size_t i = n; i > WORD; i -= WORD)
			word_put(t + i - WORD, word_at(f + i - WORD));
		word_put(t, first);
	}
	return to;
}

void *plain_memset(void *to, int octet, size_t n)
{
	const uint64_t w = (uint8_t)octet * UINT64_C(0x0101010101010101);
	uint8_t *t = to;
	if (n < WORD) {
		for (size_t i = 0; i < n; i++)
			t[i] = (uint8_t)octet;
		return to;
	}
	for (size_t i = 0; i < n - WORD; i += WORD)
		word_put(t + i, w);
	word_put(t + n - WORD, w);
	return to;
}

int plain_memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *p = a, *q = b;
	size_t i = 0;
	while (n - i >= WORD && word_at(p + i) == word_at(q + i))
		i += WORD;
	while (i < n && p[i] == q[i])
		i++;
	return i < n ? p[i] - q[i] : 0;
}

int plain_bcmp(const void *a, const void *b, size_t n)
{
	return plain_memcmp(a, b, n);
}
