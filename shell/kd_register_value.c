#include "kd_register_value.h"

#include "kd_lexer.h"
#include "kd_nearest.h"
#include "kd_values.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static enum kd_status not_held(struct kd_shell *sh, const struct kd_register *r)
{
	kd_out(sh,
	       "'%s' cannot be changed: it is not among the registers "
	       "that the target told.\n",
	       r->name);
	return KD_E_UNSUPPORTED;
}

static enum kd_status take_integer(struct kd_shell *sh,
				   const struct kd_register *r, const char **at,
				   struct kd_context *c)
{
	uint64_t v;
	enum kd_status st = kd_shell_evaluate(sh, at, &v);

	if (st != KD_OK)
		return st;
	return kd_register_set(c, r, v) ? KD_OK : not_held(sh, r);
}

static enum kd_status take_x87(struct kd_shell *sh, const struct kd_register *r,
			       const char **at, struct kd_context *c)
{
	static const struct kd_value_form real = { .size = 8, .real = true };
	uint8_t bytes[KD_REGISTER_BYTES_MAX];
	uint64_t v;
	enum kd_status st = kd_values_take_word(sh, at, &real, &v);

	if (st != KD_OK)
		return st;
	kd_x87_encode(v, bytes);
	return kd_register_set_bytes(c, r, bytes) ? KD_OK : not_held(sh, r);
}

static enum kd_status too_few(struct kd_shell *sh, const struct kd_register *r,
			      unsigned count, unsigned got)
{
	kd_out(sh,
	       "'%s' takes %u values with spaces between them, the highest "
	       "first as it is shown; there %s %u. '%s:1d=1.5' changes the "
	       "lowest of its doubles alone.\n",
	       r->name, count, got == 1 ? "is" : "are", got, r->name);
	return KD_E_ARG;
}

static enum kd_status take_elements(struct kd_shell *sh,
				    const struct kd_register *r,
				    const struct kd_vector_format *f,
				    const char **at, struct kd_context *c)
{
	const struct kd_value_form form = {
		.size = f->size,
		.real = f->kind == 'f' || f->kind == 'd',
	};
	uint8_t bytes[KD_REGISTER_BYTES_MAX];
	unsigned count = kd_vector_elements(r, f);

	if (!kd_register_get_bytes(c, r, bytes))
		return not_held(sh, r);
	for (unsigned i = count; i; i--) {
		uint8_t *to = bytes + (i - 1) * f->size;
		uint64_t v;
		enum kd_status st;

		*at += kd_spaces(*at);
		if (!**at || **at == ',')
			return too_few(sh, r, count, count - i);
		st = kd_values_take_word(sh, at, &form, &v);
		if (st != KD_OK)
			return st;
		for (unsigned b = 0; b < f->size; b++)
			to[b] = (uint8_t)(v >> 8 * b);
	}
	kd_register_set_bytes(c, r, bytes);
	return KD_OK;
}

enum kd_status kd_register_take_value(struct kd_shell *sh,
				      const struct kd_register *r,
				      const struct kd_vector_format *format,
				      const char **at, struct kd_context *c)
{
	if (format)
		return take_elements(sh, r, format, at, c);
	if (r->size <= sizeof(uint64_t))
		return take_integer(sh, r, at, c);
	if (r->size == KD_X87_SIZE)
		return take_x87(sh, r, at, c);
	return take_elements(sh, r, &kd_vector_reals, at, c);
}

/* Others call these by names that WinDbg does not have. */
static const struct {
	const char *other, *name;
} others[] = {
	{ "eflags", "efl" }, { "flags", "efl" }, { "rflags", "efl" },
	{ "rfl", "efl" },    { "fcw", "fpcw" },	 { "fsw", "fpsw" },
	{ "ftw", "fptw" },
};

const char *kd_register_nearest(enum kd_arch arch, const char *name)
{
	size_t count, len = strlen(name);
	const struct kd_register *r = kd_context_registers(arch, &count);
	/* short names, and numbered ones, are all near to each other */
	bool guess = len > 2 && !isdigit((unsigned char)name[len - 1]);

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcasecmp(others[i].other, name) &&
		    kd_register_find(arch, others[i].name))
			return others[i].name;
	for (size_t i = 0; guess && i < count; i++)
		if (kd_name_distance(r[i].name, name) == 1)
			return r[i].name;
	return NULL;
}
