#include "check.h"
#include "kd_event_queue.h"

#include <string.h>

static struct kd_event_queue queue;

static void push(enum kd_event_kind kind, const char *text)
{
	struct kd_event e = { .kind = kind };

	kd_event_queue_push(&queue, &e, text, strlen(text));
}

static bool next_is(enum kd_event_kind kind, const char *text)
{
	struct kd_event e;

	if (!kd_event_queue_take(&queue, &e) || e.kind != kind)
		return false;
	if (kind == KD_EV_MODULE_LOADED)
		return e.module.path_len == strlen(text) &&
		       !memcmp(e.module.path, text, e.module.path_len);
	if (kind == KD_EV_DONE)
		return !memcmp(e.done.data, text, strlen(text));
	return e.text_len == strlen(text) && !memcmp(e.text, text, e.text_len);
}

static void test_order(void)
{
	struct kd_event e;

	memset(&queue, 0, sizeof(queue));
	CHECK(!kd_event_queue_ready(&queue));
	CHECK(!kd_event_queue_take(&queue, &e));
	push(KD_EV_PRINT, "first");
	push(KD_EV_MODULE_LOADED, "\\x.sys");
	push(KD_EV_DONE, "data");
	CHECK(kd_event_queue_ready(&queue));
	CHECK(next_is(KD_EV_PRINT, "first"));
	push(KD_EV_STOPPED, "");
	CHECK(next_is(KD_EV_MODULE_LOADED, "\\x.sys"));
	CHECK(next_is(KD_EV_DONE, "data"));
	CHECK(next_is(KD_EV_STOPPED, ""));
	CHECK(!kd_event_queue_ready(&queue));
	CHECK(!kd_event_queue_take(&queue, &e));
}

static void test_forget(void)
{
	memset(&queue, 0, sizeof(queue));
	push(KD_EV_STOPPED, "");
	push(KD_EV_PRINT, "kept");
	push(KD_EV_STOPPED, "");
	kd_event_queue_forget(&queue, KD_EV_STOPPED);
	CHECK(next_is(KD_EV_PRINT, "kept"));
	CHECK(!kd_event_queue_ready(&queue));
}

/* A flood of news leaves room for what matters, and is counted. */
static void test_flood(void)
{
	struct kd_event e;
	size_t stops = 0, prints = 0;

	memset(&queue, 0, sizeof(queue));
	for (size_t i = 0; i < 1000; i++)
		push(KD_EV_PRINT, "again and again");
	push(KD_EV_STOPPED, "");
	while (kd_event_queue_take(&queue, &e)) {
		stops += e.kind == KD_EV_STOPPED;
		prints += e.kind == KD_EV_PRINT;
	}
	CHECK_EQ(NULL, stops, 1);
	CHECK_EQ(NULL, prints + queue.dropped, 1000);
	CHECK(prints > 0);
}

/* However many turning points nobody asks for, the latest are kept. */
static void test_turning_points(void)
{
	struct kd_event e;
	size_t count = 0;

	memset(&queue, 0, sizeof(queue));
	for (size_t i = 0; i < 1000; i++)
		push(i % 2 ? KD_EV_STOPPED : KD_EV_RUNNING, "");
	while (kd_event_queue_take(&queue, &e))
		count++;
	CHECK_EQ(NULL, count, KD_EVENT_SLOTS);
	CHECK_EQ(NULL, e.kind, KD_EV_STOPPED);
	CHECK_EQ(NULL, queue.dropped, 1000 - KD_EVENT_SLOTS);
}

/* The bytes of many events, taken now and then, never mix. */
static void test_bytes(void)
{
	static char text[4000];
	uint64_t seed = 1;
	unsigned in = 0, out = 0;

	memset(&queue, 0, sizeof(queue));
	for (int i = 0; i < 2000; i++) {
		if (check_random(&seed) % 2 && in - out < 9) {
			struct kd_event e = { .kind = KD_EV_DONE };
			size_t len = 1 + (size_t)(check_random(&seed) %
						  sizeof(text));

			memset(text, (int)(in % 251), len);
			e.done.len = len;
			kd_event_queue_push(&queue, &e, text, len);
			in++;
		} else {
			struct kd_event e;

			if (!kd_event_queue_take(&queue, &e))
				continue;
			bool same = true;

			for (size_t j = 0; j < e.done.len; j++)
				same &= e.done.data[j] == out % 251;
			CHECK(same);
			out++;
		}
	}
	CHECK_EQ(NULL, queue.dropped, 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "order", test_order },
		{ "forget", test_forget },
		{ "flood", test_flood },
		{ "turning points", test_turning_points },
		{ "bytes", test_bytes },
	};

	return check_run("event queue", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
