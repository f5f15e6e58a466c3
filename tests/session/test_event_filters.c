#include "check.h"
#include "kd_event_filters.h"

#include <string.h>

// clang-format off
static const struct {
	const char *name;
	uint32_t code;
	bool second, wanted, crashed;
	bool shows, stops;
} stops[] = {
	{ "av",              0xc0000005, false, false, false, true,  true },
	{ "eh",              0xe06d7363, false, false, false, true,  false },
	{ "eh, nobody's",    0xe06d7363, true,  false, false, true,  true },
	{ "dbce",            0x40010009, false, false, false, false, false },
	{ "dbce, nobody's",  0x40010009, true,  false, false, false, false },
	{ "dbce, asked",     0x40010009, false, true,  false, true,  true },
	{ "unknown",         0xc0123456, false, false, false, true,  false },
	{ "unknown, second", 0xc0123456, true,  false, false, true,  true },
	{ "breakpoint",      0x80000003, false, false, false, true,  true },
	{ "bug check",       0x80000003, false, false, true,  true,  true },
};

static const struct {
	const char *pattern, *path;
	bool stops;
} loads[] = {
	{ "",         "\\SystemRoot\\a\\labextra.sys", true },
	{ "labextra", "\\SystemRoot\\a\\labextra.sys", true },
	{ "LABEXTRA.SYS", "labextra.sys",              true },
	{ "lab*",     "\\a/labextra.sys",              true },
	{ "labextr",  "\\a\\labextra.sys",             false },
	{ "extra",    "\\extra\\labextra.sys",         false },
	{ "a",        "\\b\\",                         false },
	{ "a",        NULL,                            true },
};

static const struct {
	const char *pattern, *text;
	bool stops;
} prints[] = {
	{ "",      "hello\n", true },
	{ "ELL",   "hello\n", true },
	{ "h*o",   "hello\n", true },
	{ "hallo", "hello\n", false },
	{ "x",     "",        false },
};
// clang-format on

static void test_stops(void)
{
	struct kd_event_filters f;

	kd_event_filters_init(&f);
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		struct kd_event e = {
			.kind = KD_EV_STOPPED,
			.stop = { .new_state = KD_STATE_EXCEPTION,
				  .exception = { .code = stops[i].code,
						 .first_chance =
							 !stops[i].second },
				  .wanted = stops[i].wanted,
				  .crashed = stops[i].crashed },
		};
		struct kd_verdict v = kd_event_filters_judge(&f, &e);

		CHECK_EQ(stops[i].name, v.shows, stops[i].shows);
		CHECK_EQ(stops[i].name, v.stops, stops[i].stops);
		if (stops[i].wanted)
			continue;
		CHECK_EQ(stops[i].name, v.second_chance, stops[i].second);
		CHECK_EQ(stops[i].name, v.row == KD_FILTER_BUG_CHECK,
			 stops[i].crashed);
	}
}

static void test_passing(void)
{
	struct kd_event e = { .kind = KD_EV_STOPPED,
			      .stop = { .new_state = KD_STATE_LOAD_SYMBOLS } };
	struct kd_event_filters f;

	kd_event_filters_init(&f);
	CHECK(kd_event_filters_judge(&f, &e).stops);
	e.stop.passing = true;
	CHECK(!kd_event_filters_judge(&f, &e).stops);
	CHECK(!kd_event_filters_judge(&f, &e).shows);
}

static void set(struct kd_event_filter *row, enum kd_when when,
		const char *pattern)
{
	row->when = when;
	strcpy(row->pattern, pattern);
}

static void test_patterns(void)
{
	struct kd_event_filters f;

	kd_event_filters_init(&f);
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		const char *path = loads[i].path;
		struct kd_event e = {
			.kind = i % 2 ? KD_EV_MODULE_UNLOADED
				      : KD_EV_MODULE_LOADED,
			.module = { .path = path,
				    .path_len = path ? strlen(path) : 0 },
		};
		struct kd_verdict v;

		set(&f.row[i % 2 ? KD_FILTER_UNLOAD : KD_FILTER_LOAD],
		    KD_WHEN_BREAK, loads[i].pattern);
		v = kd_event_filters_judge(&f, &e);
		CHECK_EQ(path ? path : "no name", v.stops, loads[i].stops);
		CHECK(v.shows);
	}
	for (size_t i = 0; i < sizeof(prints) / sizeof(prints[0]); i++) {
		struct kd_event e = { .kind = KD_EV_PRINT,
				      .text = prints[i].text,
				      .text_len = strlen(prints[i].text) };

		set(&f.row[KD_FILTER_OUTPUT], KD_WHEN_BREAK, prints[i].pattern);
		CHECK_EQ(prints[i].pattern,
			 kd_event_filters_judge(&f, &e).stops, prints[i].stops);
	}
	set(&f.row[KD_FILTER_LOAD], KD_WHEN_IGNORE, "");
	struct kd_event load = { .kind = KD_EV_MODULE_LOADED };

	CHECK(!kd_event_filters_judge(&f, &load).shows);
}

static void test_names(void)
{
	struct kd_event_filters f;
	size_t row;

	kd_event_filters_init(&f);
	for (size_t i = 0; i < f.count; i++) {
		struct kd_filter_info info = kd_event_filters_info(&f, i);

		CHECK_EQ(info.name, kd_event_filters_find(&f, info.name, &row),
			 KD_OK);
		/* Control-Break has the name of Control-C */
		CHECK_TEXT(info.name, kd_event_filters_info(&f, row).name,
			   info.name);
		if (info.code)
			CHECK_EQ(info.name,
				 kd_event_filters_exception(&f, info.code), i);
	}
	CHECK_EQ("bpec", kd_event_filters_find(&f, "BPEC", &row), KD_OK);
	CHECK_EQ("bpec", kd_event_filters_info(&f, row).code, 0x80000003);
	CHECK_EQ("xx", -kd_event_filters_find(&f, "xx", &row), -KD_E_NOT_FOUND);
	CHECK(!kd_event_filter_happens(KD_FILTER_CREATE_THREAD));
	CHECK(!kd_event_filter_happens(KD_FILTER_SYSTEM_ERROR));
	CHECK(kd_event_filter_happens(KD_FILTER_LOAD));
}

static void test_numbers(void)
{
	struct kd_event_filters f;
	size_t row, first;

	kd_event_filters_init(&f);
	CHECK_EQ("named", kd_event_filters_add(&f, 0xc0000005, &row), KD_OK);
	CHECK_TEXT("named", kd_event_filters_info(&f, row).name, "av");
	CHECK_EQ("new", kd_event_filters_add(&f, 0xc0000001, &first), KD_OK);
	CHECK_EQ("new", kd_event_filters_info(&f, first).code, 0xc0000001);
	CHECK_EQ("as *", f.row[first].when, KD_WHEN_SECOND_CHANCE);
	CHECK_EQ("again", kd_event_filters_add(&f, 0xc0000001, &row), KD_OK);
	CHECK_EQ("again", row, first);
	for (uint32_t i = 1; i < 32; i++)
		CHECK_EQ("more", kd_event_filters_add(&f, i, &row), KD_OK);
	CHECK_EQ("full", -kd_event_filters_add(&f, 99, &row), -KD_E_SPACE);
	CHECK(!kd_event_filters_handles(&f, 0xc0000001));
	f.row[first].handled = true;
	CHECK(kd_event_filters_handles(&f, 0xc0000001));
	CHECK(kd_event_filters_handles(&f, 0x80000003));
	CHECK(kd_event_filters_handles(&f, 0x80000007));
	CHECK(!kd_event_filters_handles(&f, 0xc0000005));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "stops", test_stops },       { "passing", test_passing },
		{ "patterns", test_patterns }, { "names", test_names },
		{ "numbers", test_numbers },
	};

	return check_run("event filters", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
