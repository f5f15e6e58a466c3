/* Covers: symbols/kd_msf.c */

/*
 * Any bytes as a container: what it says of its streams holds, and two ways
 * of reading one, whole and byte by byte, give the same.
 */

#include "kd_msf.h"

#include <stdlib.h>

enum { READ_MAX = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool held)
{
	if (!held)
		abort();
}

static void read_stream(struct kd_msf *msf, uint32_t stream)
{
	uint32_t size = kd_msf_size(msf, stream);
	struct kd_detail detail = { 0 };
	uint8_t whole[READ_MAX], byte;

	require(kd_msf_read(msf, stream, size, &byte, 1, &detail) ==
		KD_E_FORMAT);
	require(detail.text[0]);
	if (size > READ_MAX)
		size = READ_MAX;
	if (kd_msf_read(msf, stream, 0, whole, size, &detail) != KD_OK)
		return;
	for (uint32_t i = 0; i < size; i++) {
		require(kd_msf_read(msf, stream, i, &byte, 1, &detail) ==
			KD_OK);
		require(byte == whole[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct kd_memory_bytes bytes = { .bytes = data, .len = len };
	struct kd_detail detail = { 0 };
	struct kd_msf *msf;
	enum kd_status st =
		kd_msf_open(NULL, kd_memory_over(&bytes), len, &detail, &msf);

	require(st == KD_OK || detail.text[0]);
	if (st != KD_OK) {
		require(st == KD_E_FORMAT || st == KD_E_UNSUPPORTED);
		return 0;
	}
	/* each stream has a word in a directory that is in the file */
	require(kd_msf_streams(msf) < len / 4);
	for (uint32_t i = 0; i < kd_msf_streams(msf) && i < 32; i++)
		read_stream(msf, i);
	require(!kd_msf_size(msf, kd_msf_streams(msf)));
	kd_msf_close(msf);
	return 0;
}
