#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_names_text.h"
#include "kd_record.h"
#include "kd_shell_memory.h"

#include <inttypes.h>
#include <string.h>

enum {
	/* EXCEPTION_RECORD64: public, and fixed (winnt.h) */
	RECORD_64 = 32 + 8 * KD_EXCEPTION_PARAMETERS,
	RECORD_32 = 20 + 4 * KD_EXCEPTION_PARAMETERS,
};

/* What .exr shows. */
struct record {
	uint64_t address;
	uint32_t code, flags, count;
	uint64_t parameter[KD_EXCEPTION_PARAMETERS];
};

/* The violation's kind is its first parameter, its address the second. */
static const char *attempt(const struct record *r)
{
	if (r->count < 2 || (r->code != UINT32_C(0xc0000005) &&
			     r->code != UINT32_C(0xc0000006)))
		return NULL;
	switch (r->parameter[0]) {
	case 0:
		return "read from";
	case 1:
		return "write to";
	case 8:
		return "execute non-executable";
	default:
		return NULL;
	}
}

static void show_record(struct kd_shell *sh, const struct record *r)
{
	int digits = (int)kd_shell_pointer_size(sh) * 2;
	uint64_t mask = digits == 8 ? UINT32_MAX : UINT64_MAX;
	char buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text symbol = kd_text_over(buf, sizeof(buf));
	const char *how = attempt(r);

	kd_shell_symbol_text(sh, r->address, &symbol);
	kd_out(sh, "ExceptionAddress: %0*" PRIx64, digits, r->address & mask);
	kd_out(sh, symbol.len ? " (%s)\n" : "%s\n", buf);
	kd_out(sh, "   ExceptionCode: %08" PRIx32, r->code);
	if (strcmp(kd_exception_name(r->code), "Unknown exception") != 0)
		kd_out(sh, " (%s)", kd_exception_name(r->code));
	kd_out(sh,
	       "\n  ExceptionFlags: %08" PRIx32 "\nNumberParameters: %" PRIu32
	       "\n",
	       r->flags, r->count);
	for (uint32_t i = 0; i < r->count; i++)
		kd_out(sh, "   Parameter[%" PRIu32 "]: %0*" PRIx64 "\n", i,
		       digits, r->parameter[i] & mask);
	if (how)
		kd_out(sh, "Attempt to %s address %0*" PRIx64 "\n", how, digits,
		       r->parameter[1] & mask);
	kd_record_address(sh, "address", r->address);
	if (symbol.len)
		kd_record_text(sh, "symbol", buf);
	kd_record_number(sh, "code", r->code);
	kd_record_text(sh, "name", kd_exception_name(r->code));
	kd_record_number(sh, "flags", r->flags);
	kd_record_open_list(sh, "parameters");
	for (uint32_t i = 0; i < r->count; i++)
		kd_record_address(sh, NULL, r->parameter[i]);
	kd_record_close(sh);
}

static uint64_t read_value(struct kd_reader *in, unsigned size)
{
	return size == 8 ? kd_read_le64(in)
			 : kd_address_extend(kd_read_le32(in), 4);
}

/* Code, flags, the next record, address, count, padding, parameters. */
static enum kd_status read_record(struct kd_shell *sh, uint64_t address,
				  struct record *ret)
{
	unsigned size = kd_shell_pointer_size(sh);
	uint8_t bytes[RECORD_64];
	struct kd_reader in =
		kd_reader_over(bytes, size == 8 ? RECORD_64 : RECORD_32);
	enum kd_status st =
		kd_shell_read_all(sh, address, false, bytes, in.len);

	if (st != KD_OK)
		return kd_shell_fail_read(sh, st, address);
	*ret = (struct record){ .code = kd_read_le32(&in),
				.flags = kd_read_le32(&in) };
	read_value(&in, size);
	ret->address = read_value(&in, size);
	ret->count = kd_read_le32(&in);
	kd_read_bytes(&in, size - 4);
	if (ret->count > KD_EXCEPTION_PARAMETERS) {
		char text[KD_ADDRESS_TEXT_MAX];

		kd_out(sh,
		       "There is no exception record at %s: it would have "
		       "0n%" PRIu32 " parameters.\n",
		       kd_format_address(text, address, size), ret->count);
		return KD_E_FORMAT;
	}
	for (uint32_t i = 0; i < ret->count; i++)
		ret->parameter[i] = read_value(&in, size);
	return KD_OK;
}

static enum kd_status last_exception(struct kd_shell *sh, struct record *ret)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);
	const struct kd_exception *e = &stop->exception;

	if (stop->new_state != KD_STATE_EXCEPTION) {
		kd_out(sh, "The target did not stop because of an "
			   "exception.\n");
		return KD_E_NOT_FOUND;
	}
	*ret = (struct record){ .address = e->address,
				.code = e->code,
				.flags = e->flags,
				.count = e->parameter_count };
	if (ret->count > KD_EXCEPTION_PARAMETERS)
		ret->count = KD_EXCEPTION_PARAMETERS;
	memcpy(ret->parameter, e->parameter, sizeof(ret->parameter));
	return KD_OK;
}

enum kd_status kd_run_exception_record(struct kd_shell *sh,
				       const struct kd_command *self,
				       const char *args)
{
	struct record r;
	uint64_t address;
	enum kd_status st;

	(void)self;
	if (!strcmp(args, "-1")) {
		st = last_exception(sh, &r);
	} else if (*args == '-') {
		kd_out(sh,
		       "'.exr' takes a record's address, or -1 for the last "
		       "exception; '%.40s' is neither.\n",
		       args);
		return KD_E_ARG;
	} else {
		st = kd_shell_evaluate_all(sh, args, &address);
		if (st == KD_OK)
			st = read_record(
				sh,
				kd_address_extend(address,
						  kd_shell_pointer_size(sh)),
				&r);
	}
	if (st == KD_OK)
		show_record(sh, &r);
	return st;
}
