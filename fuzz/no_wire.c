/* What of libnet, libpcap and libmnl the library could call, were its wire a live one, for the harnesses that ClusterFuzz runs: there is none of them there, and no harness has such a wire. Not for a
 * program that has one. */
#include <stdio.h>
#include <stdlib.h>

#include <libmnl/libmnl.h>
#include <libnet.h>
#include <pcap/pcap.h>

static _Noreturn void wire_reached(const char *function)
{
	fprintf(stderr, "%s: a harness has reached a live wire, and must not\n", function);
	abort();
}

#define NO_WIRE(type, name, ...)     \
	type name(__VA_ARGS__)       \
	{                            \
		wire_reached(#name); \
	}

#pragma GCC diagnostic ignored "-Wunused-parameter"
NO_WIRE(int, libnet_adv_write_link, libnet_t *l, const uint8_t *packet, uint32_t size)
NO_WIRE(int, libnet_getfd, libnet_t *l)
NO_WIRE(int, pcap_stats, pcap_t *p, struct pcap_stat *to)
NO_WIRE(char *, pcap_geterr, pcap_t *p)
NO_WIRE(unsigned, mnl_socket_get_portid, const struct mnl_socket *s)
NO_WIRE(ssize_t, mnl_socket_sendto, const struct mnl_socket *s, const void *from, size_t n)
NO_WIRE(ssize_t, mnl_socket_recvfrom, const struct mnl_socket *s, void *to, size_t n)
NO_WIRE(struct nlmsghdr *, mnl_nlmsg_put_header, void *to)
NO_WIRE(void *, mnl_nlmsg_put_extra_header, struct nlmsghdr *h, size_t n)
NO_WIRE(void *, mnl_nlmsg_get_payload, const struct nlmsghdr *h)
NO_WIRE(int, mnl_cb_run, const void *from, size_t n, unsigned sequence, unsigned port, mnl_cb_t f, void *data)
NO_WIRE(int, mnl_attr_parse, const struct nlmsghdr *h, unsigned offset, mnl_attr_cb_t f, void *data)
NO_WIRE(uint16_t, mnl_attr_get_type, const struct nlattr *a)
NO_WIRE(uint16_t, mnl_attr_get_payload_len, const struct nlattr *a)
NO_WIRE(void *, mnl_attr_get_payload, const struct nlattr *a)
