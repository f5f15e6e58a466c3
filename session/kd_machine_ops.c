#include "kd_session_parts.h"

/* ---- model-specific registers ---- */

enum kd_status kd_session_read_msr(struct kd_session *s, unsigned processor,
				   uint32_t msr, uint64_t deadline_us,
				   uint64_t *ret)
{
	struct kd_manipulate m = { .api = KD_API_READ_MSR,
				   .processor = (uint16_t)processor,
				   .u.msr = { .msr = msr } };
	size_t none;

	if (processor > UINT16_MAX)
		return KD_E_ARG;
	enum kd_status status =
		kd_session_request(s, &m, deadline_us, &m, NULL, 0, &none);

	if (status == KD_OK)
		*ret = m.u.msr.value;
	return status;
}

enum kd_status kd_session_write_msr(struct kd_session *s, unsigned processor,
				    uint32_t msr, uint64_t value,
				    uint64_t deadline_us)
{
	struct kd_manipulate m = { .api = KD_API_WRITE_MSR,
				   .processor = (uint16_t)processor,
				   .u.msr = { .msr = msr, .value = value } };
	size_t none;

	if (processor > UINT16_MAX)
		return KD_E_ARG;
	return kd_session_request(s, &m, deadline_us, &m, NULL, 0, &none);
}

/* ---- devices ---- */

static enum kd_status check_port(const struct kd_io_port *port)
{
	uint32_t size = port->size;

	if ((size != 1 && size != 2 && size != 4) || port->address % size)
		return KD_E_ARG;
	return KD_OK;
}

static struct kd_manipulate at_port(const struct kd_session *s,
				    const struct kd_io_port *port)
{
	return (struct kd_manipulate){
		.processor = s->stop.processor,
		.u.io = { .address = port->address,
			  .size = port->size,
			  .interface_type = port->interface_type,
			  .bus = port->bus,
			  .space = port->space },
	};
}

enum kd_status kd_session_read_io(struct kd_session *s,
				  const struct kd_io_port *port,
				  uint64_t deadline_us, uint32_t *ret)
{
	struct kd_manipulate m = at_port(s, port);
	size_t none;

	if (check_port(port) != KD_OK)
		return KD_E_ARG;
	m.api = port->extended ? KD_API_READ_IO_EXTENDED : KD_API_READ_IO;
	enum kd_status status =
		kd_session_request(s, &m, deadline_us, &m, NULL, 0, &none);

	/* what is above the register's size is nobody's */
	if (status == KD_OK)
		*ret = m.u.io.value & (UINT32_MAX >> (32 - 8 * port->size));
	return status;
}

enum kd_status kd_session_write_io(struct kd_session *s,
				   const struct kd_io_port *port,
				   uint32_t value, uint64_t deadline_us)
{
	struct kd_manipulate m = at_port(s, port);
	size_t none;

	if (check_port(port) != KD_OK)
		return KD_E_ARG;
	m.api = port->extended ? KD_API_WRITE_IO_EXTENDED : KD_API_WRITE_IO;
	m.u.io.value = value;
	return kd_session_request(s, &m, deadline_us, &m, NULL, 0, &none);
}

/* ---- control space ---- */

enum kd_status kd_session_read_control(struct kd_session *s, unsigned processor,
				       uint64_t address, void *buf, size_t len,
				       uint64_t deadline_us, size_t *ret_len)
{
	struct kd_manipulate m = { .api = KD_API_READ_CONTROL,
				   .processor = (uint16_t)processor,
				   .u.memory = { .address = address,
						 .count = (uint32_t)len } };
	size_t got;

	if (processor > UINT16_MAX || !len || len > kd_reads_packet(s))
		return KD_E_ARG;
	enum kd_status status =
		kd_session_request(s, &m, deadline_us, &m, buf, len, &got);

	if (status != KD_OK)
		return status;
	/* what was returned counts, not what else is in the packet */
	if (got > m.u.memory.actual)
		got = m.u.memory.actual;
	if (!got)
		return KD_E_PROTOCOL;
	*ret_len = got;
	return KD_OK;
}

enum kd_status kd_session_write_control(struct kd_session *s,
					unsigned processor, uint64_t address,
					const void *bytes, size_t len,
					uint64_t deadline_us)
{
	struct kd_manipulate m = { .api = KD_API_WRITE_CONTROL,
				   .processor = (uint16_t)processor,
				   .u.memory = { .address = address,
						 .count = (uint32_t)len },
				   .data = bytes,
				   .data_len = len };
	size_t none;

	if (processor > UINT16_MAX || !len || len > kd_reads_packet(s))
		return KD_E_ARG;
	enum kd_status status =
		kd_session_request(s, &m, deadline_us, &m, NULL, 0, &none);

	/* CONTEXT is kept together with the special registers */
	kd_registers_forget(s);
	return status;
}

enum kd_status kd_session_write_special(struct kd_session *s,
					unsigned processor,
					const struct kd_context *c,
					uint64_t deadline_us)
{
	return kd_session_write_control(
		s, processor, kd_registers_special(c->arch), c->special,
		c->special_len, deadline_us);
}
