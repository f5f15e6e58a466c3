#include "kd_io_text.h"

#include "kd_lexer.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

const char *kd_io_address(char out[KD_IO_ADDRESS_MAX],
			  const struct kd_shell *sh, uint64_t address)
{
	if (!address || kd_shell_pointer_size(sh) == 4)
		snprintf(out, KD_IO_ADDRESS_MAX, "%08" PRIx32,
			 (uint32_t)address);
	else
		snprintf(out, KD_IO_ADDRESS_MAX, "%016" PRIx64, address);
	return out;
}

enum kd_status kd_io_fail(struct kd_shell *sh, enum kd_status st,
			  const char *what, uint64_t address)
{
	const struct kd_detail *d = kd_typed_detail(sh->symbols);
	char text[KD_IO_ADDRESS_MAX];

	kd_io_address(text, sh, address);
	if (st == KD_E_CANCELED)
		return st;
	if (st == KD_E_FORMAT)
		kd_out(sh, "There is no %s at %s: its Type says otherwise.\n",
		       what, text);
	else if (st == KD_E_NOT_FOUND && d->text[0])
		kd_out(sh, "Cannot tell what a %s is: %s.\n", what, d->text);
	else
		return kd_shell_fail(sh, st, "Cannot read the %s at %s", what,
				     text);
	return st;
}

bool kd_io_is_local(enum kd_status st)
{
	return st == KD_E_TARGET || st == KD_E_FORMAT || st == KD_E_NOT_FOUND;
}

/* "fffffa80`4a3b0060": no name, even where it could be one. */
static bool is_number(const char *word, size_t len)
{
	size_t i = len > 2 && word[0] == '0' && word[1] == 'x' ? 2 : 0;

	while (i < len && (isxdigit((unsigned char)word[i]) || word[i] == '`'))
		i++;
	return i == len;
}

static enum kd_status find_named(struct kd_shell *sh, const char *word,
				 size_t len, const char *const folders[],
				 uint64_t *ret)
{
	enum kd_status st = KD_E_NOT_FOUND;
	char path[KD_OBJECT_NAME_MAX];

	if (len >= sizeof(path) / 2)
		return KD_E_NOT_FOUND;
	if (word[0] == '\\') {
		snprintf(path, sizeof(path), "%.*s", (int)len, word);
		return kd_object_find(sh->symbols, path, ret);
	}
	for (size_t i = 0; st == KD_E_NOT_FOUND && folders[i]; i++) {
		snprintf(path, sizeof(path), "%s\\%.*s", folders[i], (int)len,
			 word);
		st = kd_object_find(sh->symbols, path, ret);
	}
	return st;
}

enum kd_status kd_io_take_object(struct kd_shell *sh, const char **at,
				 const char *const folders[], uint64_t *ret)
{
	size_t len = strcspn(*at, " \t");
	enum kd_status st = KD_E_NOT_FOUND;

	if (len && !is_number(*at, len))
		st = find_named(sh, *at, len, folders, ret);
	if (st == KD_OK) {
		*at += len;
		*at += kd_spaces(*at);
		return KD_OK;
	}
	if (!kd_io_is_local(st))
		return kd_shell_fail(sh, st, "Cannot look for '%.*s'", (int)len,
				     *at);
	if (**at == '\\') {
		kd_out(sh, "There is no object '%.*s'.\n", (int)len, *at);
		return st;
	}
	st = kd_shell_evaluate(sh, at, ret);
	if (st == KD_OK)
		*ret = kd_address_extend(*ret, kd_shell_pointer_size(sh));
	*at += kd_spaces(*at);
	return st;
}

/* A name that cannot be read is none. */
static enum kd_status or_none(enum kd_status st, char ret[KD_OBJECT_NAME_MAX])
{
	if (!kd_io_is_local(st))
		return st;
	ret[0] = '\0';
	return KD_OK;
}

enum kd_status kd_io_driver_name(struct kd_shell *sh, uint64_t driver,
				 char ret[KD_OBJECT_NAME_MAX])
{
	return or_none(kd_driver_name(sh->symbols, driver, ret), ret);
}

enum kd_status kd_io_driver_of(struct kd_shell *sh, uint64_t device,
			       char ret[KD_OBJECT_NAME_MAX])
{
	struct kd_device d;
	enum kd_status st = kd_device_read(sh->symbols, device, &d);

	if (st == KD_OK)
		st = kd_driver_name(sh->symbols, d.driver, ret);
	return or_none(st, ret);
}

enum kd_status kd_io_device_name(struct kd_shell *sh, uint64_t device,
				 char ret[KD_OBJECT_NAME_MAX])
{
	return or_none(kd_object_name(sh->symbols, device, ret), ret);
}
