/* A table over enum user_setting. What a setting does to a connection is in calls_set.c. */
#include "lib/model/user_setting.h"

#include <string.h>

static const struct {
	const char *name;
	enum user_setting_form form;
} table[USER_SETTINGS] = {
    [SET_NAGLE] = {"nagle", FORM_FLAG},
    [SET_KEEPALIVE] = {"keepalive", FORM_FLAG},
    [SET_KEEPALIVE_IDLE] = {"keepalive_idle", FORM_TIME},
    [SET_KEEPALIVE_INTERVAL] = {"keepalive_interval", FORM_TIME},
    [SET_KEEPALIVE_COUNT] = {"keepalive_count", FORM_NUMBER},
    [SET_USER_TIMEOUT] = {"user_timeout", FORM_TIME},
    [SET_RETRIES] = {"retries", FORM_NUMBER},
    [SET_DSCP] = {"dscp", FORM_NUMBER},
    [SET_TTL] = {"ttl", FORM_NUMBER},
    [SET_REPORTS] = {"reports", FORM_FLAG},
};

const char *user_setting_name(enum user_setting s)
{
	return table[s].name;
}

bool user_setting_read(const char *name, size_t n, enum user_setting *s)
{
	for (enum user_setting i = 0; i < USER_SETTINGS; i++)
		if (strlen(table[i].name) == n && memcmp(table[i].name, name, n) == 0) {
			*s = i;
			return true;
		}
	return false;
}

enum user_setting_form user_setting_form(enum user_setting s)
{
	return table[s].form;
}
