/* !dh and !lmi: what the headers of images say. */

#include "kd_commands.h"
#include "kd_image_text.h"
#include "kd_module_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { DEBUG_STRIPPED = 0x200 }; /* IMAGE_FILE_ */

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	return kd_shell_read_all(ctx, address, false, buf, len);
}

/* "-f", "-s", "-a"; nothing is all. */
struct options {
	bool file, sections, debug;
};

static enum kd_status parse(struct kd_shell *sh, const char **args,
			    struct options *o)
{
	const char *at = *args;

	*o = (struct options){ 0 };
	for (; (*at == '-' || *at == '/') && at[1];
	     at += 2 + strspn(at + 2, " \t")) {
		if (at[2] && !strchr(" \t", at[2]))
			break;
		if (at[1] == 'f')
			o->file = true;
		else if (at[1] == 's')
			o->sections = true;
		else if (at[1] == 'a')
			o->file = o->sections = o->debug = true;
		else
			break;
	}
	if (!*at) {
		kd_out(sh, "'!dh' needs the address of an image.\n");
		return KD_E_ARG;
	}
	if (!o->file && !o->sections)
		o->file = o->sections = o->debug = true;
	*args = at;
	return KD_OK;
}

/* The image at an address: a module's, or what looks like one. */
static enum kd_status find_image(struct kd_shell *sh, uint64_t address,
				 struct kd_pe *own, const struct kd_pe **ret)
{
	struct kd_memory memory = { read_memory, sh };
	const struct kd_symbol_module *m = kd_shell_module_at(sh, address);
	enum kd_status st;

	*ret = own;
	if (!m || m->base != address)
		return kd_pe_init(memory, address, KD_PE_LOADED, own);
	st = kd_symbols_image_at(sh->symbols, address, ret);
	return st == KD_OK && !*ret ? KD_E_TARGET : st;
}

static enum kd_status refuse(struct kd_shell *sh, enum kd_status st,
			     uint64_t address)
{
	char text[KD_ADDRESS_TEXT_MAX];

	kd_format_address(text, address, kd_shell_pointer_size(sh));
	if (st == KD_E_FORMAT || st == KD_E_NOT_FOUND) {
		kd_out(sh, "No image begins at %s.\n", text);
		return st;
	}
	if (st != KD_E_TARGET)
		return kd_shell_fail(sh, st, "The image cannot be read");
	kd_out(sh,
	       "The headers at %s cannot be read: they are paged out, and no "
	       "file of this image is in the symbol path.\n",
	       text);
	return st;
}

enum kd_status kd_run_headers(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	struct options o;
	struct kd_pe own;
	const struct kd_pe *pe;
	uint64_t address;
	enum kd_status st = parse(sh, &args, &o);

	(void)self;
	if (st == KD_OK)
		st = kd_shell_evaluate_all(sh, args, &address);
	if (st != KD_OK)
		return st;
	address = kd_address_extend(address, kd_shell_pointer_size(sh));
	st = find_image(sh, address, &own, &pe);
	if (st != KD_OK)
		return refuse(sh, st, address);
	if (o.file)
		kd_show_image_headers(sh, pe);
	if (o.sections)
		st = kd_show_image_sections(sh, pe, o.debug);
	kd_record_image(sh, pe);
	return st == KD_OK ? st : refuse(sh, st, address);
}

static enum kd_status show_debug(struct kd_shell *sh, const struct kd_pe *pe)
{
	struct kd_pe_debug d;
	struct kd_pe_pdb pdb;
	char guid[KD_PE_GUID_TEXT];

	kd_out(sh, "Debug Data Dirs: Type  Size     VA  Pointer\n");
	for (uint32_t i = 0; i < kd_pe_debug_count(pe); i++) {
		enum kd_status st = kd_pe_debug_at(pe, i, &d);

		if (st != KD_OK && !kd_image_is_missing(st))
			return st;
		if (st != KD_OK) {
			kd_out(sh, "                 [Data not mapped]\n");
			break;
		}
		kd_out(sh, "%21s %5" PRIx32 ", %5" PRIx32 ", %7" PRIx32 " ",
		       kd_image_debug_name(d.type), d.size, d.rva, d.offset);
		if (d.type != KD_PE_DEBUG_CODEVIEW ||
		    kd_pe_get_pdb(pe, &pdb) != KD_OK) {
			kd_out(sh, "%s\n",
			       d.type == KD_PE_DEBUG_REPRO
				       ? "Reproducible build"
			       : d.rva ? ""
				       : "[Data not mapped]");
			continue;
		}
		kd_pe_guid_text(pdb.guid, guid);
		for (char *at = guid; *at; at++)
			*at = (char)toupper((unsigned char)*at);
		kd_out(sh,
		       "RSDS - GUID: {%s}\n               Age: %" PRIx32
		       ", Pdb: %s\n",
		       guid, pdb.age, pdb.path);
	}
	return KD_OK;
}

static void show_load(struct kd_shell *sh, const struct kd_symbol_module *m)
{
	const char *file = NULL, *report = "no symbols loaded";

	switch (m->state) {
	case KD_SYMBOLS_DEFERRED:
		kd_out(sh, "    Symbol Type: DEFERRED - No error - symbol load "
			   "deferred\n");
		break;
	case KD_SYMBOLS_NONE:
		kd_out(sh, "    Symbol Type: NONE     - %s\n", m->why);
		break;
	case KD_SYMBOLS_EXPORT:
		kd_out(sh, "    Symbol Type: EXPORT   - %s\n", m->why);
		report = "export symbols";
		break;
	case KD_SYMBOLS_PDB:
	case KD_SYMBOLS_PRIVATE_PDB:
		file = m->file;
		kd_out(sh,
		       "    Symbol Type: PDB      - Symbols loaded "
		       "successfully from symbol search path.\n"
		       "                 %s\n",
		       file);
		report = m->state == KD_SYMBOLS_PDB
				 ? "public symbols , not source indexed "
				 : "private symbols & lines, not source "
				   "indexed ";
		break;
	}
	kd_out(sh, "    Load Report: %s\n", report);
	if (file)
		kd_out(sh, "                 %s\n", file);
}

static enum kd_status show_info(struct kd_shell *sh,
				const struct kd_symbol_module *m,
				const struct kd_pe *pe)
{
	char buf[64];
	struct kd_text time = kd_text_over(buf, sizeof(buf));
	enum kd_status st;

	kd_out(sh, "         Module: %s\n", m->name);
	kd_out(sh, "   Base Address: %0*" PRIx64 "\n",
	       2 * (int)kd_shell_pointer_size(sh),
	       kd_shell_pointer_size(sh) == 4 ? m->base & UINT32_MAX : m->base);
	kd_out(sh, "     Image Name: %s\n", m->image);
	kd_out(sh, "   Machine Type: %u (%s)\n", (unsigned)pe->machine,
	       kd_image_machine_name(pe->machine));
	kd_format_crt_time(&time, pe->timestamp);
	kd_out(sh, "     Time Stamp: %08" PRIx32 " %s\n", pe->timestamp,
	       kd_image_is_reproducible(pe)
		       ? "(This is a reproducible build file hash, not a true "
			 "timestamp)"
		       : buf);
	kd_out(sh, "           Size: %" PRIx32 "\n", pe->size_of_image);
	kd_out(sh, "       CheckSum: %" PRIx32 "\n", pe->checksum);
	kd_out(sh, "Characteristics: %x  %s\n", (unsigned)pe->characteristics,
	       pe->characteristics & DEBUG_STRIPPED ? "stripped" : "");
	st = show_debug(sh, pe);
	if (st != KD_OK)
		return st;
	kd_out(sh, "     Image Type: %s\n",
	       pe->file ? "FILE     - Image read successfully from debugger."
			: "MEMORY   - Image read successfully from loaded "
			  "memory.");
	show_load(sh, m);
	return KD_OK;
}

static enum kd_status find_module(struct kd_shell *sh, const char *args,
				  const struct kd_symbol_module **ret)
{
	uint64_t address;
	enum kd_status st;

	*ret = kd_shell_module_named(sh, args);
	if (*ret)
		return KD_OK;
	st = kd_shell_evaluate_all(sh, args, &address);
	if (st != KD_OK)
		return st;
	address = kd_address_extend(address, kd_shell_pointer_size(sh));
	*ret = kd_shell_module_at(sh, address);
	if (*ret)
		return KD_OK;
	kd_out(sh, "No module is at '%s'.\n", args);
	return KD_E_NOT_FOUND;
}

enum kd_status kd_run_module_info(struct kd_shell *sh,
				  const struct kd_command *self,
				  const char *args)
{
	const struct kd_symbol_module *m;
	const struct kd_pe *pe;
	enum kd_status st;

	(void)self;
	if (!*args) {
		kd_out(sh, "'!lmi' needs a module.\n");
		return KD_E_ARG;
	}
	st = find_module(sh, args, &m);
	if (st != KD_OK)
		return st;
	st = kd_symbols_image_at(sh->symbols, m->base, &pe);
	if (st == KD_OK && !pe)
		st = KD_E_TARGET;
	if (st != KD_OK)
		return refuse(sh, st, m->base);
	kd_out(sh, "Loaded Module Info: [%s] \n", args);
	st = show_info(sh, m, pe);
	kd_record_module(sh, m);
	kd_record_number(sh, "characteristics", pe->characteristics);
	return st == KD_OK ? st : refuse(sh, st, m->base);
}
