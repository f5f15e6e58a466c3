#include "options.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MAX_S = 1000000 };

/* What an option sets: a flag, a text, or something of its own. */
enum option_kind { FLAG, TEXT, SECONDS, LOG_OPEN, LOG_APPEND };

struct option_row {
	const char *name;
	enum option_kind kind;
	size_t field; /* offset in struct options, but for the logs */
	const char *value;
	const char *help;
};

// clang-format off
static const struct option_row rows[] = {
	{ "-k", TEXT, offsetof(struct options, connect), "LINK",
	  "where the target is, see below" },
	{ "-c", TEXT, offsetof(struct options, commands), "\"CMD;CMD\"",
	  "run these at the first stop, then go on with what is typed" },
	{ "-b", FLAG, offsetof(struct options, break_in), NULL,
	  "stop the target as soon as it is attached" },
	{ "-bonc", FLAG, offsetof(struct options, break_in), NULL,
	  "the same" },
	{ "-d", FLAG, offsetof(struct options, stop_at_load), NULL,
	  "stop at the first module load" },
	{ "-v", FLAG, offsetof(struct options, verbose), NULL,
	  "say what happens on the wire" },
	{ "-y", TEXT, offsetof(struct options, symbol_path), "PATH",
	  "symbol path" },
	{ "-logo", LOG_OPEN, 0, "FILE", "log everything to a new file" },
	{ "-loga", LOG_APPEND, 0, "FILE", "log everything to the end of a file" },
	{ "--json", FLAG, offsetof(struct options, json), NULL,
	  "one JSON object a line, for each command and each event" },
	{ "--timeout", SECONDS, offsetof(struct options, timeout_us), "SECONDS",
	  "leave when all is not done by then" },
	{ "--wait", SECONDS, offsetof(struct options, wait_us), "SECONDS",
	  "give up when nothing is attached by then; see exit codes" },
	{ "--takeover", FLAG, offsetof(struct options, takeover), NULL,
	  "take the target from another debugger" },
	{ "--undo", FLAG, offsetof(struct options, undo), NULL,
	  "take back what a session left behind that was killed" },
	{ "--record", TEXT, offsetof(struct options, record), "FILE",
	  "write what goes over the wire as a capture" },
	{ "--timestamps", FLAG, offsetof(struct options, time_stamps), NULL,
	  "put the time before what the target says" },
	{ "--version", FLAG, offsetof(struct options, version), NULL,
	  "say which version this is" },
	{ "--help", FLAG, offsetof(struct options, help), NULL, "this text" },
	{ "-h", FLAG, offsetof(struct options, help), NULL, "this text" },
};
// clang-format on

const char *options_name(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? rows[i].name : NULL;
}

static const struct option_row *find(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	}
	return NULL;
}

static bool parse_seconds(const char *text, uint64_t *ret_us)
{
	char *end;
	double s;

	errno = 0;
	s = strtod(text, &end);
	if (errno || end == text || *end || !(s > 0) || s > WAIT_MAX_S)
		return false;
	*ret_us = (uint64_t)llround(s * 1e6);
	return true;
}

static void set_flag(struct options *o, size_t field)
{
	bool yes = true;

	memcpy((char *)o + field, &yes, sizeof(yes));
}

static void set_text(struct options *o, size_t field, const char *text)
{
	memcpy((char *)o + field, &text, sizeof(text));
}

static bool take_seconds(struct options *o, const struct option_row *row,
			 const char *value)
{
	uint64_t us;

	if (!parse_seconds(value, &us)) {
		fprintf(stderr,
			"crashcart: %s takes a number of seconds above 0, "
			"not \"%s\"\n",
			row->name, value);
		return false;
	}
	memcpy((char *)o + row->field, &us, sizeof(us));
	return true;
}

static bool take(struct options *o, const struct option_row *row,
		 const char *value)
{
	switch (row->kind) {
	case FLAG:
		set_flag(o, row->field);
		return true;
	case TEXT:
		set_text(o, row->field, value);
		return true;
	case SECONDS:
		return take_seconds(o, row, value);
	case LOG_OPEN:
	case LOG_APPEND:
		o->log = value;
		o->log_append = row->kind == LOG_APPEND;
		return true;
	}
	return false;
}

bool options_parse(struct options *o, int argc, char **argv)
{
	*o = (struct options){ 0 };
	for (int i = 1; i < argc; i++) {
		const struct option_row *row = find(argv[i]);

		if (!row) {
			fprintf(stderr,
				"crashcart: \"%s\" is no option; "
				"crashcart --help lists them\n",
				argv[i]);
			return false;
		}
		if (row->value && ++i == argc) {
			fprintf(stderr, "crashcart: %s needs a value: %s %s\n",
				row->name, row->name, row->value);
			return false;
		}
		if (!take(o, row, row->value ? argv[i] : NULL))
			return false;
	}
	if (o->connect || o->help || o->version)
		return true;
	fprintf(stderr, "crashcart: say where the target is, with -k; "
			"crashcart --help shows how\n");
	return false;
}

void options_usage(FILE *out)
{
	fputs("usage: crashcart -k LINK [OPTION ...]\n"
	      "       crashcart decode FILE [--key KEY] [--json]\n"
	      "       crashcart pdb FILE [--publics] [--types [PATTERN]] "
	      "[--sections] [--json]\n"
	      "       crashcart pe FILE [--exports] [--unwind] [--json]\n"
	      "       crashcart help [COMMAND]\n\n",
	      out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[40];

		snprintf(name, sizeof(name), "%s %s", rows[i].name,
			 rows[i].value ? rows[i].value : "");
		fprintf(out, "  %-20s %s\n", name, rows[i].help);
	}
	fputs("\nLINK is one of\n"
	      "  net:port=50000,key=w.x.y.z[,target=HOST]\n"
	      "  com:port=/dev/ttyUSB0,baud=921600\n"
	      "  com:pipe,port=/path/to/socket[,resets=0][,reconnect]\n"
	      "  com:ipport=5555,port=host    or    tcp:host:5555\n"
	      "A key can also be key=@FILE, or be left out and stand in "
	      "CRASHCART_KEY.\n\n"
	      "Exit codes: 0 success, 1 a command failed, 2 usage, 3 no target "
	      "in time,\n4 target lost, 5 wrong key, 6 line unusable, 7 to 14 "
	      "why no target came (see\nthe manual page), 15 not done in time, "
	      "130 "
	      "interrupted.\n",
	      out);
}
