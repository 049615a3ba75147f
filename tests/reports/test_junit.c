/* The JUnit file: valid by the schema beside this file, its counts those of its testcases, each verdict where CI looks for it, and well-formed whatever octets come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>

#include "reports/junit.h"
#include "reports/xml.h"
#include "tests/golden.h"
#include "tests/reports/fixture.h"

/* The fixture as JUnit. Caller frees. */
static char *junit_print(const struct fixture *f, bool strict, const char *failure)
{
	char *out = NULL;
	size_t size;
	struct error e = {""};
	FILE *to = open_memstream(&out, &size);
	struct junit *j = junit_new(strict);
	for (size_t i = 0; i < FIXTURE_RESULTS; i++)
		if (!junit_result(j, f->all[i], f->header.seed, " --all", &e))
			fail_msg("%s", e.text);
	if (!junit_write(j, to, &f->header, &f->counts, failure, &e))
		fail_msg("%s", e.text);
	junit_free(j);
	fclose(to);
	return out;
}

static xmlDoc *parsed(const char *text)
{
	xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), "junit.xml", NULL, XML_PARSE_NONET);
	if (!doc)
		fail_msg("not well-formed:\n%s", text);
	return doc;
}

static void validate(xmlDoc *doc)
{
	xmlSchemaParserCtxt *from = xmlSchemaNewParserCtxt("tests/reports/junit.xsd"); /* the tests run at the top of the tree */
	xmlSchema *schema = xmlSchemaParse(from);
	assert_non_null(schema);
	xmlSchemaValidCtxt *valid = xmlSchemaNewValidCtxt(schema);
	assert_int_equal(xmlSchemaValidateDoc(valid, doc), 0);
	xmlSchemaFreeValidCtxt(valid);
	xmlSchemaFree(schema);
	xmlSchemaFreeParserCtxt(from);
}

static double number(xmlDoc *doc, const char *path)
{
	xmlXPathContext *at = xmlXPathNewContext(doc);
	xmlXPathObject *found = xmlXPathEvalExpression((const xmlChar *)path, at);
	assert_non_null(found);
	const double n = xmlXPathCastToNumber(found);
	xmlXPathFreeObject(found);
	xmlXPathFreeContext(at);
	return n;
}

static void holds(xmlDoc *doc, const char *path)
{
	char test[512];
	snprintf(test, sizeof test, "count(%s)", path);
	if (number(doc, test) < 1)
		fail_msg("%s is not there", path);
}

static void it_looks_as_it_did(void **state)
{
	(void)state;
	struct fixture f;
	fixture_fill(&f);
	char *out = junit_print(&f, false, NULL);
	golden_check("junit.xml", out);
	free(out);
	fixture_free(&f);
}

static void it_is_valid_and_adds_up(void **state)
{
	(void)state;
	struct fixture f;
	fixture_fill(&f);
	for (unsigned strict = 0; strict < 2; strict++)
		for (unsigned died = 0; died < 2; died++) {
			char *out = junit_print(&f, strict, died ? "the link went down <&>" : NULL);
			xmlDoc *doc = parsed(out);
			validate(doc);
			assert_int_equal(number(doc, "/testsuites/@tests - count(//testcase)"), 0);
			assert_int_equal(number(doc, "/testsuites/@failures - count(//failure)"), 0);
			assert_int_equal(number(doc, "/testsuites/@errors - count(//error)"), 0);
			assert_int_equal(number(doc, "/testsuites/@skipped - count(//skipped)"), 0);
			const char *const counts[][2] = {{"tests", "testcase"}, {"failures", "testcase/failure"}, {"errors", "testcase/error"}, {"skipped", "testcase/skipped"}};
			for (size_t i = 0; i < 4; i++) {
				char path[128];
				snprintf(path, sizeof path, "count(//testsuite[@%s != count(%s)])", counts[i][0], counts[i][1]);
				assert_int_equal(number(doc, path), 0);
			}
			xmlFreeDoc(doc);
			free(out);
		}
	fixture_free(&f);
}

static void each_verdict_has_its_place(void **state)
{
	(void)state;
	struct fixture f;
	fixture_fill(&f);
	char *out = junit_print(&f, false, "the link went down");
	xmlDoc *doc = parsed(out);
	holds(doc, "//testsuite[@name='close']/testcase[@name='close/figure-12/a/v4'][not(failure or error or skipped or system-out)]");
	holds(doc, "//testsuite[@name='matrix.established']/testcase/failure[@type='no reply'][contains(., 'rerun: tcpspec run --seed 7 --all')]");
	holds(doc, "//testcase[@name='matrix/established/syn/exact/-/0/v4']/system-out[contains(., '<== no reply')]");
	holds(doc, "//testcase[@name='matrix/established/syn/exact/-/0/v4']/properties[property[@name='level'][@value='MUST']]/property[@name='clause'][@value='RFC 9293 3.10.7.4, fourth check']");
	holds(doc, "//testcase[@name='matrix/time-wait/fin/exact/-/0/v6']/skipped[starts-with(@message, 'a FIN without ACK is dropped')]");
	holds(doc, "//testcase[@name='close/figure-13/b/v4']/failure[@type='stale known line']");
	holds(doc, "//testcase[@name='handshake/text-on-syn/b/v4']/error[@type='precondition']");
	holds(doc, "//testcase[@name='data/urgent/a/v4']/skipped");
	holds(doc, "//testcase[@name='handshake/time-wait-reuse/b/v4'][not(failure or error or skipped)]");
	holds(doc, "//testsuite[@name='run']/testcase[@name='known.tsv:9']/failure");
	holds(doc, "//testsuite[@name='run']/testcase/error[@message='the link went down']");
	holds(doc, "//testsuite[@name='close']/properties/property[@name='net.ipv4.tcp_syncookies'][@value='0']");
	assert_int_equal(number(doc, "count(//testcase[@name='close/half-close/b/v6']/failure)"), 0);
	xmlFreeDoc(doc);
	free(out);
	out = junit_print(&f, true, NULL);
	doc = parsed(out);
	assert_int_equal(number(doc, "count(//testcase[@name='close/half-close/b/v6']/failure)"), 1);
	xmlFreeDoc(doc);
	free(out);
	fixture_free(&f);
}

/* Every octet, alone and beside others, in attributes and in text. */
static void any_octet_is_escaped(void **state)
{
	(void)state;
	struct fixture f;
	fixture_fill(&f);
	struct result *r = &f.result[3];
	for (unsigned octet = 1; octet < 256; octet++) {
		const char nasty[] = {'a', (char)octet, '<', '&', '"', '\'', ']', ']', '>', (char)octet, (char)0xbf, 0};
		snprintf(r->cause, sizeof r->cause, "%s", nasty);
		snprintf(r->clause, sizeof r->clause, "%s", nasty);
		text_clear(&r->actual);
		text_add(&r->actual, "%s", nasty);
		text_clear(&r->ladder);
		text_add(&r->ladder, "%s\n", nasty);
		text_clear(&f.result[4].known);
		text_add(&f.result[4].known, "%s", nasty);
		snprintf(f.header.kernel, sizeof f.header.kernel, "%s", nasty);
		char *out = junit_print(&f, false, nasty);
		xmlDoc *doc = parsed(out);
		validate(doc);
		holds(doc, "//failure[contains(@message, concat('<&', '\"', \"'\", ']]>'))]");
		xmlFreeDoc(doc);
		free(out);
	}
	fixture_free(&f);
}

static void what_xml_cannot_say_is_told_as_octets(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"plain \t\n\r", "plain \t\n\r"},
	    {"\xc3\xa9 \xe2\x87\x92 \xf0\x9f\x90\xa7", "\xc3\xa9 \xe2\x87\x92 \xf0\x9f\x90\xa7"},
	    {"\x01\x1f\x7f", "\\x01\\x1f\\x7f"},
	    {"a\xc3", "a\\xc3"},                                            /* half a sequence */
	    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},                            /* a surrogate */
	    {"\xc0\xaf", "\\xc0\\xaf"},                                     /* overlong */
	    {"\xef\xbf\xbe\xef\xbf\xbf", "\\xef\\xbf\\xbe\\xef\\xbf\\xbf"}, /* U+FFFE, U+FFFF */
	    {"\xef\xbf\xbd", "\xef\xbf\xbd"},                               /* U+FFFD */
	    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},                   /* beyond U+10FFFF */
	};
	struct text room = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(xml_clean(cases[i][0], &room), cases[i][1]);
	text_free(&room);
}

/* What cannot be written is told, and is no file that looks whole. */
static void a_full_disk_is_told(void **state)
{
	(void)state;
	struct fixture f;
	struct error e = {""};
	fixture_fill(&f);
	FILE *full = fopen("/dev/full", "w");
	struct junit *j = junit_new(false);
	for (size_t i = 0; i < FIXTURE_RESULTS; i++)
		assert_true(junit_result(j, f.all[i], 1, NULL, &e));
	assert_false(junit_write(j, full, &f.header, &f.counts, NULL, &e));
	assert_non_null(strstr(e.text, "No space left"));
	junit_free(j);
	fclose(full);
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_looks_as_it_did),
	    cmocka_unit_test(it_is_valid_and_adds_up),
	    cmocka_unit_test(each_verdict_has_its_place),
	    cmocka_unit_test(any_octet_is_escaped),
	    cmocka_unit_test(what_xml_cannot_say_is_told_as_octets),
	    cmocka_unit_test(a_full_disk_is_told),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const int failed = cmocka_run_group_tests_name("reports: JUnit", tests, NULL, NULL);
	xmlCleanupParser();
	return failed;
}
