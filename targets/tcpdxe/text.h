/* Numbers, addresses, hexadecimal and words, for a program that has no C library. It does no I/O. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address {
	unsigned family; /* 4, 6 */
	uint8_t octets[16];
};

/* What is being said; what does not fit is left out. */
struct saying {
	char *at;
	size_t length, room;
};

void say(struct saying *s, const char *text);
void say_number(struct saying *s, uint64_t n);
void say_octets(struct saying *s, const uint8_t *octets, size_t n);

bool text_equal(const char *a, const char *b);

/* Up to `most`, in decimal, and nothing else. */
bool number_read(const char *text, uint64_t most, uint64_t *n);

/* "192.0.2.2" or "2001:db8::2". */
bool address_read(const char *text, struct address *a);

/* Pairs of digits, or "-" for none. */
bool octets_read(const char *text, uint8_t *to, size_t room, size_t *n);

/* Cuts in place at blanks; at most `most` words. */
unsigned words_cut(char *line, char **word, unsigned most);

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int octet, size_t n);
