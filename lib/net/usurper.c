/* The watch over the tester's addresses, by a second capture of what leaves the interface. What the tester sends passes no capture (PACKET_QDISC_BYPASS), and has its own MAC besides. */
#include "lib/net/usurper.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/wire/octets.h"

enum { HEADERS = 128, /* octets of a frame that tell who it is from */
       BUFFER = 1 << 16 };

struct usurper {
	const struct link *link;
	pcap_t *pcap;
};

/* What leaves as one of the tester's addresses: packets and ARP from it, and advertisements that give it a MAC. */
static void filter_write(const struct link *l, struct text *to)
{
	const uint8_t *m = l->tester_mac;
	const struct address *six = &l->tester[family_index(IPV6)];
	unsigned n = 0;

	text_add(to, "not ether src %02x:%02x:%02x:%02x:%02x:%02x and (", m[0], m[1], m[2], m[3], m[4], m[5]);
	for (unsigned f = 0; f < FAMILIES; f++)
		if (l->tester[f].family) {
			text_add(to, "%ssrc host ", n++ ? " or " : "");
			address_print(&l->tester[f], to);
		}
	if (six->family) /* RFC 4861 4.4: type 136, the target's address behind eight octets */
		text_add(to, " or (ip6[6] == 58 and ip6[40] == 136 and ip6[48:4] == 0x%08x and ip6[52:4] == 0x%08x and ip6[56:4] == 0x%08x and ip6[60:4] == 0x%08x)", octets_u32(six->octets), octets_u32(six->octets + 4),
		         octets_u32(six->octets + 8), octets_u32(six->octets + 12));
	text_add(to, ")");
}

static bool usurper_filter(struct usurper *u)
{
	struct bpf_program program;
	struct text filter = {0};
	bool done;

	filter_write(u->link, &filter);
	done = pcap_compile(u->pcap, &program, text_string(&filter), 1, PCAP_NETMASK_UNKNOWN) == 0;
	text_free(&filter);
	if (!done)
		return false;
	done = pcap_setfilter(u->pcap, &program) == 0;
	pcap_freecode(&program);
	return done;
}

struct usurper *usurper_open(const struct link *l, struct error *e)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct usurper *u = memory_zeroed(1, sizeof *u);

	u->link = l;
	u->pcap = pcap_create(l->tester_if, text);
	if (u->pcap && pcap_set_snaplen(u->pcap, HEADERS) == 0 && pcap_set_immediate_mode(u->pcap, 1) == 0 && pcap_set_buffer_size(u->pcap, BUFFER) == 0 && pcap_activate(u->pcap) >= 0 && pcap_setdirection(u->pcap, PCAP_D_OUT) == 0 && usurper_filter(u) &&
	    pcap_setnonblock(u->pcap, 1, text) == 0)
		return u;
	error_set(e, "libpcap: %s while watching %s for others who send as the tester; CAP_NET_RAW is needed in its namespace", u->pcap ? pcap_geterr(u->pcap) : text, l->tester_if);
	usurper_close(u);
	return NULL;
}

void usurper_close(struct usurper *u)
{
	if (u == NULL)
		return;
	if (u->pcap != NULL)
		pcap_close(u->pcap);
	free(u);
}

static const char *kind_name(enum packet_kind k)
{
	switch (k) {
	case PACKET_ARP_REQUEST:
	case PACKET_ARP_REPLY:
		return "ARP";
	case PACKET_NDP_SOLICIT:
	case PACKET_NDP_ADVERT:
		return "neighbour discovery";
	case PACKET_TCP:
		return "a TCP segment";
	default:
		return "a packet";
	}
}

bool usurper_is_quiet(struct usurper *u, struct error *e)
{
	struct pcap_pkthdr *header;
	const u_char *octets;
	struct packet p;
	struct text names = {0};

	if (pcap_next_ex(u->pcap, &header, &octets) <= 0)
		return true;
	packet_parse(octets, header->caplen, &p);
	for (unsigned f = 0; f < FAMILIES; f++)
		if (u->link->tester[f].family) {
			text_add(&names, "%s", names.length ? " or " : "");
			address_print(&u->link->tester[f], &names);
		}
	error_set(e, "this namespace's own kernel, or a program in it, sends on %s as %s, the tester's (%s from %02x:%02x:%02x:%02x:%02x:%02x): take away what makes it do so (ip neigh show proxy; proxy_arp, proxy_ndp; ip route show table local), or name other addresses by --tester-addr",
	          u->link->tester_if, text_string(&names), kind_name(p.kind), octets[6], octets[7], octets[8], octets[9], octets[10], octets[11]);
	text_free(&names);
	return false;
}
