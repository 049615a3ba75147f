/* The keys of [target] that tell of a stack's own link. */
#include "lib/target/declaration_link.h"

#include <stdio.h>
#include <string.h>

const char *const declared_link_keys[] = {"start", "ready", "interface", "address", "tester_address", "mac", NULL};

static const char *string_take(const char *value, char *to, size_t room, const char *too_long)
{
	if (strlen(value) >= room)
		return too_long;
	memcpy(to, value, strlen(value) + 1);
	return NULL;
}

/* "A" or "A, A6", in any order. */
static const char *addresses_take(char *value, struct address to[FAMILIES])
{
	char *rest = NULL;
	for (char *word = strtok_r(value, " \t,", &rest); word; word = strtok_r(NULL, " \t,", &rest)) {
		struct address a;
		struct error unheard;
		if (!address_read(word, &a, &unheard))
			return "expected an IPv4 or an IPv6 address, or one of each with a comma between";
		if (to[family_index(a.family)].family)
			return "two addresses of one family: say one of each";
		to[family_index(a.family)] = a;
	}
	return NULL;
}

static const char *mac_take(const char *value, struct attach_request *r)
{
	unsigned char *m = r->target_mac;
	char end;
	r->has_mac = sscanf(value, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &m[0], &m[1], &m[2], &m[3], &m[4], &m[5], &end) == MAC_OCTETS && !(m[0] & 1);
	return r->has_mac ? NULL : "expected six octets such as 02:00:00:00:00:02, not of a group";
}

const char *declared_link_take(struct declared_link *l, const char *key, char *value)
{
	if (strcmp(key, "start") == 0)
		return string_take(value, l->start, sizeof l->start, "the command is longer than 255 octets: put it into a script beside this file, exec \"$TCPSPEC_TARGET\"/NAME");
	if (strcmp(key, "ready") == 0)
		return string_take(value, l->ready, sizeof l->ready, "longer than 63 octets: a part of the line is enough");
	if (strcmp(key, "interface") == 0)
		return string_take(value, l->interface, sizeof l->interface, "an interface's name has at most 15 octets");
	if (strcmp(key, "address") == 0)
		return addresses_take(value, l->at.target);
	if (strcmp(key, "tester_address") == 0)
		return addresses_take(value, l->at.tester);
	return mac_take(value, &l->at);
}

const char *declared_link_complete(const struct declared_link *l)
{
	const bool has_address = l->at.target[0].family || l->at.target[1].family;
	if (l->interface[0] && !has_address)
		return "interface = ... is where the stack is; add `address = ...`, the address that it has there";
	if (!l->interface[0] && (has_address || l->at.has_mac || l->at.tester[0].family || l->at.tester[1].family))
		return "address, tester_address and mac speak of a link that the stack makes; add `interface = ...`, or leave them out: the run makes the link";
	if (l->ready[0] && !l->start[0])
		return "ready = ... is said by what `start = ...` starts; add that, or leave it out";
	for (unsigned f = 0; f < FAMILIES; f++)
		if (l->at.tester[f].family && !l->at.target[f].family)
			return "tester_address has an address of a family that address has not";
	return NULL;
}

struct attach_request declared_link_request(const struct declared_link *l)
{
	struct attach_request r = l->at;
	r.interface = l->interface;
	r.fresh = true;
	return r;
}
