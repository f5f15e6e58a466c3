#include "pdb_command.h"

#include "exit_code.h"
#include "pdb_types.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int usage(const char *trouble, const char *what)
{
	fprintf(stderr,
		"crashcart pdb: %s%s\n"
		"usage: crashcart pdb FILE [--publics] [--types [PATTERN]] "
		"[--sections] [--lines ADDR] [--json]\n",
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

/* An address, from the image's start, in hexadecimal as everywhere. */
static bool parse_address(const char *text, uint32_t *ret)
{
	char *end;

	if (!isxdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	unsigned long long value = strtoull(text, &end, 16);

	if (errno || *end || value > UINT32_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

static bool take_option(struct pdb_command *c, const char *arg)
{
	const struct {
		const char *name;
		bool *set;
	} rows[] = {
		{ "--publics", &c->publics },	{ "--types", &c->types },
		{ "--sections", &c->sections }, { "--lines", &c->lines },
		{ "--json", &c->as_json },
	};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		if (!strcmp(arg, rows[k].name))
			return *rows[k].set = true;
	}
	return false;
}

static int parse_options(struct pdb_command *c, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (take_option(c, arg)) {
			if (strcmp(arg, "--lines") != 0)
				continue;
			if (++i == argc || !parse_address(argv[i], &c->rva))
				return usage("--lines needs an address in the "
					     "image, in hexadecimal",
					     "");
		} else if (arg[0] == '-' && arg[1]) {
			return usage("unknown option ", arg);
		} else if (!take_word(c, arg,
				      !strcmp(argv[i - 1], "--types"))) {
			return usage("one file at a time, not also ", arg);
		}
	}
	return c->path ? EXIT_CODE_OK : usage("which file?", "");
}

void pdb_put_name(const char *name)
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
	struct kd_json *j = &c->out;

	if (!c->as_json) {
		printf("%04x:%08" PRIx32 " ", p->section, p->offset);
		if (p->is_placed)
			printf("%08" PRIx32 " ", p->rva);
		else
			printf("%-8s ", "-");
		pdb_put_name(p->name);
		putchar('\n');
		return;
	}
	kd_json_open(j, NULL, '{');
	kd_json_string(j, "name", p->name);
	kd_json_number(j, "section", p->section);
	kd_json_number(j, "offset", p->offset);
	if (p->is_placed)
		kd_json_number(j, "rva", p->rva);
	else
		kd_json_null(j, "rva");
	kd_json_close(j, '}');
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
		struct kd_json *j = &c->out;
		struct kd_pdb_section s;
		enum kd_status st = kd_pdb_section(c->pdb, i, &s);

		if (st != KD_OK)
			return st;
		if (!c->as_json) {
			printf("%4" PRIu32 " %08" PRIx32 " %08" PRIx32
			       " %08" PRIx32 " ",
			       i, s.rva, s.size, s.characteristics);
			pdb_put_name(s.name);
			putchar('\n');
			continue;
		}
		kd_json_open(j, NULL, '{');
		kd_json_number(j, "section", i);
		kd_json_string(j, "name", s.name);
		kd_json_number(j, "rva", s.rva);
		kd_json_number(j, "size", s.size);
		kd_json_number(j, "file_offset", s.file_offset);
		kd_json_number(j, "file_size", s.file_size);
		kd_json_number(j, "characteristics", s.characteristics);
		kd_json_close(j, '}');
	}
	return KD_OK;
}

/* The line of source that the code at the address was made from. */
static enum kd_status show_lines(struct pdb_command *c)
{
	struct kd_json *j = &c->out;
	struct kd_pdb_line l;
	enum kd_status st = kd_pdb_line_by_rva(c->pdb, c->rva, &l);

	if (st == KD_E_NOT_FOUND) {
		snprintf(c->trouble, sizeof(c->trouble),
			 "it tells of no line of source at 0x%" PRIx32, c->rva);
		return st;
	}
	if (st != KD_OK)
		return st;
	if (!c->as_json) {
		printf("%04x:%08" PRIx32 " %08" PRIx32 " ", l.section, l.offset,
		       l.rva);
		pdb_put_name(l.file);
		printf("(%" PRIu32 ")+0x%" PRIx32 "\n", l.line, c->rva - l.rva);
		return KD_OK;
	}
	kd_json_open(j, NULL, '{');
	kd_json_string(j, "file", l.file);
	kd_json_number(j, "line", l.line);
	kd_json_number(j, "last_line", l.last);
	kd_json_bool(j, "statement", l.is_statement);
	kd_json_number(j, "section", l.section);
	kd_json_number(j, "offset", l.offset);
	kd_json_number(j, "rva", l.rva);
	kd_json_number(j, "size", l.size);
	kd_json_close(j, '}');
	return KD_OK;
}

static void show_info(struct pdb_command *c)
{
	const struct kd_pdb_info *info = kd_pdb_get_info(c->pdb);
	uint32_t types = info->end_type - info->first_type;
	struct kd_json *j = &c->out;
	char guid[KD_PE_GUID_TEXT];

	kd_pe_guid_text(info->guid, guid);
	if (!c->as_json) {
		printf("GUID      {%s}\nage       %" PRIu32
		       "\nmachine   0x%04x\nsections  %" PRIu32
		       "\npublics   %" PRIu32 "\nglobals   %" PRIu32
		       "\ntypes     %" PRIu32 "\n",
		       guid, info->age, info->machine, info->section_count,
		       info->public_count, info->global_count, types);
		if (info->is_stripped)
			puts("private symbols were stripped");
		if (info->is_fastlink)
			puts("linked with /DEBUG:FASTLINK: types, private "
			     "symbols and lines are in the object files");
		return;
	}
	kd_json_string(j, "guid", guid);
	kd_json_number(j, "age", info->age);
	kd_json_number(j, "machine", info->machine);
	kd_json_number(j, "section_count", info->section_count);
	kd_json_number(j, "public_count", info->public_count);
	kd_json_number(j, "global_count", info->global_count);
	kd_json_number(j, "type_count", types);
	kd_json_bool(j, "stripped", info->is_stripped);
	kd_json_bool(j, "fastlink", info->is_fastlink);
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
		{ c->types, "types", pdb_show_types },
		{ c->lines, "lines", show_lines },
	};
	enum kd_status st = KD_OK;

	if (c->as_json)
		kd_json_open(&c->out, NULL, '{');
	if (c->as_json ||
	    (!c->publics && !c->types && !c->sections && !c->lines))
		show_info(c);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].wanted || st != KD_OK)
			continue;
		if (c->as_json)
			kd_json_open(&c->out, parts[i].key, '[');
		st = parts[i].show(c);
		if (c->as_json)
			kd_json_close(&c->out, ']');
	}
	if (c->as_json) {
		kd_json_close(&c->out, '}');
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
	if (c->trouble[0])
		return fail(c, c->trouble);
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
	c->out.sink = kd_json_file_sink;
	c->out.ctx = stdout;
	code = parse_options(c, argc, argv);
	if (code == EXIT_CODE_OK)
		code = open_file(c);
	if (code == EXIT_CODE_OK)
		code = show_file(c);
	kd_memory_file_close(c->file);
	free(c);
	return code;
}
