#include "pdb_command.h"

#include "exit_code.h"
#include "json.h"

#include <crashcart/crashcart.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A type is spelled with a name of at most 64 KiB and some prefixes. */
enum { TYPE_TEXT_MAX = 1 << 17 };

struct pdb_command {
	const char *path;
	bool publics, types, sections, as_json;
	const char *pattern; /* NULL: all types */
	struct kd_memory_file *file;
	struct kd_pdb *pdb;
	struct json out;
	char type_text[TYPE_TEXT_MAX];
};

static int usage(const char *trouble, const char *what)
{
	fprintf(stderr,
		"crashcart pdb: %s%s\n"
		"usage: crashcart pdb FILE [--publics] [--types [PATTERN]] "
		"[--sections] [--json]\n",
		trouble, what);
	return EXIT_CODE_USAGE;
}

static int fail(const struct pdb_command *c, const char *trouble)
{
	fprintf(stderr, "crashcart pdb: %s: %s\n", c->path, trouble);
	return EXIT_CODE_FAILED;
}

/* A word that is no option: the file, or behind --types the pattern. */
static bool take_word(struct pdb_command *c, const char *word, bool after_types)
{
	if (!c->path)
		c->path = word;
	else if (after_types && !c->pattern)
		c->pattern = word;
	else
		return false;
	return true;
}

static int parse_options(struct pdb_command *c, int argc, char **argv)
{
	const struct {
		const char *name;
		bool *set;
	} rows[] = {
		{ "--publics", &c->publics },
		{ "--types", &c->types },
		{ "--sections", &c->sections },
		{ "--json", &c->as_json },
	};

	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];
		bool known = false;

		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
			if (strcmp(arg, rows[k].name) != 0)
				continue;
			known = *rows[k].set = true;
		}
		if (known)
			continue;
		if (arg[0] == '-' && arg[1])
			return usage("unknown option ", arg);
		if (!take_word(c, arg, !strcmp(argv[i - 1], "--types")))
			return usage("one file at a time, not also ", arg);
	}
	return c->path ? EXIT_CODE_OK : usage("which file?", "");
}

/* A name from the file: nothing of it may reach the terminal as a command. */
static void put_name(const char *name)
{
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;

		if (c < 0x20 || c >= 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

static void show_public(struct pdb_command *c, const struct kd_pdb_public *p)
{
	struct json *j = &c->out;

	if (!c->as_json) {
		printf("%04x:%08" PRIx32 " ", p->section, p->offset);
		if (p->is_placed)
			printf("%08" PRIx32 " ", p->rva);
		else
			printf("%-8s ", "-");
		put_name(p->name);
		putchar('\n');
		return;
	}
	json_open(j, NULL, '{');
	json_utf8(j, "name", p->name);
	json_number(j, "section", p->section);
	json_number(j, "offset", p->offset);
	if (p->is_placed)
		json_number(j, "rva", p->rva);
	else
		json_null(j, "rva");
	json_close(j, '}');
}

static enum kd_status show_publics(struct pdb_command *c)
{
	struct kd_pdb_public p;
	enum kd_status st = KD_OK;

	for (uint32_t i = 0; st == KD_OK; i++) {
		st = kd_pdb_public_at(c->pdb, i, &p);
		if (st == KD_OK)
			show_public(c, &p);
	}
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show_sections(struct pdb_command *c)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(c->pdb);

	for (uint32_t i = 1; i <= info->section_count; i++) {
		struct json *j = &c->out;
		struct kd_pdb_section s;
		enum kd_status st = kd_pdb_section(c->pdb, i, &s);

		if (st != KD_OK)
			return st;
		if (!c->as_json) {
			printf("%4" PRIu32 " %08" PRIx32 " %08" PRIx32
			       " %08" PRIx32 " ",
			       i, s.rva, s.size, s.characteristics);
			put_name(s.name);
			putchar('\n');
			continue;
		}
		json_open(j, NULL, '{');
		json_number(j, "section", i);
		json_utf8(j, "name", s.name);
		json_number(j, "rva", s.rva);
		json_number(j, "size", s.size);
		json_number(j, "file_offset", s.file_offset);
		json_number(j, "file_size", s.file_size);
		json_number(j, "characteristics", s.characteristics);
		json_close(j, '}');
	}
	return KD_OK;
}

/* "struct" and the like; NULL for what is not listed. */
static const char *kind_name(enum kd_type_kind kind)
{
	switch (kind) {
	case KD_TYPE_STRUCT:
		return "struct";
	case KD_TYPE_CLASS:
		return "class";
	case KD_TYPE_UNION:
		return "union";
	case KD_TYPE_ENUM:
		return "enum";
	case KD_TYPE_BASIC:
	case KD_TYPE_POINTER:
	case KD_TYPE_ARRAY:
	case KD_TYPE_MODIFIER:
	case KD_TYPE_BITS:
	case KD_TYPE_FUNCTION:
	case KD_TYPE_OTHER:
		break;
	}
	return NULL;
}

static enum kd_status type_text(struct pdb_command *c, uint32_t index)
{
	enum kd_status st = kd_pdb_type_text(c->pdb, index, c->type_text,
					     sizeof(c->type_text));

	if (st == KD_E_NOT_FOUND) {
		snprintf(c->type_text, sizeof(c->type_text),
			 "<type 0x%" PRIx32 ">", index);
		return KD_OK;
	}
	return st;
}

/* In the form of dt. The name is printed before the type's is asked for. */
static enum kd_status print_field(struct pdb_command *c,
				  const struct kd_pdb_field *f)
{
	switch (f->kind) {
	case KD_FIELD_ENUMERATOR:
		printf("   ");
		put_name(f->name);
		printf(" = 0n%" PRId64 "\n", (int64_t)f->value);
		return KD_OK;
	case KD_FIELD_STATIC:
		printf("   =static ");
		put_name(f->name);
		break;
	case KD_FIELD_BASE:
		printf("   +0x%03" PRIx64 " (base)          ", f->offset);
		break;
	case KD_FIELD_VTABLE:
		printf("   +0x%03" PRIx64 " __VFN_table     ", f->offset);
		break;
	case KD_FIELD_MEMBER:
		printf("   +0x%03" PRIx64 " ", f->offset);
		put_name(f->name);
		for (size_t n = strlen(f->name); n < 16; n++)
			putchar(' ');
		break;
	}
	enum kd_status st = type_text(c, f->type);

	if (st != KD_OK)
		return st;
	printf(" : ");
	if (f->bit_count)
		printf("Pos %u, %u Bit%s\n", f->bit_position, f->bit_count,
		       f->bit_count == 1 ? "" : "s");
	else {
		put_name(c->type_text);
		putchar('\n');
	}
	return KD_OK;
}

static enum kd_status json_field(struct pdb_command *c,
				 const struct kd_pdb_field *f)
{
	struct json *j = &c->out;

	json_open(j, NULL, '{');
	json_utf8(j, "name", f->name);
	json_number(j, "offset", f->offset);
	enum kd_status st = type_text(c, f->type);

	if (st == KD_OK)
		json_utf8(j, "type", c->type_text);
	if (f->bit_count) {
		json_number(j, "bit_position", f->bit_position);
		json_number(j, "bit_count", f->bit_count);
	}
	json_close(j, '}');
	return st;
}

static enum kd_status show_fields(struct pdb_command *c,
				  const struct kd_pdb_type *t)
{
	struct kd_pdb_fields at = kd_pdb_fields_of(t);
	struct kd_pdb_field f;
	enum kd_status st;

	while ((st = kd_pdb_next_field(c->pdb, &at, &f)) == KD_OK) {
		if (!c->as_json) {
			st = print_field(c, &f);
		} else if (f.kind == KD_FIELD_MEMBER) {
			st = json_field(c, &f);
		}
		if (st != KD_OK)
			return st;
	}
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show_type(struct pdb_command *c,
				const struct kd_pdb_type *t, uint64_t size)
{
	struct json *j = &c->out;
	enum kd_status st;

	if (!c->as_json) {
		printf("%s ", kind_name(t->kind));
		put_name(t->name);
		printf(", 0x%" PRIx64 " bytes\n", size);
		return show_fields(c, t);
	}
	json_open(j, NULL, '{');
	json_utf8(j, "name", t->name);
	json_text(j, "kind", kind_name(t->kind));
	json_number(j, "size", size);
	json_open(j, "fields", '[');
	st = show_fields(c, t);
	json_close(j, ']');
	json_close(j, '}');
	return st;
}

static enum kd_status show_types(struct pdb_command *c)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(c->pdb);

	for (uint32_t i = info->first_type; i < info->end_type; i++) {
		struct kd_pdb_type t;
		uint64_t size = 0;
		enum kd_status st = kd_pdb_type_at(c->pdb, i, &t);

		if (st != KD_OK)
			return st;
		if (!kind_name(t.kind) || t.is_forward ||
		    (c->pattern && !kd_wildcard_match(c->pattern, t.name)))
			continue;
		st = kd_pdb_type_size(c->pdb, i, &size);
		if (st == KD_OK || st == KD_E_NOT_FOUND)
			st = kd_pdb_type_at(c->pdb, i, &t);
		if (st == KD_OK)
			st = show_type(c, &t, size);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

static void show_info(struct pdb_command *c)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(c->pdb);
	uint32_t types = info->end_type - info->first_type;
	struct json *j = &c->out;
	char guid[KD_PE_GUID_TEXT];

	kd_pe_guid_text(info->guid, guid);
	if (!c->as_json) {
		printf("GUID      {%s}\nage       %" PRIu32
		       "\nmachine   0x%04x\nsections  %" PRIu32
		       "\npublics   %" PRIu32 "\ntypes     %" PRIu32 "\n",
		       guid, info->age, info->machine, info->section_count,
		       info->public_count, types);
		if (info->is_stripped)
			puts("private symbols were stripped");
		return;
	}
	json_text(j, "guid", guid);
	json_number(j, "age", info->age);
	json_number(j, "machine", info->machine);
	json_number(j, "section_count", info->section_count);
	json_number(j, "public_count", info->public_count);
	json_number(j, "type_count", types);
	json_bool(j, "stripped", info->is_stripped);
}

/* All that was asked for and can be read, as far as it goes. */
static enum kd_status show(struct pdb_command *c)
{
	const struct {
		bool wanted;
		const char *key;
		enum kd_status (*show)(struct pdb_command *c);
	} parts[] = {
		{ c->sections, "sections", show_sections },
		{ c->publics, "publics", show_publics },
		{ c->types, "types", show_types },
	};
	enum kd_status st = KD_OK;

	if (c->as_json)
		json_open(&c->out, NULL, '{');
	if (c->as_json || (!c->publics && !c->types && !c->sections))
		show_info(c);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].wanted || st != KD_OK)
			continue;
		if (c->as_json)
			json_open(&c->out, parts[i].key, '[');
		st = parts[i].show(c);
		if (c->as_json)
			json_close(&c->out, ']');
	}
	if (c->as_json) {
		json_close(&c->out, '}');
		putchar('\n');
	}
	return st;
}

static int show_file(struct pdb_command *c)
{
	struct kd_detail detail = { 0 };
	enum kd_status st =
		kd_pdb_open(NULL, kd_memory_of_file(c->file),
			    kd_memory_file_size(c->file), &detail, &c->pdb);

	if (st == KD_OK) {
		st = show(c);
		detail = *kd_pdb_get_detail(c->pdb);
		kd_pdb_close(c->pdb);
	}
	if (fflush(stdout) || ferror(stdout))
		return fail(c, "the output cannot be written");
	if (st == KD_OK)
		return EXIT_CODE_OK;
	return fail(c, detail.text[0] ? detail.text : kd_status_text(st));
}

static int open_file(struct pdb_command *c)
{
	struct kd_detail detail = { 0 };
	enum kd_status st = kd_memory_file_open(c->path, &detail, &c->file);

	if (st == KD_OK)
		return EXIT_CODE_OK;
	fprintf(stderr, "crashcart pdb: %s\n",
		detail.text[0] ? detail.text : kd_status_text(st));
	return EXIT_CODE_FAILED;
}

int pdb_main(int argc, char **argv)
{
	struct pdb_command *c = calloc(1, sizeof(*c));
	int code;

	if (!c) {
		fputs("crashcart pdb: out of memory\n", stderr);
		return EXIT_CODE_FAILED;
	}
	c->out.out = stdout;
	code = parse_options(c, argc, argv);
	if (code == EXIT_CODE_OK)
		code = open_file(c);
	if (code == EXIT_CODE_OK)
		code = show_file(c);
	kd_memory_file_close(c->file);
	free(c);
	return code;
}
