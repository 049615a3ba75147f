/* TCP options by name: the kinds of the registry, said as text and printed as text. */
#ifndef TCPSPEC_WIRE_OPTION_H
#define TCPSPEC_WIRE_OPTION_H

#include "lib/wire/segment.h"

/* The kinds that the program itself reads or writes by name. */
enum {
	OPTION_EOL = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_WS = 3,
	OPTION_SACKOK = 4,
	OPTION_SACK = 5,
	OPTION_TS = 8,
	OPTION_UTO = 28,
	OPTION_TFO = 34,
};

/* What the registry says of a kind. */
struct option_kind {
	uint8_t kind;
	const char *word;   /* in ladders: "MSS", "WS", ... or NULL: written K<kind> */
	const char *length; /* as in the registry: "4", "8n+2", "-" */
	const char *meaning;
	const char *reference;
};
const struct option_kind *option_kinds(size_t *count);

/* Compiles "MSS:1460,SACKOK,TS:1/0,NOP,WS:7" (the ladder grammar's `option`) to octets, in the order written; "" is no options. Values are decimal.
 * SACK:left/right[/left/right...], up to four pairs; TFO asks for a cookie, TFO:<hex digits> shows one (TFO:cookie and TFO:forged: one that a play is to put in place, of eight octets). K<kind>[:<value>[/<value>...]]: each value one
 * octet after kind and length; the length octet can be forced by K<kind>:L<length>[/<value>...], and left out by K<kind>:L-. No padding is added.
 * False with e: what was expected and at which character (from 1). */
bool options_compile(const char *said, uint8_t to[OPTIONS_MAX], uint8_t *length, struct error *e);
/* The option that every segment carries once timestamps are in force, NOP,NOP,TS:val/ecr (RFC 7323 3.2, Appendix A). Returns its octets, 12. */
uint8_t options_timestamps(uint32_t val, uint32_t ecr, uint8_t to[OPTIONS_MAX]);
/* Appends the reverse, canonical: options_compile(options_print(x)) == x for every x of at most OPTIONS_MAX octets, also a malformed one: what a word cannot
 * say is printed as K<kind>. */
void options_print(const uint8_t *at, size_t n, struct text *out);

#endif
