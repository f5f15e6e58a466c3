#include "lab_service.h"
#include "lab_bytes.h"

#include <string.h>

static uint32_t not_here(struct lab_call *c)
{
	(void)c;
	return LAB_STATUS_UNSUCCESSFUL;
}

static const struct {
	uint16_t api;
	enum lab_outcome outcome;
	lab_api_fn *run;
} apis[] = {
	// clang-format off
	{ LAB_API_READ_VIRTUAL,       LAB_OUTCOME_REPLY,     lab_read_virtual },
	{ LAB_API_WRITE_VIRTUAL,      LAB_OUTCOME_REPLY,     lab_write_virtual },
	{ LAB_API_GET_CONTEXT,        LAB_OUTCOME_REPLY,     lab_get_context },
	{ LAB_API_SET_CONTEXT,        LAB_OUTCOME_REPLY,     lab_set_context },
	{ LAB_API_WRITE_BREAKPOINT,   LAB_OUTCOME_REPLY,     lab_write_breakpoint },
	{ LAB_API_RESTORE_BREAKPOINT, LAB_OUTCOME_REPLY,     lab_restore_breakpoint },
	{ LAB_API_CONTINUE,           LAB_OUTCOME_RESUME,    NULL },
	{ LAB_API_READ_CONTROL,       LAB_OUTCOME_REPLY,     lab_read_control },
	{ LAB_API_WRITE_CONTROL,      LAB_OUTCOME_REPLY,     lab_write_control },
	{ LAB_API_READ_IO,            LAB_OUTCOME_REPLY,     lab_read_io },
	{ LAB_API_WRITE_IO,           LAB_OUTCOME_REPLY,     lab_write_io },
	{ LAB_API_REBOOT,             LAB_OUTCOME_REBOOT,    NULL },
	{ LAB_API_CONTINUE2,          LAB_OUTCOME_RESUME,    NULL },
	{ LAB_API_READ_PHYSICAL,      LAB_OUTCOME_REPLY,     lab_read_physical },
	{ LAB_API_WRITE_PHYSICAL,     LAB_OUTCOME_REPLY,     lab_write_physical },
	{ LAB_API_READ_IO_EXTENDED,   LAB_OUTCOME_REPLY,     lab_read_io_extended },
	{ LAB_API_WRITE_IO_EXTENDED,  LAB_OUTCOME_REPLY,     lab_write_io_extended },
	{ LAB_API_GET_VERSION,        LAB_OUTCOME_REPLY,     lab_get_version },
	{ LAB_API_CAUSE_BUG_CHECK,    LAB_OUTCOME_BUG_CHECK, NULL },
	{ LAB_API_SWITCH_PROCESSOR,   LAB_OUTCOME_SWITCH,    NULL },
	{ LAB_API_READ_MSR,           LAB_OUTCOME_REPLY,     lab_read_msr },
	{ LAB_API_WRITE_MSR,          LAB_OUTCOME_REPLY,     lab_write_msr },
	{ LAB_API_SEARCH_MEMORY,      LAB_OUTCOME_REPLY,     lab_search_memory },
	{ LAB_API_GET_BUS_DATA,       LAB_OUTCOME_REPLY,     lab_get_bus_data },
	{ LAB_API_SET_BUS_DATA,       LAB_OUTCOME_REPLY,     not_here },
	{ LAB_API_CHECK_LOW_MEMORY,   LAB_OUTCOME_REPLY,     not_here },
	{ LAB_API_CLEAR_INTERNAL,     LAB_OUTCOME_SILENT,    NULL },
	{ LAB_API_FILL_MEMORY,        LAB_OUTCOME_REPLY,     lab_fill_memory },
	{ LAB_API_QUERY_MEMORY,       LAB_OUTCOME_REPLY,     lab_query_memory },
	{ LAB_API_GET_CONTEXT_EX,     LAB_OUTCOME_REPLY,     lab_get_context_ex },
	{ LAB_API_SET_CONTEXT_EX,     LAB_OUTCOME_REPLY,     lab_set_context_ex },
	// clang-format on
};

/* The reply is the request's 56 bytes, edited in place (4.1). */
static void reply(struct lab_service *s, const uint8_t *request, size_t len,
		  lab_api_fn *run)
{
	enum { LONG_REPLY = 8, SHORT_FAILURE = 16 };
	uint8_t *r = s->reply;

	memcpy(r, request, LAB_MANIPULATE_SIZE);
	struct lab_call call = {
		.s = s,
		.m = s->machine,
		.processor = lab_get16(request + LAB_MANIPULATE_PROCESSOR),
		.u = r + LAB_MANIPULATE_UNION,
		.data = request + LAB_MANIPULATE_SIZE,
		.len = len - LAB_MANIPULATE_SIZE,
		.out = r + LAB_MANIPULATE_SIZE,
	};
	uint32_t status = run ? run(&call) : LAB_STATUS_UNSUCCESSFUL;

	s->reply_len = LAB_MANIPULATE_SIZE + call.out_len;
	if (!run && s->faults->short_failures) {
		status = LAB_STATUS_NOT_IMPL;
		s->reply_len = SHORT_FAILURE;
	}
	lab_put32(r + LAB_MANIPULATE_STATUS, status);
	if (s->faults->long_replies &&
	    s->reply_len + LONG_REPLY <= sizeof(s->reply)) {
		memset(r + s->reply_len, 0xee, LONG_REPLY);
		s->reply_len += LONG_REPLY;
	}
}

enum lab_outcome lab_service_run(struct lab_service *s, const uint8_t *request,
				 size_t len)
{
	uint32_t api = lab_get32(request + LAB_MANIPULATE_API);

	for (size_t i = 0; i < sizeof(apis) / sizeof(apis[0]); i++) {
		if (apis[i].api != api)
			continue;
		if (api == LAB_API_CONTINUE2 && s->faults->no_continue2)
			break;
		if (apis[i].outcome == LAB_OUTCOME_REPLY)
			reply(s, request, len, apis[i].run);
		return apis[i].outcome;
	}
	reply(s, request, len, NULL);
	return LAB_OUTCOME_REPLY;
}

void lab_service_resume(const uint8_t *request, struct lab_resume *ret)
{
	const uint8_t *u = request + LAB_MANIPULATE_UNION;

	*ret = (struct lab_resume){ .status = lab_get32(u) };
	/* 8.2: a negative status leaves trace flag and Dr7 alone */
	if (lab_get32(request + LAB_MANIPULATE_API) != LAB_API_CONTINUE2 ||
	    ret->status >> 31)
		return;
	ret->has_control = true;
	ret->trace = lab_get32(u + 4);
	ret->dr7 = lab_get64(u + 8);
}
