#include "check.h"
#include "json_valid.h"
#include "pdb_scene.h"
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARGS_MAX = 4 };

static char path[] = "/tmp/pdb-command-XXXXXX";

#define INFO                                                                   \
	"{\"guid\":\"03020100-0504-0706-0809-0a0b0c0d0e0f\",\"age\":3,"        \
	"\"machine\":34404,\"section_count\":2,\"public_count\":6,"            \
	"\"global_count\":5,\"type_count\":4,\"stripped\":true,"               \
	"\"fastlink\":false"
#define LIST_ENTRY                                                             \
	"{\"name\":\"_LIST_ENTRY\",\"kind\":\"struct\",\"size\":16,"           \
	"\"fields\":[{\"name\":\"Flink\",\"offset\":0,"                        \
	"\"type\":\"Ptr64 _LIST_ENTRY\"},{\"name\":\"Blink\",\"offset\":8,"    \
	"\"type\":\"Ptr64 _LIST_ENTRY\"}]}"

static const struct {
	const char *row;
	const char *args[ARGS_MAX];
	const char *out;
} rows[] = {
	{ "nothing asked",
	  { NULL },
	  "GUID      {03020100-0504-0706-0809-0a0b0c0d0e0f}\n"
	  "age       3\nmachine   0x8664\nsections  2\npublics   6\n"
	  "globals   5\ntypes     4\nprivate symbols were stripped\n" },
	{ "sections",
	  { "--sections" },
	  "   1 00001000 00000800 60000020 .text\n"
	  "   2 00002000 00000100 60000020 .rdata12\n" },
	{ "publics",
	  { "--publics" },
	  "0001:00000010 00001010 first\n0001:00000020 00001020 alias\n"
	  "0001:00000020 00001020 twin\n0001:000007f0 000017f0 last\n"
	  "0002:00000000 00002000 data\n0003:00001234 -        absolute\n" },
	{ "types",
	  { "--types" },
	  "struct _LIST_ENTRY, 0x10 bytes\n"
	  "   +0x000 Flink            : Ptr64 _LIST_ENTRY\n"
	  "   +0x008 Blink            : Ptr64 _LIST_ENTRY\n" },
	{ "a pattern that matches",
	  { "--types", "_list*", "--json" },
	  INFO ",\"types\":[" LIST_ENTRY "]}\n" },
	{ "a pattern that does not",
	  { "--types", "_list", "--json" },
	  INFO ",\"types\":[]}\n" },
	{ "a line",
	  { "--lines", "1121" },
	  "0001:00000120 00001120 C:\\lab\\work.h(3)+0x1\n" },
	{ "a line for programs",
	  { "--lines", "0x1130", "--json" },
	  INFO ",\"lines\":[{\"file\":\"C:\\\\lab\\\\Work.c\","
	       "\"line\":14,\"last_line\":15,\"statement\":true,"
	       "\"section\":1,\"offset\":304,\"rva\":4400,"
	       "\"size\":48}]}\n" },
	{ "publics for programs",
	  { "--json", "--publics" },
	  INFO ",\"publics\":["
	       "{\"name\":\"first\",\"section\":1,\"offset\":16,\"rva\":4112},"
	       "{\"name\":\"alias\",\"section\":1,\"offset\":32,\"rva\":4128},"
	       "{\"name\":\"twin\",\"section\":1,\"offset\":32,\"rva\":4128},"
	       "{\"name\":\"last\",\"section\":1,\"offset\":2032,"
	       "\"rva\":6128},"
	       "{\"name\":\"data\",\"section\":2,\"offset\":0,\"rva\":8192},"
	       "{\"name\":\"absolute\",\"section\":3,\"offset\":4660,"
	       "\"rva\":null}]}\n" },
};

static void run(const char *file, const char *const args[ARGS_MAX],
		struct run_result *r)
{
	const char *argv[ARGS_MAX + 4] = { run_crashcart(), "pdb", file };

	for (size_t i = 0; file && i < ARGS_MAX; i++)
		argv[i + 3] = args[i];
	run_program(argv, NULL, NULL, r);
}

static void write_scene(struct pdb_scene *s)
{
	FILE *file = fopen(path, "wb");

	CHECK_EQ("open", pdb_scene_open(s, 512), 0);
	CHECK(file && fwrite(s->file, 1, s->len, file) == s->len &&
	      !fclose(file));
	pdb_scene_close(s);
}

static void make_file(void)
{
	struct pdb_scene s = { 0 };

	pdb_scene_fill(&s);
	pdb_scene_fill_private(&s);
	write_scene(&s);
}

static void test_rows(void)
{
	make_file();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run_result r = { 0 };

		run(path, rows[i].args, &r);
		CHECK_EQ(rows[i].row, r.code, 0);
		CHECK_TEXT(rows[i].row, r.out, rows[i].out);
		CHECK_TEXT(rows[i].row, r.err, "");
		run_free(&r);
	}
}

static void test_trouble(void)
{
	static const char *const none[ARGS_MAX];
	struct run_result r = { 0 };

	run(run_crashcart(), none, &r);
	CHECK_EQ("no PDB", r.code, 1);
	CHECK(strstr(r.err, "it is no PDB: it does not begin as MSF 7.0"));
	run_free(&r);
	run("/no/such/file.pdb", none, &r);
	CHECK_EQ("absent", r.code, 1);
	CHECK(strstr(r.err, "crashcart pdb: /no/such/file.pdb: "));
	run_free(&r);
	run(NULL, none, &r);
	CHECK_EQ("no name", r.code, 2);
	CHECK(strstr(r.err, "which file?"));
	run_free(&r);
	run(path, (const char *const[ARGS_MAX]){ "--what" }, &r);
	CHECK_EQ("option", r.code, 2);
	CHECK(strstr(r.err, "unknown option --what"));
	run_free(&r);
	run(path, (const char *const[ARGS_MAX]){ "--types", "a", "b" }, &r);
	CHECK_EQ("two patterns", r.code, 2);
	run_free(&r);
	run(path, (const char *const[ARGS_MAX]){ "--lines", "1105", "1106" },
	    &r);
	CHECK_EQ("two addresses", r.code, 2);
	run_free(&r);
	run(path, (const char *const[ARGS_MAX]){ "--lines", "1700" }, &r);
	CHECK_EQ("no line", r.code, 1);
	CHECK(strstr(r.err, "it tells of no line of source at 0x1700"));
	run_free(&r);
}

/* What is no address; NULL: none at all. */
static void test_addresses(void)
{
	static const char *const words[] = { "x",   "-1", "0x", "100000000",
					     "11z", "",	  NULL };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct run_result r = { 0 };

		run(path, (const char *const[ARGS_MAX]){ "--lines", words[i] },
		    &r);
		CHECK_EQ(words[i], r.code, 2);
		CHECK(strstr(r.err, "--lines needs an address"));
		run_free(&r);
	}
}

/* Names of any bytes: as JSON, and on a terminal. */
static const struct {
	const char *name, *json, *text;
} name_rows[] = {
	{ "caf\xc3\xa9", "caf\xc3\xa9", "caf\\xc3\\xa9" },
	{ "caf\xe9", "caf\\u00e9", "caf\\xe9" },
	{ "\x1b[2J", "\\u001b[2J", "\\x1b[2J" },
	{ "\xc2\x9b", "\\u009b", "\\xc2\\x9b" },
	{ "\xc0\xaf", "\\u00c0\\u00af", "\\xc0\\xaf" },
	{ "\xed\xa0\x80", "\\u00ed\\u00a0\\u0080", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\u00f4\\u0090\\u0080\\u0080",
	  "\\xf4\\x90\\x80\\x80" },
	{ "\xf0\x9f\x90\x9b", "\xf0\x9f\x90\x9b", "\\xf0\\x9f\\x90\\x9b" },
	{ "cut\xe2\x82", "cut\\u00e2\\u0082", "cut\\xe2\\x82" },
	{ "\"\\", "\\\"\\\\", "\"\\" },
};

static void test_names(void)
{
	for (size_t i = 0; i < sizeof(name_rows) / sizeof(name_rows[0]); i++) {
		struct pdb_scene s = { 0 };
		struct run_result r = { 0 };

		maker_public(&s.maker, name_rows[i].name, 1, 0);
		write_scene(&s);
		run(path, (const char *const[ARGS_MAX]){ "--publics" }, &r);
		CHECK_ROW(name_rows[i].text,
			  strstr(r.out, name_rows[i].text) != NULL);
		run_free(&r);
		run(path,
		    (const char *const[ARGS_MAX]){ "--publics", "--json" }, &r);
		CHECK_ROW(name_rows[i].text,
			  strstr(r.out, name_rows[i].json) != NULL);
		CHECK_ROW(name_rows[i].text,
			  json_is_valid(r.out, strlen(r.out) - 1));
		run_free(&r);
	}
}

static const char *const real[] = {
	"dump_syms/basic32-min.pdb",
	"seh_tests/ARM64/nested_collided.pdb",
	"seh_tests/x64/nested_collided.pdb",
	"seh_tests/x86/nested_collided.pdb",
	"symbolic/CrashWithException.pdb",
};

static void test_real(void)
{
	static const char *const args[ARGS_MAX] = { "--publics", "--types",
						    "--sections", "--json" };

	for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++) {
		struct run_result r = { 0 };
		char below[200];

		snprintf(below, sizeof(below), "data/pe-pdb/%s", real[i]);
		const char *file = check_shared(below);

		if (!file)
			return;
		run(file, args, &r);
		CHECK_EQ(real[i], r.code, 0);
		CHECK_TEXT(real[i], r.err, "");
		CHECK_ROW(real[i], json_is_valid(r.out, strlen(r.out) - 1));
		run_free(&r);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },		 { "trouble", test_trouble },
		{ "addresses", test_addresses }, { "names", test_names },
		{ "real", test_real },
	};
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	int code = check_run("pdb command", tests,
			     sizeof(tests) / sizeof(tests[0]));

	unlink(path);
	return code;
}
