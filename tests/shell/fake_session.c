#include "fake_session.h"

#include <stdio.h>
#include <string.h>

bool kd_session_is_attached(const struct kd_session *s)
{
	return s->attached;
}

bool kd_session_is_halted(const struct kd_session *s)
{
	return s->halted;
}

const struct kd_stop *kd_session_stop(const struct kd_session *s)
{
	return s->halted ? &s->stop : NULL;
}

const struct kd_version *kd_session_version(const struct kd_session *s)
{
	return s->version.machine ? &s->version : NULL;
}

enum kd_arch kd_session_arch(const struct kd_session *s)
{
	return kd_arch_from_machine(s->version.machine);
}

const struct kd_endpoint *kd_session_peer(const struct kd_session *s)
{
	return &s->peer;
}

const struct kd_detail *kd_session_detail(const struct kd_session *s)
{
	return &s->detail;
}

enum kd_status kd_session_read(struct kd_session *s, uint64_t address,
			       void *buf, size_t len, unsigned flags,
			       uint64_t deadline_us, size_t *ret_len)
{
	const struct fake_piece *pieces =
		flags & KD_ACCESS_PHYSICAL ? s->physical : s->memory;

	(void)deadline_us;
	s->accesses = flags;
	if (s->reads_max && s->reads == s->reads_max)
		return KD_E_CANCELED;
	s->reads++;
	if (!len || len - 1 > UINT64_MAX - address)
		return KD_E_ARG;
	if (s->read_fails != KD_OK)
		return s->read_fails;
	if (s->ram_address && address - s->ram_address < FAKE_RAM) {
		size_t offset = (size_t)(address - s->ram_address);

		*ret_len = len < FAKE_RAM - offset ? len : FAKE_RAM - offset;
		memcpy(buf, s->ram + offset, *ret_len);
		return KD_OK;
	}
	for (size_t i = 0; i < FAKE_PIECES; i++) {
		const struct fake_piece *p = &pieces[i];
		uint64_t offset = address - p->address;

		if (address < p->address || offset >= p->len)
			continue;
		*ret_len =
			len < p->len - offset ? len : (size_t)(p->len - offset);
		memcpy(buf, (const uint8_t *)p->bytes + offset, *ret_len);
		return KD_OK;
	}
	return KD_E_TARGET;
}

enum kd_status kd_session_read_pointer(struct kd_session *s, uint64_t address,
				       uint64_t deadline_us, uint64_t *ret)
{
	uint8_t bytes[8];
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));
	size_t len;
	enum kd_status st = kd_session_read(s, address, bytes, sizeof(bytes), 0,
					    deadline_us, &len);

	if (st == KD_OK && len < sizeof(bytes))
		st = KD_E_TARGET;
	if (st == KD_OK)
		*ret = kd_read_le64(&in);
	return st;
}

enum kd_status kd_session_get_context(struct kd_session *s, unsigned processor,
				      uint64_t deadline_us,
				      struct kd_context *ret)
{
	(void)deadline_us;
	s->processor = processor;
	if (s->context_fails != KD_OK)
		return s->context_fails;
	*ret = s->context;
	return KD_OK;
}

/* No string of it is ever asked for. */
enum kd_status kd_session_read_unicode_string(struct kd_session *s,
					      uint64_t address,
					      uint64_t deadline_us, char *out,
					      size_t cap)
{
	(void)s;
	(void)address;
	(void)deadline_us;
	(void)out;
	(void)cap;
	return KD_E_TARGET;
}

enum kd_status kd_session_next_module(struct kd_session *s,
				      struct kd_module_walk *walk,
				      uint64_t deadline_us,
				      struct kd_module *ret)
{
	(void)deadline_us;
	if (walk->count < s->module_count) {
		*ret = s->modules[walk->count++];
		return KD_OK;
	}
	walk->why = s->list_end;
	walk->unreadable = 0xad5e90;
	return s->list_end == KD_OK ? KD_E_END : s->list_end;
}

enum kd_status kd_session_continue(struct kd_session *s, enum kd_resume how,
				   uint64_t deadline_us)
{
	(void)deadline_us;
	if (s->run_fails != KD_OK)
		return s->run_fails;
	s->continued++;
	s->resumed = how;
	s->halted = false;
	return KD_OK;
}

enum kd_status kd_session_wait_event(struct kd_session *s, uint64_t deadline_us,
				     struct kd_event *ret)
{
	(void)deadline_us;
	if (s->event_next == s->event_count)
		return KD_E_CANCELED;
	*ret = s->events[s->event_next++];
	if (ret->kind == KD_EV_STOPPED) {
		s->halted = true;
		s->stop = ret->stop;
	}
	return KD_OK;
}

enum kd_status kd_session_answer_prompt(struct kd_session *s, uint64_t now_us,
					const char *text, size_t len)
{
	(void)now_us;
	snprintf(s->answer, sizeof(s->answer), "%.*s", (int)len, text);
	s->answers++;
	return s->run_fails;
}

enum kd_status kd_session_reboot(struct kd_session *s, uint64_t now_us)
{
	(void)now_us;
	s->rebooted++;
	s->halted = false;
	return KD_OK;
}

enum kd_status kd_session_crash(struct kd_session *s, uint64_t now_us)
{
	(void)now_us;
	s->crashed++;
	s->halted = false;
	return KD_OK;
}

bool kd_session_is_canceled(const struct kd_session *s)
{
	return s->canceled;
}

enum kd_status kd_session_poll(struct kd_session *s)
{
	s->polls++;
	if (s->polls_max && s->polls >= s->polls_max)
		s->canceled = true;
	return s->run_fails;
}

enum kd_status kd_session_leave(struct kd_session *s, enum kd_leave how,
				uint64_t deadline_us)
{
	(void)deadline_us;
	if (how == KD_LEAVE_RUNNING)
		s->left_running++;
	else
		s->left_as_is++;
	return s->run_fails;
}

void kd_session_use_filters(struct kd_session *s,
			    const struct kd_event_filters *filters)
{
	s->filters = filters;
}

enum kd_status kd_session_break_in(struct kd_session *s, uint64_t now_us)
{
	(void)now_us;
	s->break_ins++;
	return s->run_fails;
}

bool kd_session_has_news_of_stop(const struct kd_session *s)
{
	(void)s;
	return false;
}

enum kd_status kd_session_switch_processor(struct kd_session *s,
					   unsigned processor,
					   uint64_t deadline_us)
{
	(void)deadline_us;
	if (s->run_fails != KD_OK)
		return s->run_fails;
	s->stop.processor = (uint16_t)processor;
	return KD_OK;
}

enum kd_status kd_session_halt(struct kd_session *s, uint64_t deadline_us,
			       struct kd_stop *ret)
{
	(void)deadline_us;
	s->break_ins++;
	if (s->run_fails != KD_OK)
		return s->run_fails;
	s->halted = true;
	*ret = s->stop;
	return KD_OK;
}

/* Nothing happens in that time but what run_result says. */
enum kd_status kd_session_run_for(struct kd_session *s, uint64_t span_us,
				  const struct kd_run_hooks *hooks,
				  struct kd_run_for_result *ret)
{
	(void)span_us;
	(void)hooks;
	s->runs++;
	if (s->run_fails != KD_OK)
		return s->run_fails;
	*ret = (struct kd_run_for_result){ .end = KD_RUN_FOR_TIME,
					   .stop = s->stop };
	return KD_OK;
}

void kd_session_get_counters(const struct kd_session *s,
			     struct kd_session_counters *ret)
{
	*ret = (struct kd_session_counters){ .requests = s->reads };
}

enum kd_status kd_session_run(struct kd_session *s, struct kd_run_control *rc,
			      const struct kd_run_hooks *hooks,
			      uint64_t deadline_us, struct kd_run_result *ret)
{
	struct kd_run_place at = { .stop = &s->stop, .pc = s->stop.pc };

	(void)deadline_us;
	s->runs++;
	s->plan = rc->plan;
	if (s->run_fails != KD_OK)
		return s->run_fails;
	for (unsigned i = 0; i < s->run_steps; i++) {
		enum kd_status st = hooks->stepped(hooks->ctx, &at);

		if (st != KD_OK)
			return st;
	}
	rc->steps = s->run_steps + 1;
	*ret = s->run_result;
	return KD_OK;
}
