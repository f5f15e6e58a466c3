#include "names.h"

#include <string.h>

static const struct {
	const char *name;
	uint64_t value;
	bool is_register;
	enum kd_status status;
} known[] = {
	{ "rip", 0xfffff803bb757020, true, KD_OK },
	{ "r8", 8, true, KD_OK },
	{ "eax", 0x80000000, true, KD_OK },
	{ "af", 1, true, KD_OK },
	{ "$ip", 0x1234, true, KD_OK },
	{ "$t0", 0x80000000, true, KD_OK },
	{ "$peb", 0, true, KD_E_UNSUPPORTED },
	{ "nt", 0xfffff80000000000, false, KD_OK },
	{ "nt!Symbol", 0x5000, false, KD_OK },
	{ "foo!bar::baz", 40, false, KD_OK },
	{ "foo.bar", 20, false, KD_OK },
	{ "gone", 0, false, KD_E_TIMEOUT },
};

static enum kd_status lookup(void *ctx, const char *name, size_t len,
			     bool is_register, uint64_t *ret)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) != len ||
		    memcmp(known[i].name, name, len) != 0 ||
		    (is_register && !known[i].is_register))
			continue;
		*ret = known[i].value;
		return known[i].status;
	}
	return KD_E_NOT_FOUND;
}

/* Eight bytes at 1000, other ones there in physical memory, an image. */
static enum kd_status read_memory(void *ctx, uint64_t address, bool physical,
				  void *buf, size_t len)
{
	static const uint8_t at_1000[] = { 0x11, 0x22, 0x33, 0x44,
					   0x55, 0x66, 0x77, 0x88 };
	static const uint8_t there[] = { 0x91, 0xa2, 0xb3, 0xc4,
					 0xd5, 0xe6, 0xf7, 0x08 };
	static const uint8_t lfanew[] = { 0x80, 0, 0, 0 };
	static const uint8_t entry[] = { 0xbc, 0x0a, 0, 0 };
	const struct {
		uint64_t address;
		const uint8_t *bytes;
		size_t len;
		bool physical;
	} pieces[] = {
		{ 0x1000, at_1000, 8, false },
		{ 0x1000, there, 8, true },
		{ 0x303c, lfanew, 4, false },
		{ 0x30a8, entry, 4, false },
		{ 0xffffffff80000000, at_1000, 8, false },
	};

	(void)ctx;
	if (address == 0x9000)
		return KD_E_LOST;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		uint64_t offset = address - pieces[i].address;

		if (pieces[i].physical != physical || offset > pieces[i].len ||
		    len > pieces[i].len - offset)
			continue;
		memcpy(buf, pieces[i].bytes + offset, len);
		return KD_OK;
	}
	return KD_E_TARGET;
}

const struct kd_names names64 = { lookup, read_memory, NULL, NULL, 8, 16 };
const struct kd_names names32 = { lookup, read_memory, NULL, NULL, 4, 16 };
const struct kd_names names10 = { lookup, read_memory, NULL, NULL, 8, 10 };
const struct kd_names names8 = { lookup, read_memory, NULL, NULL, 8, 8 };
