#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_session_memory.h"

#include <inttypes.h>
#include <string.h>

/* A second argument; nothing may follow it. */
static enum kd_status take_last(struct kd_shell *sh, const char *at,
				uint64_t *ret)
{
	at += kd_spaces(at);
	if (*at == ',')
		at++;
	return kd_shell_evaluate_all(sh, at, ret);
}

/* The number of an MSR has 32 bits; on 32-bit targets it was extended. */
static enum kd_status take_msr(struct kd_shell *sh, const char **at,
			       uint32_t *ret)
{
	const char *from = *at;
	uint64_t v;
	enum kd_status st = kd_shell_evaluate(sh, at, &v);

	if (st != KD_OK)
		return st;
	if (v >> 32 && v >> 31 != UINT64_MAX >> 31) {
		kd_out(sh, "Overflow error at '%.40s'.\n", from);
		return KD_E_FORMAT;
	}
	*ret = (uint32_t)v;
	return KD_OK;
}

enum kd_status kd_run_read_msr(struct kd_shell *sh,
			       const struct kd_command *self, const char *args)
{
	char text[KD_ADDRESS_TEXT_MAX];
	uint64_t value;
	uint32_t msr;
	enum kd_status st = take_msr(sh, &args, &msr);

	(void)self;
	if (st != KD_OK)
		return st;
	args += kd_spaces(args);
	if (*args)
		return kd_shell_syntax_error(sh, args);
	st = kd_session_read_msr(sh->session, kd_shell_processor(sh), msr,
				 kd_shell_deadline(sh), &value);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "no such msr: %" PRIx32, msr);
	kd_out(sh, "msr[%" PRIx32 "] = %s\n", msr,
	       kd_format_address(text, value, 8));
	kd_record_number(sh, "msr", msr);
	kd_record_address(sh, "value", value);
	return KD_OK;
}

enum kd_status kd_run_write_msr(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	uint64_t value;
	uint32_t msr;
	enum kd_status st = take_msr(sh, &args, &msr);

	(void)self;
	if (st == KD_OK)
		st = take_last(sh, args, &value);
	if (st != KD_OK)
		return st;
	st = kd_session_write_msr(sh->session, kd_shell_processor(sh), msr,
				  value, kd_shell_deadline(sh));
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "msr %" PRIx32 " is not written",
				     msr);
	kd_record_number(sh, "msr", msr);
	kd_record_address(sh, "value", value);
	return KD_OK;
}

/* By the command's second letter. */
static uint32_t port_size(const struct kd_command *c)
{
	switch (c->name[1]) {
	case 'b':
		return 1;
	case 'w':
		return 2;
	default:
		return 4;
	}
}

/* A port is a multiple of its size: the target would not say so as clearly. */
static enum kd_status take_port(struct kd_shell *sh, const char **at,
				struct kd_io_port *port)
{
	enum kd_status st = kd_shell_evaluate(sh, at, &port->address);

	if (st != KD_OK || port->address % port->size == 0)
		return st;
	kd_out(sh, "Port %" PRIx64 " is no multiple of %u.\n", port->address,
	       (unsigned)port->size);
	return KD_E_ARG;
}

enum kd_status kd_run_read_port(struct kd_shell *sh,
				const struct kd_command *self, const char *args)
{
	struct kd_io_port port = { .size = port_size(self) };
	uint32_t value;
	enum kd_status st = take_port(sh, &args, &port);

	if (st != KD_OK)
		return st;
	args += kd_spaces(args);
	if (*args)
		return kd_shell_syntax_error(sh, args);
	st = kd_session_read_io(sh->session, &port, kd_shell_deadline(sh),
				&value);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot read port %" PRIx64,
				     port.address);
	kd_out(sh, "%08" PRIx64 ": %0*" PRIx32 "\n", port.address,
	       (int)port.size * 2, value);
	kd_record_number(sh, "port", port.address);
	kd_record_number(sh, "value", value);
	return KD_OK;
}

enum kd_status kd_run_write_port(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	struct kd_io_port port = { .size = port_size(self) };
	uint64_t value = 0;
	enum kd_status st = take_port(sh, &args, &port);

	if (st == KD_OK)
		st = take_last(sh, args, &value);
	if (st != KD_OK)
		return st;
	if (value >> (port.size * 8)) {
		kd_out(sh, "Overflow error at '%" PRIx64 "'.\n", value);
		return KD_E_FORMAT;
	}
	st = kd_session_write_io(sh->session, &port, (uint32_t)value,
				 kd_shell_deadline(sh));
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot write port %" PRIx64,
				     port.address);
	kd_record_number(sh, "port", port.address);
	kd_record_number(sh, "value", value);
	return KD_OK;
}
