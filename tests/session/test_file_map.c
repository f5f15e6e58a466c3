#include "check.h"
#include "kd_file_server.h"

#include <stdio.h>
#include <string.h>

#define NTFS "\\SystemRoot\\System32\\drivers\\Ntfs.sys"

// clang-format off
static const struct {
	const char *pattern, *path;
	unsigned parts;
} rows[] = {
	{ "ntfs", NTFS, 1 },
	{ "NTFS.SYS", NTFS, 1 },
	{ "drivers\\ntfs.sys", NTFS, 2 },
	{ "windows\\system32\\drivers\\ntfs.sys", NTFS, 4 },
	{ "\\Systemroot\\system32\\drivers\\ntfs", NTFS, 4 },
	{ "\\??\\c:\\windows\\system32\\drivers\\ntfs.sys", NTFS, 4 },
	{ "C:/Windows/System32/Drivers/Ntfs.sys", NTFS, 4 },
	{ "system32\\ntfs.sys", NTFS, 0 },
	{ "tfs", NTFS, 0 },
	{ "ntfs.sy", NTFS, 0 },
	{ "ntfs.dll", NTFS, 0 },
	{ "drivers", NTFS, 0 },
	{ "root\\system32\\drivers\\ntfs.sys", NTFS, 0 },
	{ "x\\systemroot\\system32\\drivers\\ntfs.sys", NTFS, 0 },
	{ "ntdll.dll", "\\Windows\\SysWOW64\\ntdll.dll", 1 },
	{ "syswow64\\ntdll.dll", "\\Windows\\SysWOW64\\ntdll.dll", 2 },
	{ "system32\\ntdll.dll", "\\Windows\\SysWOW64\\ntdll.dll", 0 },
	{ "a.b", "a.b.sys", 0 },
	{ "a", "a.b.sys", 0 },
	{ "ntfs", "ntfs", 1 },
	{ "ntfs", ".sys", 0 },
	{ "", NTFS, 0 },
	{ "\\", NTFS, 0 },
	{ "c:", NTFS, 0 },
	{ "ntfs", "", 0 },
};
// clang-format on

static void test_matches(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(rows[i].pattern,
			 kd_file_path_matches(rows[i].pattern, rows[i].path),
			 rows[i].parts);
}

/* The blocks, one behind the other. */
static enum kd_status note(void *ctx, const char *old_path,
			   const char *new_path)
{
	char *out = ctx;
	size_t len = strlen(out);

	if (!strcmp(old_path, "full"))
		return KD_E_SPACE;
	snprintf(out + len, 256 - len, "[%s=%s]", old_path, new_path);
	return KD_OK;
}

#define WANTS_MAP                                                              \
	" of the map should be \"map\", or a comment that begins with #"
#define WANTS_OLD                                                              \
	" of the map should be a path of the target: it follows \"map\""
#define WANTS_NEW                                                              \
	" of the map should be the path of the file to be used instead"

// clang-format off
static const struct {
	const char *name, *text;
	enum kd_status status;
	const char *blocks, *detail;
} map_rows[] = {
	{ "nothing",         "", KD_OK, "", "" },
	{ "one",             "map\na\nb\n", KD_OK, "[a=b]", "" },
	{ "no last end",     "map\na\nb", KD_OK, "[a=b]", "" },
	{ "DOS",             "map\r\na b\r\n c:\\d \r\n\r\n", KD_OK, "[a b=c:\\d]", "" },
	{ "comments",        "# one\n\nMap\na\nb\n\n#map\nMAP\nc\nd", KD_OK, "[a=b][c=d]", "" },
	{ "no map",          "a\nb\n", KD_E_FORMAT, "", "line 1" WANTS_MAP },
	{ "too much",        "map\na\nb\nc\n", KD_E_FORMAT, "[a=b]", "line 4" WANTS_MAP },
	{ "cut off",         "map\na\n", KD_E_FORMAT, "", "line 2" WANTS_NEW },
	{ "cut off earlier", "map", KD_E_FORMAT, "", "line 1" WANTS_OLD },
	{ "blank inside",    "map\n\na\nb\n", KD_E_FORMAT, "", "line 2" WANTS_OLD },
	{ "comment inside",  "map\na\n# b\nb\n", KD_E_FORMAT, "", "line 3" WANTS_NEW },
	{ "refused",         "map\nfull\nb\nmap\nc\nd\n", KD_E_SPACE, "", "" },
};
// clang-format on

static void test_parse(void)
{
	static char text[KD_FILE_MAP_TEXT_MAX + 1];
	char blocks[256] = "";
	struct kd_detail detail;

	for (size_t i = 0; i < sizeof(map_rows) / sizeof(map_rows[0]); i++) {
		detail = (struct kd_detail){ 0 };
		blocks[0] = '\0';
		CHECK_EQ(map_rows[i].name,
			 kd_file_map_parse(map_rows[i].text,
					   strlen(map_rows[i].text), note,
					   blocks, &detail),
			 map_rows[i].status);
		CHECK_TEXT(map_rows[i].name, blocks, map_rows[i].blocks);
		CHECK_TEXT(map_rows[i].name, detail.text, map_rows[i].detail);
	}
	memset(text, '\n', sizeof(text));
	CHECK(kd_file_map_parse(text, sizeof(text), note, blocks, &detail) ==
	      KD_E_FORMAT);
	memset(text, 'x', KD_FILE_PATH_MAX);
	CHECK(kd_file_map_parse(text, 2 * KD_FILE_PATH_MAX, note, blocks,
				&detail) == KD_E_FORMAT);
	CHECK(kd_file_map_parse("map\na\0b\nc\n", 10, note, blocks, &detail) ==
	      KD_E_FORMAT);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "matches", test_matches },
		{ "parse", test_parse },
	};

	return check_run("file map", tests, sizeof(tests) / sizeof(tests[0]));
}
