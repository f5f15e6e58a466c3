#include "check.h"
#include "kd_breakpoints.h"

#include <string.h>

#define ANY KD_BREAKPOINT_ANY_ID

// clang-format off
static const struct {
	const char *name;
	struct kd_breakpoint_spec spec;
	enum kd_status status;
} spec_rows[] = {
	{ "an address",               { .id = ANY, .has_address = true, .address = 0x1001 }, KD_OK },
	{ "a module",                 { .id = ANY, .module = "labextra", .offset = 0x10 }, KD_OK },
	{ "a symbol of a module",     { .id = ANY, .module = "labextra", .by_symbol = true }, KD_OK },
	{ "a number",                 { .id = 7, .has_address = true }, KD_OK },
	{ "an internal number",       { .id = KD_BREAKPOINT_INTERNAL, .has_address = true }, KD_E_ARG },
	{ "neither address nor module", { .id = ANY }, KD_E_ARG },
	{ "a symbol of nothing",      { .id = ANY, .has_address = true, .by_symbol = true }, KD_E_ARG },
	{ "write 1",                  { .id = ANY, .kind = KD_BREAKPOINT_WRITE, .has_address = true, .address = 0x1001, .size = 1 }, KD_OK },
	{ "write 8",                  { .id = ANY, .kind = KD_BREAKPOINT_WRITE, .has_address = true, .address = 0x1008, .size = 8 }, KD_OK },
	{ "write 8, not aligned",     { .id = ANY, .kind = KD_BREAKPOINT_WRITE, .has_address = true, .address = 0x1004, .size = 8 }, KD_E_ARG },
	{ "write 3",                  { .id = ANY, .kind = KD_BREAKPOINT_WRITE, .has_address = true, .address = 0x1008, .size = 3 }, KD_E_ARG },
	{ "write 0",                  { .id = ANY, .kind = KD_BREAKPOINT_WRITE, .has_address = true, .address = 0x1008 }, KD_E_ARG },
	{ "read 4",                   { .id = ANY, .kind = KD_BREAKPOINT_READ_WRITE, .has_address = true, .address = 0x1004, .size = 4 }, KD_OK },
	{ "execute 1",                { .id = ANY, .kind = KD_BREAKPOINT_EXECUTE, .has_address = true, .address = 0x1003, .size = 1 }, KD_OK },
	{ "execute 4",                { .id = ANY, .kind = KD_BREAKPOINT_EXECUTE, .has_address = true, .address = 0x1004, .size = 4 }, KD_E_ARG },
	{ "port 4",                   { .id = ANY, .kind = KD_BREAKPOINT_IO, .has_address = true, .address = 0x7c04, .size = 4 }, KD_OK },
	{ "port 8",                   { .id = ANY, .kind = KD_BREAKPOINT_IO, .has_address = true, .address = 0x7c08, .size = 8 }, KD_E_ARG },
	{ "port above 64K",            { .id = ANY, .kind = KD_BREAKPOINT_IO, .has_address = true, .address = 0x10040, .size = 1 }, KD_E_ARG },
};
// clang-format on

static struct kd_session *make(void)
{
	struct kd_session_config config = { .kind = KD_LINK_STREAM };
	struct kd_session *s = NULL;

	CHECK_EQ(NULL, kd_session_create(NULL, &config, &s), KD_OK);
	return s;
}

static void test_specs(void)
{
	for (size_t i = 0; i < sizeof(spec_rows) / sizeof(spec_rows[0]); i++) {
		struct kd_session *s = make();
		uint32_t id = 99;

		if (!s)
			return;
		CHECK_EQ(spec_rows[i].name,
			 kd_session_breakpoint_add(s, &spec_rows[i].spec, &id),
			 spec_rows[i].status);
		CHECK_EQ(spec_rows[i].name, kd_session_breakpoint_count(s),
			 spec_rows[i].status == KD_OK);
		CHECK_EQ(spec_rows[i].name, id,
			 spec_rows[i].status != KD_OK ? 99
			 : spec_rows[i].spec.id == 7  ? 7
						      : 0);
		kd_session_destroy(s);
	}
}

static uint32_t add(struct kd_session *s, uint32_t id, uint64_t address)
{
	struct kd_breakpoint_spec spec = { .id = id,
					   .address = address,
					   .has_address = true };
	uint32_t ret = ANY;

	CHECK_EQ(NULL, kd_session_breakpoint_add(s, &spec, &ret), KD_OK);
	return ret;
}

/* All of it, or nothing. */
static void test_replacing(void)
{
	struct kd_breakpoint_spec watch = { .id = ANY,
					    .kind = KD_BREAKPOINT_WRITE,
					    .address = 0x1000,
					    .has_address = true,
					    .size = 4 };
	struct kd_breakpoint_spec wrong = watch;
	struct kd_session *s = make();
	const struct kd_breakpoint *b;
	uint32_t id;

	if (!s)
		return;
	wrong.size = 3;
	for (uint32_t i = 0; i < 4; i++)
		CHECK_EQ(NULL, kd_session_breakpoint_add(s, &watch, &id),
			 KD_OK);
	CHECK_EQ(NULL, add(s, 9, 17), 9);
	CHECK_EQ("nonsense", kd_session_breakpoint_replace(s, 2, &wrong),
		 KD_E_ARG);
	CHECK_EQ("no register", kd_session_breakpoint_replace(s, 9, &watch),
		 KD_E_SPACE);
	CHECK_EQ("nobody", kd_session_breakpoint_replace(s, 5, &watch),
		 KD_E_ARG);
	CHECK_EQ("all there", kd_session_breakpoint_count(s), 5);
	b = kd_session_breakpoint(s, 9);
	CHECK_ROW("as it was", b && b->address == 17 && b->enabled);
	b = kd_session_breakpoint(s, 2);
	CHECK_ROW("as it was", b && b->spec.size == 4 && b->handle == 2);
	watch.size = 8;
	CHECK_EQ("its own", kd_session_breakpoint_replace(s, 2, &watch), KD_OK);
	b = kd_session_breakpoint(s, 2);
	CHECK_ROW("its own", b && b->spec.size == 8 && b->handle == 2);
	kd_session_destroy(s);
}

/* The lowest number that is free, and in their order. */
static void test_ids(void)
{
	static const uint32_t order[] = { 0, 1, 2, 7, 8 };
	struct kd_breakpoint_spec internal = { .internal = true,
					       .has_address = true };
	struct kd_session *s = make();
	uint32_t id = 0;

	if (!s)
		return;
	CHECK_EQ(NULL, add(s, ANY, 10), 0);
	CHECK_EQ(NULL, add(s, 7, 17), 7);
	CHECK_EQ(NULL, add(s, ANY, 11), 1);
	CHECK_EQ(NULL, kd_session_breakpoint_remove(s, 0), KD_OK);
	CHECK_EQ(NULL, kd_session_breakpoint_remove(s, 0), KD_E_ARG);
	CHECK_EQ(NULL, add(s, ANY, 10), 0);
	CHECK_EQ(NULL, add(s, ANY, 12), 2);
	CHECK_EQ(NULL, add(s, 9, 18), 9);
	CHECK_EQ(NULL, kd_session_breakpoint_renumber(s, 9, 7), KD_E_ARG);
	CHECK_EQ(NULL, kd_session_breakpoint_renumber(s, 9, 8), KD_OK);
	/* internal ones are not seen, but by their number */
	CHECK_EQ(NULL, kd_session_breakpoint_add(s, &internal, &id), KD_OK);
	CHECK_EQ(NULL, id, KD_BREAKPOINT_INTERNAL);
	CHECK(kd_session_breakpoint(s, id) != NULL);
	CHECK_EQ(NULL, kd_session_breakpoint_count(s), 5);
	for (size_t i = 0; i < 5; i++) {
		const struct kd_breakpoint *b = kd_session_breakpoint_at(s, i);

		CHECK(b != NULL);
		if (b)
			CHECK_EQ(NULL, b->id, order[i]);
	}
	CHECK(kd_session_breakpoint_at(s, 5) == NULL);
	CHECK(kd_session_breakpoint(s, 3) == NULL);
	kd_session_destroy(s);
}

/* There are four debug registers; one that is free is used again. */
static void test_registers(void)
{
	struct kd_breakpoint_spec spec = { .id = ANY,
					   .kind = KD_BREAKPOINT_WRITE,
					   .size = 1,
					   .has_address = true };
	struct kd_session *s = make();
	uint32_t id = 0;

	if (!s)
		return;
	for (unsigned i = 0; i < 4; i++)
		CHECK_EQ(NULL, kd_session_breakpoint_add(s, &spec, &id), KD_OK);
	CHECK_EQ(NULL, kd_session_breakpoint_add(s, &spec, &id), KD_E_SPACE);
	CHECK_EQ(NULL, kd_session_breakpoint_count(s), 4);
	CHECK_EQ(NULL, kd_session_breakpoint_remove(s, 2), KD_OK);
	CHECK_EQ(NULL, kd_session_breakpoint_add(s, &spec, &id), KD_OK);
	CHECK_EQ(NULL, id, 2);
	CHECK_EQ(NULL, kd_session_breakpoint(s, id)->handle, 2);
	kd_session_destroy(s);
}

static const struct kd_breakpoint *of_module(struct kd_session *s,
					     const char *module, bool by_symbol)
{
	struct kd_breakpoint_spec spec = { .id = ANY,
					   .by_symbol = by_symbol,
					   .offset = 0x10 };
	uint32_t id = 0;

	strcpy(spec.module, module);
	CHECK_EQ(module, kd_session_breakpoint_add(s, &spec, &id), KD_OK);
	return kd_session_breakpoint(s, id);
}

static void test_modules(void)
{
	struct kd_session *s = make();
	const struct kd_breakpoint *b;

	if (!s)
		return;
	b = of_module(s, "LabExtra", false);
	CHECK(!b->resolved);
	kd_session_breakpoints_module(s, "labextr", 0x5000, true);
	kd_session_breakpoints_module(s, "labextras", 0x5000, true);
	CHECK(!b->resolved);
	kd_session_breakpoints_module(s, "labextra", 0x5000, true);
	CHECK(b->resolved);
	CHECK_EQ(NULL, b->address, 0x5010);
	kd_session_breakpoints_module(s, "labextra", 0x6000, false);
	CHECK(b->resolved);
	kd_session_breakpoints_module(s, "labextra", 0x5000, false);
	CHECK(!b->resolved);
	kd_session_breakpoints_module(s, "labextra", 0x7000, true);
	CHECK_EQ(NULL, b->address, 0x7010);
	/* by symbol: somebody else knows where */
	b = of_module(s, "labextra", true);
	kd_session_breakpoints_module(s, "labextra", 0x7000, true);
	CHECK(!b->resolved);
	CHECK_EQ(NULL, kd_session_breakpoint_resolve(s, b->id, 0x7777), KD_OK);
	CHECK(b->resolved);
	CHECK_EQ(NULL, b->address, 0x7777);
	kd_session_destroy(s);
}

/* Thousands, and then no more. */
static void test_many(void)
{
	struct kd_breakpoint_spec spec = { .id = ANY, .has_address = true };
	struct kd_session *s = make();
	uint32_t id = 0;

	if (!s)
		return;
	for (uint32_t i = 0; i < KD_BREAKPOINTS_MAX; i++) {
		spec.address = i;
		if (kd_session_breakpoint_add(s, &spec, &id) != KD_OK)
			break;
	}
	CHECK_EQ(NULL, kd_session_breakpoint_count(s), KD_BREAKPOINTS_MAX);
	CHECK_EQ(NULL, kd_session_breakpoint_add(s, &spec, &id), KD_E_SPACE);
	kd_session_destroy(s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "specs", test_specs },
		{ "ids", test_ids },
		{ "replacing", test_replacing },
		{ "registers", test_registers },
		{ "modules", test_modules },
		{ "many", test_many },
	};

	return check_run("breakpoints", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
