/*
 * hits LINK ADDRESS TIMES
 *
 * Stop a target each time that it comes to ADDRESS, TIMES times. Each time
 * step over the instruction there, and have one of the debugger's commands
 * tell a program, in JSON, what it tells people. Then let the target run
 * without the breakpoint. LINK is what the debugger takes after -k.
 */

#include <crashcart/crashcart.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATIENCE_US = 60 * 1000 * 1000, TIMES_MAX = 1000000 };

/* The target, and who works on it. */
struct work {
	struct kd_link *link;
	struct kd_session *session;
	struct kd_shell *shell;
};

static bool is_ours(void *link, const struct kd_endpoint *e)
{
	struct kd_link *l = link;

	return l->ops->is_ours(l, e);
}

static void to_stdout(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	fwrite(text, 1, len, stdout);
}

static uint64_t patience(const struct work *w)
{
	return w->link->ops->now(w->link) + PATIENCE_US;
}

static bool is_hit(const struct kd_stop *stop, uint32_t id)
{
	for (unsigned i = 0; i < stop->breakpoint_count; i++)
		if (stop->breakpoint[i] == id)
			return true;
	return false;
}

/* Let it run until the breakpoint stops it. Prints are passed on, and it is
 * let run on from whatever else stops it. */
static enum kd_status run_to_hit(struct work *w, uint32_t id,
				 struct kd_stop *ret)
{
	enum kd_status status =
		kd_session_continue(w->session, KD_RESUME_GO, patience(w));
	struct kd_event e;

	while (status == KD_OK) {
		status = kd_session_wait_event(w->session, patience(w), &e);
		if (status != KD_OK)
			break;
		if (e.kind == KD_EV_PRINT)
			to_stdout(NULL, e.text, e.text_len);
		if (e.kind == KD_EV_LOST || e.kind == KD_EV_REBOOTED)
			return KD_E_LOST;
		if (e.kind == KD_EV_BREAKPOINT_FAILED)
			return e.breakpoint.status;
		if (e.kind != KD_EV_STOPPED)
			continue;
		if (is_hit(&e.stop, id)) {
			*ret = e.stop;
			return KD_OK;
		}
		status = kd_session_continue(w->session, KD_RESUME_GO,
					     patience(w));
	}
	return status;
}

/* One instruction, or a whole call. */
static enum kd_status step(struct work *w, const struct kd_stop *stop)
{
	static const struct kd_run_plan plan = { .goal = KD_GOAL_STEPS,
						 .over = true };
	struct kd_run_hooks hooks = { .decode = kd_disasm_code,
				      .request_us = PATIENCE_US };
	struct kd_run_control rc;
	struct kd_run_result result;
	enum kd_status status;

	kd_run_control_begin(&rc, &plan, stop);
	status = kd_session_run(w->session, &rc, &hooks, patience(w), &result);
	if (status == KD_OK && result.end != KD_RUN_END_REBOOTED)
		printf("processor %u: %016llx, then %016llx\n",
		       (unsigned)stop->processor, (unsigned long long)stop->pc,
		       (unsigned long long)result.pc);
	return status;
}

static enum kd_status watch(struct work *w, uint64_t address,
			    unsigned long times)
{
	struct kd_breakpoint_spec spec = {
		.id = KD_BREAKPOINT_ANY_ID,
		.kind = KD_BREAKPOINT_SOFTWARE,
		.address = address,
		.has_address = true,
		.processor = KD_PROCESSOR_ANY,
	};
	enum kd_shell_next next;
	struct kd_stop stop;
	uint32_t id;
	enum kd_status status =
		kd_session_wait_stop(w->session, patience(w), &stop);

	if (status == KD_OK)
		status = kd_session_breakpoint_add(w->session, &spec, &id);
	for (unsigned long i = 0; status == KD_OK && i < times; i++) {
		status = run_to_hit(w, id, &stop);
		if (status == KD_OK)
			status = step(w, &stop);
		if (status == KD_OK)
			status = kd_shell_execute(w->shell, "r rip", &next);
	}
	if (!kd_session_is_attached(w->session))
		return status;

	/* whatever has failed: the target is to run, as it was */
	enum kd_status left =
		kd_session_leave(w->session, KD_LEAVE_RUNNING, patience(w));

	return status == KD_OK ? left : status;
}

static enum kd_status start(struct work *w, const struct kd_connect *connect)
{
	struct kd_session_config config = {
		.kind = w->link->kind,
		.baud = w->link->baud,
		.key = connect->key,
		.break_on_attach = true,
		.is_ours = is_ours,
		.is_ours_ctx = w->link,
	};
	struct kd_shell_config shell = { .sink = to_stdout,
					 .link = w->link,
					 .json = true };
	enum kd_status status = kd_session_create(NULL, &config, &w->session);

	kd_net_key_wipe(&config.key);
	if (status != KD_OK)
		return status;
	kd_session_use_link(w->session, w->link);
	return kd_shell_create(NULL, w->session, &shell, &w->shell);
}

int main(int argc, char **argv)
{
	struct kd_detail detail = { 0 };
	struct kd_connect connect = { 0 };
	struct work w = { 0 };
	unsigned long times = argc == 4 ? strtoul(argv[3], NULL, 0) : 0;
	enum kd_status status;

	if (!times || times > TIMES_MAX) {
		fprintf(stderr, "usage: hits LINK ADDRESS TIMES\n");
		return 2;
	}
	status = kd_connect_parse(argv[1], &detail, &connect);
	if (status == KD_OK && connect.kind == KD_CONNECT_NET &&
	    !connect.has_key) {
		kd_detail_set(&detail, "net: needs key=w.x.y.z or @FILE");
		status = KD_E_ARG;
	}
	if (status == KD_OK)
		status = kd_connect_open(&connect, &detail, &w.link);
	if (status == KD_OK)
		status = start(&w, &connect);
	if (status == KD_OK)
		status = watch(&w, strtoull(argv[2], NULL, 0), times);
	if (status != KD_OK)
		fprintf(stderr, "hits: %s. %s\n", kd_status_text(status),
			w.session ? kd_session_detail(w.session)->text
				  : detail.text);
	kd_shell_destroy(w.shell);
	kd_session_destroy(w.session);
	kd_link_destroy(w.link);
	kd_net_key_wipe(&connect.key);
	return status != KD_OK;
}
