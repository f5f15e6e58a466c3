#include "kd_address_space.h"
#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_session_memory.h"
#include "kd_shell_memory.h"
#include "kd_values.h"

#include <inttypes.h>
#include <string.h>

/* What one of the e commands takes. */
struct form {
	const char *name;
	struct kd_value_form value; /* size 0: a pointer's */
	enum { TAKES_VALUES, TAKES_ASCII, TAKES_UNICODE } takes;
	bool ends; /* the string, with a zero */
};

// clang-format off
static const struct form forms[] = {
	{ "eD",  { 8, true },  TAKES_VALUES,  false },
	{ "ea",  { 1, false }, TAKES_ASCII,   false },
	{ "eb",  { 1, false }, TAKES_VALUES,  false },
	{ "ed",  { 4, false }, TAKES_VALUES,  false },
	{ "ef",  { 4, true },  TAKES_VALUES,  false },
	{ "ep",  { 0, false }, TAKES_VALUES,  false },
	{ "eq",  { 8, false }, TAKES_VALUES,  false },
	{ "eu",  { 2, false }, TAKES_UNICODE, false },
	{ "ew",  { 2, false }, TAKES_VALUES,  false },
	{ "eza", { 1, false }, TAKES_ASCII,   true },
	{ "ezu", { 2, false }, TAKES_UNICODE, true },
};
// clang-format on

static const struct form *find_form(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (!strcmp(forms[i].name, name))
			return &forms[i];
	return &forms[2]; /* eb: what "e" begins with */
}

/* Nothing to write: WinDbg would ask for it, one value after the other. */
static enum kd_status nothing_given(struct kd_shell *sh,
				    const struct kd_command *self,
				    const struct form *f)
{
	kd_out(sh,
	       "'%s' does not ask for values: write them behind the "
	       "address, as in '%s ADDRESS %s'.\n",
	       self->name, self->name,
	       f->takes == TAKES_VALUES ? "VALUE..." : "\"TEXT\"");
	return KD_E_ARG;
}

static enum kd_status take_content(struct kd_shell *sh, const struct form *f,
				   const char *text, struct kd_values *ret)
{
	struct kd_value_form value = f->value;
	enum kd_status st;

	if (!value.size)
		value.size = kd_shell_pointer_size(sh);
	if (f->takes == TAKES_VALUES)
		return kd_values_take(sh, text, &value, ret);
	st = kd_values_take_string(sh, text, f->takes == TAKES_UNICODE, ret);
	if (st == KD_OK && f->ends && !kd_values_add(ret, 0, value.size)) {
		kd_out(sh, "That string is too long.\n");
		st = KD_E_SPACE;
	}
	return st;
}

enum kd_status kd_shell_write(struct kd_shell *sh, uint64_t address,
			      const void *bytes, size_t len, unsigned flags)
{
	size_t done = 0;
	char text[KD_ADDRESS_TEXT_MAX];
	enum kd_status st;

	if (!len)
		return KD_OK;
	st = kd_session_write(sh->session, address, bytes, len, flags,
			      kd_shell_deadline(sh), &done);
	if (st == KD_OK)
		return st;
	kd_out_fresh_line(sh);
	if (st == KD_E_UNSUPPORTED && kd_session_address_space(sh->session)) {
		kd_out(sh, "The target can only write to the process that it "
			   "runs; .process /i lets it switch, .process /p 0 "
			   "goes back.\n");
		return st;
	}
	return kd_shell_fail(sh, st, "Cannot write memory at %s",
			     kd_format_address(text, address + done,
					       kd_shell_pointer_size(sh)));
}

/* "ADDRESS VALUES", into memory of one sort. */
static enum kd_status enter(struct kd_shell *sh, const struct kd_command *self,
			    const struct form *f, const char *args,
			    unsigned flags)
{
	struct kd_values values;
	uint64_t address;
	enum kd_status st = kd_shell_evaluate(sh, &args, &address);

	if (st != KD_OK)
		return st;
	if (!(flags & KD_WRITE_PHYSICAL))
		address = kd_address_extend(address, kd_shell_pointer_size(sh));
	args += kd_spaces(args);
	if (!*args)
		return nothing_given(sh, self, f);
	st = take_content(sh, f, args, &values);
	if (st == KD_OK)
		st = kd_shell_write(sh, address, values.bytes, values.len,
				    flags);
	if (st != KD_OK)
		return st;
	kd_record_address(sh, "address", address);
	kd_record_bytes(sh, "bytes", values.bytes, values.len);
	return KD_OK;
}

/* enum kd_write for what a command reads with: the MAP bits are the same. */
static unsigned write_flags(unsigned access)
{
	if (!(access & KD_ACCESS_PHYSICAL))
		return KD_WRITE_JOURNALED;
	return KD_WRITE_PHYSICAL | (access & ~(unsigned)KD_ACCESS_PHYSICAL);
}

enum kd_status kd_run_enter(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	struct kd_memory_options options;
	enum kd_status st = kd_memory_options_take(sh, &args, &options);

	if (st != KD_OK)
		return st;
	sh->last_enter = self;
	return enter(sh, self, find_form(self->name), args,
		     write_flags(options.access));
}

enum kd_status kd_run_enter_again(struct kd_shell *sh,
				  const struct kd_command *self,
				  const char *args)
{
	const struct kd_command *last =
		sh->last_enter ? sh->last_enter : kd_command_find("eb");

	(void)self;
	return last->run(sh, last, args);
}

enum kd_status kd_run_enter_physical(struct kd_shell *sh,
				     const struct kd_command *self,
				     const char *args)
{
	unsigned access = KD_ACCESS_PHYSICAL;
	enum kd_status st = kd_memory_mapping_take(sh, &args, &access);

	if (st != KD_OK)
		return st;
	return enter(sh, self, find_form(self->name + 1), args,
		     write_flags(access));
}

/* ---- f, fp ---- */

static enum kd_status fill(struct kd_shell *sh, const char *args,
			   unsigned flags)
{
	static const struct kd_value_form bytes = { 1, false };
	struct kd_range range = { 0 };
	struct kd_values pattern;
	uint64_t done = 0;
	char text[KD_ADDRESS_TEXT_MAX];
	enum kd_status st = kd_shell_range_take(sh, &args, 1, &range);

	if (st == KD_OK && !range.count)
		return kd_shell_syntax_error(sh, args);
	if (st == KD_OK)
		st = kd_values_take(sh, args, &bytes, &pattern);
	if (st != KD_OK)
		return st;
	if (pattern.len > range.count)
		pattern.len = (size_t)range.count;
	if (pattern.len > KD_PATTERN_MAX) {
		kd_out(sh, "A pattern has at most 0n%d bytes.\n",
		       KD_PATTERN_MAX);
		return KD_E_SPACE;
	}
	st = kd_session_fill(sh->session, range.start, range.count,
			     pattern.bytes, pattern.len, flags, KD_NEVER, NULL,
			     NULL, &done);
	kd_record_address(sh, "address", range.start);
	kd_record_number(sh, "filled", done);
	if (st != KD_OK)
		return kd_shell_fail(
			sh, st, "Filled 0x%" PRIx64 " bytes, up to %s", done,
			kd_format_address(text, range.start + done,
					  kd_shell_pointer_size(sh)));
	kd_out(sh, "Filled 0x%" PRIx64 " bytes\n", done);
	return KD_OK;
}

enum kd_status kd_run_fill(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	unsigned access = KD_ACCESS_VIRTUAL;
	enum kd_status st = KD_OK;

	if (!strcmp(self->name, "fp")) {
		access = KD_ACCESS_PHYSICAL;
		st = kd_memory_mapping_take(sh, &args, &access);
	}
	if (st != KD_OK)
		return st;
	return fill(sh, args, access ? write_flags(access) : KD_WRITE_VIRTUAL);
}
