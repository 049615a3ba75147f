/* What tcpspec-reference was asked for. It opens nothing. */
#ifndef TCPSPEC_TARGETS_LIVE_OPTIONS_H
#define TCPSPEC_TARGETS_LIVE_OPTIONS_H

#include "targets/live/transfer.h"

enum { SETTINGS_MAX = 64 };

struct program_options {
	const char *library, *tap, *packet, *netns;
	uint16_t vlan;
	struct address own[FAMILIES_SPOKEN];
	bool has_mac;
	uint8_t mac[MAC_OCTETS];
	const char *setting[2 * SETTINGS_MAX + 1]; /* name, value, ..., NULL */
	unsigned settings;
	struct memory_way way; /* both ways */
	bool faulty;
	uint64_t seed;
	struct transfer_request transfer;
	bool help;
};

/* False: what is wrong was told on stderr. Changes argv's strings. */
bool options_read(struct program_options *o, int argc, char **argv);
void options_help(void);

#endif
