/* Offloads off and verified, by SIOCETHTOOL. */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/net/ethtool.h"

struct offload {
	const char *name;
	uint32_t get, set;
};

/* Segmentation first: the kernel ties it to checksumming. */
static const struct offload OFFLOADS[] = {
    {"tcp-segmentation-offload", ETHTOOL_GTSO, ETHTOOL_STSO},
    {"generic-segmentation-offload", ETHTOOL_GGSO, ETHTOOL_SGSO},
    {"generic-receive-offload", ETHTOOL_GGRO, ETHTOOL_SGRO},
    {"tx-checksumming", ETHTOOL_GTXCSUM, ETHTOOL_STXCSUM},
    {"rx-checksumming", ETHTOOL_GRXCSUM, ETHTOOL_SRXCSUM},
};

static int value_run(int fd, const char *interface, uint32_t command, uint32_t *value)
{
	struct ethtool_value v = {.cmd = command, .data = *value};
	struct ifreq request = {.ifr_data = (void *)&v};

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	if (ioctl(fd, SIOCETHTOOL, &request) != 0)
		return errno;
	*value = v.data;
	return 0;
}

static bool offload_off(int fd, const char *interface, const struct offload *o, struct error *e)
{
	uint32_t value = 0;
	int number = value_run(fd, interface, o->set, &value);

	if (number == 0)
		number = value_run(fd, interface, o->get, &value);
	if (number != 0)
		return error_set(e, "ethtool: %s: %s while turning %s off; CAP_NET_ADMIN is needed in its namespace", interface, strerror(number), o->name);
	return value == 0 || error_set(e, "ethtool: %s: %s stays on although it was turned off; this kernel's veth cannot be measured, use another kernel", interface, o->name);
}

static int ethtool_socket(struct error *e)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		error_set(e, "socket: %s while opening one for ethtool; raise the limit of open files (ulimit -n)", strerror(errno));
	return fd;
}

bool ethtool_offloads_off(const char *interface, struct error *e)
{
	int fd = ethtool_socket(e);
	bool done = fd >= 0;

	for (size_t i = 0; done && i < sizeof OFFLOADS / sizeof OFFLOADS[0]; i++)
		done = offload_off(fd, interface, &OFFLOADS[i], e);
	if (fd >= 0)
		close(fd);
	return done;
}

bool ethtool_gro_is_on(const char *interface, bool *on, struct error *e)
{
	int fd = ethtool_socket(e);
	uint32_t value = 0;
	int number;

	if (fd < 0)
		return false;
	number = value_run(fd, interface, ETHTOOL_GGRO, &value);
	close(fd);
	*on = value != 0;
	return number == 0 || error_set(e, "ethtool: %s: %s while reading generic-receive-offload; the interface must exist", interface, strerror(number));
}
