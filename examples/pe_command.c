#include "pe_command.h"

#include "exit_code.h"
#include "pe_unwind.h"

#include <crashcart/crashcart.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct pe_command {
	const char *path;
	bool exports, unwind, as_json;
	struct kd_memory_file *file;
	struct kd_pe image;
	struct kd_pe_export export; /* too large for the stack of some */
	struct kd_json json;
};

static int usage(const char *trouble, const char *what)
{
	fprintf(stderr,
		"crashcart pe: %s%s\n"
		"usage: crashcart pe FILE [--exports] [--unwind] [--json]\n",
		trouble, what);
	return EXIT_CODE_USAGE;
}

static int fail(const struct pe_command *c, const char *trouble)
{
	fprintf(stderr, "crashcart pe: %s: %s\n", c->path, trouble);
	return EXIT_CODE_FAILED;
}

static int parse_options(struct pe_command *c, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (!strcmp(arg, "--json"))
			c->as_json = true;
		else if (!strcmp(arg, "--exports"))
			c->exports = true;
		else if (!strcmp(arg, "--unwind"))
			c->unwind = true;
		else if (arg[0] == '-' && arg[1])
			return usage("unknown option ", arg);
		else if (c->path)
			return usage("one file at a time, not also ", arg);
		else
			c->path = arg;
	}
	return c->path ? EXIT_CODE_OK : usage("which file?", "");
}

static int open_image(struct pe_command *c)
{
	struct kd_detail detail = { 0 };
	enum kd_status st = kd_memory_file_open(c->path, &detail, &c->file);

	if (st == KD_E_OS) {
		fprintf(stderr, "crashcart pe: %s\n", detail.text);
		return EXIT_CODE_FAILED;
	}
	if (st == KD_OK)
		st = kd_pe_init(kd_memory_of_file(c->file), 0, KD_PE_FILE,
				&c->image);
	if (st == KD_E_FORMAT)
		return fail(c, "not a PE image");
	return st == KD_OK ? EXIT_CODE_OK : fail(c, kd_status_text(st));
}

static const char *arch_of(const struct kd_pe *pe)
{
	return kd_arch_name(kd_arch_from_machine(pe->machine));
}

/* ---- for programs ---- */

static void json_section(struct kd_json *j, const struct kd_pe_section *s)
{
	kd_json_open(j, NULL, '{');
	kd_json_string(j, "name", s->name);
	kd_json_number(j, "rva", s->rva);
	kd_json_number(j, "virtual_size", s->virtual_size);
	kd_json_number(j, "raw_offset", s->raw_offset);
	kd_json_number(j, "raw_size", s->raw_size);
	kd_json_number(j, "characteristics", s->characteristics);
	kd_json_close(j, '}');
}

static void json_headers(struct kd_json *j, const struct kd_pe *pe)
{
	kd_json_number(j, "machine", pe->machine);
	kd_json_string(j, "arch", arch_of(pe));
	kd_json_string(j, "format", pe->plus ? "PE32+" : "PE32");
	kd_json_number(j, "timestamp", pe->timestamp);
	kd_json_number(j, "characteristics", pe->characteristics);
	kd_json_number(j, "dll_characteristics", pe->dll_characteristics);
	kd_json_number(j, "subsystem", pe->subsystem);
	kd_json_number(j, "entry_point", pe->entry_point);
	kd_json_hex(j, "image_base", pe->image_base);
	kd_json_number(j, "section_alignment", pe->section_alignment);
	kd_json_number(j, "file_alignment", pe->file_alignment);
	kd_json_number(j, "size_of_image", pe->size_of_image);
	kd_json_number(j, "size_of_headers", pe->size_of_headers);
	kd_json_number(j, "checksum", pe->checksum);
	kd_json_open(j, "directories", '[');
	for (uint32_t i = 0; i < pe->directory_count; i++) {
		kd_json_open(j, NULL, '{');
		kd_json_number(j, "rva", pe->directory[i].rva);
		kd_json_number(j, "size", pe->directory[i].size);
		kd_json_close(j, '}');
	}
	kd_json_close(j, ']');
	kd_json_open(j, "sections", '[');
	for (size_t i = 0; i < pe->section_count; i++)
		json_section(j, &pe->section[i]);
	kd_json_close(j, ']');
}

static void json_pdb(struct kd_json *j, const struct kd_pe_pdb *pdb)
{
	char guid[KD_PE_GUID_TEXT];

	kd_pe_guid_text(pdb->guid, guid);
	kd_json_open(j, "pdb", '{');
	kd_json_string(j, "guid", guid);
	kd_json_number(j, "age", pdb->age);
	kd_json_string(j, "path", pdb->path);
	kd_json_close(j, '}');
}

static void json_export(struct kd_json *j, const struct kd_pe_export *e)
{
	kd_json_open(j, NULL, '{');
	kd_json_number(j, "ordinal", e->ordinal);
	kd_json_number(j, "rva", e->rva);
	if (e->name[0])
		kd_json_string(j, "name", e->name);
	if (e->forwarder[0])
		kd_json_string(j, "forwarder", e->forwarder);
	kd_json_close(j, '}');
}

/* ---- for people ---- */

/* Names come from a file: nothing in them is for the terminal. */
static void print_safe(const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c >= 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

static void text_headers(const struct kd_pe *pe)
{
	printf("%s, %s, timestamp %08x, checksum %x\n",
	       pe->plus ? "PE32+" : "PE32", arch_of(pe),
	       (unsigned)pe->timestamp, (unsigned)pe->checksum);
	printf("image base %" PRIx64 ", size %x, entry point %x\n",
	       pe->image_base, (unsigned)pe->size_of_image,
	       (unsigned)pe->entry_point);
	puts("\nsection       rva     size     file  in file  flags");
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct kd_pe_section *s = &pe->section[i];

		print_safe(s->name);
		printf("%*s %8x %8x %8x %8x %08x\n", (int)(8 - strlen(s->name)),
		       "", (unsigned)s->rva, (unsigned)s->virtual_size,
		       (unsigned)s->raw_offset, (unsigned)s->raw_size,
		       (unsigned)s->characteristics);
	}
}

static void text_pdb(const struct kd_pe_pdb *pdb)
{
	char guid[KD_PE_GUID_TEXT];

	kd_pe_guid_text(pdb->guid, guid);
	printf("\npdb {%s}, age %u, ", guid, (unsigned)pdb->age);
	print_safe(pdb->path);
	putchar('\n');
}

static void text_export(const struct kd_pe_export *e)
{
	printf("%5u %8x ", (unsigned)e->ordinal, (unsigned)e->rva);
	print_safe(e->name);
	if (e->forwarder[0]) {
		fputs(" -> ", stdout);
		print_safe(e->forwarder);
	}
	putchar('\n');
}

/* ---- the parts of an image ---- */

static void show_export(struct pe_command *c)
{
	if (c->as_json)
		json_export(&c->json, &c->export);
	else
		text_export(&c->export);
}

/* Those with names, then the ordinals that no name leads to. */
static enum kd_status show_exports(struct pe_command *c,
				   const struct kd_pe_exports *exports)
{
	bool *named = calloc((size_t)exports->address_count + 1, 1);
	enum kd_status st = named ? KD_OK : KD_E_NOMEM;

	for (uint32_t i = 0; st == KD_OK && i < exports->name_count; i++) {
		st = kd_pe_export_named(&c->image, exports, i, &c->export);
		if (st != KD_OK)
			break;
		named[c->export.ordinal - exports->ordinal_base] = true;
		show_export(c);
	}
	for (uint32_t i = 0; st == KD_OK && i < exports->address_count; i++) {
		if (named[i])
			continue;
		st = kd_pe_export_at(&c->image, exports, i, &c->export);
		if (st == KD_OK && c->export.rva)
			show_export(c);
	}
	free(named);
	return st;
}

static enum kd_status list_exports(struct pe_command *c)
{
	struct kd_pe_exports exports;
	enum kd_status st = kd_pe_get_exports(&c->image, &exports);

	if (c->as_json)
		kd_json_open(&c->json, "exports", '[');
	else if (st == KD_OK)
		puts("\n  ord      rva name");
	if (st == KD_OK)
		st = show_exports(c, &exports);
	else if (st == KD_E_NOT_FOUND && !c->image.directory[KD_PE_EXPORT].size)
		st = KD_OK;
	if (c->as_json)
		kd_json_close(&c->json, ']');
	return st;
}

static enum kd_status show_pdb(struct pe_command *c)
{
	struct kd_pe_pdb pdb;
	enum kd_status st = kd_pe_get_pdb(&c->image, &pdb);

	if (st == KD_E_NOT_FOUND)
		return KD_OK;
	if (st != KD_OK)
		return st;
	if (c->as_json)
		json_pdb(&c->json, &pdb);
	else
		text_pdb(&pdb);
	return KD_OK;
}

/* All that can be read is shown, whatever cannot. */
static int show(struct pe_command *c)
{
	int code = EXIT_CODE_OK;

	if (c->as_json) {
		kd_json_open(&c->json, NULL, '{');
		json_headers(&c->json, &c->image);
	} else {
		text_headers(&c->image);
	}
	if (show_pdb(c) != KD_OK)
		code = fail(c, "the debug directory is damaged");
	if (c->exports && list_exports(c) != KD_OK)
		code = fail(c, "the exports are damaged");
	if (c->unwind &&
	    pe_unwind_print(&c->image, c->as_json ? &c->json : NULL) != KD_OK)
		code = fail(c, "the unwind data are damaged");
	if (c->as_json) {
		kd_json_close(&c->json, '}');
		putchar('\n');
	}
	if (ferror(stdout) || fflush(stdout))
		return fail(c, "the output cannot be written");
	return code;
}

int pe_main(int argc, char **argv)
{
	struct pe_command *c = calloc(1, sizeof(*c));
	int code;

	if (!c) {
		fputs("crashcart pe: out of memory\n", stderr);
		return EXIT_CODE_FAILED;
	}
	c->json.sink = kd_json_file_sink;
	c->json.ctx = stdout;
	code = parse_options(c, argc, argv);
	if (code == EXIT_CODE_OK)
		code = open_image(c);
	if (code == EXIT_CODE_OK)
		code = show(c);
	kd_memory_file_close(c->file);
	free(c);
	return code;
}
