#include "check.h"
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
	"\"type_count\":4,\"stripped\":true"
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
	  "types     4\nprivate symbols were stripped\n" },
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

static void make_file(void)
{
	struct pdb_scene s = { 0 };
	FILE *file = fopen(path, "wb");

	pdb_scene_fill(&s);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK(file && fwrite(s.file, 1, s.len, file) == s.len && !fclose(file));
	pdb_scene_close(&s);
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
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "trouble", test_trouble },
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
