#include "golden.h"

#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

const struct golden_image golden_images[GOLDEN_IMAGES] = {
	// clang-format off
	{ "dump_syms/basic32-min.dll",           "dump_syms_basic32-min.dll" },
	{ "seh_tests/ARM64/nested_collided.exe", "seh_tests_ARM64_nested_collided.exe" },
	{ "seh_tests/ARM64/xcpt4.exe",           "seh_tests_ARM64_xcpt4.exe" },
	{ "seh_tests/x64/nested_collided.exe",   "seh_tests_x64_nested_collided.exe" },
	{ "seh_tests/x64/xcpt4.exe",             "seh_tests_x64_xcpt4.exe" },
	{ "seh_tests/x86/nested_collided.exe",   "seh_tests_x86_nested_collided.exe" },
	{ "seh_tests/x86/xcpt4.exe",             "seh_tests_x86_xcpt4.exe" },
	{ "symbolic/CrashWithException.exe",     "symbolic_CrashWithException.exe" },
	// clang-format on
};

bool golden_open(struct golden *g, const char *stem, const char *kind)
{
	char below[256];

	snprintf(below, sizeof(below), "data/pe-pdb/goldens/%s.%s.txt.gz", stem,
		 kind);
	const char *path = check_shared(below);

	*g = (struct golden){ .line = "" };
	if (path)
		g->file = gzopen(path, "rb");
	return g->file != NULL;
}

void golden_close(struct golden *g)
{
	gzclose(g->file);
}

bool golden_next(struct golden *g)
{
	while (gzgets(g->file, g->buffer, sizeof(g->buffer))) {
		g->number++;
		g->buffer[strcspn(g->buffer, "\r\n")] = 0;
		g->line = g->buffer + strspn(g->buffer, " \t");
		if (*g->line)
			return true;
	}
	g->line = "";
	return false;
}

bool golden_find(struct golden *g, const char *prefix)
{
	while (golden_next(g)) {
		if (!strncmp(g->line, prefix, strlen(prefix)))
			return true;
	}
	return false;
}

bool golden_expect(struct golden *g, const char *row, const char *format, ...)
{
	char want[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(want, sizeof(want), format, args);
	va_end(args);
	golden_next(g);
	return CHECK_TEXT(row, want, g->line);
}

bool golden_has(struct golden *g, const char *row, const char *format, ...)
{
	char want[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(want, sizeof(want), format, args);
	va_end(args);
	while (golden_next(g)) {
		if (!strcmp(g->line, want))
			return true;
	}
	return CHECK_TEXT(row, want, "a line of the reference");
}

bool golden_file_open(struct golden_file *f, const struct golden_image *image)
{
	char below[256];

	snprintf(below, sizeof(below), "data/pe-pdb/%s", image->path);
	const char *path = check_shared(below);

	*f = (struct golden_file){ 0 };
	if (!path)
		return false;
	if (!CHECK_ROW(path,
		       kd_memory_file_open(path, NULL, &f->file) == KD_OK))
		return false;
	return CHECK_ROW(path, kd_pe_init(kd_memory_of_file(f->file), 0,
					  KD_PE_FILE, &f->pe) == KD_OK);
}

void golden_file_close(struct golden_file *f)
{
	kd_memory_file_close(f->file);
}

bool golden_pdb_open(struct golden_pdb *f, const char *path)
{
	char below[256];
	struct kd_detail detail = { 0 };

	snprintf(below, sizeof(below), "data/pe-pdb/%s", path);
	const char *found = check_shared(below);

	*f = (struct golden_pdb){ 0 };
	if (!found ||
	    !CHECK_EQ(path, kd_memory_file_open(found, &detail, &f->file), 0))
		return false;
	return CHECK_EQ(path,
			kd_pdb_open(NULL, kd_memory_of_file(f->file),
				    kd_memory_file_size(f->file), &detail,
				    &f->pdb),
			0);
}

void golden_pdb_close(struct golden_pdb *f)
{
	kd_pdb_close(f->pdb);
	kd_memory_file_close(f->file);
}
