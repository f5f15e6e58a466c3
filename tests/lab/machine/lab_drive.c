#include "lab_drive.h"
#include "check.h"
#include "lab_bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SECOND = 1000000,
	CONTEXT_SIZE = 0x4d0,
	CONTEXT_RIP = 0xf8,
	SPECIAL_SIZE = 0xe0,
	SPECIAL_DR = 0x20,
	SPECIAL_DR7 = 0x48,
};

static const uint32_t dbg_continue = 0x00010002, no_such_file = 0xc000000f;

void lab_drive_start(struct lab_drive *d, const struct lab_drive_config *c)
{
	struct lab_stub_config stub = { .dialect = c->dialect,
					.seed = c->seed,
					.service_us = 60 };
	char images[sizeof(LAB_BUILT_IMAGES) + 32], error[600] = "";

	snprintf(images, sizeof(images), "%s/layout%u", LAB_BUILT_IMAGES,
		 c->layout ? c->layout : 1);
	const struct lab_emulated_config machine = {
		.images = images,
		.scenario = c->scenario ? lab_scenario_find(c->scenario) : NULL,
		.processors = c->processors,
		.seed = c->seed,
	};
	struct lab_machine *m =
		lab_machine_emulated_create(&machine, error, sizeof(error));

	if (!m) {
		fprintf(stderr, "%s\n", error);
		abort();
	}
	*d = (struct lab_drive){ .dr7 = 0x400,
				 .layout = c->layout ? c->layout : 1 };
	lab_host_start(&d->host, stub, m);
}

void lab_drive_end(struct lab_drive *d)
{
	lab_host_end(&d->host);
}

static void say(struct lab_drive *d, uint16_t type, const uint8_t *payload,
		size_t len)
{
	struct lab_host *h = &d->host;

	lab_host_data(h, type, h->id, payload, len);
	h->id = h->dialect == LAB_SERIAL ? h->id ^ 1 : h->id + 2;
}

void lab_drive_go(struct lab_drive *d, uint32_t status, bool trace)
{
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };

	lab_put32(u, status);
	lab_put32(u + 4, trace);
	lab_put64(u + 8, d->dr7);
	(void)lab_host_ask(&d->host, LAB_API_CONTINUE2, u, NULL, 0, NULL);
}

static void heard_io(struct lab_drive *d, const uint8_t *p, size_t len)
{
	uint8_t reply[LAB_IO_SIZE + 64];
	size_t room = sizeof(d->text) - 1 - d->text_len;

	if (lab_get32(p) == LAB_IO_PRINT) {
		len -= LAB_IO_SIZE;
		len = len < room ? len : room;
		memcpy(d->text + d->text_len, p + LAB_IO_SIZE, len);
		d->text_len += len;
		d->text[d->text_len] = '\0';
		return;
	}
	d->prompts++;
	if (!d->answer)
		return;
	size_t n = strlen(d->answer);

	memcpy(reply, p, LAB_IO_SIZE);
	lab_put32(reply + LAB_IO_READ, (uint32_t)n);
	memcpy(reply + LAB_IO_SIZE, d->answer, n);
	say(d, LAB_PACKET_DEBUG_IO, reply, LAB_IO_SIZE + n);
}

/* Create, read, close. */
static void heard_file(struct lab_drive *d, const uint8_t *p)
{
	uint8_t reply[LAB_FILE_SIZE + 1024];
	size_t n = 0;

	memcpy(reply, p, LAB_FILE_SIZE);
	lab_put32(reply + LAB_FILE_STATUS, d->file ? 0 : no_such_file);
	if (lab_get32(p) == LAB_FILE_CREATE) {
		d->files++;
		lab_put64(reply + LAB_FILE_CREATED, 42);
		lab_put64(reply + LAB_FILE_LENGTH, d->file_len);
	} else if (lab_get32(p) == LAB_FILE_READ) {
		uint64_t at = lab_get64(p + LAB_FILE_OFFSET);

		n = lab_get32(p + LAB_FILE_COUNT);
		if (n > 1024 || at > d->file_len || n > d->file_len - at)
			abort();
		memcpy(reply + LAB_FILE_SIZE, d->file + at, n);
	}
	say(d, LAB_PACKET_FILE_IO, reply, LAB_FILE_SIZE + n);
}

static void heard_load(struct lab_drive *d, const uint8_t *p, size_t len)
{
	size_t i = d->modules;

	if (p[LAB_STATE_LOAD_UNLOAD])
		d->unloads++;
	else if (i < LAB_DRIVE_MODULES) {
		snprintf(d->module[i].name, sizeof(d->module[i].name), "%.*s",
			 (int)(len - LAB_STATE_SIZE),
			 (const char *)p + LAB_STATE_SIZE);
		d->module[i].base = lab_get64(p + LAB_STATE_LOAD_BASE);
		d->module[i].size = lab_get32(p + LAB_STATE_LOAD_SIZE);
		d->modules++;
	}
	lab_drive_go(d, dbg_continue, false);
}

/* True if that is an exception. */
static bool heard_stop(struct lab_drive *d, const uint8_t *p, size_t len)
{
	switch (lab_get32(p)) {
	case LAB_STATE_LOAD_SYMBOLS:
		heard_load(d, p, len);
		return false;
	case LAB_STATE_COMMAND_STRING:
		d->commands++;
		lab_drive_go(d, dbg_continue, false);
		return false;
	default:
		memcpy(d->stop, p, LAB_STATE_SIZE);
		return true;
	}
}

static bool heard(struct lab_drive *d, const struct lab_heard *said)
{
	struct lab_host *h = &d->host;
	uint8_t payload[LAB_PAYLOAD_MAX];

	if (said->kind != LAB_HEARD_DATA)
		return false;
	memcpy(payload, said->payload, said->len);
	lab_host_control(h, LAB_PACKET_ACKNOWLEDGE,
			 h->dialect == LAB_SERIAL
				 ? said->id & ~(uint32_t)LAB_SYNC
				 : said->id);
	switch (said->type) {
	case LAB_PACKET_DEBUG_IO:
		heard_io(d, payload, said->len);
		return false;
	case LAB_PACKET_FILE_IO:
		heard_file(d, payload);
		return false;
	case LAB_PACKET_STATE_CHANGE:
		return heard_stop(d, payload, said->len);
	default:
		return false;
	}
}

bool lab_drive_until_stop(struct lab_drive *d, uint64_t until_us)
{
	struct lab_heard said;

	while (lab_host_hear(&d->host, until_us, &said))
		if (heard(d, &said))
			return true;
	return false;
}

bool lab_drive_for(struct lab_drive *d, uint64_t us)
{
	return lab_drive_until_stop(d, d->host.now_us + us);
}

bool lab_drive_boot(struct lab_drive *d)
{
	struct lab_heard said;
	uint64_t until = d->host.now_us + 10 * SECOND;

	while (lab_host_hear(&d->host, until, &said)) {
		(void)heard(d, &said);
		if (strstr(d->text, "kernel is up"))
			return true;
	}
	return false;
}

bool lab_drive_boot_stopped(struct lab_drive *d)
{
	if (!lab_drive_boot(d))
		return false;
	lab_host_break_in(&d->host);
	return lab_drive_for(d, SECOND);
}

uint64_t lab_drive_pc(const struct lab_drive *d)
{
	return lab_get64(d->stop + LAB_STATE_PC);
}

uint32_t lab_drive_code(const struct lab_drive *d)
{
	return lab_get32(d->stop + LAB_STATE_EXC_CODE);
}

unsigned lab_drive_processor(const struct lab_drive *d)
{
	return lab_get16(d->stop + LAB_STATE_PROCESSOR);
}

static void transfer(struct lab_drive *d, uint32_t api, uint64_t address,
		     size_t want, const void *data, size_t len,
		     struct lab_heard *ret)
{
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };

	lab_put64(u, address);
	lab_put32(u + 8, (uint32_t)want);
	CHECK(lab_host_ask(&d->host, api, u, data, len, ret));
	CHECK_EQ("status", lab_host_status(ret), 0);
}

void lab_drive_read(struct lab_drive *d, uint64_t address, void *out,
		    size_t len)
{
	struct lab_heard r;

	while (len) {
		size_t n = len < 1024 ? len : 1024;

		transfer(d, LAB_API_READ_VIRTUAL, address, n, NULL, 0, &r);
		if (r.len < LAB_MANIPULATE_SIZE + n)
			return;
		memcpy(out, r.payload + LAB_MANIPULATE_SIZE, n);
		out = (uint8_t *)out + n;
		address += n;
		len -= n;
	}
}

void lab_drive_write(struct lab_drive *d, uint64_t address, const void *bytes,
		     size_t len)
{
	struct lab_heard r;

	transfer(d, LAB_API_WRITE_VIRTUAL, address, len, bytes, len, &r);
}

static uint8_t *for_processor(uint8_t *request, uint32_t api, unsigned n)
{
	memset(request, 0, LAB_MANIPULATE_SIZE);
	lab_put32(request, api);
	lab_put16(request + LAB_MANIPULATE_PROCESSOR, n);
	return request + LAB_MANIPULATE_UNION;
}

void lab_drive_get_context(struct lab_drive *d, unsigned processor,
			   uint8_t *out)
{
	uint8_t request[LAB_MANIPULATE_SIZE];
	struct lab_heard r;

	(void)for_processor(request, LAB_API_GET_CONTEXT, processor);
	say(d, LAB_PACKET_MANIPULATE, request, sizeof(request));
	CHECK(lab_host_take(&d->host, LAB_PACKET_MANIPULATE, &r));
	if (CHECK_EQ("context", r.len, LAB_MANIPULATE_SIZE + CONTEXT_SIZE))
		memcpy(out, r.payload + LAB_MANIPULATE_SIZE, CONTEXT_SIZE);
}

void lab_drive_set_context(struct lab_drive *d, unsigned processor,
			   const uint8_t *context)
{
	uint8_t request[LAB_MANIPULATE_SIZE + CONTEXT_SIZE];
	struct lab_heard r;

	(void)for_processor(request, LAB_API_SET_CONTEXT, processor);
	memcpy(request + LAB_MANIPULATE_SIZE, context, CONTEXT_SIZE);
	say(d, LAB_PACKET_MANIPULATE, request, sizeof(request));
	CHECK(lab_host_take(&d->host, LAB_PACKET_MANIPULATE, &r));
	CHECK_EQ("set context", lab_host_status(&r), 0);
}

static void debug_of(struct lab_drive *d, unsigned processor, unsigned n,
		     uint64_t address, uint64_t dr7)
{
	uint8_t request[LAB_MANIPULATE_SIZE + SPECIAL_SIZE];
	struct lab_heard r;
	uint8_t *u = for_processor(request, LAB_API_READ_CONTROL, processor);

	lab_put64(u, 2);
	lab_put32(u + 8, SPECIAL_SIZE);
	say(d, LAB_PACKET_MANIPULATE, request, LAB_MANIPULATE_SIZE);
	CHECK(lab_host_take(&d->host, LAB_PACKET_MANIPULATE, &r));
	if (!CHECK_EQ("special", r.len, sizeof(request)))
		return;
	memcpy(request + LAB_MANIPULATE_SIZE, r.payload + LAB_MANIPULATE_SIZE,
	       SPECIAL_SIZE);
	lab_put32(request, LAB_API_WRITE_CONTROL);
	lab_put64(request + LAB_MANIPULATE_SIZE + SPECIAL_DR + n * 8, address);
	lab_put64(request + LAB_MANIPULATE_SIZE + SPECIAL_DR7, dr7);
	say(d, LAB_PACKET_MANIPULATE, request, sizeof(request));
	CHECK(lab_host_take(&d->host, LAB_PACKET_MANIPULATE, &r));
	CHECK_EQ("set special", lab_host_status(&r), 0);
}

void lab_drive_debug(struct lab_drive *d, unsigned n, uint64_t address,
		     uint64_t dr7)
{
	unsigned processors = lab_get32(d->stop + LAB_STATE_PROCESSORS);

	d->dr7 = dr7;
	for (unsigned i = 0; i < processors; i++)
		debug_of(d, i, n, address, dr7);
}

uint32_t lab_drive_breakpoint(struct lab_drive *d, uint64_t address)
{
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	struct lab_heard r;

	lab_put64(u, address);
	CHECK(lab_host_ask(&d->host, LAB_API_WRITE_BREAKPOINT, u, NULL, 0, &r));
	CHECK_EQ("breakpoint", lab_host_status(&r), 0);
	return lab_get32(r.payload + LAB_MANIPULATE_UNION + 8);
}

void lab_drive_skip(struct lab_drive *d)
{
	uint8_t context[CONTEXT_SIZE] = { 0 };
	unsigned processor = lab_drive_processor(d);
	uint8_t byte = 0;

	lab_drive_read(d, lab_drive_pc(d), &byte, 1);
	if (byte != 0xcc)
		return;
	lab_drive_get_context(d, processor, context);
	lab_put64(context + CONTEXT_RIP, lab_drive_pc(d) + 1);
	lab_drive_set_context(d, processor, context);
}

void lab_drive_step(struct lab_drive *d)
{
	lab_drive_go(d, dbg_continue, true);
	CHECK(lab_drive_for(d, SECOND));
}

static size_t find_module(const struct lab_drive *d, const char *module)
{
	for (size_t i = d->modules; i-- > 0;) {
		const char *slash = strrchr(d->module[i].name, '\\');

		if (slash && !strncmp(slash + 1, module, strlen(module)))
			return i;
	}
	CHECK_TEXT("no such module", module, "");
	return 0;
}

uint64_t lab_drive_base(const struct lab_drive *d, const char *module)
{
	return d->module[find_module(d, module)].base;
}

/* "0001:00000abc  Name  0000000140001abc  file", or 0. */
static uint64_t address_in_map(const char *line, const char *name)
{
	char is[200];
	uint64_t address;

	return sscanf(line, " %*[0-9a-f]:%*[0-9a-f] %199s %" SCNx64, is,
		      &address) == 2 &&
			       !strcmp(is, name)
		       ? address
		       : 0;
}

uint64_t lab_drive_symbol(const struct lab_drive *d, const char *image,
			  const char *name)
{
	const uint64_t linked_at = 0x140000000;
	char line[400], path[400], module[64];
	uint64_t address = 0;

	(void)snprintf(path, sizeof(path), "%s/layout%u/%s.map",
		       LAB_BUILT_IMAGES, d->layout, image);
	FILE *f = fopen(path, "r");

	while (f && !address && fgets(line, sizeof(line), f))
		address = address_in_map(line, name);
	if (f)
		fclose(f);
	if (!address)
		CHECK_TEXT("no such symbol", name, "");
	(void)snprintf(module, sizeof(module), "%s",
		       !strcmp(image, "ntkrnlmp") ? "ntoskrnl.exe" : image);
	return address - linked_at + lab_drive_base(d, module);
}

uint64_t lab_drive_find(struct lab_drive *d, const char *module,
			const void *bytes, size_t len)
{
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	size_t i = find_module(d, module);
	struct lab_heard r;

	lab_put64(u, d->module[i].base);
	lab_put64(u + 8, d->module[i].size);
	lab_put32(u + 16, (uint32_t)len);
	CHECK(lab_host_ask(&d->host, LAB_API_SEARCH_MEMORY, u, bytes, len, &r));
	return lab_host_status(&r)
		       ? 0
		       : lab_get64(r.payload + LAB_MANIPULATE_UNION);
}
