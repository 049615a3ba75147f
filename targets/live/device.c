/* TAP and packet socket: opening, one frame in, one frame out. */
#include "targets/live/device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/wire/checksum.h"
#include "lib/wire/ip.h"

enum { BUFFER_OCTETS = 8 << 20,
       SEND_TRIES = 64,
       ETHERTYPE_TAG = 0x8100, /* IEEE 802.1Q 9.4 */
       TAG_OCTETS = 4,
       TAG_AT = 2 * MAC_OCTETS,
       VID = 0x0fff };

static bool name_take(struct ifreq *request, const char *name, struct error *e)
{
	memset(request, 0, sizeof *request);
	if (strlen(name) >= sizeof request->ifr_name)
		return error_set(e, "%s: an interface's name has at most %zu octets", name, sizeof request->ifr_name - 1);
	memcpy(request->ifr_name, name, strlen(name) + 1);
	return true;
}

/* MTU, and that the interface is up: by an ordinary socket of this namespace. */
static bool interface_ask(struct device *d, const char *name, bool raise, struct error *e)
{
	struct ifreq request;
	const int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = s >= 0 && name_take(&request, name, e);
	if (ok && ioctl(s, SIOCGIFMTU, &request) == 0)
		d->mtu = (unsigned)request.ifr_mtu;
	ok = ok && ioctl(s, SIOCGIFFLAGS, &request) == 0;
	if (ok && raise) {
		request.ifr_flags |= IFF_UP;
		ok = ioctl(s, SIOCSIFFLAGS, &request) == 0;
	}
	const int number = errno;
	if (s >= 0)
		close(s);
	if (!ok)
		return error_set(e, "%s: %s while looking at the interface; CAP_NET_ADMIN is needed to set it up", name, strerror(number));
	return raise || (request.ifr_flags & IFF_UP) || error_set(e, "%s: the interface is down; set it up first (ip link set dev %s up)", name, name);
}

bool device_open_tap(struct device *d, const char *name, struct error *e)
{
	static const uint8_t mac[MAC_OCTETS] = {0x02, 't', 'c', 'p', 1, 2};
	struct ifreq request;
	*d = (struct device){.fd = -1, .is_tap = true, .mtu = 1500};
	memcpy(d->mac, mac, sizeof mac);
	if (!name_take(&request, name, e))
		return false;
	d->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (d->fd < 0)
		return error_set(e, "/dev/net/tun: %s while making the TAP %s; mend: modprobe tun, and root or a readable device; or use --packet on a veth pair", strerror(errno), name);
	request.ifr_flags = IFF_TAP | IFF_NO_PI;
	if (ioctl(d->fd, TUNSETIFF, &request) != 0)
		return error_set(e, "%s: %s while making the TAP; CAP_NET_ADMIN is needed in this namespace, and the name must be free", name, strerror(errno));
	return interface_ask(d, name, true, e);
}

bool device_open_packet(struct device *d, const char *interface, struct error *e)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(interface)};
	struct ifreq request;
	const int one = 1, octets = BUFFER_OCTETS;
	*d = (struct device){.fd = -1, .mtu = 1500};
	if (at.sll_ifindex == 0)
		return error_set(e, "%s: there is no such interface in this network namespace; see `ip link`, or say --netns", interface);
	/* No protocol before it is bound: nothing of other interfaces is taken. */
	d->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->fd < 0)
		return error_set(e, "%s: no packet socket: %s; CAP_NET_RAW is needed in this namespace", interface, strerror(errno));
	setsockopt(d->fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof one);
	setsockopt(d->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
	setsockopt(d->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
	if (setsockopt(d->fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets) != 0)
		setsockopt(d->fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
	if (!name_take(&request, interface, e))
		return false;
	if (ioctl(d->fd, SIOCGIFHWADDR, &request) != 0 || request.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return error_set(e, "%s: not an Ethernet interface; a veth, a bridge or a NIC is needed", interface);
	memcpy(d->mac, request.ifr_hwaddr.sa_data, MAC_OCTETS);
	if (bind(d->fd, (const struct sockaddr *)&at, sizeof at) != 0)
		return error_set(e, "%s: %s while binding the packet socket; CAP_NET_RAW is needed in this namespace", interface, strerror(errno));
	return interface_ask(d, interface, false, e);
}

void device_close(struct device *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

/* A TCP segment whose sender left the checksum to hardware that a veth has not. */
static void checksum_fill(uint8_t *frame, size_t n)
{
	enum { TCP_HEADER = 20,
	       TCP_CHECKSUM = 16 };
	struct ip ip;
	if (n <= ETHERNET_HEADER || !ip_parse(frame + ETHERNET_HEADER, n - ETHERNET_HEADER, &ip, NULL) || ip.protocol != IP_PROTOCOL_TCP || ip.payload_length < TCP_HEADER)
		return;
	uint8_t *segment = frame + (ip.payload - frame);
	segment[TCP_CHECKSUM] = segment[TCP_CHECKSUM + 1] = 0;
	const uint16_t sum = checksum_end(checksum_add(checksum_add_pseudo(0, &ip.src, &ip.dst, ip.protocol, ip.payload_length), segment, ip.payload_length));
	segment[TCP_CHECKSUM] = (uint8_t)(sum >> 8);
	segment[TCP_CHECKSUM + 1] = (uint8_t)sum;
}

/* What the kernel tells beside the frame. */
static struct tpacket_auxdata beside_read(struct msghdr *m)
{
	struct tpacket_auxdata told = {.tp_status = 0};
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA)
			memcpy(&told, CMSG_DATA(c), sizeof told);
	return told;
}

/* *tag: the one that the kernel has taken off; -1: it has not, and it may be in the frame. */
static int packet_receive(struct device *d, uint8_t *to, size_t room, int *tag)
{
	union {
		struct cmsghdr head;
		uint8_t octets[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} told;
	struct sockaddr_ll from;
	struct iovec piece = {.iov_base = to, .iov_len = room};
	struct msghdr m = {.msg_name = &from, .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &told, .msg_controllen = sizeof told};
	ssize_t n;
	do {
		m.msg_namelen = sizeof from;
		m.msg_controllen = sizeof told;
		n = recvmsg(d->fd, &m, 0);
	} while (n >= 0 && from.sll_pkttype == PACKET_OUTGOING); /* before Linux 4.20 */
	const struct tpacket_auxdata beside = beside_read(&m);
	*tag = beside.tp_status & TP_STATUS_VLAN_VALID ? beside.tp_vlan_tci : -1;
	if (n > 0 && beside.tp_status & TP_STATUS_CSUMNOTREADY)
		checksum_fill(to, (size_t)n);
	return (int)n;
}

/* The frame without its tag; 0: it is not of the device's VLAN. */
static int frame_untag(const struct device *d, uint8_t *frame, int n, int tag)
{
	if (tag < 0 && n >= ETHERNET_HEADER + TAG_OCTETS && (frame[TAG_AT] << 8 | frame[TAG_AT + 1]) == ETHERTYPE_TAG) {
		tag = frame[TAG_AT + 2] << 8 | frame[TAG_AT + 3];
		n -= TAG_OCTETS;
		memmove(frame + TAG_AT, frame + TAG_AT + TAG_OCTETS, (size_t)n - TAG_AT);
	}
	return (tag < 0 ? 0 : tag & VID) == d->vlan ? n : 0;
}

int device_receive(struct device *d, uint8_t *to, size_t room, struct error *e)
{
	int n, tag = -1;
	while ((n = d->is_tap ? (int)read(d->fd, to, room) : packet_receive(d, to, room, &tag)) > 0)
		if ((n = frame_untag(d, to, n, tag)) > 0)
			return n;
	if (n == 0)
		return 0;
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	error_set(e, "%s while receiving; the interface must stay there, and up", strerror(errno));
	return -1;
}

void device_send(struct device *d, const uint8_t *frame, size_t n)
{
	const uint8_t tag[TAG_OCTETS] = {ETHERTYPE_TAG >> 8, ETHERTYPE_TAG & 0xff, (uint8_t)(d->vlan >> 8), (uint8_t)d->vlan};
	const size_t more = d->vlan ? TAG_OCTETS : 0;
	const struct iovec piece[] = {{(void *)(uintptr_t)frame, TAG_AT}, {(void *)(uintptr_t)tag, more}, {(void *)(uintptr_t)(frame + TAG_AT), n - TAG_AT}};
	for (unsigned i = 0; i < SEND_TRIES; i++) {
		if (writev(d->fd, piece, sizeof piece / sizeof *piece) == (ssize_t)(n + more))
			return;
		if (errno != EINTR && errno != EAGAIN && errno != ENOBUFS)
			break;
	}
	d->refused++;
}
