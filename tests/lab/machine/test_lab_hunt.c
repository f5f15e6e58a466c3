/*
 * The pool-leak hunt, by raw packets: the tag in the driver's code is edited,
 * PoolHitTag is set, and the machine stops where that tag is used.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_drive.h"

#include <string.h>

enum { SECOND = 1000000, CONTEXT_SIZE = 0x4d0, CONTEXT_RSP = 0x98 };

static const uint32_t dbg_continue = 0x00010002;
static const uint8_t no_tag[4] = { 0x0f, 0xff, 0xff, 0xff };

static void go_on(struct lab_drive *d)
{
	lab_drive_skip(d);
	lab_drive_go(d, dbg_continue, false);
}

/* The tag's four bytes in the code of one of the driver's functions. */
static uint64_t tag_in(struct lab_drive *d, const char *function)
{
	uint64_t at = lab_drive_symbol(d, "myfault", function);
	uint8_t code[64];

	lab_drive_read(d, at, code, sizeof(code));
	for (size_t i = 0; i + 4 <= sizeof(code); i++)
		if (!memcmp(code + i, "Leak", 4))
			return at + i;
	CHECK_TEXT("no tag", function, "");
	return 0;
}

/* Is a return address into these bytes of code on the stack? */
static bool came_from(struct lab_drive *d, uint64_t first, size_t len)
{
	uint8_t context[CONTEXT_SIZE], stack[0x1000];

	lab_drive_get_context(d, lab_drive_processor(d), context);
	uint64_t rsp = lab_get64(context + CONTEXT_RSP);
	size_t depth = sizeof(stack) - rsp % sizeof(stack);

	lab_drive_read(d, rsp, stack, depth);
	for (size_t i = 0; i < depth; i += 8)
		if (lab_get64(stack + i) - first < len)
			return true;
	return false;
}

static void test_hunt(void)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		struct lab_drive d;
		uint8_t byte = 0;

		lab_drive_start(&d, &(struct lab_drive_config){
					    .dialect = LAB_KDNET,
					    .layout = layout,
					    .scenario = "leak",
				    });
		CHECK(lab_drive_boot_stopped(&d));
		uint64_t hit = lab_drive_symbol(&d, "ntkrnlmp", "PoolHitTag");
		uint64_t leak =
			lab_drive_symbol(&d, "myfault", "MyfaultLeakMemory");
		uint8_t tag[4];

		lab_drive_read(&d, hit, tag, 4);
		CHECK(!memcmp(tag, no_tag, 4));
		/* before the edit nobody uses the new tag */
		lab_drive_write(&d, hit, "Lea2", 4);
		go_on(&d);
		CHECK(!lab_drive_for(&d, 2 * SECOND));
		lab_host_break_in(&d.host);
		CHECK(lab_drive_for(&d, SECOND));

		lab_drive_write(&d, tag_in(&d, "MyfaultLeakMemory"), "Lea2", 4);
		go_on(&d);
		for (unsigned i = 0; i < 3; i++) {
			CHECK(lab_drive_for(&d, SECOND));
			CHECK_EQ("code", lab_drive_code(&d),
				 LAB_STATUS_BREAKPOINT);
			lab_drive_read(&d, lab_drive_pc(&d), &byte, 1);
			CHECK_EQ("int 3", byte, 0xcc);
			CHECK(came_from(&d, leak, 64));
			go_on(&d);
		}
		CHECK(lab_drive_for(&d, SECOND));
		lab_drive_write(&d, hit, no_tag, 4);
		go_on(&d);
		CHECK(!lab_drive_for(&d, 2 * SECOND));
		lab_drive_end(&d);
	}
}

/* Who frees is met as well, at another place. */
static void test_free(void)
{
	uint64_t place[4] = { 0 };
	struct lab_drive d;
	unsigned places = 0;

	lab_drive_start(&d,
			&(struct lab_drive_config){ .dialect = LAB_SERIAL });
	CHECK(lab_drive_boot_stopped(&d));
	lab_drive_write(&d, tag_in(&d, "MyfaultTakeBuffer"), "Lea1", 4);
	lab_drive_write(&d, lab_drive_symbol(&d, "ntkrnlmp", "PoolHitTag"),
			"Lea1", 4);
	go_on(&d);
	for (unsigned i = 0; i < 6; i++) {
		CHECK(lab_drive_for(&d, 2 * SECOND));
		size_t n = 0;

		while (n < places && place[n] != lab_drive_pc(&d))
			n++;
		if (n == places && places < 4)
			place[places++] = lab_drive_pc(&d);
		go_on(&d);
	}
	CHECK_EQ("an allocation and a free", places, 2);
	lab_drive_end(&d);
}

/* The target's own search finds what is in memory. */
static void test_search(void)
{
	struct lab_drive d;
	uint8_t found[4] = { 0 };

	lab_drive_start(&d,
			&(struct lab_drive_config){ .dialect = LAB_SERIAL });
	CHECK(lab_drive_boot_stopped(&d));
	uint64_t at = lab_drive_find(&d, "myfault.sys", "Leak", 4);

	lab_drive_read(&d, at, found, 4);
	CHECK(!memcmp(found, "Leak", 4));
	CHECK_EQ("no such bytes",
		 lab_drive_find(&d, "myfault.sys", "NoSuchTag", 9), 0);
	lab_drive_end(&d);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "leak hunt", test_hunt },
		{ "free", test_free },
		{ "search", test_search },
	};

	return check_run("lab hunt", tests, sizeof(tests) / sizeof(tests[0]));
}
