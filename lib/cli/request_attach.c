/* The options of `run` and `matrix` that name a link which is there, and who steers the target behind it. It looks at no interface. */
#include "lib/cli/cli.h"

#include <stdio.h>
#include <string.h>

static bool address_take(const char *word, size_t n, struct address to[FAMILIES], struct error *e)
{
	char text[64];
	struct address a;
	if (n >= sizeof text)
		return error_set(e, "%.64s...: no address is so long", word);
	memcpy(text, word, n);
	text[n] = '\0';
	if (!address_read(text, &a, e))
		return false;
	if (to[family_index(a.family)].family)
		return error_set(e, "%s: a second address of its family", text);
	to[family_index(a.family)] = a;
	return true;
}

/* "A[,A]": one of each family at the most, in any order. */
static bool addresses_take(const char *option, const char *value, struct address to[FAMILIES])
{
	struct error e;
	for (const char *at = value;; at++) {
		const size_t n = strcspn(at, ",");
		if (!address_take(at, n, to, &e)) {
			cli_complain("%s %s: %s; expected an IPv4 or an IPv6 address, or one of each with a comma between", option, value, e.text);
			return false;
		}
		at += n;
		if (!*at)
			return true;
	}
}

static bool mac_take(struct request *r, const char *value)
{
	unsigned char *m = r->attach.target_mac;
	char end;
	r->attach.has_mac = sscanf(value, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &m[0], &m[1], &m[2], &m[3], &m[4], &m[5], &end) == MAC_OCTETS && !(m[0] & 1);
	if (!r->attach.has_mac)
		cli_complain("--target-mac %s: expected six octets such as 02:00:00:00:00:02, not of a group", value);
	return r->attach.has_mac;
}

/* "N" or "N:PCP". */
static bool vlan_take(struct request *r, const char *value)
{
	unsigned vid, priority = 0;
	char end;
	const int n = sscanf(value, "%4u:%1u%c", &vid, &priority, &end);
	r->attach.tagged = (n == 2 || (n == 1 && strspn(value, "0123456789") == strlen(value))) && vid >= 1 && vid <= 4094 && priority <= 7;
	r->attach.tag = (uint16_t)(priority << 13 | (r->attach.tagged ? vid : 0));
	if (!r->attach.tagged)
		cli_complain("--vlan %s: expected the number of a VLAN from 1 to 4094, and perhaps a colon and a priority from 0 to 7", value);
	return r->attach.tagged;
}

static bool port_take(struct request *r, const char *value)
{
	unsigned port;
	char end;
	if (sscanf(value, "%5u%c", &port, &end) != 1 || port < 1 || port > UINT16_MAX) {
		cli_complain("--port %s: expected a port of the target from 1 to 65535", value);
		return false;
	}
	r->attach.port = (uint16_t)port;
	return true;
}

static bool value_take(struct request *r, int option, const char *value)
{
	switch (option) {
	case OPTION_NETNS:
		r->attach.netns = value;
		return true;
	case OPTION_IFACE:
		r->attach.interface = value;
		return true;
	case OPTION_TARGET_ADDR:
		return addresses_take("--target-addr", value, r->attach.target);
	case OPTION_TESTER_ADDR:
		return addresses_take("--tester-addr", value, r->attach.tester);
	case OPTION_TARGET_MAC:
		return mac_take(r, value);
	case OPTION_UPPER_TESTER:
		r->run.upper_tester = value;
		return true;
	case OPTION_VLAN:
		return vlan_take(r, value);
	case OPTION_PORT:
		return port_take(r, value);
	case OPTION_OWNED:
		r->attach.owned = true;
		return true;
	}
	return false;
}

bool request_attach_take(struct request *r, int option, const char *value)
{
	static const char *const names[] = {"--netns", "--iface", "--target-addr", "--tester-addr", "--target-mac", "--upper-tester", "--vlan", "--port", "--i-own-this-target"};
	shell_add(&r->rerun, names[option - OPTION_ATTACH]);
	if (value)
		shell_add(&r->rerun, value);
	return value_take(r, option, value);
}

bool request_attach_agrees(struct request *r)
{
	const struct attach_request *a = &r->attach;
	const bool has_target = a->target[0].family || a->target[1].family, has_tester = a->tester[0].family || a->tester[1].family;
	const char *wrong = NULL;
	if (!a->interface && (a->netns || has_target || has_tester || a->has_mac || a->tagged || a->owned || a->port))
		wrong = "--netns, --target-addr, --tester-addr, --target-mac, --vlan, --port and --i-own-this-target speak of a link that is there: name its interface by --iface";
	else if (a->interface && !has_target)
		wrong = "--iface: say whom to test on it by --target-addr A[,A6]";
	else if (a->interface && r->run.workers > 1)
		wrong = "-j: a link that is there is one, and cannot be shared; leave it out";
	for (unsigned f = 0; !wrong && f < FAMILIES; f++)
		if (a->tester[f].family && !a->target[f].family)
			wrong = "--tester-addr has an address of a family that --target-addr has not";
		else if (a->tester[f].family && address_equal(&a->tester[f], &a->target[f]))
			wrong = "--tester-addr is the target's own address";
	if (wrong)
		cli_complain("%s", wrong);
	r->run.attach = a->interface ? a : NULL;
	return !wrong;
}
