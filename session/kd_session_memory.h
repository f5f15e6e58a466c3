#ifndef KD_SESSION_MEMORY_H
#define KD_SESSION_MEMORY_H

/**
 * @file
 * Changing a halted target, and letting it work for us: memory is written,
 * filled and searched; model-specific registers, I/O ports and control space
 * are read and written.
 *
 * All but kd_session_submit_write() block. Beside its own errors each such
 * call returns what kd_session_ops.h says of deadlines, and
 * KD_E_STATE if the target runs or is not attached,
 * KD_E_ARG if a flag is unknown, a length is 0 or the range wraps,
 * KD_E_TARGET if the target refuses (NTSTATUS in the detail).
 *
 * There is no call for PageIn: Windows has not answered it since NT 5
 * (KD-WIRE 4.2). What is paged out is read as not there.
 */

#include "kd_session_ops.h"

/** How memory is changed. Combine with |. */
enum kd_write {
	KD_WRITE_VIRTUAL = 0,
	KD_WRITE_PHYSICAL = 1 << 0,
	/**
	 * Write what stood there into the journal before it is overwritten, so
	 * that it is undone when we leave (kd_session_journal.h). Virtual
	 * memory only; without a journal it is remembered in this session.
	 */
	KD_WRITE_JOURNALED = 1 << 1,
	/** How it is mapped, as the KD_ACCESS_MAP_ of the same name. */
	KD_WRITE_MAP_CACHED = KD_ACCESS_MAP_CACHED,
	KD_WRITE_MAP_UNCACHED = KD_ACCESS_MAP_UNCACHED,
	KD_WRITE_MAP_COMBINED = KD_ACCESS_MAP_COMBINED,
	KD_WRITE_ALL = KD_WRITE_PHYSICAL | KD_WRITE_JOURNALED |
		       KD_WRITE_MAP_CACHED | KD_WRITE_MAP_UNCACHED |
		       KD_WRITE_MAP_COMBINED,
};

/**
 * Told how a long transfer is going; return false to stop it. Called on the
 * caller's own stack between two requests; must not use the session.
 *
 * @param done   bytes so far
 * @param total  bytes
 */
typedef bool kd_progress_fn(void *ctx, uint64_t done, uint64_t total);

/**
 * Write the halted target's memory from @p bytes, which must live until the
 * request has ended. Split into as many packets as it takes. The KD_EV_DONE's
 * len is the number of bytes written: all with KD_OK, fewer with a failure.
 *
 * @param flags  enum kd_write, but KD_WRITE_JOURNALED
 * @return as kd_session_submit_read()
 */
KD_API KD_MUST_USE enum kd_status kd_session_submit_write(
	struct kd_session *s, uint64_t now_us, uint64_t address,
	const void *bytes, size_t len, unsigned flags, uint32_t *ret_request);

/**
 * Write memory: all of it, or a failure. Protection and copy-on-write do not
 * apply. What is read afterwards is what stands there then.
 *
 * @param flags    enum kd_write
 * @param ret_len  bytes written from the first on, whatever the outcome; the
 *                 one behind them is the first that could not be written
 * @return KD_E_OS, KD_E_NOMEM if the journal cannot be kept: then nothing was
 *         written
 */
KD_API KD_MUST_USE enum kd_status kd_session_write(
	struct kd_session *s, uint64_t address, const void *bytes, size_t len,
	unsigned flags, uint64_t deadline_us, size_t *ret_len);

/**
 * Fill memory with a pattern, over and over. The target does it; one that
 * cannot is written to instead.
 *
 * @param pattern_len  1 to KD_PATTERN_MAX
 * @param flags        enum kd_write
 * @param progress     NULL: nobody is told
 * @param ret_len      as for kd_session_write()
 * @return as kd_session_write()
 */
KD_API KD_MUST_USE enum kd_status kd_session_fill(
	struct kd_session *s, uint64_t address, uint64_t len,
	const void *pattern, size_t pattern_len, unsigned flags,
	uint64_t deadline_us, kd_progress_fn *progress, void *ctx,
	uint64_t *ret_len);

enum { KD_PATTERN_MAX = 512 };

/**
 * Find the first place where a pattern stands wholly within a range. What is
 * not there is passed over. The target does the looking, piece by piece; one
 * that cannot is read from instead. For the next, call again from behind it:
 * one request a hit.
 *
 * @param pattern_len  1 to KD_PATTERN_MAX
 * @param flags        enum kd_access; physical memory is read, not searched
 * @param progress     NULL: nobody is told
 * @param ret_address  where it stands
 * @return KD_E_NOT_FOUND if it is not there
 */
KD_API KD_MUST_USE enum kd_status kd_session_search(
	struct kd_session *s, uint64_t address, uint64_t len,
	const void *pattern, size_t pattern_len, unsigned flags,
	uint64_t deadline_us, kd_progress_fn *progress, void *ctx,
	uint64_t *ret_address);

/** Model-specific registers of one processor. */
KD_API KD_MUST_USE enum kd_status kd_session_read_msr(struct kd_session *s,
						      unsigned processor,
						      uint32_t msr,
						      uint64_t deadline_us,
						      uint64_t *ret);
KD_API KD_MUST_USE enum kd_status kd_session_write_msr(struct kd_session *s,
						       unsigned processor,
						       uint32_t msr,
						       uint64_t value,
						       uint64_t deadline_us);

/** A register of a device. */
struct kd_io_port {
	uint64_t address;
	uint32_t size; /**< 1, 2 or 4 bytes; the address is a multiple of it */
	/** Through a bus of its own (ReadIoSpaceExtended). */
	bool extended;
	uint32_t interface_type, bus, space;
};

/**
 * Read or write a device's register: once, and never again by itself; if a
 * restart of the link leaves it open whether it was done, it is KD_E_LOST.
 *
 * @return KD_E_ARG also if the size is another, or the address no multiple
 */
KD_API KD_MUST_USE enum kd_status kd_session_read_io(
	struct kd_session *s, const struct kd_io_port *port,
	uint64_t deadline_us, uint32_t *ret);
KD_API KD_MUST_USE enum kd_status kd_session_write_io(
	struct kd_session *s, const struct kd_io_port *port, uint32_t value,
	uint64_t deadline_us);

/**
 * One processor's control space (KD-WIRE 4.5): on x64 and ARM64 the address
 * selects a structure, on x86 it is an offset into KPROCESSOR_STATE.
 *
 * @param len      bytes, at most one packet's
 * @param ret_len  bytes read, 1 to @p len
 */
KD_API KD_MUST_USE enum kd_status kd_session_read_control(
	struct kd_session *s, unsigned processor, uint64_t address, void *buf,
	size_t len, uint64_t deadline_us, size_t *ret_len);
KD_API KD_MUST_USE enum kd_status kd_session_write_control(
	struct kd_session *s, unsigned processor, uint64_t address,
	const void *bytes, size_t len, uint64_t deadline_us);

/**
 * Write a processor's special registers (control and debug registers,
 * descriptor tables): c->special as kd_session_get_context() gave it, changed.
 *
 * @return KD_E_ARG if @p c has none
 */
KD_API KD_MUST_USE enum kd_status kd_session_write_special(
	struct kd_session *s, unsigned processor, const struct kd_context *c,
	uint64_t deadline_us);

#endif
