/* The headers in front of IP: Ethernet, Linux cooked (both versions), BSD loopback, none. What they say beside the protocol is passed over. */
#include "lib/wire/link_layer.h"

#include "lib/wire/octets.h"

enum { ETHERNET_OCTETS = 14,
       COOKED_OCTETS = 16,
       COOKED2_OCTETS = 20,
       LOOPBACK_OCTETS = 4,
       TAG_OCTETS = 4,
       TYPE_IPV4 = 0x0800,
       TYPE_IPV6 = 0x86dd,
       TYPE_VLAN = 0x8100,
       TYPE_SERVICE_VLAN = 0x88a8 };

bool link_layer_known(enum linktype l)
{
	switch (l) {
	case LINKTYPE_NULL:
	case LINKTYPE_ETHERNET:
	case LINKTYPE_RAW:
	case LINKTYPE_LOOP:
	case LINKTYPE_LINUX_SLL:
	case LINKTYPE_IPV4:
	case LINKTYPE_IPV6:
	case LINKTYPE_LINUX_SLL2:
		return true;
	}
	return false;
}

/* The octets of the header of that kind, and where in it an Ethernet type stands (header: nowhere). */
static size_t header_octets(enum linktype l, size_t *type)
{
	switch (l) {
	case LINKTYPE_ETHERNET:
		*type = 12;
		return ETHERNET_OCTETS;
	case LINKTYPE_LINUX_SLL:
		*type = 14;
		return COOKED_OCTETS;
	case LINKTYPE_LINUX_SLL2:
		*type = 0;
		return COOKED2_OCTETS;
	case LINKTYPE_NULL: /* an address family whose number and byte order are the capturing system's: the IP version tells more */
	case LINKTYPE_LOOP:
		*type = LOOPBACK_OCTETS;
		return LOOPBACK_OCTETS;
	case LINKTYPE_RAW:
	case LINKTYPE_IPV4:
	case LINKTYPE_IPV6:
		break;
	}
	*type = 0;
	return 0;
}

bool link_layer_packet(enum linktype l, const uint8_t *frame, size_t n, const uint8_t **packet, size_t *length)
{
	size_t type, header = header_octets(l, &type);
	if (!link_layer_known(l) || n <= header)
		return false;
	if (type < header) {
		uint16_t said = octets_u16(frame + type);
		while ((said == TYPE_VLAN || said == TYPE_SERVICE_VLAN) && n > header + TAG_OCTETS) {
			said = octets_u16(frame + header + 2);
			header += TAG_OCTETS;
		}
		if (said != TYPE_IPV4 && said != TYPE_IPV6)
			return false;
	}
	*packet = frame + header;
	*length = n - header;
	return (**packet >> 4) == 4 || (**packet >> 4) == 6;
}
