#include "check.h"
#include "kd_x86_pushed.h"

#include <string.h>

enum { CODE = 0x401000, LEN = 0x1000 }; /* a page */

/* Code behind a prologue, and how much it has pushed before one of its
 * instructions. */
static const struct {
	const char *name;
	uint8_t code[24], at;
	bool is_return;
	enum kd_status st;
	uint32_t pushed;
} rows[] = {
	// clang-format off
	{ "nothing yet",                    { 0x50, 0x51 }, 0, false, KD_OK, 0 },
	{ "two words",                      { 0x50, 0x6a, 1, 0x90 }, 3, false, KD_OK, 8 },
	{ "room, and a word",               { 0x83, 0xec, 8, 0x50 }, 4, false, KD_OK, 12 },
	{ "behind a branch",                { 0x50, 0x74, 0, 0x50 }, 4, false, KD_OK, 4 },
	{ "into the call",                  { 0x50, 0x50, 0xe8, 0, 0, 0, 0 }, 7, true, KD_OK, 8 },
	{ "out of it, which took all",      { 0x50, 0x50, 0xe8, 0, 0, 0, 0, 0xeb }, 7, false, KD_OK, 0 },
	{ "out of it, all is left",         { 0x50, 0xe8, 0, 0, 0, 0, 0x83, 0xc4, 4, 0x50 }, 6, false, KD_OK, 4 },
	{ "out of it, some is left",        { 0x50, 0x50, 0xe8, 0, 0, 0, 0, 0x59, 0x59, 0xc3 }, 8, false, KD_OK, 4 },
	{ "out of it, taken off later",     { 0x50, 0xe8, 0, 0, 0, 0, 0x40, 0x83, 0xc4, 4, 0x74, 0 }, 7, false, KD_OK, 4 },
	{ "the next call's",                { 0x50, 0xe8, 0, 0, 0, 0, 0x59, 0x50, 0x50 }, 9, false, KD_OK, 8 },
	{ "in the middle of an instruction", { 0x50, 0x6a, 1 }, 2, false, KD_E_NOT_FOUND, 0 },
	{ "what was there before is gone",  { 0x58, 0x90 }, 1, false, KD_E_NOT_FOUND, 0 },
	{ "by ebp",                         { 0x50, 0x8d, 0x65, 0xf4, 0x90 }, 4, false, KD_OK, 0 },
	// clang-format on
};

static void instructions(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t code[LEN];
		struct kd_memory_bytes bytes = { CODE, code, LEN };
		struct kd_memory memory = kd_memory_over(&bytes);
		const char *row = rows[i].name;
		uint32_t pushed = 0;

		memset(code, 0x90, sizeof(code));
		memcpy(code, rows[i].code, sizeof(rows[i].code));
		CHECK_EQ(row,
			 kd_x86_count_pushed(&memory, CODE, CODE + rows[i].at,
					     rows[i].is_return, &pushed),
			 rows[i].st);
		CHECK_EQ(row, pushed, rows[i].pushed);
	}
}

/* Far from the set-up nobody counts, nor before it. */
static void limits(void)
{
	uint8_t code[LEN] = { [LEN - 1] = 0x50 };
	struct kd_memory_bytes bytes = { CODE, code, LEN };
	struct kd_memory memory = kd_memory_over(&bytes);
	uint32_t pushed;

	CHECK_EQ("far",
		 kd_x86_count_pushed(&memory, CODE, CODE + 0x100000, false,
				     &pushed),
		 KD_E_NOT_FOUND);
	CHECK_EQ("code that is not there",
		 kd_x86_count_pushed(&memory, CODE + LEN - 1, CODE + LEN, false,
				     &pushed),
		 KD_E_NOT_FOUND);
	CHECK_EQ("before",
		 kd_x86_count_pushed(&memory, CODE, CODE - 1, false, &pushed),
		 KD_E_NOT_FOUND);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "instructions", instructions },
		{ "limits", limits },
	};

	return check_run("x86 pushed", tests, sizeof(tests) / sizeof(tests[0]));
}
