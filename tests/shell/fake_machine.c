#include "fake_session.h"
#include "kd_session_memory.h"

#include <string.h>

/* As much of a range as lies in what can be written. */
static size_t writable(const struct kd_session *s, uint64_t address,
		       uint64_t len)
{
	uint64_t offset = address - s->ram_address;

	if (!s->ram_address || offset >= FAKE_RAM)
		return 0;
	return len < FAKE_RAM - offset ? (size_t)len
				       : (size_t)(FAKE_RAM - offset);
}

enum kd_status kd_session_write(struct kd_session *s, uint64_t address,
				const void *bytes, size_t len, unsigned flags,
				uint64_t deadline_us, size_t *ret_len)
{
	(void)deadline_us;
	s->writes++;
	s->write_flags = flags;
	*ret_len = writable(s, address, len);
	if (*ret_len)
		memcpy(s->ram + (address - s->ram_address), bytes, *ret_len);
	return *ret_len == len ? KD_OK : KD_E_TARGET;
}

enum kd_status kd_session_fill(struct kd_session *s, uint64_t address,
			       uint64_t len, const void *pattern,
			       size_t pattern_len, unsigned flags,
			       uint64_t deadline_us, kd_progress_fn *progress,
			       void *ctx, uint64_t *ret_len)
{
	const uint8_t *bytes = pattern;

	(void)deadline_us;
	(void)progress;
	(void)ctx;
	s->writes++;
	s->write_flags = flags;
	*ret_len = writable(s, address, len);
	for (size_t i = 0; i < *ret_len; i++)
		s->ram[address - s->ram_address + i] = bytes[i % pattern_len];
	return *ret_len == len ? KD_OK : KD_E_TARGET;
}

/* Only what can be written is searched; the rest is nothing but gaps. */
enum kd_status kd_session_search(struct kd_session *s, uint64_t address,
				 uint64_t len, const void *pattern,
				 size_t pattern_len, unsigned flags,
				 uint64_t deadline_us, kd_progress_fn *progress,
				 void *ctx, uint64_t *ret_address)
{
	uint64_t end = address + len;

	(void)flags;
	(void)deadline_us;
	s->searches++;
	if (s->canceled || (progress && !progress(ctx, 0, len)))
		return KD_E_CANCELED;
	for (size_t i = 0; i + pattern_len <= FAKE_RAM; i++) {
		uint64_t at = s->ram_address + i;

		if (at < address || at + pattern_len > end ||
		    memcmp(s->ram + i, pattern, pattern_len) != 0)
			continue;
		*ret_address = at;
		return KD_OK;
	}
	return KD_E_NOT_FOUND;
}

enum kd_status kd_session_request(struct kd_session *s,
				  const struct kd_manipulate *m,
				  uint64_t deadline_us,
				  struct kd_manipulate *ret, void *data,
				  size_t cap, size_t *ret_len)
{
	(void)deadline_us;
	(void)data;
	(void)cap;
	if (m->api != KD_API_QUERY)
		return KD_E_TARGET;
	s->queries++;
	*ret = *m;
	ret->u.query.flags = s->query_flags;
	*ret_len = 0;
	return KD_OK;
}

enum kd_status kd_session_set_context(struct kd_session *s, unsigned processor,
				      const struct kd_context *c,
				      uint64_t deadline_us)
{
	(void)deadline_us;
	s->processor = processor;
	s->contexts_set++;
	s->context = *c;
	return s->run_fails;
}

enum kd_status kd_session_write_special(struct kd_session *s,
					unsigned processor,
					const struct kd_context *c,
					uint64_t deadline_us)
{
	(void)deadline_us;
	s->processor = processor;
	s->specials_set++;
	s->context = *c;
	return s->run_fails;
}

/* One MSR, 0xc0000082, and one port of each size, 0x70. */
enum { PORT = 0x70 };

enum kd_status kd_session_read_msr(struct kd_session *s, unsigned processor,
				   uint32_t msr, uint64_t deadline_us,
				   uint64_t *ret)
{
	(void)deadline_us;
	s->processor = processor;
	*ret = s->msr;
	return msr == 0xc0000082 ? KD_OK : KD_E_TARGET;
}

enum kd_status kd_session_write_msr(struct kd_session *s, unsigned processor,
				    uint32_t msr, uint64_t value,
				    uint64_t deadline_us)
{
	(void)deadline_us;
	s->processor = processor;
	s->msr = value;
	return msr == 0xc0000082 ? KD_OK : KD_E_TARGET;
}

enum kd_status kd_session_read_io(struct kd_session *s,
				  const struct kd_io_port *port,
				  uint64_t deadline_us, uint32_t *ret)
{
	(void)deadline_us;
	*ret = (uint32_t)(s->port & (UINT64_MAX >> (64 - port->size * 8)));
	return port->address == PORT ? KD_OK : KD_E_TARGET;
}

enum kd_status kd_session_write_io(struct kd_session *s,
				   const struct kd_io_port *port,
				   uint32_t value, uint64_t deadline_us)
{
	(void)deadline_us;
	s->port = value;
	return port->address == PORT ? KD_OK : KD_E_TARGET;
}
