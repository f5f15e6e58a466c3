#include "scene.h"

#include <string.h>

// clang-format off
static const char defaults[] =
	"  ct - Create thread - ignore\n"
	"  et - Exit thread - ignore\n"
	" cpr - Create process - ignore\n"
	" epr - Exit process - ignore\n"
	"  ld - Load module - output\n"
	"  ud - Unload module - output\n"
	" ser - System error - ignore\n"
	" ibp - Initial breakpoint - ignore\n"
	" iml - Initial module load - ignore\n"
	" out - Debuggee output - output\n"
	" bug - Bug check - break\n"
	"\n"
	"  av - Access violation - break - not handled\n"
	"asrt - Assertion failure - break - not handled\n"
	" aph - Application hang - break - not handled\n"
	" bpe - Break instruction exception - break\n"
	"bpec - Break instruction exception continue - handled\n"
	"  eh - C++ EH exception - second-chance break - not handled\n"
	" clr - CLR exception - second-chance break - not handled\n"
	"clrn - CLR notification exception - second-chance break - handled\n"
	" cce - Control-Break exception - break\n"
	"  cc - Control-Break exception continue - handled\n"
	" cce - Control-C exception - break\n"
	"  cc - Control-C exception continue - handled\n"
	"  dm - Data misaligned - break - not handled\n"
	"dbce - Debugger command exception - ignore - handled\n"
	"  gp - Guard page violation - break - not handled\n"
	"  ii - Illegal instruction - second-chance break - not handled\n"
	"  ip - In-page I/O error - break - not handled\n"
	"  dz - Integer divide-by-zero - break - not handled\n"
	" iov - Integer overflow - break - not handled\n"
	"  ch - Invalid handle - break\n"
	"  hc - Invalid handle continue - not handled\n"
	" lsq - Invalid lock sequence - break - not handled\n"
	" isc - Invalid system call - break - not handled\n"
	"  3c - Port disconnected - second-chance break - not handled\n"
	" sse - Single step exception - break\n"
	"ssec - Single step exception continue - handled\n"
	" sbo - Stack buffer overflow - break - not handled\n"
	" sov - Stack overflow - break - not handled\n"
	"  vs - Verifier stop - break - not handled\n"
	"vcpp - Visual C++ exception - ignore - handled\n"
	" wkd - Wake debugger - break - not handled\n"
	" wob - WOW64 breakpoint - break - handled\n"
	" wos - WOW64 single step exception - break - handled\n"
	"\n"
	"   * - Other exception - second-chance break - not handled\n";

/* A line, and what the list of filters must contain then. */
static const struct {
	const char *line, *want;
} settings[] = {
	{ "sxe -c \"r eax\" av",      "  av - Access violation - break - not handled\n       Command: \"r eax\"\nasrt" },
	{ "sx- -c \"r ebx\" av",      "  av - Access violation - break - not handled\n       Command: \"r ebx\"\nasrt" },
	{ "sxd -c2\"k;\\\"x\\\\n\\\"\" av", "  av - Access violation - second-chance break - not handled\n       Command: \"r ebx\"\n       Second command: \"k;\"x\\n\"\"\nasrt" },
	{ "sxn -c \"\" -c2 \"\" AV",  "  av - Access violation - output - not handled\nasrt" },
	{ "sxe -h av",                "  av - Access violation - output - handled\nasrt" },
	{ "sxi -h av",                "  av - Access violation - output - not handled\nasrt" },
	{ "sxi bpe; sxd bpec",        " bpe - Break instruction exception - ignore\nbpec - Break instruction exception continue - not handled\n" },
	{ "sxn cce",                  " cce - Control-Break exception - output\n  cc - Control-Break exception continue - handled\n cce - Control-C exception - output\n" },
	{ "sxe ld:lab*",              "  ld - Load module - break\n       (only break for lab*)\n  ud" },
	{ "sxe ld mydriver",          "  ld - Load module - break\n       (only break for mydriver)\n  ud" },
	{ "sx- -c \"lm\" ld",         "       (only break for mydriver)\n       Command: \"lm\"\n  ud" },
	{ "sxn ld",                   "  ld - Load module - output\n       Command: \"lm\"\n  ud" },
	{ "sxi *",                    "   * - Other exception - ignore - not handled\n" },
	{ "sxe c0000374",             "   * - Other exception - ignore - not handled\nc0000374 - Unknown exception - break - not handled\n" },
	{ "sxi 0n5",                  "00000005 - Unknown exception - ignore - not handled\n" },
	{ "sxi c0000005",             "  av - Access violation - ignore - not handled\n" },
	{ "sxn 3c",                   "  3c - Port disconnected - output - not handled\n" },
};

static const struct scene_row refusals[] = {
	{ "sxe", KD_E_ARG, "Which exception or event? 'sx' lists them.\n" },
	{ "sxe cpr", KD_E_UNSUPPORTED, "'cpr' does not happen in kernel mode: there is nothing to filter.\n" },
	{ "sxe ser", KD_E_UNSUPPORTED, "'ser' does not happen in kernel mode: there is nothing to filter.\n" },
	{ "sxe nosuch", KD_E_NOT_FOUND, "'nosuch' is neither an event nor an exception's number. 'sx' lists them.\n" },
	{ "sxe 1`00000000", KD_E_NOT_FOUND, "'1`00000000' is neither an event nor an exception's number. 'sx' lists them.\n" },
	{ "sxe av:x", KD_E_ARG, "'av' takes no name: 'x' is too much.\n" },
	{ "sxe -q av", KD_E_FORMAT, "Syntax error at '-q av'.\n" },
	{ "sxe -c av", KD_E_FORMAT, "Syntax error at 'av'.\n" },
	{ "sxe -c \"av", KD_E_FORMAT, "Syntax error at '\"av'.\n" },
	{ "sx av", KD_E_ARG, "'sx' takes no arguments; 'sx-' does.\n" },
	{ "sxe ld:12345678901234567890123456789012345678901234567890123456789012345", KD_E_SPACE, "A pattern has at most 63 characters.\n" },
	{ "sxr", KD_OK, "sx state reset to defaults\n" },
	{ "sx", KD_OK, defaults },
};
// clang-format on

static void test_settings(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT("defaults", scene_run(&s, "sx", KD_OK), defaults);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const char *out;

		CHECK_TEXT(settings[i].line,
			   scene_run(&s, settings[i].line, KD_OK), "");
		out = scene_run(&s, "sx", KD_OK);
		if (!CHECK_ROW(settings[i].line,
			       strstr(out, settings[i].want) != NULL))
			CHECK_TEXT(settings[i].line, out, settings[i].want);
	}
	CHECK(s.session.filters->hold_loads);
	scene_check(&s, refusals, sizeof(refusals) / sizeof(refusals[0]));
	CHECK(!s.session.filters->hold_loads);
	scene_close(&s);
	CHECK(!s.session.filters);
}

/* What an exception comes to, by how it is filtered. */
// clang-format off
static const struct {
	const char *line;
	uint32_t code;
	bool second, wanted;
	unsigned continued;
	const char *want;
} stops[] = {
	{ "", 0xc0000005, false, false, 0, "Access violation - code c0000005 (first chance)\nPLACE" },
	{ "", 0xc0000123, false, false, 1, "Unknown exception - code c0000123 (first chance)\n" },
	{ "", 0xc0000123, true,  false, 0, "Unknown exception - code c0000123 (!!! second chance !!!)\nPLACE" },
	{ "", 0xc0000123, false, true,  0, "Unknown exception - code c0000123 (first chance)\nPLACE" },
	{ "sxi c0000123",             0xc0000123, true,  false, 1, "" },
	{ "sxe -c \".echo a\" dz",    0xc0000094, false, false, 0, "Integer divide-by-zero - code c0000094 (first chance)\na\nPLACE" },
	{ "sxe -c \".echo a;g;.echo b\" dz", 0xc0000094, false, false, 1, "Integer divide-by-zero - code c0000094 (first chance)\na\n" },
	{ "",                         0xc0000094, false, true,  0, "Integer divide-by-zero - code c0000094 (first chance)\na\nPLACE" },
	{ "",                         0xc0000094, true,  false, 0, "Integer divide-by-zero - code c0000094 (!!! second chance !!!)\nPLACE" },
	{ "sxi -c \".echo i\" dz",    0xc0000094, false, false, 1, "i\n" },
	{ "sxn -c \".if (1) {.while (1) {.echo w; g}}; .echo no\" dz", 0xc0000094, false, false, 1, "Integer divide-by-zero - code c0000094 (first chance)\nw\n" },
	{ "sxe -c \".catch {g}; .echo no\" dz", 0xc0000094, false, false, 1, "Integer divide-by-zero - code c0000094 (first chance)\n" },
	{ "sxe -c \"nonsense;g\" dz", 0xc0000094, false, false, 0, "Integer divide-by-zero - code c0000094 (first chance)\n'nonsense' is not a command. '.help' lists all.\nPLACE" },
	{ "sxe -c2 \".echo second\" dz", 0xc0000094, true, false, 0, "Integer divide-by-zero - code c0000094 (!!! second chance !!!)\nsecond\nPLACE" },
};
// clang-format on

#define PLACE "fffff800`00001000 cc              int     3\n"

/* "PLACE" stands for where it is. */
static void expand(char *out, size_t cap, const char *want)
{
	const char *at = strstr(want, "PLACE");

	snprintf(out, cap, "%.*s%s", (int)(at ? at - want : (int)strlen(want)),
		 want, at ? PLACE : "");
}

static void test_stops(void)
{
	struct scene s;
	char want[512];

	scene_init(&s);
	scene_open(&s);
	struct kd_event e = { .kind = KD_EV_STOPPED, .stop = s.session.stop };

	scene_show(&s, &e); /* the banner */
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		unsigned before = s.session.continued;
		const char *out;

		scene_run(&s, stops[i].line, KD_OK);
		s.session.halted = true;
		e.stop.exception = (struct kd_exception){
			.code = stops[i].code, .first_chance = !stops[i].second
		};
		e.stop.wanted = stops[i].wanted;
		s.session.stop = e.stop;
		out = scene_show(&s, &e);
		expand(want, sizeof(want), stops[i].want);
		CHECK_TEXT(stops[i].line, out, want);
		CHECK_EQ(stops[i].line, s.session.continued - before,
			 stops[i].continued);
		CHECK_EQ(stops[i].line, s.session.halted, !stops[i].continued);
	}
	scene_close(&s);
}

static struct kd_event load_event(enum kd_event_kind kind, const char *path)
{
	return (struct kd_event){ .kind = kind,
				  .module = { .base = 0xfffff80000100000,
					      .size = 0x2000,
					      .path = path,
					      .path_len = strlen(path) } };
}

#define MODLOAD "ModLoad: fffff800`00100000 fffff800`00102000   "

static void test_loads(void)
{
	struct scene s;
	struct kd_event mine = load_event(KD_EV_MODULE_LOADED, "a\\mine.sys");
	struct kd_event other = load_event(KD_EV_MODULE_LOADED, "other.sys");
	struct kd_event stop = { .kind = KD_EV_STOPPED };

	scene_init(&s);
	scene_open(&s);
	stop.stop = s.session.stop;
	scene_show(&s, &stop); /* the banner */
	stop.stop.new_state = KD_STATE_LOAD_SYMBOLS;
	scene_run(&s, "sxe -c \".echo mine\" ld:mine", KD_OK);
	CHECK_TEXT("told", scene_show(&s, &mine), MODLOAD "mine.sys\n");
	CHECK_TEXT("stops", scene_show(&s, &stop), "mine\n" PLACE);
	CHECK_TEXT("other", scene_show(&s, &other), MODLOAD "other.sys\n");
	stop.stop.passing = true;
	CHECK_TEXT("passes", scene_show(&s, &stop), "");
	CHECK_EQ("passes", s.session.continued, 1);
	s.session.halted = true;
	scene_run(&s, "sxi ld", KD_OK);
	CHECK_TEXT("hidden", scene_show(&s, &mine), "");
	CHECK_TEXT("its commands", scene_show(&s, &stop), "mine\n");
	scene_close(&s);
}

static void test_prints(void)
{
	struct scene s;
	struct kd_event print = { .kind = KD_EV_PRINT,
				  .text = "disk full\n",
				  .text_len = 10 };
	struct kd_event stop = { .kind = KD_EV_STOPPED };

	scene_init(&s);
	scene_open(&s);
	stop.stop = s.session.stop;
	scene_show(&s, &stop); /* the banner */
	stop.stop.break_in = stop.stop.wanted = true;
	scene_run(&s, "sxe out:full", KD_OK);
	CHECK_TEXT("print", scene_show(&s, &print), "disk full\n");
	CHECK_EQ("asked", s.session.break_ins, 1);
	CHECK_TEXT("stop", scene_show(&s, &stop),
		   "Break instruction exception - code 80000003 (first "
		   "chance)\n" PLACE);
	scene_run(&s, "sxn -c \".echo seen\" out:full", KD_OK);
	scene_show(&s, &print);
	CHECK_EQ("asked", s.session.break_ins, 2);
	CHECK_TEXT("passes", scene_show(&s, &stop), "seen\n");
	CHECK_EQ("passes", s.session.continued, 1);
	/* and the next one is the user's own */
	s.session.halted = true;
	CHECK(strstr(scene_show(&s, &stop), "CTRL+C") != NULL);
	CHECK_EQ("stays", s.session.continued, 1);
	scene_run(&s, "sxi out", KD_OK);
	CHECK_TEXT("hidden", scene_show(&s, &print), "");
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "settings", test_settings },
		{ "stops", test_stops },
		{ "loads", test_loads },
		{ "prints", test_prints },
	};

	return check_run("command filters", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
