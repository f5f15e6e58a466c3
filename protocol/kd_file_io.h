#ifndef KD_FILE_IO_H
#define KD_FILE_IO_H

/** @file A target asks for files: packet type 11 (KD-WIRE 6.4). */

#include "kd_cursor.h"
#include "kd_status.h"

enum {
	KD_FILE_IO_SIZE = 64,
	KD_FILE_CREATE = 0x3430, /* DbgKdCreateFileApi */
	KD_FILE_READ = 0x3431,	 /* DbgKdReadFileApi */
	KD_FILE_WRITE = 0x3432,	 /* DbgKdWriteFileApi */
	KD_FILE_CLOSE = 0x3433,	 /* DbgKdCloseFileApi */
};

struct kd_file_io {
	uint32_t api;
	uint32_t status;
	/** Create. */
	uint32_t access, attributes, share, disposition, options;
	uint64_t handle;     /**< create: answer; others: request */
	uint64_t length;     /**< create: file size in the answer; read, write:
				bytes */
	uint64_t offset;     /**< read, write */
	const uint8_t *data; /**< create: name in UTF-16LE; write: bytes;
				read: bytes in the answer */
	size_t data_len;
	/** The 64 bytes as they came: an answer keeps what it does not set. */
	uint8_t raw[KD_FILE_IO_SIZE];
};

/** False if it is shorter than 64 bytes. */
KD_API bool kd_file_io_decode(struct kd_file_io *f, struct kd_reader *in);

/**
 * raw, overlaid with the fields of the api, then data. The answer to a
 * create request carries no data: set data_len to 0.
 */
KD_API void kd_file_io_encode(const struct kd_file_io *f,
			      struct kd_writer *out);

/**
 * The name of a create request as UTF-8, terminated; unpaired surrogates
 * become U+FFFD. Cut to fit @p cap (1 or more), at a character.
 */
KD_API void kd_file_io_name(const struct kd_file_io *f, char *out, size_t cap);

#endif
