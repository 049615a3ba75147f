/* Options as text, both ways: "MSS:1460,NOP,WS:7" <-> octets. It judges no option: what can be sent can be said. */
#include <string.h>

#include "lib/wire/octets.h"
#include "lib/wire/option.h"

/* What stands behind the colon of a word: how many numbers, and how many octets each takes. TFO and K<kind> have forms of their own. */
struct value_form {
	uint8_t kind;
	uint8_t width;
	uint8_t least, most, step;
	const char *expected;
};

static const struct value_form value_forms[] = {
    {OPTION_MSS, 2, 1, 1, 1, "MSS:<0 to 65535>"},
    {OPTION_WS, 1, 1, 1, 1, "WS:<0 to 255>"},
    {OPTION_SACKOK, 0, 0, 0, 1, "SACKOK without a value"},
    {OPTION_SACK, 4, 2, 2 * SACK_BLOCKS_MAX, 2, "SACK:<left>/<right>, one to four pairs"},
    {OPTION_TS, 4, 2, 2, 1, "TS:<value>/<echo reply>"},
};

static const struct value_form *form_of(uint8_t kind)
{
	for (size_t i = 0; i < sizeof value_forms / sizeof *value_forms; i++)
		if (value_forms[i].kind == kind)
			return &value_forms[i];
	return NULL;
}

static const struct option_kind *kind_of_word(const char *word, size_t n)
{
	size_t count;
	const struct option_kind *kinds = option_kinds(&count);

	for (size_t i = 0; i < count; i++)
		if (kinds[i].word && strlen(kinds[i].word) == n && memcmp(kinds[i].word, word, n) == 0)
			return &kinds[i];
	return NULL;
}

/* A text while it is compiled. */
struct scan {
	const char *said, *at;
	const char *option; /* where the option at hand begins */
	uint8_t *to;
	size_t n;
	struct error *e;
};

static bool scan_fail(const struct scan *sc, const char *expected)
{
	return error_set(sc->e, "options \"%s\": character %zu: expected %s", sc->said, (size_t)(sc->at - sc->said) + 1, expected);
}

/* Takes c if it stands here. */
static bool scan_take(struct scan *sc, char c)
{
	if (*sc->at != c)
		return false;
	sc->at++;
	return true;
}

static bool scan_put(struct scan *sc, uint32_t value, size_t width)
{
	if (OPTIONS_MAX - sc->n < width) {
		sc->at = sc->option; /* it is the whole option that does not fit, not its last digit */
		return scan_fail(sc, "no more: a header holds 40 octets of options");
	}
	while (width-- > 0)
		sc->to[sc->n++] = (uint8_t)(value >> 8 * width);
	return true;
}

static bool scan_number(struct scan *sc, uint32_t max, uint32_t *value, const char *expected)
{
	const char *at = sc->at;
	uint64_t sum = 0;

	for (; *at >= '0' && *at <= '9'; at++) {
		sum = sum * 10 + (uint64_t)(*at - '0');
		if (sum > max)
			return scan_fail(sc, expected);
	}
	if (at == sc->at)
		return scan_fail(sc, expected);
	sc->at = at;
	*value = (uint32_t)sum;
	return true;
}

/* The numbers of one of value_forms. */
static bool values_compile(struct scan *sc, const struct value_form *f)
{
	static const uint32_t max[] = {0, 0xff, 0xffff, 0, 0xffffffff};
	size_t length_at = sc->n + 1;
	unsigned count = 0;
	uint32_t value;

	if (!scan_put(sc, (uint32_t)f->kind << 8, 2))
		return false;
	if (f->least && !scan_take(sc, ':'))
		return scan_fail(sc, f->expected);
	while (count < f->most) {
		if (count && !scan_take(sc, '/'))
			break;
		if (!scan_number(sc, max[f->width], &value, f->expected) || !scan_put(sc, value, f->width))
			return false;
		count++;
	}
	if (count < f->least || count % f->step)
		return scan_fail(sc, f->expected);
	sc->to[length_at] = (uint8_t)(2 + count * f->width);
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A cookie that is not known yet: as long as one mostly is. */
static bool cookie_word(struct scan *sc)
{
	const bool forged = strncmp(sc->at, "forged", 6) == 0;

	if (!forged && strncmp(sc->at, "cookie", 6) != 0)
		return false;
	sc->at += 6;
	return scan_put(sc, 0, 4) && scan_put(sc, forged, 4);
}

/* "TFO" asks for a cookie, "TFO:<hex>" shows one (RFC 7413 4.1.1). */
static bool cookie_compile(struct scan *sc)
{
	static const char expected[] = "TFO, or TFO:<cookie of hex digits, two for each octet>, TFO:cookie, TFO:forged";
	size_t length_at = sc->n + 1;
	int high, low;

	if (!scan_put(sc, OPTION_TFO << 8, 2))
		return false;
	if (scan_take(sc, ':') && !cookie_word(sc)) {
		do {
			high = hex_digit(sc->at[0]);
			low = high < 0 ? -1 : hex_digit(sc->at[1]);
			if (low < 0)
				return scan_fail(sc, expected);
			if (!scan_put(sc, (uint32_t)(high << 4 | low), 1))
				return false;
			sc->at += 2;
		} while (hex_digit(*sc->at) >= 0);
	}
	sc->to[length_at] = (uint8_t)(sc->n - length_at + 1);
	return true;
}

/* What follows "K<kind>:" and "K<kind>:L<length>/": octets. */
static bool octets_compile(struct scan *sc)
{
	uint32_t value;

	do {
		if (!scan_number(sc, 0xff, &value, "an octet, 0 to 255") || !scan_put(sc, value, 1))
			return false;
	} while (scan_take(sc, '/'));
	return true;
}

/* K<kind>, the K taken already. */
static bool nonsense_compile(struct scan *sc)
{
	size_t length_at;
	uint32_t kind, length;

	if (!scan_number(sc, 0xff, &kind, "K<kind>, 0 to 255") || !scan_put(sc, kind, 1))
		return false;
	length_at = sc->n;
	if (!scan_take(sc, ':'))
		return scan_put(sc, 2, 1);
	if (!scan_take(sc, 'L')) {
		if (!scan_put(sc, 0, 1) || !octets_compile(sc))
			return false;
		sc->to[length_at] = (uint8_t)(sc->n - length_at + 1);
		return true;
	}
	if (scan_take(sc, '-'))
		return true;
	if (!scan_number(sc, 0xff, &length, "L<length>, 0 to 255, or L- for none") || !scan_put(sc, length, 1))
		return false;
	return !scan_take(sc, '/') || octets_compile(sc);
}

static bool option_compile(struct scan *sc)
{
	size_t n = strspn(sc->at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	const struct option_kind *k = kind_of_word(sc->at, n);

	sc->option = sc->at;
	if (n == 1 && scan_take(sc, 'K'))
		return nonsense_compile(sc);
	if (!k)
		return scan_fail(sc, "an option: MSS, WS, SACKOK, SACK, TS, NOP, EOL, TFO or K<kind>");
	sc->at += n;
	if (k->kind == OPTION_NOP || k->kind == OPTION_EOL)
		return scan_put(sc, k->kind, 1);
	if (k->kind == OPTION_TFO)
		return cookie_compile(sc);
	return values_compile(sc, form_of(k->kind));
}

bool options_compile(const char *said, uint8_t to[OPTIONS_MAX], uint8_t *length, struct error *e)
{
	struct scan sc = {.said = said, .at = said, .to = to, .e = e};

	*length = 0;
	if (*said) {
		do {
			if (!option_compile(&sc))
				return false;
		} while (scan_take(&sc, ','));
		if (*sc.at)
			return scan_fail(&sc, "a comma or the end");
	}
	*length = (uint8_t)sc.n;
	return true;
}

static void octets_print(const uint8_t *at, size_t n, const char *before, struct text *out)
{
	for (size_t i = 0; i < n; i++) {
		text_add(out, "%s%u", before, at[i]);
		before = "/";
	}
}

/* Prints a whole option by its word. False when its length is not the word's. */
static bool option_print_word(const uint8_t *at, size_t length, const char *word, struct text *out)
{
	const struct value_form *f = form_of(at[0]);
	size_t count;

	if (at[0] == OPTION_TFO) {
		text_add(out, "%s%s", word, length > 2 ? ":" : "");
		for (size_t i = 2; i < length; i++)
			text_add(out, "%02x", at[i]);
		return true;
	}
	if (!f)
		return false;
	count = f->width ? (length - 2) / f->width : 0;
	if (length != 2 + count * f->width || count < f->least || count > f->most || count % f->step)
		return false;
	text_add(out, "%s", word);
	for (size_t i = 0; i < count; i++) {
		uint32_t value = 0;

		for (size_t j = 0; j < f->width; j++)
			value = value << 8 | at[2 + i * f->width + j];
		text_add(out, "%s%u", i ? "/" : ":", value);
	}
	return true;
}

/* Prints one option of the n octets that are left, and returns how many it took. */
static size_t option_print(const uint8_t *at, size_t n, struct text *out)
{
	size_t count;
	const struct option_kind *kinds = option_kinds(&count), *k = NULL;

	for (size_t i = 0; i < count && !k; i++)
		if (kinds[i].kind == at[0] && kinds[i].word)
			k = &kinds[i];
	if (at[0] == OPTION_NOP || at[0] == OPTION_EOL) {
		text_add(out, "%s", k->word);
		return 1;
	}
	if (n == 1) {
		text_add(out, "K%u:L-", at[0]);
		return 1;
	}
	if (at[1] < 2 || at[1] > n) {
		text_add(out, "K%u:L%u", at[0], at[1]);
		octets_print(at + 2, n - 2, "/", out);
		return n;
	}
	if (!k || !option_print_word(at, at[1], k->word, out)) {
		text_add(out, "K%u", at[0]);
		octets_print(at + 2, at[1] - 2u, ":", out);
	}
	return at[1];
}

void options_print(const uint8_t *at, size_t n, struct text *out)
{
	for (size_t i = 0; i < n;) {
		if (i)
			text_add(out, ",");
		i += option_print(at + i, n - i, out);
	}
}
