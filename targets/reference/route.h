/* The IPv4 source route of a connection (RFC 791 3.1, RFC 1122 3.2.1.8 (c), RFC 9293 3.9.2.1): taken from what arrives, and written into what goes out. It sends nothing. */
#ifndef TCPSPEC_REFERENCE_ROUTE_H
#define TCPSPEC_REFERENCE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROUTE_HOPS = 9,             /* 40 octets of options hold no more */
       ROUTE_OCTETS = 3 + 4 * 9 }; /* of the option, without padding */

struct route {
	uint8_t kind;               /* loose or strict: the option's; 0: there is none */
	uint8_t hops;               /* routers */
	uint8_t hop[ROUTE_HOPS][4]; /* in the order in which they are passed */
};

/* The route back, by the packet's IPv4 options: of one that is used up. Where there is none *r stays as it is. */
void route_back(struct route *r, const uint8_t *options, size_t octets);
/* The option for a packet whose route ends at `end`. Returns its octets; 0: there is no route. */
size_t route_write(const struct route *r, const uint8_t end[4], uint8_t to[ROUTE_OCTETS]);
/* Octets that it takes in the IP header: three before the addresses, and one of padding. */
uint32_t route_size(const struct route *r);

#endif
