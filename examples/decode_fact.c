#include "decode_fact.h"

static const char *state_name(uint32_t state)
{
	switch (state) {
	case KD_STATE_EXCEPTION:
		return "Exception";
	case KD_STATE_LOAD_SYMBOLS:
		return "LoadSymbols";
	case KD_STATE_COMMAND_STRING:
		return "CommandString";
	default:
		return "Unknown";
	}
}

static const char *io_name(uint32_t api)
{
	switch (api) {
	case KD_IO_PRINT:
		return "PrintString";
	case KD_IO_PROMPT:
		return "GetString";
	case KD_TRACE_PRINT:
		return "PrintTrace";
	case KD_FILE_CREATE:
		return "CreateFile";
	case KD_FILE_READ:
		return "ReadFile";
	case KD_FILE_WRITE:
		return "WriteFile";
	case KD_FILE_CLOSE:
		return "CloseFile";
	case KD_CONTROL_HARDWARE_BREAKPOINT:
		return "RequestHardwareBreakpoint";
	case KD_CONTROL_RELEASE_BREAKPOINT:
		return "ReleaseHardwareBreakpoint";
	default:
		return "Unknown";
	}
}

static bool fill_debug_io(struct decode_fact *f, struct kd_reader *in)
{
	/* the host's only ones are answers to prompts */
	bool whole = f->message.from_host
			     ? kd_debug_io_decode_answer(&f->debug_io, in)
			     : kd_debug_io_decode(&f->debug_io, in);

	f->api = f->debug_io.api;
	return whole;
}

/* By the packet's type; BODY_NONE if it is too short for it. */
static enum decode_body fill_body(struct decode_fact *f, struct kd_reader *in)
{
	switch (f->message.header.type) {
	case KD_PKT_STATE_MANIPULATE:
		if (!kd_manipulate_decode(f->message.arch, &f->manipulate, in))
			return BODY_NONE;
		f->api = f->manipulate.api;
		return BODY_MANIPULATE;
	case KD_PKT_STATE_CHANGE64:
		if (!kd_state_change_decode(&f->state_change, in))
			return BODY_NONE;
		f->api = f->state_change.new_state;
		return BODY_STATE_CHANGE;
	case KD_PKT_DEBUG_IO:
		return fill_debug_io(f, in) ? BODY_DEBUG_IO : BODY_NONE;
	case KD_PKT_FILE_IO:
		if (!kd_file_io_decode(&f->file_io, in))
			return BODY_NONE;
		f->api = f->file_io.api;
		return BODY_FILE_IO;
	case KD_PKT_CONTROL_REQUEST:
		if (!kd_control_request_decode(&f->control_request, in))
			return BODY_NONE;
		f->api = f->control_request.api;
		return BODY_CONTROL_REQUEST;
	case KD_PKT_TRACE_IO:
		if (!kd_trace_io_decode(&f->trace_io, in))
			return BODY_NONE;
		f->api = f->trace_io.api;
		return BODY_TRACE_IO;
	default:
		return BODY_NONE;
	}
}

void decode_fact_fill(struct decode_fact *f)
{
	const struct kd_tap_message *m = &f->message;
	struct kd_reader in = kd_reader_over(m->payload, m->len);

	f->body = BODY_NONE;
	f->api = 0;
	f->api_name = NULL;
	if (m->kind == KD_TAP_PACKET && m->header.leader == KD_LEADER_DATA)
		f->body = fill_body(f, &in);
	switch (f->body) {
	case BODY_NONE:
		break;
	case BODY_MANIPULATE:
		f->api_name = kd_api_name(f->api);
		break;
	case BODY_STATE_CHANGE:
		f->api_name = state_name(f->api);
		break;
	case BODY_DEBUG_IO:
	case BODY_FILE_IO:
	case BODY_CONTROL_REQUEST:
	case BODY_TRACE_IO:
		f->api_name = io_name(f->api);
		break;
	}
}

bool decode_fact_is_transfer(const struct decode_fact *f)
{
	if (f->body != BODY_MANIPULATE)
		return false;
	switch (f->api) {
	case KD_API_READ_VIRTUAL:
	case KD_API_WRITE_VIRTUAL:
	case KD_API_READ_PHYSICAL:
	case KD_API_WRITE_PHYSICAL:
	case KD_API_READ_CONTROL:
	case KD_API_WRITE_CONTROL:
		return true;
	default:
		return false;
	}
}

size_t decode_fact_data_len(const struct decode_fact *f)
{
	return decode_fact_is_transfer(f) ? f->manipulate.data_len : 0;
}

bool decode_fact_file_name(const struct decode_fact *f,
			   char out[DECODE_NAME_MAX])
{
	/* answers repeat the 64 bytes without the name */
	if (f->body != BODY_FILE_IO || f->api != KD_FILE_CREATE ||
	    !f->file_io.data_len)
		return false;
	kd_file_io_name(&f->file_io, out, DECODE_NAME_MAX);
	return true;
}
