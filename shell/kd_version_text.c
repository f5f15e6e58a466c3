/* What an image says of its version. Names: "VS_FIXEDFILEINFO". */
#include "kd_image_text.h"
#include "kd_pe_resources.h"

#include <inttypes.h>
#include <string.h>

// clang-format off
static const char *const flag_names[] = {
	"Debug", "Prerel", "Patched", "Private", "Info", "Special",
};

/* VOS_: the upper half is the system, the lower one what runs on it. */
static const char *const os_names[] = { "Unknown", "DOS", "OS/2 16-bit", "OS/2 32-bit", "NT" };
static const char *const base_names[] = { "Base", "Win16", "PM-16", "PM-32", "Win32" };

/* VFT_ */
static const char *const type_names[] = {
	"Unknown", "App", "Dll", "Driver", "Font", "VxD", "Unknown", "Static Lib",
};

/* The texts that are shown, in this order. */
static const struct {
	const char *key, *field;
} texts[] = {
	{ "CompanyName",      "company_name" },
	{ "ProductName",      "product_name" },
	{ "InternalName",     "internal_name" },
	{ "OriginalFilename", "original_filename" },
	{ "ProductVersion",   "product_version_text" },
	{ "FileVersion",      "file_version_text" },
	{ "PrivateBuild",     "private_build" },
	{ "SpecialBuild",     "special_build" },
	{ "FileDescription",  "file_description" },
	{ "LegalCopyright",   "legal_copyright" },
	{ "LegalTrademarks",  "legal_trademarks" },
	{ "Comments",         "comments" },
};
// clang-format on

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const char *name_in(const char *const *names, size_t count, uint32_t i)
{
	return i < count ? names[i] : "Unknown";
}

static void show_number(struct kd_shell *sh, const char *label,
			const char *field, const uint16_t number[4])
{
	char buf[32];
	struct kd_text text = kd_text_over(buf, sizeof(buf));

	kd_text_add(&text, "%u.%u.%u.%u", (unsigned)number[0],
		    (unsigned)number[1], (unsigned)number[2],
		    (unsigned)number[3]);
	kd_out(sh, "    %-17s %s\n", label, buf);
	kd_record_text(sh, field, buf);
}

static void show_fixed(struct kd_shell *sh, const struct kd_pe_version *v)
{
	show_number(sh, "File version:", "file_version", v->file);
	show_number(sh, "Product version:", "product_version", v->product);
	kd_out(sh, "    File flags:       %" PRIX32 " (Mask %" PRIX32 ")",
	       v->flags & v->flags_mask, v->flags_mask);
	for (size_t i = 0; i < COUNT(flag_names); i++)
		if (v->flags & v->flags_mask & 1u << i)
			kd_out(sh, " %s", flag_names[i]);
	kd_out(sh, "\n    File OS:          %" PRIX32 " %s %s\n", v->os,
	       name_in(os_names, COUNT(os_names), v->os >> 16),
	       name_in(base_names, COUNT(base_names), v->os & 0xffff));
	kd_out(sh, "    File type:        %" PRIX32 ".%" PRIX32 " %s\n",
	       v->type, v->subtype,
	       name_in(type_names, COUNT(type_names), v->type));
	kd_out(sh, "    File date:        %08" PRIX32 ".%08" PRIX32 "\n",
	       v->date_high, v->date_low);
}

enum kd_status kd_show_image_version(struct kd_shell *sh,
				     const struct kd_pe *pe)
{
	char text[KD_PE_VERSION_TEXT];
	struct kd_pe_version v;
	enum kd_status st = kd_pe_get_version(pe, &v);

	if (st != KD_OK)
		return kd_image_is_missing(st) ? KD_OK : st;
	show_fixed(sh, &v);
	if (!v.has_texts)
		return KD_OK;
	kd_out(sh,
	       "    Translations:     %04x.%04x\n"
	       "    Information from resource tables:\n",
	       (unsigned)v.language, (unsigned)v.code_page);
	for (size_t i = 0; i < COUNT(texts); i++)
		if (kd_pe_version_text(&v, texts[i].key, text)) {
			kd_out(sh, "        %s:%*s%s\n", texts[i].key,
			       (int)(17 - strlen(texts[i].key)), "", text);
			kd_record_text(sh, texts[i].field, text);
		}
	return KD_OK;
}
