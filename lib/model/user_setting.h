/* What a user may set of one of his connections (RFC 9293 3.9.1, 3.8.4, 3.9.2): names, and the form of their values. It sets nothing, and knows no target. */
#ifndef TCPSPEC_MODEL_USER_SETTING_H
#define TCPSPEC_MODEL_USER_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum user_setting {
	SET_NAGLE,              /* 3.7.4 MUST-17 */
	SET_KEEPALIVE,          /* 3.8.4 MUST-24 */
	SET_KEEPALIVE_IDLE,     /* MUST-27 */
	SET_KEEPALIVE_INTERVAL, /* between probes that nobody answers */
	SET_KEEPALIVE_COUNT,    /* such probes after which the connection is given up */
	SET_USER_TIMEOUT,       /* 3.9.1.1, 3.10.8 */
	SET_RETRIES,            /* R2, counted in retransmissions: 3.8.3 MUST-21 */
	SET_DSCP,               /* 3.9.2 MUST-48 */
	SET_TTL,                /* 3.9.2 MUST-49 */
	SET_REPORTS,            /* 3.9.1.8 SHLD-20: the user is told of soft errors */
	USER_SETTINGS
};

/* What a value is: 0 or 1, microseconds, or a number as it stands. */
enum user_setting_form { FORM_FLAG,
	                 FORM_TIME,
	                 FORM_NUMBER };

const char *user_setting_name(enum user_setting s); /* "keepalive_idle" */
/* False when none has that name (n octets). */
bool user_setting_read(const char *name, size_t n, enum user_setting *s);
enum user_setting_form user_setting_form(enum user_setting s);

#endif
