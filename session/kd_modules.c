#include "kd_modules.h"

#include <string.h>

enum { MODULES_MAX = 4096 };

/* KLDR_DATA_TABLE_ENTRY up to the names; the same in every release. */
struct layout {
	uint8_t base, entry_point, size, path, name;
};

static const struct layout layout64 = { 0x30, 0x38, 0x40, 0x48, 0x58 };
static const struct layout layout32 = { 0x18, 0x1c, 0x20, 0x24, 0x2c };

static bool is_kernel(const struct kd_version *v, uint64_t base)
{
	/* the high byte says what kind of program it is; 0 is NT itself */
	return v->major >> 8 == 0 && v->kernel_base == base;
}

/* "ntoskrnl.exe" becomes "ntoskrnl". */
static void name_of(const char *image, char *out, size_t cap)
{
	const char *dot = strrchr(image, '.');
	size_t len =
		dot && dot != image ? (size_t)(dot - image) : strlen(image);

	if (len >= cap)
		len = cap - 1;
	memcpy(out, image, len);
	out[len] = '\0';
}

/* The part of a path behind the last separator. */
static void image_of(const char *path, char *out, size_t cap)
{
	const char *last = strrchr(path, '\\');

	last = last ? last + 1 : path;
	size_t len = strlen(last);

	if (len >= cap)
		len = cap - 1;
	memcpy(out, last, len);
	out[len] = '\0';
}

/* What cannot be read stays empty, unless the target is lost. */
static enum kd_status optional(enum kd_status status)
{
	return status == KD_E_TARGET ? KD_OK : status;
}

static enum kd_status read_size(struct kd_session *s, uint64_t address,
				uint64_t deadline_us, uint32_t *ret)
{
	uint8_t bytes[4];
	size_t len;
	enum kd_status status = kd_session_read(
		s, address, bytes, sizeof(bytes), 0, deadline_us, &len);

	if (status != KD_OK)
		return status;
	if (len < sizeof(bytes))
		return KD_E_TARGET;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	*ret = kd_read_le32(&in);
	return KD_OK;
}

static enum kd_status read_entry(struct kd_session *s, uint64_t entry,
				 uint64_t deadline_us, struct kd_module *m)
{
	const struct layout *at = kd_arch_pointer_size(kd_session_arch(s)) == 8
					  ? &layout64
					  : &layout32;
	enum kd_status status;

	status = kd_session_read_pointer(s, entry + at->base, deadline_us,
					 &m->base);
	if (status != KD_OK)
		return status;
	status = optional(kd_session_read_pointer(
		s, entry + at->entry_point, deadline_us, &m->entry_point));
	if (status == KD_OK)
		status = optional(
			read_size(s, entry + at->size, deadline_us, &m->size));
	if (status == KD_OK)
		status = optional(kd_session_read_unicode_string(
			s, entry + at->path, deadline_us, m->path,
			sizeof(m->path)));
	if (status == KD_OK)
		status = optional(kd_session_read_unicode_string(
			s, entry + at->name, deadline_us, m->image,
			sizeof(m->image)));
	if (!m->image[0])
		image_of(m->path, m->image, sizeof(m->image));
	return status;
}

/* The list cannot be followed to @p address: remember where it broke. */
static enum kd_status broken(struct kd_module_walk *walk, uint64_t address,
			     enum kd_status why)
{
	walk->why = why;
	walk->unreadable = address;
	return why;
}

enum kd_status kd_session_next_module(struct kd_session *s,
				      struct kd_module_walk *walk,
				      uint64_t deadline_us,
				      struct kd_module *ret)
{
	struct kd_module m = { 0 };
	const struct kd_version *v = kd_session_version(s);
	enum kd_status status;

	if (!kd_session_is_halted(s))
		return KD_E_STATE;
	if (!v || !v->loaded_module_list)
		return KD_E_UNSUPPORTED;
	if (walk->why != KD_OK)
		return walk->why;
	if (!walk->head) {
		walk->head = v->loaded_module_list;
		walk->at = walk->head;
	}
	/* forwards: the first member of an entry, and of the head */
	status = kd_session_read_pointer(s, walk->at, deadline_us, &m.entry);
	if (status != KD_OK)
		return broken(walk, walk->at, status);
	if (m.entry == walk->head)
		return KD_E_END;
	if (!m.entry || walk->count == MODULES_MAX)
		return broken(walk, walk->at, KD_E_PROTOCOL);
	status = read_entry(s, m.entry, deadline_us, &m);
	if (status != KD_OK)
		return broken(walk, m.entry, status);
	walk->at = m.entry;
	walk->count++;
	if (is_kernel(v, m.base))
		strcpy(m.name, "nt");
	else
		name_of(m.image, m.name, sizeof(m.name));
	*ret = m;
	return KD_OK;
}
