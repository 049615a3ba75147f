/* The fields of the IP header: <TTL=1><DSCP=46><ECN=CE><IPOPT=...><EXT=HOP><FROM=broadcast><TO=multicast>, read and written. It knows no addresses: roles are lib/run's to fill in. */
#include "lib/script/reader.h"

#include <stdio.h>
#include <string.h>

#include "lib/wire/ip.h"

static const char *const ecn_words[] = {"none", "ECT1", "ECT0", "CE"}; /* RFC 3168 5: by their bits */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool octet_read(struct cursor *c, uint32_t max, const char *what, uint8_t *to)
{
	uint32_t n;
	if (!cursor_number(c, max, what, &n))
		return false;
	*to = (uint8_t)n;
	return true;
}

static bool ttl_read(struct cursor *c, uint8_t *ttl)
{
	const char *from = c->at;
	if (!octet_read(c, UINT8_MAX, "a time to live", ttl))
		return false;
	if (*ttl != 0)
		return true;
	c->at = from;
	return cursor_expected(c, "a time to live of 1 at least"); /* RFC 1122 3.2.1.7 */
}

static bool ecn_read(struct cursor *c, uint8_t *ecn)
{
	for (uint8_t i = 0; i < sizeof ecn_words / sizeof *ecn_words; i++)
		if (cursor_word(c, ecn_words[i])) {
			*ecn = i;
			return true;
		}
	return cursor_expected(c, "none, ECT0, ECT1 or CE");
}

static bool role_read(struct cursor *c, enum ip_role *role)
{
	for (enum ip_role r = 0; r < ROLES; r++)
		if (cursor_word(c, ip_role_word(r))) {
			*role = r;
			return true;
		}
	return cursor_expected(c, "whose address (broadcast net-broadcast reserved multicast zero loopback other)");
}

static bool copy_read(struct cursor *c, const char *from, char *to, size_t room)
{
	const size_t n = (size_t)(c->at - from);
	if (n >= room) {
		c->at = from;
		return cursor_expected(c, "at most %zu characters", room - 1);
	}
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

/* Pairs of digits, and letters that stand for an address of four octets. */
static bool ip_options_read(struct cursor *c, struct said_ip *ip)
{
	const char *from = c->at;
	size_t octets = 0;
	if (cursor_word(c, "none"))
		return copy_read(c, from, ip->options, sizeof ip->options);
	for (; c->at < c->end && *c->at != '>'; octets++) {
		if (strchr("TUXY", *c->at)) {
			octets += 3;
			c->at++;
			continue;
		}
		if (c->end - c->at < 2 || !is_hex(c->at[0]) || !is_hex(c->at[1]))
			return cursor_expected(c, "pairs of hexadecimal digits (0-9 a-f), or T, U, X or Y for an address");
		c->at += 2;
	}
	if (octets == 0 || octets > IP_OPTIONS_MAX) {
		c->at = from;
		return cursor_expected(c, "1 to %d octets", IP_OPTIONS_MAX);
	}
	return copy_read(c, from, ip->options, sizeof ip->options);
}

static bool extension_read(struct cursor *c)
{
	static const char *const words[] = {"HOP", "DEST", "ROUTE"};
	size_t i = 0;
	while (i < sizeof words / sizeof *words && !cursor_word(c, words[i]))
		i++;
	if (i == sizeof words / sizeof *words)
		return cursor_expected(c, "an extension header (HOP DEST ROUTE)");
	if (!cursor_take(c, ":"))
		return true;
	const char *from = c->at;
	while (c->at < c->end && is_hex(*c->at))
		c->at++;
	if ((c->at - from) % 16 == 12)
		return true;
	c->at = from;
	return cursor_expected(c, "its content: hexadecimal digits (0-9 a-f) of 6, 14 or 22 octets");
}

static bool extensions_read(struct cursor *c, struct said_ip *ip)
{
	const char *from = c->at;
	do {
		if (!extension_read(c))
			return false;
	} while (cursor_take(c, ","));
	return copy_read(c, from, ip->extensions, sizeof ip->extensions);
}

bool ip_value_read(struct cursor *c, unsigned field, struct said_ip *ip)
{
	switch (field) {
	case SAY_TTL:
		return ttl_read(c, &ip->ttl);
	case SAY_DSCP:
		return octet_read(c, 63, "a DSCP", &ip->dscp);
	case SAY_ECN:
		return ecn_read(c, &ip->ecn);
	case SAY_IPOPT:
		return ip_options_read(c, ip);
	case SAY_EXT:
		return extensions_read(c, ip);
	case SAY_FROM:
		return role_read(c, &ip->from);
	default:
		return role_read(c, &ip->to);
	}
}

void ip_fields_write(unsigned said, const struct said_ip *ip, struct text *out)
{
	if (said & SAY_TTL)
		text_add(out, "<TTL=%u>", ip->ttl);
	if (said & SAY_DSCP)
		text_add(out, "<DSCP=%u>", ip->dscp);
	if (said & SAY_ECN)
		text_add(out, "<ECN=%s>", ecn_words[ip->ecn & 3]);
	if (said & SAY_IPOPT)
		text_add(out, "<IPOPT=%s>", ip->options);
	if (said & SAY_EXT)
		text_add(out, "<EXT=%s>", ip->extensions);
	if (said & SAY_FROM)
		text_add(out, "<FROM=%s>", ip_role_word(ip->from));
	if (said & SAY_TO)
		text_add(out, "<TO=%s>", ip_role_word(ip->to));
}
