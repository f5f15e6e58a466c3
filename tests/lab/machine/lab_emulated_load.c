#include "lab_bytes.h"
#include "lab_emulated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is there at power-on, in the loader block's order. */
static const struct {
	const char *file, *name, *path;
} boot[LAB_LOADED_MAX] = {
	{ "ntkrnlmp.exe", "ntoskrnl.exe",
	  "\\SystemRoot\\system32\\ntoskrnl.exe" },
	{ "hal.dll", "hal.dll", "\\SystemRoot\\system32\\hal.dll" },
};

static bool read_own(const struct lab_emulated *m, const char *file,
		     struct lab_pe *ret, char *error, size_t error_cap)
{
	char path[LAB_EMULATED_PATH + LAB_PATH_MAX];

	int len = snprintf(path, sizeof(path), "%s/%s", m->images, file);

	if (len < 0 || (size_t)len >= sizeof(path)) {
		snprintf(error, error_cap, "the images' path is too long");
		return false;
	}
	return lab_pe_read(ret, path, error, error_cap);
}

bool lab_emulated_read_images(struct lab_emulated *m, char *error,
			      size_t error_cap)
{
	return read_own(m, boot[0].file, &m->kernel, error, error_cap) &&
	       read_own(m, boot[1].file, &m->hal, error, error_cap);
}

/* A struct lab_image's facts about what was loaded. */
static void put_image(uint8_t *at, const struct lab_pe *pe, uint64_t base)
{
	lab_put32(at + offsetof(struct lab_image, size), pe->size);
	lab_put64(at + offsetof(struct lab_image, base), base);
	lab_put64(at + offsetof(struct lab_image, entry), base + pe->entry);
	lab_put32(at + offsetof(struct lab_image, checksum), pe->checksum);
	lab_put32(at + offsetof(struct lab_image, timestamp), pe->stamp);
}

bool lab_emulated_boot_images(struct lab_emulated *m, uint64_t *ret_entry)
{
	const struct lab_pe *pe[LAB_LOADED_MAX] = { &m->kernel, &m->hal };
	uint8_t *image =
		lab_emulated_loader(m) + offsetof(struct lab_loader, image);
	uint64_t base;

	for (size_t i = 0; i < LAB_LOADED_MAX; i++) {
		if (lab_modules_load(&m->modules, &m->memory, pe[i],
				     boot[i].name, &base))
			return false;
		put_image(image, pe[i], base);
		snprintf((char *)image + offsetof(struct lab_image, path),
			 LAB_PATH_MAX, "%s", boot[i].path);
		image += sizeof(struct lab_image);
		if (i == 0)
			*ret_entry = base + pe[i]->entry;
	}
	return true;
}

bool lab_emulated_ask_file(struct lab_emulated *m, unsigned n,
			   uint64_t physical, struct lab_event *ret)
{
	const uint8_t *image =
		lab_memory_ram(&m->memory, physical, sizeof(struct lab_image));

	if (!image)
		return false;
	memcpy(m->text, image + offsetof(struct lab_image, path), LAB_PATH_MAX);
	m->text[LAB_PATH_MAX - 1] = '\0';
	m->asked = physical;
	m->owner = n;
	m->halt = LAB_HALT_FILE;
	*ret = (struct lab_event){
		.kind = LAB_EVENT_FILE,
		.text = m->text,
		.len = strlen(m->text),
		.processor = (uint16_t)n,
	};
	return true;
}

/* Behind the last backslash; NULL: not a name that we would open. */
static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '\\');
	const char *name = slash ? slash + 1 : path;

	return *name && *name != '.' && !strchr(name, '/') ? name : NULL;
}

static bool take_bytes(struct lab_pe *ret, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		return false;
	memcpy(copy, bytes, len);
	return lab_pe_take(ret, copy, len);
}

/* NTSTATUS; on success @p image is filled in. */
static uint32_t load(struct lab_emulated *m, const uint8_t *bytes, size_t len,
		     uint8_t *image)
{
	const char *name = name_of(m->text);
	struct lab_pe pe = { 0 };
	char error[64];
	uint64_t base;

	if (!name)
		return LAB_STATUS_NO_FILE;
	if (bytes ? !take_bytes(&pe, bytes, len)
		  : !read_own(m, name, &pe, error, sizeof(error)))
		return bytes ? LAB_STATUS_NO_IMAGE : LAB_STATUS_NO_FILE;
	uint32_t status =
		lab_modules_load(&m->modules, &m->memory, &pe, name, &base);

	if (!status) {
		lab_emulated_changed(m, base, pe.size);
		put_image(image, &pe, base);
	}
	lab_pe_free(&pe);
	return status;
}

void lab_emulated_got_file(struct lab_emulated *m, const uint8_t *bytes,
			   size_t len)
{
	if (m->halt != LAB_HALT_FILE)
		return;
	uint8_t *image =
		lab_memory_ram(&m->memory, m->asked, sizeof(struct lab_image));

	m->halt = LAB_HALT_NONE;
	lab_put32(image, load(m, bytes, len, image));
}

void lab_emulated_unload(struct lab_emulated *m, uint64_t physical)
{
	uint8_t *image =
		lab_memory_ram(&m->memory, physical, sizeof(struct lab_image));

	if (!image)
		return;
	uint64_t base = lab_get64(image + offsetof(struct lab_image, base));
	uint32_t size = 0;

	lab_put32(image, lab_modules_unload(&m->modules, base, &size));
	if (size)
		lab_emulated_changed(m, base, size);
}
