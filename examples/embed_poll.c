/*
 * embed_poll LINK [LINK…]
 *
 * Several targets, one thread, one poll() loop that is this program's own:
 * each target is stopped, asked for the bytes at its program counter, and let
 * run again. Nothing here blocks but poll(); the library is only given bytes
 * and the time, and asked three questions: what to send, until when, and
 * what happened.
 */

#include <crashcart/crashcart.h>
#include <poll.h>
#include <stdio.h>

enum {
	STATIONS_MAX = 16,
	CODE_LEN = 16,
	RECEIVE_LEN = 4096,
	PATIENCE_US = 60 * 1000 * 1000,
	/* how often a link without a descriptor is to be asked */
	IDLE_US = 100 * 1000,
};

/* One target. */
struct station {
	struct kd_link *link;
	struct kd_session *session;
	uint8_t code[CODE_LEN]; /* what was read at its program counter */
	bool blocked;		/* the link cannot take more just now */
	bool read;		/* the bytes have been printed */
	bool done;
	bool failed;
};

static bool is_ours(void *link, const struct kd_endpoint *e)
{
	struct kd_link *l = link;

	return l->ops->is_ours(l, e);
}

static bool station_open(struct station *st, const char *text)
{
	struct kd_detail detail = { 0 };
	struct kd_connect connect = { 0 };
	enum kd_status status = kd_connect_parse(text, &detail, &connect);

	if (status == KD_OK && connect.kind == KD_CONNECT_NET &&
	    !connect.has_key) {
		kd_detail_set(&detail, "net: needs key=w.x.y.z or @FILE");
		status = KD_E_ARG;
	}
	if (status == KD_OK)
		status = kd_connect_open(&connect, &detail, &st->link);
	if (status == KD_OK) {
		struct kd_session_config config = {
			.kind = st->link->kind,
			.baud = st->link->baud,
			.key = connect.key,
			.break_on_attach = true,
			.is_ours = is_ours,
			.is_ours_ctx = st->link,
		};

		status = kd_session_create(NULL, &config, &st->session);
		kd_net_key_wipe(&config.key);
	}
	kd_net_key_wipe(&connect.key);
	if (status != KD_OK)
		fprintf(stderr, "embed_poll: %s. %s\n", kd_status_text(status),
			detail.text);
	return status == KD_OK;
}

static void station_close(struct station *st)
{
	kd_session_destroy(st->session);
	kd_link_destroy(st->link);
}

static void fail(struct station *st, const char *why)
{
	fprintf(stderr, "embed_poll: %s: %s\n", st->link->name, why);
	st->failed = true;
	st->done = true;
}

static void expect(struct station *st, enum kd_status status)
{
	if (status != KD_OK)
		fail(st, kd_status_text(status));
}

static void print_code(const struct station *st, const struct kd_done *done)
{
	printf("%s: pc %016llx:", st->link->name,
	       (unsigned long long)kd_session_stop(st->session)->pc);
	for (size_t i = 0; i < done->len; i++)
		printf(" %02x", st->code[i]);
	printf("\n");
}

static void on_event(struct station *st, uint64_t now_us,
		     const struct kd_event *event)
{
	uint32_t request;

	switch (event->kind) {
	case KD_EV_STOPPED:
		expect(st, kd_session_submit_read(st->session, now_us,
						  event->stop.pc, st->code,
						  CODE_LEN, 0, &request));
		break;
	case KD_EV_DONE:
		expect(st, event->done.status);
		if (event->done.status == KD_OK)
			print_code(st, &event->done);
		st->read = true;
		expect(st,
		       kd_session_resume(st->session, now_us, KD_RESUME_GO));
		break;
	case KD_EV_RUNNING:
		st->done = st->read;
		break;
	case KD_EV_LOST:
		fail(st, "the target does not answer any more");
		break;
	default: /* prints, modules, notices: not asked for here */
		break;
	}
}

/* What is fed is worked off by asking for events until there is none. */
static void drain_events(struct station *st)
{
	uint64_t now_us = st->link->ops->now(st->link);
	struct kd_event event;

	while (kd_session_next_event(st->session, now_us, &event))
		on_event(st, now_us, &event);
}

static void receive(struct station *st)
{
	struct kd_link *l = st->link;
	uint8_t buf[RECEIVE_LEN];
	struct kd_endpoint from = { 0 };
	size_t len;

	for (;;) {
		if (l->ops->receive(l, buf, sizeof(buf), &from, &len) !=
		    KD_OK) {
			fail(st, l->detail.text);
			return;
		}
		if (!len)
			return;
		kd_session_feed(st->session, l->ops->now(l),
				l->kind == KD_LINK_DATAGRAM ? &from : NULL, buf,
				len);
		drain_events(st);
	}
}

static void send_all(struct station *st)
{
	struct kd_link *l = st->link;
	struct kd_output out;
	size_t sent;

	st->blocked = false;
	while (!st->blocked &&
	       kd_session_pull(st->session, l->ops->now(l), &out)) {
		if (l->ops->send(l, &out.to, out.chunk, out.count, &sent) !=
		    KD_OK) {
			fail(st, l->detail.text);
			return;
		}
		kd_session_sent(st->session, l->ops->now(l), sent);
		st->blocked = sent == 0;
	}
}

/* All that one target needs now. */
static void station_turn(struct station *st)
{
	uint64_t now_us = st->link->ops->now(st->link);

	receive(st);
	if (now_us >= kd_session_deadline(st->session))
		kd_session_tick(st->session, now_us);
	drain_events(st);
	/* also when done: the last acknowledgement is to go out */
	send_all(st);
}

/* Sleep until a link moves or a session wants to be ticked. */
static void wait_for_any(const struct station *stations, size_t count,
			 uint64_t until_us)
{
	struct pollfd fds[STATIONS_MAX];
	uint64_t now_us = kd_clock_now_us();

	for (size_t i = 0; i < count; i++) {
		const struct station *st = &stations[i];
		struct kd_link *l = st->link;
		uint64_t deadline_us = kd_session_deadline(st->session);

		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
		if (st->done)
			continue;
		fds[i].fd = l->ops->descriptor(l);
		if (st->blocked)
			fds[i].events |= POLLOUT;
		if (fds[i].fd < 0)
			deadline_us = now_us + IDLE_US;
		if (deadline_us < until_us)
			until_us = deadline_us;
	}
	if (until_us > now_us)
		/* rounded up; an interruption only means a turn too many */
		(void)poll(fds, (nfds_t)count,
			   (int)((until_us - now_us) / 1000 + 1));
}

/* A turn of each; false when all of them are done. */
static bool turn(struct station *stations, size_t count, uint64_t end_us)
{
	bool busy = false;

	for (size_t i = 0; i < count; i++) {
		struct station *st = &stations[i];

		if (!st->done)
			station_turn(st);
		if (!st->done && kd_clock_now_us() >= end_us)
			fail(st, "no answer in time");
		busy |= !st->done;
	}
	return busy;
}

int main(int argc, char **argv)
{
	struct station stations[STATIONS_MAX] = { 0 };
	uint64_t end_us = kd_clock_now_us() + PATIENCE_US;
	size_t count = 0;
	int code = 0;

	if (argc < 2 || argc - 1 > STATIONS_MAX) {
		fprintf(stderr, "usage: embed_poll LINK [LINK...]\n");
		return 2;
	}
	while (code == 0 && (int)count < argc - 1) {
		if (!station_open(&stations[count], argv[count + 1]))
			code = 1;
		count++;
	}
	while (code == 0 && turn(stations, count, end_us))
		wait_for_any(stations, count, end_us);
	for (size_t i = 0; i < count; i++) {
		if (stations[i].failed)
			code = 1;
		station_close(&stations[i]);
	}
	return code;
}
