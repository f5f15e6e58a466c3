#ifndef KD_STATE_CHANGE_H
#define KD_STATE_CHANGE_H

/**
 * @file
 * What a target says when it stops: DBGKD_ANY_WAIT_STATE_CHANGE
 * (KD-WIRE 3.1, 3.2).
 */

#include "kd_arch.h"
#include "kd_cursor.h"

enum {
	KD_STATE_CHANGE_SIZE = 240,
	KD_EXCEPTION_PARAMETERS = 15,
	KD_CONTROL_REPORT_OFFSET = 192,
	KD_CONTROL_REPORT_SIZE = 48, /* the largest: x64's */
};

enum kd_new_state {
	KD_STATE_EXCEPTION = 0x3030,	  /* DbgKdExceptionStateChange */
	KD_STATE_LOAD_SYMBOLS = 0x3031,	  /* DbgKdLoadSymbolsStateChange */
	KD_STATE_COMMAND_STRING = 0x3032, /* DbgKdCommandStringStateChange */
	KD_STATE_ALTERNATE = 0x10000,	  /* may be OR-ed in */
};

struct kd_exception {
	uint32_t code;
	uint32_t flags; /**< 1: noncontinuable */
	uint64_t record;
	uint64_t address;
	uint32_t parameter_count; /**< clamped to 15 */
	uint64_t parameter[KD_EXCEPTION_PARAMETERS];
	bool first_chance;
};

struct kd_load_symbols {
	uint64_t base; /**< all ones: everything unloads (reboot) */
	uint64_t process_id;
	uint32_t checksum;
	uint32_t image_size;
	bool unload;
	const char *path; /**< not terminated; NULL if there is none */
	size_t path_len;  /**< without the final NUL */
};

struct kd_command_string {
	const char *name; /**< not terminated */
	size_t name_len;
	const char *text; /**< not terminated */
	size_t text_len;
};

/** CONTROL_REPORT; fields that an architecture lacks are 0. */
struct kd_control_report {
	uint64_t dr6, dr7;
	uint32_t flags; /**< EFlags or Cpsr */
	uint16_t report_flags;
	uint16_t instruction_count; /**< valid bytes, at most 16 */
	uint8_t instructions[16];   /**< at PC, breakpoints removed */
	uint16_t cs, ds, es, fs;
};

struct kd_state_change {
	uint32_t new_state; /**< without KD_STATE_ALTERNATE */
	bool alternate;
	uint16_t processor_level;
	uint16_t processor;
	uint32_t processor_count; /**< as sent: 0 and garbage are possible */
	uint64_t thread;
	uint64_t pc;
	struct kd_exception exception;
	struct kd_load_symbols load;
	struct kd_command_string command;
	/** The 48 bytes at 192; decode with kd_control_report_decode(). */
	const uint8_t *report;
};

/**
 * Decode a payload of packet type 7. Pointers lead into the payload.
 *
 * @return false if it is shorter than 240 bytes
 */
KD_API bool kd_state_change_decode(struct kd_state_change *s,
				   struct kd_reader *in);

/** Encode, as a target would; for tests and simulators. */
KD_API void kd_state_change_encode(const struct kd_state_change *s,
				   struct kd_writer *out);

/** Decode the report of @p arch; false if the architecture is unknown. */
KD_API bool kd_control_report_decode(
	enum kd_arch arch, const uint8_t report[KD_CONTROL_REPORT_SIZE],
	struct kd_control_report *ret);
KD_API bool kd_control_report_encode(enum kd_arch arch,
				     const struct kd_control_report *r,
				     uint8_t out[KD_CONTROL_REPORT_SIZE]);

#endif
