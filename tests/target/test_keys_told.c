/* Every key that a declaration is read by is told of, once; what is told of is read; and doc/targets.md has the same sentences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/model/keys.h"
#include "lib/target/declaration.h"
#include "lib/target/keys_told.h"

static size_t times_told(const char *section, const char *key)
{
	const struct key_told *k;
	size_t n = 0;
	for (size_t i = 0; (k = key_told_at(i)); i++)
		n += strcmp(k->section, section) == 0 && strcmp(k->key, key) == 0;
	return n;
}

static void what_is_read_is_told(void **state)
{
	static const char *const sections[] = {"target", "choices", "constants", "capabilities"};
	(void)state;
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		for (const char *const *key = declaration_keys(sections[i]); *key; key++)
			if (times_told(sections[i], *key) != 1)
				fail_msg("[%s] %s is told of %zu times in lib/target/keys_told.c", sections[i], *key, times_told(sections[i], *key));
	for (unsigned i = 0; capability_at(i); i++)
		if (times_told("lacks", capability_name(capability_at(i))) != 1)
			fail_msg("lacks = %s is not told of once in lib/target/keys_told.c", capability_name(capability_at(i)));
}

static void what_is_told_is_read(void **state)
{
	const struct key_told *k;
	(void)state;
	for (size_t i = 0; (k = key_told_at(i)); i++) {
		const bool read = strcmp(k->section, "lacks") == 0 ? capability_read(k->key) != 0 : word_among(k->key, declaration_keys(k->section)) || strcmp(k->key, "rfc5961") == 0;
		if (!read)
			fail_msg("[%s] %s is told of, and no declaration is read by it", k->section, k->key);
	}
}

static void the_page_says_the_same(void **state)
{
	struct error e;
	struct text row = {0};
	size_t size;
	char *page = memory_file("doc/targets.md", &size, &e); /* the tests run at the top of the tree */
	const struct key_told *k;
	(void)state;
	if (!page)
		fail_msg("%s", e.text);
	for (size_t i = 0; (k = key_told_at(i)); i++) {
		text_clear(&row);
		text_add(&row, "\n| `%s` | %s |\n", k->key, k->what);
		if (!strstr(page, text_string(&row)))
			fail_msg("doc/targets.md has not the row:%s", text_string(&row));
	}
	text_free(&row);
	free(page);
}

/* What is printed for a new descriptor names each of the section once, with the default. */
static void a_section_is_printed(void **state)
{
	struct text out = {0};
	size_t lines = 0, keys = 0;
	(void)state;
	keys_print("constants", PROFILE_RFC9293, &out);
	for (const char *at = text_string(&out); *at; at++)
		lines += *at == '\n';
	for (const char *const *key = constant_names(); *key; key++)
		keys++;
	assert_int_equal(lines, keys);
	assert_non_null(strstr(text_string(&out), "# msl                  = 120s     # TIME-WAIT lasts 2 of these\n"));
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_read_is_told),
	    cmocka_unit_test(what_is_told_is_read),
	    cmocka_unit_test(the_page_says_the_same),
	    cmocka_unit_test(a_section_is_printed),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("target: keys told", tests, NULL, NULL);
}
