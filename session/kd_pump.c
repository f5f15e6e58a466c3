#include "kd_session_parts.h"

static enum kd_status link_failed(struct kd_session *s, enum kd_status status)
{
	s->detail = s->link->detail;
	return status;
}

/* Send what there is; *ret_blocked if the link's buffer is full. */
static enum kd_status flush(struct kd_session *s, bool *ret_blocked)
{
	struct kd_link *l = s->link;
	struct kd_output out;
	enum kd_status status;
	size_t sent;

	*ret_blocked = false;
	while (kd_session_pull(s, l->ops->now(l), &out)) {
		status = l->ops->send(l, &out.to, out.chunk, out.count, &sent);
		if (status != KD_OK)
			return link_failed(s, status);
		if (!sent) {
			*ret_blocked = true;
			return KD_OK;
		}
		kd_session_sent(s, l->ops->now(l), sent);
	}
	return KD_OK;
}

static enum kd_status receive(struct kd_session *s, size_t *ret_len)
{
	struct kd_link *l = s->link;
	struct kd_endpoint from = { 0 };
	enum kd_status status = l->ops->receive(
		l, s->receive, sizeof(s->receive), &from, ret_len);

	if (status != KD_OK)
		return link_failed(s, status);
	if (*ret_len)
		kd_session_feed(s, l->ops->now(l),
				l->kind == KD_LINK_DATAGRAM ? &from : NULL,
				s->receive, *ret_len);
	return KD_OK;
}

/* One turn without waiting: in, work, out. */
static enum kd_status turn(struct kd_session *s, bool *ret_moved,
			   bool *ret_blocked)
{
	struct kd_link *l = s->link;
	size_t len = 0;

	if (!l)
		return KD_E_ARG;
	enum kd_status status = receive(s, &len);

	if (status != KD_OK)
		return status;
	uint64_t now_us = l->ops->now(l);

	if (now_us >= kd_session_deadline(s))
		kd_session_tick(s, now_us);
	kd_session_work(s, now_us, true);
	*ret_moved = len > 0;
	return flush(s, ret_blocked);
}

enum kd_status kd_session_poll(struct kd_session *s)
{
	enum kd_status status;
	bool moved, blocked;

	do {
		status = turn(s, &moved, &blocked);
	} while (status == KD_OK && moved && !blocked &&
		 !kd_event_queue_ready(&s->events));
	return status;
}

enum kd_status kd_pump_until(struct kd_session *s, uint64_t deadline_us,
			     kd_reached_fn *reached, const void *what)
{
	struct kd_link *l = s->link;
	enum kd_status status;
	bool moved, blocked;

	for (;;) {
		status = turn(s, &moved, &blocked);
		if (status != KD_OK)
			return status;
		/* after sending, so that the last acknowledgement is out */
		if (reached(s, what))
			return KD_OK;
		if (s->cancel && s->cancel(s->cancel_ctx))
			return KD_E_CANCELED;
		uint64_t now_us = l->ops->now(l);

		if (now_us >= deadline_us)
			return KD_E_TIMEOUT;
		if (moved)
			continue;
		uint64_t until_us = kd_session_deadline(s);

		if (until_us > deadline_us)
			until_us = deadline_us;
		if (until_us <= now_us)
			continue;
		status = l->ops->wait(l, blocked, s->wake_fd, until_us);
		if (status != KD_OK)
			return link_failed(s, status);
	}
}
