#include "lab_message.h"
#include "lab_bytes.h"
#include "lab_wire.h"

#include <string.h>

/* 6.4: as the one real target seen asks for its files */
enum {
	CREATE_ACCESS = 0x120089,
	CREATE_ATTRIBUTES = 0x80,
	CREATE_SHARE = 1,
	CREATE_DISPOSITION = 1,
	CREATE_PAD = 28, /* uninitialised, as is all from 48 on */
	CREATE_GARBAGE = 48,
	STATE_COMMAND_SIZE = 40,
};

static void put_report(const struct lab_report *r, uint8_t *at)
{
	lab_put64(at + LAB_REPORT_DR6, r->dr6);
	lab_put64(at + LAB_REPORT_DR7, r->dr7);
	lab_put32(at + LAB_REPORT_EFLAGS, r->eflags);
	lab_put16(at + LAB_REPORT_COUNT, r->count);
	lab_put16(at + LAB_REPORT_FLAGS, r->flags);
	memcpy(at + LAB_REPORT_STREAM, r->stream, sizeof(r->stream));
	lab_put16(at + LAB_REPORT_SEGMENTS, r->cs);
	lab_put16(at + LAB_REPORT_SEGMENTS + 2, r->ds);
	lab_put16(at + LAB_REPORT_SEGMENTS + 4, r->es);
	lab_put16(at + LAB_REPORT_SEGMENTS + 6, r->fs);
}

static void put_exception(const struct lab_event *e, uint8_t *out)
{
	lab_put32(out + LAB_STATE_EXC_CODE, e->code);
	lab_put32(out + LAB_STATE_EXC_FLAGS, e->flags);
	lab_put64(out + LAB_STATE_EXC_RECORD, 0);
	lab_put64(out + LAB_STATE_EXC_ADDRESS, e->address);
	lab_put32(out + LAB_STATE_EXC_COUNT, e->parameters);
	for (size_t i = 0; i < e->parameters && i < 4; i++)
		lab_put64(out + LAB_STATE_EXC_INFO + i * 8, e->parameter[i]);
	lab_put32(out + LAB_STATE_EXC_FIRST, e->first_chance);
}

static void put_load(const struct lab_event *e, uint8_t *out)
{
	lab_put32(out + LAB_STATE_LOAD_PATH_LEN, (uint32_t)e->len);
	lab_put64(out + LAB_STATE_LOAD_BASE, e->base);
	lab_put64(out + LAB_STATE_LOAD_PROCESS, e->process);
	lab_put32(out + LAB_STATE_LOAD_CHECKSUM, e->checksum);
	lab_put32(out + LAB_STATE_LOAD_SIZE, e->size);
	out[LAB_STATE_LOAD_UNLOAD] = e->unload;
}

/* Text behind a message of @p at bytes, as much as fits. */
static size_t put_text(const struct lab_event *e, size_t at, uint8_t *out,
		       size_t cap)
{
	size_t len = e->len < cap - at ? e->len : cap - at;

	if (len)
		memcpy(out + at, e->text, len);
	return at + len;
}

size_t lab_message_state(const struct lab_event *e, unsigned processors,
			 uint64_t *garbage, uint8_t *out, size_t cap)
{
	lab_fill_random(garbage, out, LAB_STATE_SIZE);
	lab_put16(out + LAB_STATE_LEVEL, e->level);
	lab_put16(out + LAB_STATE_PROCESSOR, e->processor);
	lab_put32(out + LAB_STATE_PROCESSORS, processors);
	lab_put64(out + LAB_STATE_THREAD, e->thread);
	lab_put64(out + LAB_STATE_PC, e->pc);
	put_report(&e->report, out + LAB_STATE_REPORT);
	if (e->kind == LAB_EVENT_STOP) {
		lab_put32(out + LAB_STATE_NEW, LAB_STATE_EXCEPTION);
		put_exception(e, out);
		return LAB_STATE_SIZE;
	}
	if (e->kind == LAB_EVENT_LOAD) {
		lab_put32(out + LAB_STATE_NEW, LAB_STATE_LOAD_SYMBOLS);
		put_load(e, out);
	} else {
		lab_put32(out + LAB_STATE_NEW, LAB_STATE_COMMAND_STRING);
		memset(out + LAB_STATE_EXC_CODE, 0, STATE_COMMAND_SIZE);
	}
	return put_text(e, LAB_STATE_SIZE, out, cap);
}

static uint32_t io_api(enum lab_event_kind kind)
{
	if (kind == LAB_EVENT_PROMPT)
		return LAB_IO_PROMPT;
	return kind == LAB_EVENT_TRACE ? LAB_IO_TRACE : LAB_IO_PRINT;
}

size_t lab_message_io(const struct lab_event *e, uint64_t *garbage,
		      uint8_t *out, size_t cap)
{
	size_t len = put_text(e, LAB_IO_SIZE, out, cap);

	lab_fill_random(garbage, out, LAB_IO_SIZE);
	lab_put32(out + LAB_IO_API, io_api(e->kind));
	lab_put16(out + LAB_IO_LEVEL, e->level);
	lab_put16(out + LAB_IO_PROCESSOR, e->processor);
	lab_put32(out + LAB_IO_LEN, (uint32_t)(len - LAB_IO_SIZE));
	if (e->kind == LAB_EVENT_PROMPT)
		lab_put32(out + LAB_IO_READ, LAB_PROMPT_MAX);
	return len;
}

size_t lab_message_create(const struct lab_event *e, uint64_t *garbage,
			  uint8_t *out, size_t cap)
{
	size_t len = LAB_FILE_SIZE;

	memset(out, 0, LAB_FILE_SIZE);
	lab_fill_random(garbage, out + CREATE_PAD, 4);
	lab_fill_random(garbage, out + CREATE_GARBAGE,
			LAB_FILE_SIZE - CREATE_GARBAGE);
	lab_put32(out + LAB_FILE_API, LAB_FILE_CREATE);
	lab_put32(out + LAB_FILE_ACCESS, CREATE_ACCESS);
	lab_put32(out + LAB_FILE_ATTRIBUTES, CREATE_ATTRIBUTES);
	lab_put32(out + LAB_FILE_SHARE, CREATE_SHARE);
	lab_put32(out + LAB_FILE_DISPOSITION, CREATE_DISPOSITION);
	for (size_t i = 0; i < e->len && len + 4 <= cap; i++, len += 2)
		lab_put16(out + len, (uint8_t)e->text[i]);
	lab_put16(out + len, 0);
	return len + 2;
}

size_t lab_message_read(uint64_t handle, uint64_t offset, uint32_t len,
			uint8_t *out)
{
	memset(out, 0, LAB_FILE_SIZE);
	lab_put32(out + LAB_FILE_API, LAB_FILE_READ);
	lab_put64(out + LAB_FILE_HANDLE, handle);
	lab_put64(out + LAB_FILE_OFFSET, offset);
	lab_put32(out + LAB_FILE_COUNT, len);
	return LAB_FILE_SIZE;
}

size_t lab_message_close(uint64_t handle, uint8_t *out)
{
	memset(out, 0, LAB_FILE_SIZE);
	lab_put32(out + LAB_FILE_API, LAB_FILE_CLOSE);
	lab_put64(out + LAB_FILE_HANDLE, handle);
	return LAB_FILE_SIZE;
}

size_t lab_message_control(uint8_t *out)
{
	memset(out, 0, LAB_CONTROL_SIZE);
	lab_put32(out, LAB_CONTROL_ASK);
	return LAB_CONTROL_SIZE;
}
