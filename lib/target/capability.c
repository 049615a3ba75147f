/* What a target can be declared to lack, by name. Whether it does is for others to find out. */
#include "lib/target/declaration.h"

#include <string.h>

#include "lib/script/script.h"

static const struct {
	const char *name;
	unsigned need;
} capabilities[] = {
    {"open_active", NEED_OPEN_ACTIVE},
    {"open_passive", NEED_OPEN_PASSIVE},
    {"send", NEED_SEND},
    {"receive", NEED_RECEIVE},
    {"close", NEED_CLOSE},
    {"release", NEED_RELEASE},
    {"abort", NEED_ABORT},
    {"forget", NEED_FORGET},
    {"urgent", NEED_URGENT},
    {"urgent_ahead", NEED_URGENT_AHEAD},
    {"timestamps", NEED_TIMESTAMPS},
    {"window_scale", NEED_WINDOW_SCALE},
    {"sack", NEED_SACK},
    {"fastopen", NEED_FASTOPEN},
    {"early_send", NEED_EARLY_SEND},
    {"small_buffer", NEED_SMALL_BUFFER},
    {"open_listening", NEED_OPEN_LISTENING},
    {"simultaneous_open", NEED_SIMULTANEOUS_OPEN},
    {"simultaneous_close", NEED_SIMULTANEOUS_CLOSE},
    {"close_unread", NEED_CLOSE_UNREAD},
    {"set_nagle", NEED_SET(SET_NAGLE)},
    {"set_keepalive", NEED_SET(SET_KEEPALIVE)},
    {"set_keepalive_idle", NEED_SET(SET_KEEPALIVE_IDLE)},
    {"set_keepalive_interval", NEED_SET(SET_KEEPALIVE_INTERVAL)},
    {"set_keepalive_count", NEED_SET(SET_KEEPALIVE_COUNT)},
    {"set_user_timeout", NEED_SET(SET_USER_TIMEOUT)},
    {"set_retries", NEED_SET(SET_RETRIES)},
    {"set_dscp", NEED_SET(SET_DSCP)},
    {"set_ttl", NEED_SET(SET_TTL)},
    {"set_reports", NEED_SET(SET_REPORTS)},
};

enum { CAPABILITIES = sizeof capabilities / sizeof *capabilities };

unsigned capability_read(const char *name)
{
	for (size_t i = 0; i < CAPABILITIES; i++)
		if (strcmp(name, capabilities[i].name) == 0)
			return capabilities[i].need;
	return 0;
}

unsigned capability_at(unsigned i)
{
	return i < CAPABILITIES ? capabilities[i].need : 0;
}

const char *capability_name(unsigned need)
{
	for (size_t i = 0; i < CAPABILITIES; i++)
		if (capabilities[i].need == need)
			return capabilities[i].name;
	return NULL;
}
