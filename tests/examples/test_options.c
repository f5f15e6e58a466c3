#include "check.h"
#include "options.h"

#include <stdio.h>
#include <string.h>

// clang-format off
static const struct {
	const char *name;
	const char *argv[8];
	bool good;
	struct options want;
} rows[] = {
	{ "a link", { "crashcart", "-k", "net:port=1" }, true,
	  { .connect = "net:port=1" } },
	{ "no link", { "crashcart" }, false, { 0 } },
	{ "nothing behind -k", { "crashcart", "-k" }, false, { 0 } },
	{ "unknown option", { "crashcart", "-k", "x", "--nope" }, false, { 0 } },
	{ "-b", { "crashcart", "-k", "x", "-b" }, true,
	  { .connect = "x", .break_in = true } },
	{ "-bonc", { "crashcart", "-bonc", "-k", "x" }, true,
	  { .connect = "x", .break_in = true } },
	{ "-d -v", { "crashcart", "-k", "x", "-d", "-v" }, true,
	  { .connect = "x", .stop_at_load = true, .verbose = true } },
	{ "commands", { "crashcart", "-k", "x", "-c", "r;q" }, true,
	  { .connect = "x", .commands = "r;q" } },
	{ "a log", { "crashcart", "-k", "x", "-logo", "f" }, true,
	  { .connect = "x", .log = "f" } },
	{ "a log that goes on", { "crashcart", "-k", "x", "-loga", "f" }, true,
	  { .connect = "x", .log = "f", .log_append = true } },
	{ "half a second", { "crashcart", "-k", "x", "--wait", "0.5" }, true,
	  { .connect = "x", .wait_us = 500000 } },
	{ "all in two minutes", { "crashcart", "-k", "x", "--timeout", "120", "--json" }, true,
	  { .connect = "x", .timeout_us = 120000000, .json = true } },
	{ "never", { "crashcart", "-k", "x", "--timeout", "0" }, false, { 0 } },
	{ "no time", { "crashcart", "-k", "x", "--wait", "0" }, false, { 0 } },
	{ "a negative time", { "crashcart", "-k", "x", "--wait", "-1" }, false, { 0 } },
	{ "no number", { "crashcart", "-k", "x", "--wait", "5s" }, false, { 0 } },
	{ "not a number", { "crashcart", "-k", "x", "--wait", "nan" }, false, { 0 } },
	{ "help needs no link", { "crashcart", "--help" }, true, { .help = true } },
	{ "version needs no link", { "crashcart", "--version" }, true,
	  { .version = true } },
	{ "the rest", { "crashcart", "-k", "x", "--takeover", "--record", "f", "--timestamps" },
	  true, { .connect = "x", .takeover = true, .record = "f", .time_stamps = true } },
};
// clang-format on

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct options *want = &rows[i].want;
		const char *name = rows[i].name;
		char *argv[9] = { NULL };
		char words[8][32];
		struct options o;
		int argc = 0;

		for (; argc < 8 && rows[i].argv[argc]; argc++) {
			snprintf(words[argc], sizeof(words[argc]), "%s",
				 rows[i].argv[argc]);
			argv[argc] = words[argc];
		}
		CHECK_EQ(name, options_parse(&o, argc, argv), rows[i].good);
		if (!rows[i].good)
			continue;
		CHECK_ROW(name, same_text(o.connect, want->connect));
		CHECK_ROW(name, same_text(o.commands, want->commands));
		CHECK_ROW(name, same_text(o.log, want->log));
		CHECK_ROW(name, same_text(o.record, want->record));
		CHECK_EQ(name, o.wait_us, want->wait_us);
		CHECK_EQ(name, o.timeout_us, want->timeout_us);
		CHECK_EQ(name, o.json, want->json);
		CHECK_EQ(name, o.log_append, want->log_append);
		CHECK_EQ(name, o.break_in, want->break_in);
		CHECK_EQ(name, o.stop_at_load, want->stop_at_load);
		CHECK_EQ(name, o.verbose, want->verbose);
		CHECK_EQ(name, o.takeover, want->takeover);
		CHECK_EQ(name, o.time_stamps, want->time_stamps);
		CHECK_EQ(name, o.help, want->help);
		CHECK_EQ(name, o.version, want->version);
	}
}

int main(void)
{
	static const struct check_test tests[] = { { "rows", test_rows } };

	return check_run("options", tests, sizeof(tests) / sizeof(tests[0]));
}
