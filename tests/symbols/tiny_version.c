#include "tiny_version.h"

#include "kd_cursor.h"
#include "kd_pe_resources.h"
#include "kd_utf16.h"

#include <string.h>

static void put_text(struct kd_writer *out, const char *text)
{
	uint8_t utf16[128];
	size_t len = 0;

	if (kd_utf16_from_utf8(text, strlen(text), utf16, sizeof(utf16),
			       &len) == KD_OK)
		kd_write_bytes(out, utf16, len);
	kd_write_le16(out, 0);
}

static void pad(struct kd_writer *out)
{
	while (out->pos % 4)
		kd_write_zeros(out, 1);
}

/* Begin a block: where it is. */
static size_t begin(struct kd_writer *out, const char *key, uint16_t value_len,
		    uint16_t type)
{
	pad(out);
	size_t at = out->pos;

	kd_write_le16(out, 0); /* its length, by end() */
	kd_write_le16(out, value_len);
	kd_write_le16(out, type);
	put_text(out, key);
	pad(out);
	return at;
}

static void end(struct kd_writer *out, uint8_t *bytes, size_t at)
{
	tiny_pe_put16(bytes + at, (uint16_t)(out->pos - at));
}

static void put_string(struct kd_writer *out, uint8_t *bytes, const char *key,
		       const char *value, uint16_t chars)
{
	size_t at = begin(out, key, chars, 1);

	put_text(out, value);
	end(out, bytes, at);
}

static void put_fixed(struct kd_writer *out)
{
	static const uint32_t words[] = {
		0xfeef04bd, 0x00010000, 0x000a0000, 0x585d0001, /* file */
		0x000a0000, 0x585d0002,				/* product */
		0x3f,	    0x9,				/* flags */
		0x40004,    3,		7,	    0,		0,
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		kd_write_le32(out, words[i]);
}

static void put_version(uint8_t *bytes, uint32_t *ret_len)
{
	struct kd_writer out = kd_writer_over(bytes, 0x400);
	size_t root = begin(&out, "VS_VERSION_INFO", 52, 0);

	put_fixed(&out);
	size_t info = begin(&out, "StringFileInfo", 0, 1);
	size_t table = begin(&out, "040904b0", 0, 1);

	put_string(&out, bytes, "CompanyName", "Lab & S\xc3\xb6hne", 12);
	/* some tools say bytes and not characters */
	put_string(&out, bytes, "InternalName", "tiny.sys", 18);
	end(&out, bytes, table);
	end(&out, bytes, info);
	end(&out, bytes, root);
	*ret_len = (uint32_t)out.pos;
}

/* A directory of one entry. */
static void put_directory(struct kd_writer *out, uint32_t id, uint32_t offset)
{
	kd_write_zeros(out, 12);
	kd_write_le16(out, 0);
	kd_write_le16(out, 1);
	kd_write_le32(out, id);
	kd_write_le32(out, offset);
}

void tiny_version_add(uint8_t bytes[TINY_PE_SIZE])
{
	struct kd_writer out = kd_writer_over(bytes + TINY_RESOURCES, 0x100);
	uint32_t len;

	put_version(bytes + TINY_VERSION, &len);
	put_directory(&out, KD_PE_RESOURCE_VERSION, 0x80000018);
	put_directory(&out, 1, 0x80000030);
	put_directory(&out, 0x409, 0x48);
	kd_write_le32(&out, TINY_VERSION);
	kd_write_le32(&out, len);
	tiny_pe_directory(bytes, KD_PE_RESOURCE, TINY_RESOURCES, 0x600);
}
