/* Opens and closes the floor: a link, libnet, libpcap, one listener a family and an INET_DIAG socket. The loop is in floor_cell.c. */
#include "lib/bench/floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/bench/floor_parts.h"
#include "lib/target/declaration.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

enum { BACKLOG = 4096,
       SNAPLEN = 65535,
       RING = 8 << 20, /* octets, as the runner's */
       SNAPLEN_SMALL = 160,
       RING_SMALL = 64 << 10,
       ETHERTYPE_NOBODY = 0x88b5 /* IEEE 802: for local experiments */ };

static const char *const option_names[FLOOR_OPTIONS] = {
    "PACKET_QDISC_BYPASS",
    "PACKET_IGNORE_OUTGOING",
    "deaf sender",
    "other MAC",
    "small ring",
    "sendto, no libnet",
    "sendmmsg of 2",
    "sendmmsg of 3",
    "SO_LINGER 0",
};

const char *floor_option_name(unsigned i)
{
	return i < FLOOR_OPTIONS ? option_names[i] : "?";
}

const char *floor_step_name(enum floor_step s)
{
	static const char *const names[FLOOR_STEPS] = {"SYN, SYN,ACK", "ACK", "accept4", "stimulus", "fence, replies", "INET_DIAG", "RST", "close"};

	return s < FLOOR_STEPS ? names[s] : "?";
}

static bool failed(struct error *e, const char *what)
{
	return error_set(e, "floor: %s: %s; root, or user namespaces, and the packages of the README are needed", what, strerror(errno));
}

static bool capture_open(struct floor *f, struct error *e)
{
	const bool small = f->options & FLOOR_SMALL_RING;
	char text[PCAP_ERRBUF_SIZE] = "";
	const int one = 1;

	f->pcap = pcap_create(f->link.tester_if, text);
	if (f->pcap == NULL)
		return error_set(e, "floor: libpcap: %s", text);
	pcap_set_snaplen(f->pcap, small ? SNAPLEN_SMALL : SNAPLEN);
	pcap_set_buffer_size(f->pcap, small ? RING_SMALL : RING);
	pcap_set_immediate_mode(f->pcap, 1);
	pcap_set_timeout(f->pcap, 1);
	pcap_set_tstamp_precision(f->pcap, PCAP_TSTAMP_PRECISION_NANO);
	if (pcap_activate(f->pcap) < 0 || pcap_setdirection(f->pcap, PCAP_D_IN) != 0 || pcap_setnonblock(f->pcap, 1, text) != 0)
		return error_set(e, "floor: libpcap: %s; CAP_NET_RAW is needed", pcap_geterr(f->pcap));
	if ((f->options & FLOOR_INCOMING) && setsockopt(pcap_fileno(f->pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one) != 0)
		return failed(e, "PACKET_IGNORE_OUTGOING");
	return true;
}

/* What the target sends to the tester's MAC no longer fits the interface's own. */
static bool mac_change(struct floor *f, struct error *e)
{
	struct ifreq request = {.ifr_hwaddr.sa_family = ARPHRD_ETHER};

	memcpy(request.ifr_name, f->link.tester_if, sizeof request.ifr_name);
	memcpy(request.ifr_hwaddr.sa_data, f->link.tester_mac, MAC_OCTETS);
	request.ifr_hwaddr.sa_data[MAC_OCTETS - 1] = 0x7f;
	return ioctl(libnet_getfd(f->libnet), SIOCSIFHWADDR, &request) == 0 || failed(e, "changing the tester's MAC");
}

static bool injection_open(struct floor *f, struct error *e)
{
	char text[LIBNET_ERRBUF_SIZE] = "";
	struct sockaddr_ll nobody = {.sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPE_NOBODY), .sll_ifindex = (int)f->link.tester_index};
	const int one = 1;
	int fd;

	f->libnet = libnet_init(LIBNET_LINK_ADV, f->link.tester_if, text);
	if (f->libnet == NULL)
		return error_set(e, "floor: libnet: %s", text);
	fd = libnet_getfd(f->libnet);
	if ((f->options & FLOOR_BYPASS) && setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one) != 0)
		return failed(e, "PACKET_QDISC_BYPASS");
	if ((f->options & FLOOR_DEAF) && bind(fd, (struct sockaddr *)&nobody, sizeof nobody) != 0)
		return failed(e, "binding libnet's descriptor");
	f->to = (struct sockaddr_ll){.sll_family = AF_PACKET, .sll_ifindex = (int)f->link.tester_index};
	return !(f->options & FLOOR_OTHER_MAC) || mac_change(f, e);
}

static int listener_open(unsigned family, bool linger)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(FLOOR_PORT)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(FLOOR_PORT)};
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	const int one = 1;
	int fd = socket(family == 0 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	/* Connections inherit SO_LINGER from their listener. */
	if ((family == 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) == 0) &&
	    (!linger || setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0) &&
	    (family == 0 ? bind(fd, (struct sockaddr *)&four, sizeof four) : bind(fd, (struct sockaddr *)&six, sizeof six)) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	close(fd);
	return -1;
}

static void question_build(const struct link *l, unsigned family, uint8_t *to)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(to);
	struct inet_diag_req_v2 *r = mnl_nlmsg_put_extra_header(h, sizeof *r);
	const size_t octets = family == 0 ? 4 : 16;

	h->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	h->nlmsg_flags = NLM_F_REQUEST;
	r->sdiag_family = family == 0 ? AF_INET : AF_INET6;
	r->sdiag_protocol = IPPROTO_TCP;
	r->idiag_states = ~UINT32_C(0);
	r->id.idiag_sport = htons(FLOOR_PORT);
	memcpy(r->id.idiag_src, l->target[family].octets, octets);
	memcpy(r->id.idiag_dst, l->tester[family].octets, octets);
	r->id.idiag_cookie[0] = r->id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

static bool side_open(struct floor *f, unsigned family, struct error *e)
{
	struct floor_side *s = &f->sides[family];

	s->listener = listener_open(family, f->options & FLOOR_LINGER);
	if (s->listener < 0)
		return failed(e, "a listener");
	floor_frames_build(&f->link, family, f->link.tester_mac, s->frames);
	s->place = s->frames[FRAME_SYN].place;
	question_build(&f->link, family, s->question);
	return true;
}

static bool target_open(struct floor *f, const char *ini, struct error *e)
{
	struct declaration *d = declaration_read(ini, PROFILE_RFC9293, false, e);

	if (d == NULL)
		return false;
	/* What this kernel lacks it does not do either. */
	for (size_t i = 0; i < d->sysctl_count; i++)
		link_sysctl_set(&f->link, d->sysctl[i].name, d->sysctl[i].value, NULL);
	declaration_free(d);
	f->netlink = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (f->netlink == NULL || mnl_socket_bind(f->netlink, 0, MNL_SOCKET_AUTOPID) < 0)
		return failed(e, "INET_DIAG");
	for (unsigned family = 0; family < FAMILIES; family++)
		if (!side_open(f, family, e))
			return false;
	return true;
}

struct floor *floor_open(unsigned options, const char *ini, struct error *e)
{
	struct floor *f = memory_zeroed(1, sizeof *f);
	bool done;

	f->options = options;
	f->link.tester_ns = f->link.target_ns = -1;
	f->port = FLOOR_PORT_FIRST;
	for (unsigned family = 0; family < FAMILIES; family++)
		f->sides[family].listener = -1;
	done = link_create(&f->link, NULL, e) && link_enter_tester(&f->link, e) && capture_open(f, e) && injection_open(f, e) && link_enter_target(&f->link, e) && target_open(f, ini, e);
	if (done)
		return f;
	floor_close(f);
	return NULL;
}

void floor_close(struct floor *f)
{
	if (f == NULL)
		return;
	for (unsigned family = 0; family < FAMILIES; family++)
		if (f->sides[family].listener >= 0)
			close(f->sides[family].listener);
	if (f->netlink != NULL)
		mnl_socket_close(f->netlink);
	if (f->pcap != NULL)
		pcap_close(f->pcap);
	if (f->libnet != NULL)
		libnet_destroy(f->libnet);
	link_close(&f->link);
	free(f);
}
