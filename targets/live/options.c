/* The command line of tcpspec-reference. */
#include "targets/live/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { LATENCY_OF_REORDER_US = 1000, /* somebody must be under way to be overtaken */
       QUEUE = 4096,
       LINKS_US = 1000 };

enum { OPTION_LIBRARY = 256,
       OPTION_TAP,
       OPTION_PACKET,
       OPTION_NETNS,
       OPTION_VLAN,
       OPTION_ADDRESS,
       OPTION_MAC,
       OPTION_SET,
       OPTION_LOSS,
       OPTION_DELAY,
       OPTION_REORDER,
       OPTION_DUPLICATE,
       OPTION_CORRUPT,
       OPTION_SEED,
       OPTION_ECHO,
       OPTION_DISCARD,
       OPTION_SINK,
       OPTION_SOURCE,
       OPTION_FILE,
       OPTION_CONNECT,
       OPTION_HELP };

static const struct option known_options[] = {
    {"library", required_argument, NULL, OPTION_LIBRARY},
    {"tap", required_argument, NULL, OPTION_TAP},
    {"packet", required_argument, NULL, OPTION_PACKET},
    {"netns", required_argument, NULL, OPTION_NETNS},
    {"vlan", required_argument, NULL, OPTION_VLAN},
    {"address", required_argument, NULL, OPTION_ADDRESS},
    {"mac", required_argument, NULL, OPTION_MAC},
    {"set", required_argument, NULL, OPTION_SET},
    {"loss", required_argument, NULL, OPTION_LOSS},
    {"delay", required_argument, NULL, OPTION_DELAY},
    {"reorder", required_argument, NULL, OPTION_REORDER},
    {"duplicate", required_argument, NULL, OPTION_DUPLICATE},
    {"corrupt", required_argument, NULL, OPTION_CORRUPT},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"echo", required_argument, NULL, OPTION_ECHO},
    {"discard", required_argument, NULL, OPTION_DISCARD},
    {"sink", required_argument, NULL, OPTION_SINK},
    {"source", required_argument, NULL, OPTION_SOURCE},
    {"file", required_argument, NULL, OPTION_FILE},
    {"connect", required_argument, NULL, OPTION_CONNECT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

void options_help(void)
{
	fputs("usage: tcpspec-reference --tap NAME | --packet IFACE [options]\n"
	      "Puts a TCP stack that exports tcpspec/stack.h on a link, steered by lines on stdin and stdout (doc/exec.md).\n"
	      "\n"
	      "  --library FILE        the stack; without a slash beside this program (default: libtcpspec-reference.so)\n"
	      "  --tap NAME            on a TAP of that name, which is made and goes with the program\n"
	      "  --packet IFACE        on an Ethernet interface that is there, has no address, and whose MAC it takes\n"
	      "  --netns NAME|PID      in that network namespace\n"
	      "  --vlan N              in that VLAN: its frames bear an 802.1Q tag\n"
	      "  --address A           its address; once for each family (default: 192.0.2.2 and 2001:db8::2;\n"
	      "                        an empty one is none)\n"
	      "  --mac M               its MAC\n"
	      "  --set NAME=VALUE      a setting of the stack, as in the section [stack] of a target.ini\n"
	      "  --seed N              of all that is random, here and in the stack\n"
	      "\n"
	      "What befalls its packets on their way out and in (P: percent of them, 0 to 100; ARP is spared):\n"
	      "  --loss P  --delay MS  --reorder P  --duplicate P  --corrupt P\n"
	      "\n"
	      "Without somebody who steers it:\n"
	      "  --echo PORT           sends back what comes\n"
	      "  --discard PORT        throws away what comes\n"
	      "  --sink PORT --file F  takes one connection's octets into a file, and ends\n"
	      "  --source PORT --file F  sends a file to the one who connects, and ends\n"
	      "  --connect A           sink and source connect to PORT at A instead of listening\n"
	      "\n"
	      "Exit code: 0; 1: a transfer failed; 2: usage; 3: no link, no stack.\n",
	      stdout);
}

static bool refuse(const char *option, const char *value, const char *expected)
{
	fprintf(stderr, "tcpspec-reference: --%s %s: expected %s\n", option, value, expected);
	return false;
}

static bool number_take(const char *option, const char *value, uint64_t most, uint64_t *n)
{
	char *end;
	errno = 0;
	*n = strtoull(value, &end, 10);
	if (value[0] >= '0' && value[0] <= '9' && !*end && errno == 0 && *n <= most)
		return true;
	fprintf(stderr, "tcpspec-reference: --%s %s: expected a number from 0 to %llu\n", option, value, (unsigned long long)most);
	return false;
}

static bool address_take(const char *option, const char *value, struct address *to)
{
	struct error e;
	return address_read(value, to, &e) || refuse(option, value, "an IPv4 or IPv6 address");
}

static bool own_take(struct program_options *o, const char *value)
{
	struct address a;
	if (!*value) /* of a family that is not spoken */
		return true;
	if (!address_take("address", value, &a))
		return false;
	o->own[a.family == IPV6] = a;
	return true;
}

static bool mac_take(struct program_options *o, const char *value)
{
	char end;
	unsigned char *m = o->mac;
	o->has_mac = sscanf(value, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &m[0], &m[1], &m[2], &m[3], &m[4], &m[5], &end) == MAC_OCTETS;
	return (o->has_mac && !(m[0] & 1)) || refuse("mac", value, "six octets such as 02:00:00:00:00:02, not of a group");
}

static bool setting_take(struct program_options *o, char *value)
{
	char *equals = strchr(value, '=');
	if (!equals || equals == value)
		return refuse("set", value, "NAME=VALUE");
	if (o->settings == SETTINGS_MAX)
		return refuse("set", value, "no more than 64 settings");
	*equals = '\0';
	o->setting[2 * o->settings] = value;
	o->setting[2 * o->settings + 1] = equals + 1;
	o->settings++;
	return true;
}

static bool percent_take(struct program_options *o, const char *option, const char *value, enum memory_fault fault)
{
	char *end;
	const double p = strtod(value, &end);
	if (end == value || *end || !(p >= 0 && p <= 100))
		return refuse(option, value, "a percentage from 0 to 100");
	o->way.chance[fault] = (uint32_t)(p * MEMORY_CHANCE_ALWAYS / 100);
	o->faulty |= o->way.chance[fault] != 0;
	if (fault == MEMORY_REORDER && o->way.latency_us == 0)
		o->way.latency_us = LATENCY_OF_REORDER_US;
	return true;
}

static bool delay_take(struct program_options *o, const char *value)
{
	uint64_t ms;
	if (!number_take("delay", value, 60000, &ms))
		return false;
	o->way.latency_us = ms * LINKS_US;
	o->faulty |= ms != 0;
	return true;
}

static bool transfer_take(struct program_options *o, const char *option, const char *value, enum transfer_kind kind)
{
	uint64_t port;
	if (o->transfer.kind != TRANSFER_NONE)
		return refuse(option, value, "one of --echo, --discard, --sink and --source");
	if (!number_take(option, value, UINT16_MAX, &port))
		return false;
	o->transfer.kind = kind;
	o->transfer.port = (uint16_t)port;
	return true;
}

static bool vlan_take(struct program_options *o, const char *value)
{
	uint64_t n;
	if (!number_take("vlan", value, 4094, &n))
		return false;
	o->vlan = (uint16_t)n;
	return true;
}

static bool fault_take(struct program_options *o, int option, const char *value)
{
	switch (option) {
	case OPTION_LOSS:
		return percent_take(o, "loss", value, MEMORY_DROP);
	case OPTION_DELAY:
		return delay_take(o, value);
	case OPTION_REORDER:
		return percent_take(o, "reorder", value, MEMORY_REORDER);
	case OPTION_DUPLICATE:
		return percent_take(o, "duplicate", value, MEMORY_DUPLICATE);
	case OPTION_CORRUPT:
		return percent_take(o, "corrupt", value, MEMORY_CORRUPT);
	case OPTION_ECHO:
		return transfer_take(o, "echo", value, TRANSFER_ECHO);
	case OPTION_DISCARD:
		return transfer_take(o, "discard", value, TRANSFER_DISCARD);
	case OPTION_SINK:
		return transfer_take(o, "sink", value, TRANSFER_SINK);
	case OPTION_SOURCE:
		return transfer_take(o, "source", value, TRANSFER_SOURCE);
	}
	return false; /* getopt_long has complained */
}

static bool option_take(struct program_options *o, int option, char *value)
{
	switch (option) {
	case OPTION_LIBRARY:
		o->library = value;
		return true;
	case OPTION_TAP:
		o->tap = value;
		return true;
	case OPTION_PACKET:
		o->packet = value;
		return true;
	case OPTION_NETNS:
		o->netns = value;
		return true;
	case OPTION_VLAN:
		return vlan_take(o, value);
	case OPTION_ADDRESS:
		return own_take(o, value);
	case OPTION_MAC:
		return mac_take(o, value);
	case OPTION_SET:
		return setting_take(o, value);
	case OPTION_SEED:
		return number_take("seed", value, UINT64_MAX, &o->seed);
	case OPTION_FILE:
		o->transfer.file = value;
		return true;
	case OPTION_CONNECT:
		return address_take("connect", value, &o->transfer.connect);
	case OPTION_HELP:
		o->help = true;
		return true;
	}
	return fault_take(o, option, value);
}

/* What no single option can show. */
static bool options_agree(const struct program_options *o)
{
	const struct transfer_request *t = &o->transfer;
	const bool has_file = t->kind == TRANSFER_SINK || t->kind == TRANSFER_SOURCE;
	const char *wrong = !o->tap == !o->packet            ? "expected either --tap NAME or --packet IFACE"
	                    : has_file && !t->file           ? "--sink and --source need --file"
	                    : t->connect.family && !has_file ? "--connect goes with --sink or --source"
	                                                     : NULL;
	if (wrong)
		fprintf(stderr, "tcpspec-reference: %s; see --help\n", wrong);
	return !wrong;
}

bool options_read(struct program_options *o, int argc, char **argv)
{
	struct error e;
	int option;
	*o = (struct program_options){.library = "libtcpspec-reference.so", .way = {.queue = QUEUE}};
	if (getrandom(&o->seed, sizeof o->seed, 0) != (ssize_t)sizeof o->seed)
		o->seed = 1;
	while ((option = getopt_long(argc, argv, "", known_options, NULL)) != -1)
		if (!option_take(o, option, optarg))
			return false;
	if (optind < argc) {
		fprintf(stderr, "tcpspec-reference: %s: no argument is expected beside the options; see --help\n", argv[optind]);
		return false;
	}
	if (!o->own[0].family && !o->own[1].family && !(address_read("192.0.2.2", &o->own[0], &e) && address_read("2001:db8::2", &o->own[1], &e)))
		return false;
	o->transfer.own_port = (uint16_t)(49152 + o->seed % 16384);
	return o->help || options_agree(o);
}
