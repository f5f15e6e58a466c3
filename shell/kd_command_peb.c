/* !peb: what a process says of itself, in its own memory. */

#include "kd_commands.h"
#include "kd_format.h"
#include "kd_kernel_text.h"
#include "kd_utf16.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	PAGE = 4096,
	IMAGES_MAX = 1 << 14,	   /* of a list, are believed in */
	TEXT_MAX = UINT16_MAX - 1, /* bytes of a UNICODE_STRING */
	ENVIRONMENT_MAX = 1 << 18, /* bytes */
};

/* Members that a kernel may not have are left out. */
static bool is_known(enum kd_status st)
{
	return st == KD_OK || st == KD_E_NOT_FOUND;
}

static enum kd_status show_flags(struct kd_shell *sh, const struct kd_typed *t)
{
	static const struct {
		const char *label, *path, *key;
	} rows[] = {
		{ "InheritedAddressSpace:   ", "InheritedAddressSpace",
		  "inherited" },
		{ "ReadImageFileExecOptions:", "ReadImageFileExecOptions",
		  "reads_options" },
		{ "BeingDebugged:           ", "BeingDebugged", "debugged" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value;
		enum kd_status st = kd_typed_field_u64(t, rows[i].path, &value);

		if (!is_known(st))
			return st;
		if (st != KD_OK)
			continue;
		kd_out(sh, "    %s %s\n", rows[i].label, value ? "Yes" : "No");
		kd_record_flag(sh, rows[i].key, value != 0);
	}
	return KD_OK;
}

static enum kd_status show_address(struct kd_shell *sh,
				   const struct kd_typed *t, const char *label,
				   const char *path, const char *key)
{
	char text[KD_PLAIN_ADDRESS_MAX];
	uint64_t value;
	enum kd_status st = kd_typed_field_u64(t, path, &value);

	if (!is_known(st))
		return st;
	if (st == KD_OK) {
		kd_out(sh, "    %s %s\n", label,
		       kd_plain_address(text, sh, value));
		kd_record_address(sh, key, value);
	}
	return KD_OK;
}

/* ---- Texts ---- */

/* A UNICODE_STRING, however long; "" if it cannot be read. Freed by free(). */
static enum kd_status read_text(struct kd_shell *sh, const struct kd_typed *t,
				const char *path, char **ret)
{
	struct kd_typed at;
	uint64_t len, buffer;
	uint8_t *bytes;
	size_t cap;
	enum kd_status st = kd_typed_field(t, path, &at);

	if (st == KD_OK)
		st = kd_typed_field_u64(&at, "Length", &len);
	if (st == KD_OK)
		st = kd_typed_field_u64(&at, "Buffer", &buffer);
	if (st != KD_OK)
		return st;
	if (len > TEXT_MAX)
		len = TEXT_MAX;
	/* a unit of 2 bytes becomes 3 at most */
	cap = 2 * (size_t)len + 1;
	bytes = malloc((size_t)len + 1);
	*ret = malloc(cap);
	if (!bytes || !*ret)
		st = KD_E_NOMEM;
	else if (len && buffer)
		st = kd_shell_read_all(sh, buffer, false, bytes, (size_t)len);
	else
		len = 0;
	if (st == KD_OK)
		kd_utf16_to_utf8(bytes, (size_t)len, *ret, cap);
	free(bytes);
	if (st == KD_OK)
		return KD_OK;
	free(*ret);
	*ret = NULL;
	return st;
}

static enum kd_status show_texts(struct kd_shell *sh, const struct kd_typed *t)
{
	static const struct {
		const char *label, *path, *key;
	} rows[] = {
		{ "WindowTitle: ", "WindowTitle", "window_title" },
		{ "ImageFile:   ", "ImagePathName", "image_file" },
		{ "CommandLine: ", "CommandLine", "command_line" },
		{ "DllPath:     ", "DllPath", "dll_path" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text;
		enum kd_status st = read_text(sh, t, rows[i].path, &text);

		if (st == KD_E_TARGET)
			kd_out(sh, "    %s < not readable >\n", rows[i].label);
		else if (!is_known(st))
			return st;
		if (st != KD_OK)
			continue;
		kd_out(sh, "    %s '%s'\n", rows[i].label, text);
		kd_record_text(sh, rows[i].key, text);
		free(text);
	}
	return KD_OK;
}

/* ---- Images ---- */

static enum kd_status show_image(struct kd_shell *sh, const struct kd_typed *t)
{
	char when[64];
	struct kd_text text = kd_text_over(when, sizeof(when));
	uint64_t base, stamp = 0;
	char *name;
	enum kd_status st = kd_typed_field_u64(t, "DllBase", &base);

	if (st == KD_OK)
		st = kd_typed_field_u64(t, "TimeDateStamp", &stamp);
	if (is_known(st))
		st = read_text(sh, t, "FullDllName", &name);
	if (st != KD_OK)
		return st;
	kd_format_crt_time(&text, (uint32_t)stamp);
	/* the day of the week is left out */
	kd_out(sh, "%16" PRIx64 " %08" PRIx64 " %s %s\n", base, stamp, when + 4,
	       name);
	kd_record_open(sh, NULL);
	kd_record_address(sh, "base", base);
	kd_record_number(sh, "timestamp", stamp);
	kd_record_text(sh, "name", name);
	kd_record_close(sh);
	free(name);
	return KD_OK;
}

static enum kd_status show_images(struct kd_shell *sh,
				  const struct kd_typed *ldr)
{
	struct kd_typed_list list;
	struct kd_typed head, entry;
	enum kd_status st = kd_typed_field(ldr, "InLoadOrderModuleList", &head);

	if (st == KD_OK)
		st = kd_typed_list_init(&list, sh->symbols, head.address,
					"nt!_LDR_DATA_TABLE_ENTRY",
					"InLoadOrderLinks");
	if (st != KD_OK)
		return st;
	kd_out(sh, "%16s TimeStamp                     Module\n", "Base");
	kd_record_open_list(sh, "images");
	for (unsigned i = 0; st == KD_OK; i++) {
		st = i < IMAGES_MAX ? kd_kernel_breathe(sh) : KD_E_FORMAT;
		if (st == KD_OK)
			st = kd_typed_list_next(&list, &entry);
		if (st == KD_OK)
			st = show_image(sh, &entry);
	}
	kd_record_close(sh);
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show_list(struct kd_shell *sh, const struct kd_typed *ldr,
				const char *label, const char *path)
{
	char text[2][KD_PLAIN_ADDRESS_MAX];
	struct kd_typed list;
	uint64_t first, last;
	enum kd_status st = kd_typed_field(ldr, path, &list);

	if (st == KD_OK)
		st = kd_typed_field_u64(&list, "Flink", &first);
	if (st == KD_OK)
		st = kd_typed_field_u64(&list, "Blink", &last);
	if (st == KD_OK)
		kd_out(sh, "    Ldr.%s %s . %s\n", label,
		       kd_plain_address(text[0], sh, first),
		       kd_plain_address(text[1], sh, last));
	return is_known(st) ? KD_OK : st;
}

static enum kd_status show_loader(struct kd_shell *sh,
				  const struct kd_typed *peb)
{
	static const char *const lists[][2] = {
		{ "InInitializationOrderModuleList:",
		  "InInitializationOrderModuleList" },
		{ "InLoadOrderModuleList:          ", "InLoadOrderModuleList" },
		{ "InMemoryOrderModuleList:        ",
		  "InMemoryOrderModuleList" },
	};
	struct kd_typed ldr;
	uint64_t initialized;
	enum kd_status st = show_address(sh, peb, "Ldr                      ",
					 "Ldr", "ldr");

	if (st == KD_OK)
		st = kd_typed_field(peb, "Ldr", &ldr);
	if (st == KD_OK)
		st = kd_typed_deref(&ldr, &ldr);
	if (st != KD_OK || !ldr.address)
		return is_known(st) ? KD_OK : st;
	st = kd_typed_field_u64(&ldr, "Initialized", &initialized);
	if (st == KD_OK)
		kd_out(sh, "    Ldr.Initialized:          %s\n",
		       initialized ? "Yes" : "No");
	for (size_t i = 0; is_known(st) && i < COUNT(lists); i++)
		st = show_list(sh, &ldr, lists[i][0], lists[i][1]);
	return is_known(st) ? show_images(sh, &ldr) : st;
}

/* ---- Parameters ---- */

static bool ends(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i + 3 < len; i += 2)
		if (!(bytes[i] | bytes[i + 1] | bytes[i + 2] | bytes[i + 3]))
			return true;
	return false;
}

/* Up to two NULs, to @p size bytes, or as far as it can be read. */
static enum kd_status read_environment(struct kd_shell *sh, uint64_t address,
				       size_t size, uint8_t *bytes,
				       size_t *ret_len)
{
	enum kd_status st = KD_OK;
	size_t len = 0;

	while (st == KD_OK && len < size) {
		size_t before = len > 2 ? len - 2 : 0;
		size_t n = (size_t)(PAGE - (address + len) % PAGE);

		if (n > size - len)
			n = size - len;
		st = kd_shell_read_all(sh, address + len, false, bytes + len,
				       n);
		if (st != KD_OK)
			break;
		len += n;
		if (ends(bytes + before, len - before))
			break;
		st = kd_kernel_breathe(sh);
	}
	*ret_len = len;
	return st == KD_E_TARGET ? KD_OK : st;
}

static void show_variables(struct kd_shell *sh, const uint8_t *bytes,
			   size_t len, char *text, size_t cap)
{
	size_t at = 0;

	while (at + 1 < len && (bytes[at] || bytes[at + 1])) {
		kd_utf16_to_utf8(bytes + at, len - at, text, cap);
		kd_out(sh, "        %s\n", text);
		kd_record_text(sh, NULL, text);
		while (at + 1 < len && (bytes[at] || bytes[at + 1]))
			at += 2;
		at += 2;
	}
}

static enum kd_status show_environment(struct kd_shell *sh,
				       const struct kd_typed *t)
{
	enum { CAP = ENVIRONMENT_MAX / 2 * 3 + 1 };
	char plain[KD_PLAIN_ADDRESS_MAX], *text;
	uint64_t address, size = ENVIRONMENT_MAX;
	uint8_t *bytes;
	size_t len;
	enum kd_status st = kd_typed_field_u64(t, "Environment", &address);

	if (st == KD_OK)
		st = kd_typed_field_u64(t, "EnvironmentSize", &size);
	if (!is_known(st))
		return st;
	if (!size || size > ENVIRONMENT_MAX)
		size = ENVIRONMENT_MAX;
	kd_out(sh, "    Environment:  %s\n",
	       kd_plain_address(plain, sh, address));
	bytes = malloc(ENVIRONMENT_MAX);
	text = malloc(CAP);
	st = bytes && text
		     ? read_environment(sh, address, (size_t)size, bytes, &len)
		     : KD_E_NOMEM;
	if (st == KD_OK) {
		kd_record_open_list(sh, "environment");
		show_variables(sh, bytes, len, text, CAP);
		kd_record_close(sh);
	}
	free(bytes);
	free(text);
	return st;
}

static enum kd_status show_parameters(struct kd_shell *sh,
				      const struct kd_typed *peb)
{
	struct kd_typed t;
	enum kd_status st =
		show_address(sh, peb, "SubSystemData:    ", "SubSystemData",
			     "subsystem_data");

	if (st == KD_OK)
		st = show_address(sh, peb, "ProcessHeap:      ", "ProcessHeap",
				  "heap");
	if (st == KD_OK)
		st = show_address(sh, peb,
				  "ProcessParameters:", "ProcessParameters",
				  "parameters");
	if (st == KD_OK)
		st = kd_typed_field(peb, "ProcessParameters", &t);
	if (st == KD_OK)
		st = kd_typed_deref(&t, &t);
	if (st != KD_OK || !t.address)
		return is_known(st) ? KD_OK : st;
	st = show_texts(sh, &t);
	return st == KD_OK ? show_environment(sh, &t) : st;
}

enum kd_status kd_run_peb(struct kd_shell *sh, const struct kd_command *self,
			  const char *args)
{
	char text[KD_PLAIN_ADDRESS_MAX];
	struct kd_typed peb;
	uint64_t address = 0;
	enum kd_status st = kd_kernel_needed(sh);

	(void)self;
	if (st != KD_OK)
		return st;
	if (*args)
		st = kd_shell_evaluate_all(sh, args, &address);
	else
		st = kd_current_peb(sh, &address);
	if (st != KD_OK)
		return *args ? st
			     : kd_kernel_fail(sh, st,
					      "Cannot tell which process runs");
	if (!address) {
		kd_out(sh, "This process has no PEB; .process /p chooses "
			   "another one.\n");
		return KD_E_NOT_FOUND;
	}
	kd_out(sh, "PEB at %s\n", kd_plain_address(text, sh, address));
	kd_record_address(sh, "address", address);
	st = kd_typed_at(sh->symbols, "nt!_PEB", address, &peb);
	if (st == KD_OK)
		st = show_flags(sh, &peb);
	if (st == KD_OK)
		st = show_address(sh, &peb, "ImageBaseAddress:        ",
				  "ImageBaseAddress", "image_base");
	if (st == KD_OK)
		st = show_loader(sh, &peb);
	if (st == KD_OK)
		st = show_parameters(sh, &peb);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot show all of the PEB");
	return KD_OK;
}
