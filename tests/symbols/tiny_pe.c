#include "tiny_pe.h"

#include "kd_arch.h"
#include "kd_cursor.h"

void tiny_pe_put16(uint8_t *at, uint16_t value)
{
	struct kd_writer out = kd_writer_over(at, 2);

	kd_write_le16(&out, value);
}

void tiny_pe_put32(uint8_t *at, uint32_t value)
{
	struct kd_writer out = kd_writer_over(at, 4);

	kd_write_le32(&out, value);
}

static void put_section(struct kd_writer *out, const char *name, uint32_t rva,
			uint32_t flags)
{
	char padded[8] = { 0 };

	memcpy(padded, name, strlen(name));
	kd_write_bytes(out, padded, 8);
	kd_write_le32(out, 0x1000); /* virtual size */
	kd_write_le32(out, rva);
	kd_write_le32(out, 0x1000); /* in the file */
	kd_write_le32(out, rva);
	kd_write_zeros(out, 12);
	kd_write_le32(out, flags);
}

static void put_word(struct kd_writer *out, bool plus, uint32_t value)
{
	kd_write_le32(out, value);
	if (plus)
		kd_write_le32(out, 0);
}

static void put_optional(struct kd_writer *out, bool plus)
{
	kd_write_le16(out, plus ? 0x20b : 0x10b);
	kd_write_le16(out, 0x000e);	  /* linker 14.0 */
	kd_write_le32(out, 0x1000);	  /* code */
	kd_write_le32(out, 0x2000);	  /* data */
	kd_write_le32(out, 0);		  /* bss */
	kd_write_le32(out, TINY_PE_TEXT); /* entry point */
	kd_write_le32(out, TINY_PE_TEXT); /* base of code */
	if (!plus)
		kd_write_le32(out, TINY_PE_PDATA);
	put_word(out, plus, 0x10000000); /* image base */
	kd_write_le32(out, 0x1000);	 /* alignment */
	kd_write_le32(out, 0x1000);
	kd_write_zeros(out, 16); /* versions, reserved */
	kd_write_le32(out, TINY_PE_SIZE);
	kd_write_le32(out, 0x1000);  /* headers */
	kd_write_le32(out, 0x12345); /* checksum */
	kd_write_le16(out, 1);	     /* native */
	kd_write_le16(out, 0);
	for (int i = 0; i < 4; i++) /* stack and heap */
		put_word(out, plus, 0x1000);
	kd_write_le32(out, 0);
	kd_write_le32(out, 16);
	kd_write_zeros(out, 16 * 8);
}

void tiny_pe_build(uint8_t bytes[TINY_PE_SIZE], uint16_t machine)
{
	bool plus = kd_arch_pointer_size(kd_arch_from_machine(machine)) == 8;
	struct kd_writer out = kd_writer_over(bytes, TINY_PE_SIZE);

	memset(bytes, 0, TINY_PE_SIZE);
	kd_write_bytes(&out, "MZ", 2);
	tiny_pe_put32(bytes + 0x3c, TINY_PE_NT);
	out.pos = TINY_PE_NT;
	kd_write_bytes(&out, "PE\0\0", 4);
	kd_write_le16(&out, machine);
	kd_write_le16(&out, 3); /* sections */
	kd_write_le32(&out, 0x11223344);
	kd_write_zeros(&out, 8);
	kd_write_le16(&out, plus ? 240 : 224);
	kd_write_le16(&out, 0x22);
	put_optional(&out, plus);
	put_section(&out, ".text", TINY_PE_TEXT, 0x60000020);
	put_section(&out, ".pdata", TINY_PE_PDATA, 0x40000040);
	put_section(&out, ".rdata", TINY_PE_RDATA, 0x40000040);
}

void tiny_pe_directory(uint8_t bytes[TINY_PE_SIZE], unsigned index,
		       uint32_t rva, uint32_t size)
{
	uint8_t *optional = bytes + TINY_PE_NT + 24;
	uint8_t *at = optional + (optional[1] == 2 ? 112 : 96) + index * 8;

	tiny_pe_put32(at, rva);
	tiny_pe_put32(at + 4, size);
}
