#include "kd_event_filters.h"

#include "kd_wildcard.h"

#include <string.h>
#include <strings.h>

#define CODE_BREAKPOINT 0x80000003u /* STATUS_BREAKPOINT */
/* STATUS_WAKE_SYSTEM_DEBUGGER: how a processor reports that it was chosen */
#define CODE_WAKE_DEBUGGER 0x80000007u

// clang-format off
/*
 * controlling-exceptions-and-events.md; the order is that of WinDbg's list.
 * In kernel mode neither the first breakpoint nor the first load stops.
 */
static const struct {
	const char *name, *handling_name;
	uint32_t code;
	enum kd_when when;
	bool handled;
	const char *title;
} rows[] = {
	{ "ct",   NULL,   0,          KD_WHEN_IGNORE,        false, "Create thread" },
	{ "et",   NULL,   0,          KD_WHEN_IGNORE,        false, "Exit thread" },
	{ "cpr",  NULL,   0,          KD_WHEN_IGNORE,        false, "Create process" },
	{ "epr",  NULL,   0,          KD_WHEN_IGNORE,        false, "Exit process" },
	{ "ld",   NULL,   0,          KD_WHEN_OUTPUT,        false, "Load module" },
	{ "ud",   NULL,   0,          KD_WHEN_OUTPUT,        false, "Unload module" },
	{ "ser",  NULL,   0,          KD_WHEN_IGNORE,        false, "System error" },
	{ "ibp",  NULL,   0,          KD_WHEN_IGNORE,        false, "Initial breakpoint" },
	{ "iml",  NULL,   0,          KD_WHEN_IGNORE,        false, "Initial module load" },
	{ "out",  NULL,   0,          KD_WHEN_OUTPUT,        false, "Debuggee output" },
	{ "bug",  NULL,   0,          KD_WHEN_BREAK,         false, "Bug check" },
	{ "av",   NULL,   0xc0000005, KD_WHEN_BREAK,         false, "Access violation" },
	{ "asrt", NULL,   0xc0000420, KD_WHEN_BREAK,         false, "Assertion failure" },
	{ "aph",  NULL,   0xcfffffff, KD_WHEN_BREAK,         false, "Application hang" },
	{ "bpe",  "bpec", 0x80000003, KD_WHEN_BREAK,         true,  "Break instruction exception" },
	{ "eh",   NULL,   0xe06d7363, KD_WHEN_SECOND_CHANCE, false, "C++ EH exception" },
	{ "clr",  NULL,   0xe0434f4d, KD_WHEN_SECOND_CHANCE, false, "CLR exception" },
	{ "clrn", NULL,   0xe0444143, KD_WHEN_SECOND_CHANCE, true,  "CLR notification exception" },
	{ "cce",  "cc",   0x40010008, KD_WHEN_BREAK,         true,  "Control-Break exception" },
	{ "cce",  "cc",   0x40010005, KD_WHEN_BREAK,         true,  "Control-C exception" },
	{ "dm",   NULL,   0x80000002, KD_WHEN_BREAK,         false, "Data misaligned" },
	{ "dbce", NULL,   0x40010009, KD_WHEN_IGNORE,        true,  "Debugger command exception" },
	{ "gp",   NULL,   0x80000001, KD_WHEN_BREAK,         false, "Guard page violation" },
	{ "ii",   NULL,   0xc000001d, KD_WHEN_SECOND_CHANCE, false, "Illegal instruction" },
	{ "ip",   NULL,   0xc0000006, KD_WHEN_BREAK,         false, "In-page I/O error" },
	{ "dz",   NULL,   0xc0000094, KD_WHEN_BREAK,         false, "Integer divide-by-zero" },
	{ "iov",  NULL,   0xc0000095, KD_WHEN_BREAK,         false, "Integer overflow" },
	{ "ch",   "hc",   0xc0000008, KD_WHEN_BREAK,         false, "Invalid handle" },
	{ "lsq",  NULL,   0xc000001e, KD_WHEN_BREAK,         false, "Invalid lock sequence" },
	{ "isc",  NULL,   0xc000001c, KD_WHEN_BREAK,         false, "Invalid system call" },
	{ "3c",   NULL,   0xc0000037, KD_WHEN_SECOND_CHANCE, false, "Port disconnected" },
	{ "sse",  "ssec", 0x80000004, KD_WHEN_BREAK,         true,  "Single step exception" },
	{ "sbo",  NULL,   0xc0000409, KD_WHEN_BREAK,         false, "Stack buffer overflow" },
	{ "sov",  NULL,   0xc00000fd, KD_WHEN_BREAK,         false, "Stack overflow" },
	{ "vs",   NULL,   0xc0000421, KD_WHEN_BREAK,         false, "Verifier stop" },
	{ "vcpp", NULL,   0x406d1388, KD_WHEN_IGNORE,        true,  "Visual C++ exception" },
	{ "wkd",  NULL,   CODE_WAKE_DEBUGGER, KD_WHEN_BREAK, false, "Wake debugger" },
	{ "wob",  NULL,   0x4000001f, KD_WHEN_BREAK,         true,  "WOW64 breakpoint" },
	{ "wos",  NULL,   0x4000001e, KD_WHEN_BREAK,         true,  "WOW64 single step exception" },
	{ "*",    NULL,   0,          KD_WHEN_SECOND_CHANCE, false, "Other exception" },
};
// clang-format on

_Static_assert(sizeof(rows) / sizeof(rows[0]) == KD_FILTER_NUMBERED,
	       "the rows that have names");

void kd_event_filters_init(struct kd_event_filters *f)
{
	*f = (struct kd_event_filters){ .count = KD_FILTER_NUMBERED };
	for (size_t i = 0; i < KD_FILTER_NUMBERED; i++)
		f->row[i] = (struct kd_event_filter){
			.when = rows[i].when,
			.handled = rows[i].handled,
		};
}

struct kd_filter_info kd_event_filters_info(const struct kd_event_filters *f,
					    size_t row)
{
	if (row >= KD_FILTER_NUMBERED)
		return (struct kd_filter_info){
			.title = "Unknown exception",
			.code = f->code[row - KD_FILTER_NUMBERED],
		};
	return (struct kd_filter_info){
		.name = rows[row].name,
		.title = rows[row].title,
		.handling_name = rows[row].handling_name,
		.code = rows[row].code,
	};
}

enum kd_status kd_event_filters_find(const struct kd_event_filters *f,
				     const char *name, size_t *ret_row)
{
	(void)f;
	for (size_t i = 0; i < KD_FILTER_NUMBERED; i++)
		if (!strcasecmp(rows[i].name, name) ||
		    (rows[i].handling_name &&
		     !strcasecmp(rows[i].handling_name, name))) {
			*ret_row = i;
			return KD_OK;
		}
	return KD_E_NOT_FOUND;
}

size_t kd_event_filters_exception(const struct kd_event_filters *f,
				  uint32_t code)
{
	for (size_t i = KD_FILTER_EXCEPTIONS; i < KD_FILTER_OTHER; i++)
		if (rows[i].code == code)
			return i;
	for (size_t i = KD_FILTER_NUMBERED; i < f->count; i++)
		if (f->code[i - KD_FILTER_NUMBERED] == code)
			return i;
	return KD_FILTER_OTHER;
}

enum kd_status kd_event_filters_add(struct kd_event_filters *f, uint32_t code,
				    size_t *ret_row)
{
	size_t row = kd_event_filters_exception(f, code);

	if (row == KD_FILTER_OTHER) {
		if (f->count == KD_FILTERS_MAX)
			return KD_E_SPACE;
		row = f->count++;
		f->row[row] = f->row[KD_FILTER_OTHER];
		f->code[row - KD_FILTER_NUMBERED] = code;
	}
	*ret_row = row;
	return KD_OK;
}

bool kd_event_filter_happens(size_t row)
{
	return row > KD_FILTER_EXIT_PROCESS && row != KD_FILTER_SYSTEM_ERROR;
}

/*
 * The name of a file in a path, with or without its extension. What has no
 * name may be the one that is waited for.
 */
static bool module_matches(const char *pattern,
			   const struct kd_module_event *module)
{
	char name[KD_FILTER_PATTERN_MAX];
	const char *from = module->path, *end;
	size_t len;

	if (!from)
		return true;
	end = from + module->path_len;
	for (const char *at = from; at < end; at++)
		if (*at == '\\' || *at == '/')
			from = at + 1;
	len = (size_t)(end - from);
	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, from, len);
	name[len] = '\0';
	if (kd_wildcard_match(pattern, name))
		return true;

	char *dot = strrchr(name, '.');

	if (dot)
		*dot = '\0';
	return dot && kd_wildcard_match(pattern, name);
}

/* Somewhere in the text, as far as it fits; a '*' at both ends is meant. */
static bool text_matches(const char *pattern, const struct kd_event *event)
{
	char text[1024], wide[KD_FILTER_PATTERN_MAX + 2];
	size_t len = event->text_len, pattern_len = strlen(pattern);

	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	if (len)
		memcpy(text, event->text, len);
	text[len] = '\0';
	wide[0] = '*';
	memcpy(wide + 1, pattern, pattern_len);
	memcpy(wide + 1 + pattern_len, "*", 2);
	return kd_wildcard_match(wide, text);
}

static struct kd_verdict by_row(const struct kd_event_filters *f, size_t row,
				bool matches)
{
	enum kd_when when = f->row[row].when;

	return (struct kd_verdict){
		.shows = when != KD_WHEN_IGNORE,
		.stops = when == KD_WHEN_BREAK && matches,
		.filtered = matches,
		.row = row,
	};
}

static struct kd_verdict judge_load(const struct kd_event_filters *f,
				    size_t row, const struct kd_event *event)
{
	const char *pattern = f->row[row].pattern;

	return by_row(f, row,
		      !*pattern || module_matches(pattern, &event->module));
}

static struct kd_verdict judge_stop(const struct kd_event_filters *f,
				    const struct kd_stop *stop)
{
	struct kd_verdict v = { .shows = true, .stops = true };

	if (stop->break_in)
		return v;
	if (stop->new_state != KD_STATE_EXCEPTION) {
		v.shows = v.stops = !stop->passing || stop->wanted;
		return v;
	}
	v.filtered = true;
	v.second_chance = !stop->exception.first_chance;
	v.row = kd_event_filters_exception(f, stop->exception.code);
	if (stop->crashed && stop->exception.code == CODE_BREAKPOINT)
		v.row = KD_FILTER_BUG_CHECK;
	if (stop->wanted)
		return v;
	switch (f->row[v.row].when) {
	case KD_WHEN_BREAK:
		break;
	case KD_WHEN_SECOND_CHANCE:
		v.stops = v.second_chance;
		break;
	case KD_WHEN_OUTPUT:
		v.stops = false;
		break;
	case KD_WHEN_IGNORE:
		v.shows = v.stops = false;
		break;
	}
	return v;
}

struct kd_verdict kd_event_filters_judge(const struct kd_event_filters *f,
					 const struct kd_event *event)
{
	const char *pattern = f->row[KD_FILTER_OUTPUT].pattern;

	switch (event->kind) {
	case KD_EV_MODULE_LOADED:
		return judge_load(f, KD_FILTER_LOAD, event);
	case KD_EV_MODULE_UNLOADED:
		return judge_load(f, KD_FILTER_UNLOAD, event);
	case KD_EV_PRINT:
		return by_row(f, KD_FILTER_OUTPUT,
			      !*pattern || text_matches(pattern, event));
	case KD_EV_STOPPED:
		return judge_stop(f, &event->stop);
	case KD_EV_NONE:
	case KD_EV_NOTICE:
	case KD_EV_ATTACHED:
	case KD_EV_RUNNING:
	case KD_EV_PROMPT:
	case KD_EV_COMMAND:
	case KD_EV_FILE_REQUEST:
	case KD_EV_BUG_CHECK:
	case KD_EV_DONE:
	case KD_EV_BREAKPOINT_FAILED:
	case KD_EV_REBOOTED:
	case KD_EV_LOST:
		break;
	}
	return (struct kd_verdict){ .shows = true };
}

bool kd_event_filters_handles(const struct kd_event_filters *f, uint32_t code)
{
	/* it is no exception: there is nobody else who could handle it */
	return code == CODE_WAKE_DEBUGGER ||
	       f->row[kd_event_filters_exception(f, code)].handled;
}
