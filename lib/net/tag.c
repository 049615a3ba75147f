/* One 802.1Q tag between the addresses and the ethertype (IEEE 802.1Q 9.3). A second one behind it is somebody else's. */
#include "lib/net/tag.h"

#include <string.h>

#include "lib/wire/octets.h"

enum { ETHERTYPE_OF_TAG = 0x8100,
       VID = 0x0fff,
       TAG_AT = 2 * MAC_OCTETS };

size_t tag_head_build(const struct link *l, const uint8_t to_mac[MAC_OCTETS], uint16_t ethertype, uint8_t *to, size_t room)
{
	const size_t more = l->tagged ? TAG_OCTETS : 0;

	if (room < ETHERNET_HEADER + more)
		return 0;
	ethernet_build(to_mac, l->tester_mac, ETHERTYPE_OF_TAG, to, room);
	if (l->tagged)
		octets_put_u16(to + TAG_AT + 2, l->tag);
	octets_put_u16(to + TAG_AT + more, ethertype);
	return ETHERNET_HEADER + more;
}

bool tag_is_ours(const struct link *l, bool tagged, uint16_t tag)
{
	return l->tagged == tagged && (!tagged || ((l->tag ^ tag) & VID) == 0);
}

size_t tag_strip(const struct link *l, const uint8_t *frame, size_t n, uint8_t *to, size_t room)
{
	const bool tagged = n >= ETHERNET_HEADER + TAG_OCTETS && octets_u16(frame + TAG_AT) == ETHERTYPE_OF_TAG;
	const size_t more = tagged ? TAG_OCTETS : 0;

	if (n < ETHERNET_HEADER || n - more > room || !tag_is_ours(l, tagged, tagged ? octets_u16(frame + TAG_AT + 2) : 0))
		return 0;
	memcpy(to, frame, TAG_AT);
	memcpy(to + TAG_AT, frame + TAG_AT + more, n - TAG_AT - more);
	return n - more;
}
