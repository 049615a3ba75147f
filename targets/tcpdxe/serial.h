/* The serial line of the EFI application: lines in, lines out, without the firmware's console. It does not know what they mean. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { LINE_OCTETS = 1 << 17 };

struct serial {
	size_t length;
	char line[LINE_OCTETS];
};

void serial_open(struct serial *s);

/* Takes what has come; true: s->line is a whole line, without its end, until the next call. */
bool serial_take(struct serial *s);

/* Puts it out, octet by octet: when this returns, the host has it. */
void serial_put(const char *text, size_t octets);
