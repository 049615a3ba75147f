/* Reading the options of a received segment, leniently and within bounds; and the one that is written without being said. Their text form is option_text.c's. */
#include "lib/wire/option.h"

#include "lib/wire/octets.h"

/* RFC 7413 4.1.1: options with invalid length values MUST be ignored, which is not to say that the segment is malformed. */
static void cookie_take(const uint8_t *at, size_t n, struct options *o)
{
	if (n != 0 && (n < COOKIE_MIN || n > COOKIE_MAX || n % 2))
		return;
	o->has_fastopen = true;
	o->cookie_octets = (uint8_t)n;
	for (size_t i = 0; i < n; i++)
		o->cookie[i] = at[i];
}

/* One known option whose length octet was found right or wrong; an unknown kind has no length of its own. */
static bool option_take(const uint8_t *at, size_t length, struct options *o)
{
	switch (at[0]) {
	case OPTION_MSS:
		if (length != 4)
			return false;
		o->has_mss = true;
		o->mss = octets_u16(at + 2);
		return true;
	case OPTION_WS:
		if (length != 3)
			return false;
		o->has_ws = true;
		o->ws = at[2];
		return true;
	case OPTION_SACKOK:
		if (length != 2)
			return false;
		o->has_sack_permitted = true;
		return true;
	case OPTION_TS:
		if (length != 10)
			return false;
		o->has_ts = true;
		o->ts_val = octets_u32(at + 2);
		o->ts_ecr = octets_u32(at + 6);
		return true;
	case OPTION_SACK:
		if (length < 10 || length > 2 + 8 * SACK_BLOCKS_MAX || length % 8 != 2)
			return false;
		o->sack_blocks = (uint8_t)((length - 2) / 8);
		for (size_t i = 0; i < o->sack_blocks; i++) {
			o->sack[i].left = octets_u32(at + 2 + 8 * i);
			o->sack[i].right = octets_u32(at + 6 + 8 * i);
		}
		return true;
	case OPTION_TFO:
		cookie_take(at + 2, length - 2, o);
		return true;
	case OPTION_UTO:
		if (length == 4) {
			o->has_uto = true;
			o->uto = octets_u16(at + 2);
		}
		return true;
	default:
		return true;
	}
}

bool options_parse(const uint8_t *at, size_t n, struct options *o)
{
	size_t length;

	*o = (struct options){0};
	for (size_t i = 0; i < n; i += length) {
		length = 1;
		if (at[i] == OPTION_EOL)
			break;
		if (at[i] == OPTION_NOP)
			continue;
		/* RFC 9293 MUST-7: prepared for an illegal length. Behind it, no option's begin can be known. */
		if (n - i < 2 || at[i + 1] < 2 || at[i + 1] > n - i) {
			o->malformed = true;
			break;
		}
		length = at[i + 1];
		if (!option_take(at + i, length, o))
			o->malformed = true;
	}
	return !o->malformed;
}

uint8_t options_timestamps(uint32_t val, uint32_t ecr, uint8_t to[OPTIONS_MAX])
{
	to[0] = to[1] = OPTION_NOP;
	to[2] = OPTION_TS;
	to[3] = 10;
	octets_put_u32(to + 4, val);
	octets_put_u32(to + 8, ecr);
	return 12;
}
