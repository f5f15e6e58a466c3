/* Lines of a pooltag.txt. */
#include "check.h"
#include "kd_pool_names.h"
#include "kd_pool_tags.h"

#include <string.h>

static const char file[] = "rem a comment\r\n"
			   "// another - one - here\r\n"
			   "; and - one - more\n"
			   "\n"
			   "Thre - nt!ps        - Thread objects\n"
			   " AGP - <unknown>    - A bus - of old\r\n"
			   "Rem1 - a.sys - a tag, no comment\n"
			   "Io*  - nt!io - of I/O\n"
			   "IoW* - nt!io - work items\n"
			   "File - File objects\n"
			   "a line of no form\n"
			   "TooLongATag - x.sys - no tag\n"
			   "Last - z.sys - without an end";

static void test_rows(void)
{
	static const struct {
		const char *tag, *binary, *description;
	} rows[] = {
		{ "Thre", "nt!ps", "Thread objects" },
		{ "AGP", "", "A bus - of old" },
		{ "Rem1", "a.sys", "a tag, no comment" },
		{ "IoXy", "nt!io", "of I/O" },
		{ "IoWI", "nt!io", "work items" },
		{ "File", "", "File objects" },
		{ "Last", "z.sys", "without an end" },
	};
	static const char *const unknown[] = { "thre", "a", "TooL", "rem" };
	struct kd_pool_names n;

	kd_pool_names_init(&n, NULL);
	CHECK_EQ("parse", kd_pool_names_parse(&n, file, sizeof(file) - 1),
		 KD_OK);
	CHECK_EQ("lines", n.count, 7);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kd_pool_name *name =
			kd_pool_names_find(&n, kd_pool_tag_of(rows[i].tag));

		if (!CHECK_ROW(rows[i].tag, name != NULL))
			continue;
		CHECK_TEXT(rows[i].tag, name->binary, rows[i].binary);
		CHECK_TEXT(rows[i].tag, name->description, rows[i].description);
	}
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		CHECK_ROW(unknown[i],
			  !kd_pool_names_find(&n, kd_pool_tag_of(unknown[i])));
	/* what names nothing takes no place */
	CHECK_EQ("none", -kd_pool_names_parse(&n, "text\n", 5), -KD_E_FORMAT);
	CHECK_EQ("kept", n.count, 7);
	kd_pool_names_deinit(&n);
	CHECK(!kd_pool_names_find(&n, kd_pool_tag_of("Thre")));
}

int main(void)
{
	static const struct check_test tests[] = { { "rows", test_rows } };

	return check_run("pool names", tests, 1);
}
