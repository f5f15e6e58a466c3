#include "lab_bytes.h"
#include "lab_message.h"
#include "lab_target.h"

#include <string.h>

enum {
	TRIES = 20, /* KD-WIRE 1.7 */
	INSTRUCTIONS = 16,
};

static const uint32_t dbg_continue = 0x00010002; /* 8.1 */

static void send(struct lab_stub *t, enum lab_purpose purpose, uint16_t type,
		 const uint8_t *payload, size_t len)
{
	t->phase = LAB_PHASE_SENDS;
	t->purpose = purpose;
	t->tries = TRIES;
	t->retransmit_us = t->now_us + t->config.retransmit_us;
	lab_link_send(&t->link, type, payload, len);
}

static void run(struct lab_stub *t)
{
	t->phase = LAB_PHASE_RUNS;
	lab_frame_forget(&t->frame);
}

static void ask(struct lab_stub *t, uint16_t type, size_t len)
{
	t->question_type = type;
	t->question_len = len;
	lab_target_ask_again(t);
}

void lab_target_ask_again(struct lab_stub *t)
{
	send(t, LAB_PURPOSE_ASK, t->question_type, t->question,
	     t->question_len);
}

static uint64_t *garbage(struct lab_stub *t)
{
	return t->config.seed ? &t->link.random : &t->no_garbage;
}

/* Breakpoints near the PC go, and the report shows what is there (8.4). */
static void stop(struct lab_stub *t)
{
	struct lab_event *e = &t->event;
	unsigned processors = t->machine->ops->processors
				      ? t->machine->ops->processors(t->machine)
				      : 1;

	lab_breakpoint_clear(&t->service.breakpoints, t->machine, e->pc,
			     e->pc + INSTRUCTIONS - 1);
	if (!e->report.count)
		e->report.count = (uint16_t)t->machine->ops->read_virtual(
			t->machine, e->pc, e->report.stream, INSTRUCTIONS);
	t->service.context_sent = false;
	ask(t, LAB_PACKET_STATE_CHANGE,
	    lab_message_state(e, processors, garbage(t), t->question,
			      sizeof(t->question)));
}

static void go_on(struct lab_stub *t, const struct lab_resume *how)
{
	t->machine->ops->resume(t->machine, t->now_us, how);
	run(t);
}

static void no_file(struct lab_stub *t)
{
	if (t->machine->ops->file_answer)
		t->machine->ops->file_answer(t->machine, NULL, 0);
	run(t);
}

static void no_answer(struct lab_stub *t)
{
	if (t->machine->ops->answer)
		t->machine->ops->answer(t->machine, "", 0);
	run(t);
}

/* With nobody there, what would wait for somebody does not happen (1.7). */
static bool happen_alone(struct lab_stub *t)
{
	switch (t->event.kind) {
	case LAB_EVENT_PRINT:
	case LAB_EVENT_TRACE:
		return true;
	case LAB_EVENT_PROMPT:
	case LAB_EVENT_DEBUG_REGISTER:
		no_answer(t);
		return true;
	case LAB_EVENT_FILE:
		no_file(t);
		return true;
	case LAB_EVENT_LOAD:
		go_on(t, &(struct lab_resume){ .status = dbg_continue });
		return true;
	case LAB_EVENT_STOP:
	case LAB_EVENT_COMMAND:
	case LAB_EVENT_REBOOT:
		return false;
	}
	return false;
}

void lab_target_happen(struct lab_stub *t)
{
	const struct lab_event *e = &t->event;
	uint8_t *q = t->question;

	if (t->not_present && happen_alone(t))
		return;
	switch (e->kind) {
	case LAB_EVENT_PRINT:
		send(t, LAB_PURPOSE_SAY, LAB_PACKET_DEBUG_IO, q,
		     lab_message_io(e, garbage(t), q, sizeof(t->question)));
		return;
	case LAB_EVENT_TRACE:
		send(t, LAB_PURPOSE_SAY, LAB_PACKET_TRACE_IO, q,
		     lab_message_io(e, garbage(t), q, sizeof(t->question)));
		return;
	case LAB_EVENT_PROMPT:
		ask(t, LAB_PACKET_DEBUG_IO,
		    lab_message_io(e, garbage(t), q, sizeof(t->question)));
		return;
	case LAB_EVENT_FILE:
		lab_file_forget(&t->file);
		ask(t, LAB_PACKET_FILE_IO,
		    lab_message_create(e, garbage(t), q, sizeof(t->question)));
		return;
	case LAB_EVENT_DEBUG_REGISTER:
		ask(t, LAB_PACKET_CONTROL_REQUEST, lab_message_control(q));
		return;
	case LAB_EVENT_LOAD:
	case LAB_EVENT_STOP:
	case LAB_EVENT_COMMAND:
		stop(t);
		return;
	case LAB_EVENT_REBOOT:
		lab_stub_reboot(t, t->now_us);
		return;
	}
}

bool lab_target_break_in(struct lab_stub *t)
{
	t->break_pending = t->not_present = false;
	if (!t->machine->ops->break_in ||
	    !t->machine->ops->break_in(t->machine, t->now_us, &t->event))
		return false;
	t->report_again = t->config.faults.two_stops;
	stop(t);
	return true;
}

bool lab_target_may_give_up(const struct lab_stub *t)
{
	if (!t->met && !t->config.no_wait)
		return false;
	if (t->purpose != LAB_PURPOSE_ASK)
		return true;
	/* 1.7: of the questions, loads and the wish for a file */
	if (t->question_type == LAB_PACKET_STATE_CHANGE)
		return t->event.kind == LAB_EVENT_LOAD;
	return t->question_type == LAB_PACKET_FILE_IO &&
	       lab_get32(t->question) == LAB_FILE_CREATE;
}

void lab_target_gave_up(struct lab_stub *t)
{
	t->counters.gave_up++;
	t->not_present = true;
	lab_link_give_up(&t->link);
	if (t->purpose == LAB_PURPOSE_ASK)
		(void)happen_alone(t);
	else if (t->purpose == LAB_PURPOSE_SAY)
		run(t);
	else
		t->phase = LAB_PHASE_WANTS;
}

static void reply(struct lab_stub *t)
{
	send(t, LAB_PURPOSE_REPLY, LAB_PACKET_MANIPULATE, t->service.reply,
	     t->service.reply_len);
}

void lab_target_arrived(struct lab_stub *t)
{
	lab_link_arrived(&t->link);
	switch (t->purpose) {
	case LAB_PURPOSE_SAY:
		run(t);
		return;
	case LAB_PURPOSE_ASK:
		t->phase = LAB_PHASE_WANTS;
		if (t->report_again)
			lab_target_ask_again(t);
		t->report_again = false;
		return;
	case LAB_PURPOSE_REPLY:
		t->phase = LAB_PHASE_WANTS;
		return;
	case LAB_PURPOSE_INTERRUPT:
		reply(t);
		return;
	}
}

void lab_target_served(struct lab_stub *t)
{
	static const char text[] = "lab: said while a request is served\n";
	const struct lab_event print = {
		.kind = LAB_EVENT_PRINT,
		.text = text,
		.len = sizeof(text) - 1,
	};
	uint8_t message[128];

	if (!t->config.faults.print_in_request) {
		reply(t);
		return;
	}
	send(t, LAB_PURPOSE_INTERRUPT, LAB_PACKET_DEBUG_IO, message,
	     lab_message_io(&print, garbage(t), message, sizeof(message)));
}

uint16_t lab_target_wanted(const struct lab_stub *t, size_t *ret_least)
{
	switch (t->question_type) {
	case LAB_PACKET_DEBUG_IO:
		*ret_least = LAB_IO_SIZE;
		return LAB_PACKET_DEBUG_IO;
	case LAB_PACKET_FILE_IO:
		*ret_least = LAB_FILE_SIZE;
		return LAB_PACKET_FILE_IO;
	case LAB_PACKET_CONTROL_REQUEST:
		*ret_least = LAB_CONTROL_SIZE;
		return LAB_PACKET_CONTROL_REQUEST;
	default:
		*ret_least = LAB_MANIPULATE_SIZE;
		return LAB_PACKET_MANIPULATE;
	}
}

/* Switch to the processor that the request names, or say again who it is. */
static void switch_processor(struct lab_stub *t, const uint8_t *request)
{
	unsigned to = lab_get16(request + LAB_MANIPULATE_PROCESSOR);

	if (to != t->event.processor && t->machine->ops->switch_processor &&
	    t->machine->ops->switch_processor(t->machine, to, &t->event))
		stop(t);
	else
		lab_target_ask_again(t);
}

static void got_request(struct lab_stub *t, const struct lab_heard *h)
{
	struct lab_resume how;

	t->counters.requests++;
	switch (lab_service_run(&t->service, h->payload, h->len)) {
	case LAB_OUTCOME_REPLY:
		t->phase = LAB_PHASE_SERVES;
		t->busy_us = t->now_us + t->config.service_us;
		return;
	case LAB_OUTCOME_SILENT:
		return;
	case LAB_OUTCOME_RESUME:
		lab_service_resume(h->payload, &how);
		go_on(t, &how);
		return;
	case LAB_OUTCOME_SWITCH:
		switch_processor(t, h->payload);
		return;
	case LAB_OUTCOME_REBOOT:
		lab_stub_reboot(t, t->now_us);
		return;
	case LAB_OUTCOME_BUG_CHECK:
		if (t->machine->ops->bug_check)
			t->machine->ops->bug_check(t->machine, t->now_us);
		run(t);
		return;
	}
}

static void got_line(struct lab_stub *t, const struct lab_heard *h)
{
	size_t len = lab_get32(h->payload + LAB_IO_READ);

	if (len > h->len - LAB_IO_SIZE)
		len = h->len - LAB_IO_SIZE;
	if (len > LAB_PROMPT_MAX)
		len = LAB_PROMPT_MAX;
	if (t->machine->ops->answer)
		t->machine->ops->answer(t->machine,
					(const char *)h->payload + LAB_IO_SIZE,
					len);
	run(t);
}

static void close_file(struct lab_stub *t)
{
	uint64_t handle = t->file.handle;

	lab_file_forget(&t->file);
	ask(t, LAB_PACKET_FILE_IO, lab_message_close(handle, t->question));
}

/* The file is there, or is not what it was said to be. */
static void give_file(struct lab_stub *t, bool whole)
{
	if (t->machine->ops->file_answer)
		t->machine->ops->file_answer(t->machine,
					     whole ? t->file.bytes : NULL,
					     whole ? t->file.length : 0);
	close_file(t);
}

static void created(struct lab_stub *t, const uint8_t *reply)
{
	if (lab_get32(reply + LAB_FILE_STATUS)) {
		no_file(t);
		return;
	}
	if (lab_file_open(&t->file, lab_get64(reply + LAB_FILE_CREATED),
			  lab_get64(reply + LAB_FILE_LENGTH)))
		ask(t, LAB_PACKET_FILE_IO, lab_file_ask(&t->file, t->question));
	else
		give_file(t, false);
}

/* Create, then reads, then close. */
static void got_file(struct lab_stub *t, const struct lab_heard *h)
{
	switch (lab_get32(t->question)) {
	case LAB_FILE_CREATE:
		created(t, h->payload);
		return;
	case LAB_FILE_READ:
		break;
	default:
		run(t);
		return;
	}
	switch (lab_file_take(&t->file, h->payload + LAB_FILE_SIZE,
			      h->len - LAB_FILE_SIZE)) {
	case LAB_FILE_MORE:
		ask(t, LAB_PACKET_FILE_IO, lab_file_ask(&t->file, t->question));
		return;
	case LAB_FILE_WHOLE:
		give_file(t, true);
		return;
	case LAB_FILE_SHORT:
		give_file(t, false);
		return;
	}
}

void lab_target_got(struct lab_stub *t, const struct lab_heard *h)
{
	bool may;

	switch (t->question_type) {
	case LAB_PACKET_DEBUG_IO:
		got_line(t, h);
		return;
	case LAB_PACKET_FILE_IO:
		got_file(t, h);
		return;
	case LAB_PACKET_CONTROL_REQUEST:
		may = lab_get32(h->payload + LAB_CONTROL_AVAILABLE);
		if (t->machine->ops->answer)
			t->machine->ops->answer(t->machine, may ? "1" : "0", 1);
		run(t);
		return;
	default:
		got_request(t, h);
		return;
	}
}
