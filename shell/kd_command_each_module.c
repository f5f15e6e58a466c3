#include "kd_commands.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_MAX = 20 };

/* What "@#Base" and its like are for one module. */
struct values {
	struct kd_symbol_module m;
	char index[VALUE_MAX], base[KD_ADDRESS_TEXT_MAX],
		end[KD_ADDRESS_TEXT_MAX], size[VALUE_MAX], time[VALUE_MAX],
		checksum[VALUE_MAX], name_size[VALUE_MAX],
		image_size[VALUE_MAX], file_size[VALUE_MAX];
};

static void fill(struct values *v, size_t index, unsigned pointer_size)
{
	const struct kd_symbol_module *m = &v->m;

	snprintf(v->index, VALUE_MAX, "%02zu", index);
	kd_format_address(v->base, m->base, pointer_size);
	kd_format_address(v->end, m->base + m->size, pointer_size);
	snprintf(v->size, VALUE_MAX, "0x%" PRIx32, m->size);
	snprintf(v->time, VALUE_MAX, "0x%" PRIx32, m->timestamp);
	snprintf(v->checksum, VALUE_MAX, "0x%" PRIx32, m->checksum);
	snprintf(v->name_size, VALUE_MAX, "0x%zx", strlen(m->name) + 1);
	snprintf(v->image_size, VALUE_MAX, "0x%zx", strlen(m->image) + 1);
	snprintf(v->file_size, VALUE_MAX, "0x%zx",
		 strlen(m->file[0] ? m->file : m->image) + 1);
}

static enum kd_status run_for(struct kd_shell *sh, const struct kd_block *body,
			      struct values *v, bool *goes_on)
{
	const char *file = v->m.file[0] ? v->m.file : v->m.image;
	/* the longer of two that begin alike first */
	const struct kd_alias rows[] = {
		{ "@#ModuleIndex", v->index },
		{ "@#ModuleNameSize", v->name_size },
		{ "@#ModuleName", v->m.name },
		{ "@#ImageNameSize", v->image_size },
		{ "@#ImageName", v->m.image },
		{ "@#LoadedImageNameSize", v->image_size },
		{ "@#LoadedImageName", v->m.image },
		{ "@#MappedImageNameSize", "0x1" },
		{ "@#MappedImageName", "" },
		{ "@#SymbolFileNameSize", v->file_size },
		{ "@#SymbolFileName", file },
		{ "@#Base", v->base },
		{ "@#Size", v->size },
		{ "@#End", v->end },
		{ "@#TimeDateStamp", v->time },
		{ "@#Checksum", v->checksum },
	};
	const struct kd_locals locals = { rows,
					  sizeof(rows) / sizeof(rows[0]) };

	return kd_loop_round(sh, body, &locals, goes_on);
}

enum kd_status kd_run_each_module(struct kd_shell *sh,
				  const struct kd_command *self,
				  const char *args)
{
	static const char shows[] = ".echo @#ModuleIndex : @#Base @#End "
				    "@#ModuleName @#ImageName "
				    "@#LoadedImageName";
	struct kd_block body = { args, strlen(args) };
	bool goes_on = true;
	enum kd_status st = kd_shell_read_modules(sh);

	(void)self;
	/* a list that breaks off has its first part, at least */
	if (st != KD_OK && st != KD_E_TARGET)
		return kd_shell_fail(sh, st,
				     "The list of modules cannot be read");
	if (!body.len)
		body = (struct kd_block){ shows, sizeof(shows) - 1 };
	if (body.len > 1 && body.at[0] == '"' && body.at[body.len - 1] == '"')
		body = (struct kd_block){ body.at + 1, body.len - 2 };
	st = KD_OK;
	for (size_t i = 0; st == KD_OK && goes_on; i++) {
		const struct kd_symbol_module *m =
			kd_symbols_module(sh->symbols, i);
		struct values v;

		if (!m)
			break;
		v.m = *m;
		fill(&v, i, kd_shell_pointer_size(sh));
		st = run_for(sh, &body, &v, &goes_on);
	}
	return st;
}
