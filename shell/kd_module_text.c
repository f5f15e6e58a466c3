#include "kd_module_text.h"

#include "kd_image_text.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum { ROW_MAX = 128 + KD_SYMBOL_PATH_MAX };

const char *kd_symbol_state_text(enum kd_symbol_state state)
{
	switch (state) {
	case KD_SYMBOLS_DEFERRED:
		return "(deferred)";
	case KD_SYMBOLS_NONE:
		return "(no symbols)";
	case KD_SYMBOLS_EXPORT:
		return "(export symbols)";
	case KD_SYMBOLS_PDB:
		return "(pdb symbols)";
	case KD_SYMBOLS_PRIVATE_PDB:
		return "(private pdb symbols)";
	}
	return "";
}

static const char *state_word(enum kd_symbol_state state)
{
	switch (state) {
	case KD_SYMBOLS_DEFERRED:
		return "deferred";
	case KD_SYMBOLS_NONE:
		return "none";
	case KD_SYMBOLS_EXPORT:
		return "export";
	case KD_SYMBOLS_PDB:
		return "pdb";
	case KD_SYMBOLS_PRIVATE_PDB:
		return "private_pdb";
	}
	return "";
}

void kd_add_timestamp(struct kd_text *out, uint32_t timestamp)
{
	kd_format_crt_time(out, timestamp);
	kd_text_add(out, " (%08" PRIX32 ")", timestamp);
}

/* Does "NAME.sys" say no more than the module's name does? */
static bool image_is_obvious(const struct kd_symbol_module *m)
{
	static const char *const usual[] = { "", ".sys", ".exe", ".dll" };
	size_t len = strlen(m->name);

	if (!m->image[0])
		return true;
	if (strncasecmp(m->image, m->name, len) != 0)
		return false;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (!strcasecmp(m->image + len, usual[i]))
			return true;
	return false;
}

/* Where the symbols come from. */
static const char *source_of(const struct kd_symbol_module *m)
{
	switch (m->state) {
	case KD_SYMBOLS_DEFERRED:
		return "";
	case KD_SYMBOLS_NONE:
		return image_is_obvious(m) ? "" : m->image;
	case KD_SYMBOLS_EXPORT:
		return m->image;
	case KD_SYMBOLS_PDB:
	case KD_SYMBOLS_PRIVATE_PDB:
		return m->file;
	}
	return "";
}

/* What is odd about it (symbol-status-abbreviations.md of WinDbg's pages). */
static char flag_of(const struct kd_symbol_module *m)
{
	if (m->is_mismatched)
		return 'M';
	if (m->state == KD_SYMBOLS_DEFERRED || !m->has_headers)
		return ' ';
	if (!m->timestamp)
		return 'T';
	return m->checksum ? ' ' : 'C';
}

void kd_show_module_header(struct kd_shell *sh)
{
	kd_out(sh, "%s\n",
	       kd_shell_pointer_size(sh) == 4
		       ? "start    end        module name"
		       : "start             end                 module name");
}

static void add_symbols(struct kd_text *out, const struct kd_symbol_module *m)
{
	kd_text_add(out, " %c %-21s  %s", flag_of(m),
		    kd_symbol_state_text(m->state), source_of(m));
}

static void add_image(struct kd_text *out, const struct kd_symbol_module *m,
		      const struct kd_module_row *row)
{
	switch (row->column) {
	case KD_MODULE_SYMBOLS:
		break;
	case KD_MODULE_IMAGE:
		kd_text_add(out, row->timestamp ? " %-12s" : " %s", m->image);
		break;
	case KD_MODULE_PATH:
		kd_text_add(out, " %s", m->path[0] ? m->path : m->image);
		break;
	case KD_MODULE_NOTHING:
		break;
	}
	if (row->timestamp) {
		kd_text_add(out, " ");
		if (m->has_headers)
			kd_add_timestamp(out, m->timestamp);
		else
			kd_text_add(out, "unavailable (00000000)");
	}
	if (row->checksum)
		kd_text_add(out, " CheckSum: %08" PRIX32, m->checksum);
}

void kd_show_module_row(struct kd_shell *sh, const struct kd_symbol_module *m,
			const struct kd_module_row *row)
{
	unsigned size = kd_shell_pointer_size(sh);
	char start[KD_ADDRESS_TEXT_MAX], end[KD_ADDRESS_TEXT_MAX];
	char buf[ROW_MAX];
	struct kd_text line = kd_text_over(buf, sizeof(buf));

	kd_text_add(&line, "%s %s   %-8s",
		    kd_format_address(start, m->base, size),
		    kd_format_address(end, m->base + m->size, size), m->name);
	if (row->column == KD_MODULE_SYMBOLS || row->symbols)
		add_symbols(&line, m);
	add_image(&line, m, row);
	kd_out(sh, "%s\n", buf);
}

void kd_show_module_details(struct kd_shell *sh,
			    const struct kd_symbol_module *m,
			    const struct kd_pe *image)
{
	char buf[64];
	struct kd_text stamp = kd_text_over(buf, sizeof(buf));

	if (m->state != KD_SYMBOLS_DEFERRED && m->state != KD_SYMBOLS_NONE)
		kd_out(sh, "    Loaded symbol image file: %s\n", m->image);
	kd_out(sh, "    Image path: %s\n", m->path[0] ? m->path : m->image);
	kd_out(sh, "    Image name: %s\n", m->image);
	if (!m->has_headers) {
		kd_out(sh, "    Timestamp:        unavailable (00000000)\n");
	} else if (image && kd_image_is_reproducible(image)) {
		kd_out(sh,
		       "    Image was built with /Brepro flag.\n"
		       "    Timestamp:        %08" PRIX32
		       " (This is a reproducible build file hash, not a "
		       "timestamp)\n"
		       "    CheckSum:         %08" PRIX32 "\n",
		       m->timestamp, m->checksum);
	} else {
		kd_add_timestamp(&stamp, m->timestamp);
		kd_out(sh, "    Timestamp:        %s\n", buf);
		kd_out(sh, "    CheckSum:         %08" PRIX32 "\n",
		       m->checksum);
	}
	kd_out(sh, "    ImageSize:        %08" PRIX32 "\n", m->size);
}

void kd_record_module(struct kd_shell *sh, const struct kd_symbol_module *m)
{
	char guid[KD_PE_GUID_TEXT];

	kd_record_text(sh, "name", m->name);
	kd_record_address(sh, "start", m->base);
	kd_record_address(sh, "end", m->base + m->size);
	kd_record_text(sh, "image", m->image);
	kd_record_text(sh, "path", m->path);
	kd_record_text(sh, "symbols", state_word(m->state));
	if (m->file[0]) {
		kd_record_text(sh, "pdb", m->file);
		kd_record_flag(sh, "mismatched", m->is_mismatched);
	}
	if (m->has_headers) {
		kd_record_number(sh, "timestamp", m->timestamp);
		kd_record_number(sh, "checksum", m->checksum);
	}
	if (m->has_pdb_name) {
		kd_pe_guid_text(m->pdb.guid, guid);
		kd_record_text(sh, "pdb_name", m->pdb.path);
		kd_record_text(sh, "pdb_guid", guid);
		kd_record_number(sh, "pdb_age", m->pdb.age);
	}
}
