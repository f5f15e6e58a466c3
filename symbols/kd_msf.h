#ifndef KD_MSF_H
#define KD_MSF_H

/**
 * @file
 * MSF 7.0, the container of PDB files: numbered streams, each scattered over
 * blocks of the file.
 *
 * Block 0 says how large blocks are, how many there are, how long the
 * directory is, and which blocks list the directory's blocks. The directory
 * is 32-bit words: the number of streams, the size of each, and then, stream
 * after stream, its blocks.
 */

#include "kd_alloc.h"
#include "kd_memory.h"

#include <stdbool.h>

struct kd_msf;

/**
 * Read how long the streams are; where their blocks are is looked up as they
 * are read.
 *
 * @param mem     NULL for the C library's; takes 8 bytes for each stream
 * @param file    what it stands for must outlive the reader
 * @param size    of the file, in bytes
 * @param detail  receives a sentence on KD_E_FORMAT and KD_E_UNSUPPORTED
 * @return KD_OK: @p ret is to be given to kd_msf_close()
 * @return KD_E_FORMAT if it is no MSF file, or a damaged one
 * @return KD_E_UNSUPPORTED if it is a kind of PDB that is not MSF 7.0
 * @return KD_E_NOMEM, or what reading the file returns
 */
KD_MUST_USE enum kd_status kd_msf_open(const struct kd_allocator *mem,
				       struct kd_memory file, uint64_t size,
				       struct kd_detail *detail,
				       struct kd_msf **ret);

/** Accepts NULL. */
void kd_msf_close(struct kd_msf *msf);

/** How many streams there are: they are numbered from 0. */
uint32_t kd_msf_streams(const struct kd_msf *msf);

/** Bytes of a stream; 0 if there is none of that number. */
uint32_t kd_msf_size(const struct kd_msf *msf, uint32_t stream);

/**
 * Copy @p len bytes of a stream from @p offset.
 *
 * On failure the buffer's content is undefined.
 *
 * @param detail  receives a sentence on KD_E_FORMAT
 * @return KD_E_FORMAT if the stream is not so long, or its blocks are not in
 *         the file
 * @return what reading the file returns
 */
KD_MUST_USE enum kd_status kd_msf_read(struct kd_msf *msf, uint32_t stream,
				       uint32_t offset, void *buf, size_t len,
				       struct kd_detail *detail);

#endif
