/* IP addresses: comparing, reading and printing them (RFC 5952 form for IPv6). Not names and not networks. */
#include <arpa/inet.h>
#include <string.h>

#include "lib/wire/segment.h"

bool address_equal(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return false;
	return a->family == IPV4 ? memcmp(a->octets, b->octets, 4) == 0 : memcmp(a->octets, b->octets, 16) == 0;
}

bool address_read(const char *text, struct address *a, struct error *e)
{
	*a = (struct address){.family = strchr(text, ':') ? IPV6 : IPV4};
	if (inet_pton(a->family == IPV4 ? AF_INET : AF_INET6, text, a->octets) == 1)
		return true;
	return error_set(e, "address \"%s\": not an IP address, while reading it; expected one like 192.0.2.1 or 2001:db8::1", text);
}

void address_print(const struct address *a, struct text *out)
{
	char said[INET6_ADDRSTRLEN];

	if (inet_ntop(a->family == IPV4 ? AF_INET : AF_INET6, a->octets, said, sizeof said))
		text_add(out, "%s", said);
}
