#include "check.h"
#include "ends.h"
#include "kd_transport.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One listening socket and a link to it. */
struct scene {
	struct end_folder folder;
	char path[END_PATH_LEN];
	int listener;
	struct kd_link *link;
};

static bool set_up(struct scene *s, bool reconnect)
{
	struct kd_detail detail = { 0 };

	*s = (struct scene){ .listener = -1 };
	if (!CHECK(end_folder_create(&s->folder)))
		return false;
	s->listener =
		end_listen_unix(end_folder_file(&s->folder, "socket", s->path));
	return CHECK(s->listener >= 0) &&
	       CHECK(kd_path_open(s->path, reconnect, &detail, &s->link) ==
		     KD_OK);
}

static void take_down(struct scene *s)
{
	kd_link_destroy(s->link);
	if (s->listener >= 0)
		close(s->listener);
	end_folder_remove(&s->folder);
}

static void test_both_ways(void)
{
	struct scene s;
	int far;

	if (set_up(&s, false)) {
		far = accept(s.listener, NULL, NULL);
		CHECK(s.link->kind == KD_LINK_STREAM);
		CHECK_TEXT(NULL, s.link->name, s.path);
		CHECK(s.link->ops->descriptor(s.link) >= 0);
		CHECK(end_send(s.link, "iiii"));
		CHECK(end_read(far, "iiii"));
		CHECK(write(far, "0000", 4) == 4);
		CHECK(end_expect(s.link, "0000"));
		close(far);
	}
	take_down(&s);
}

static void test_chunks_go_out_in_order(void)
{
	struct scene s;
	struct kd_chunk chunks[] = { { (const uint8_t *)"ab", 2 },
				     { (const uint8_t *)"", 0 },
				     { (const uint8_t *)"cde", 3 } };
	size_t sent = 0;
	int far;

	if (set_up(&s, false)) {
		far = accept(s.listener, NULL, NULL);
		CHECK(s.link->ops->send(s.link, NULL, chunks, 3, &sent) ==
		      KD_OK);
		CHECK_EQ(NULL, sent, 5);
		CHECK(end_read(far, "abcde"));
		close(far);
	}
	take_down(&s);
}

/* Fill the system's buffer; bytes that went out. */
static size_t fill(struct kd_link *l)
{
	static uint8_t block[65536];
	struct kd_chunk chunk = { block, sizeof(block) };
	size_t total = 0;

	memset(block, 'x', sizeof(block));
	for (size_t sent = 1; sent > 0; total += sent)
		if (!CHECK(l->ops->send(l, NULL, &chunk, 1, &sent) == KD_OK))
			break;
	return total;
}

static void drain(int far, size_t len)
{
	static uint8_t block[65536];

	while (len > 0) {
		ssize_t n = read(far, block, sizeof(block));

		if (!CHECK(n > 0))
			return;
		len -= (size_t)n;
	}
}

static void test_never_blocks(void)
{
	struct scene s;
	uint8_t buf[4];
	size_t n = 1, total;
	int far;

	if (set_up(&s, false)) {
		far = accept(s.listener, NULL, NULL);
		CHECK(s.link->ops->receive(s.link, buf, sizeof(buf), NULL,
					   &n) == KD_OK);
		CHECK_EQ("nothing there", n, 0);
		total = fill(s.link);
		CHECK(total > 0);
		/* both at once: what comes is not held up by what cannot go */
		CHECK(write(far, "b", 1) == 1);
		CHECK(s.link->ops->wait(s.link, true, -1, KD_NEVER) == KD_OK);
		CHECK(end_expect(s.link, "b"));
		drain(far, total);
		CHECK(s.link->ops->wait(s.link, true, -1, KD_NEVER) == KD_OK);
		CHECK(end_send(s.link, "again"));
		CHECK(end_read(far, "again"));
		close(far);
	}
	take_down(&s);
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

static void test_waiting_ends(void)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct scene s;
	int wake[2];

	if (set_up(&s, false) && CHECK(pipe(wake) == 0)) {
		uint64_t now = s.link->ops->now(s.link);

		CHECK(s.link->ops->wait(s.link, false, -1, 0) == KD_OK);
		CHECK(s.link->ops->wait(s.link, false, -1, now + 1500) ==
		      KD_OK);
		CHECK(s.link->ops->now(s.link) >= now + 1500);
		CHECK(write(wake[1], "", 1) == 1);
		CHECK(s.link->ops->wait(s.link, false, wake[0], KD_NEVER) ==
		      KD_OK);
		sigaction(SIGALRM, &act, NULL);
		ualarm(1000, 0);
		CHECK(s.link->ops->wait(s.link, false, -1, KD_NEVER) == KD_OK);
		close(wake[0]);
		close(wake[1]);
	}
	take_down(&s);
}

static void test_lost_for_good(void)
{
	struct kd_chunk chunk = { (const uint8_t *)"x", 1 };
	struct scene s;
	size_t n = 0;
	int far;

	if (set_up(&s, false)) {
		far = accept(s.listener, NULL, NULL);
		CHECK(write(far, "last", 4) == 4);
		close(far);
		CHECK(end_expect(s.link, "last"));
		CHECK(end_until_failure(s.link) == KD_E_LOST);
		CHECK(strstr(s.link->detail.text, "closed") != NULL);
		CHECK(strstr(s.link->detail.text, s.path) != NULL);
		CHECK(s.link->ops->send(s.link, NULL, &chunk, 1, &n) ==
		      KD_E_LOST);
		CHECK(s.link->ops->wait(s.link, false, -1, KD_NEVER) ==
		      KD_E_LOST);
		CHECK_EQ("closed", s.link->ops->descriptor(s.link) + 1, 0);
	}
	take_down(&s);
}

/* The default action of SIGPIPE would end this program. */
static void test_no_sigpipe(void)
{
	struct kd_chunk chunk = { (const uint8_t *)"x", 1 };
	struct scene s;
	size_t n = 0;

	signal(SIGPIPE, SIG_DFL);
	if (set_up(&s, false)) {
		close(accept(s.listener, NULL, NULL));
		CHECK(s.link->ops->send(s.link, NULL, &chunk, 1, &n) ==
		      KD_E_LOST);
		CHECK(s.link->detail.os_error != 0);
	}
	take_down(&s);
}

static void test_comes_back(void)
{
	struct scene s;
	int far;

	if (set_up(&s, true)) {
		far = accept(s.listener, NULL, NULL);
		CHECK(end_send(s.link, "one"));
		CHECK(end_read(far, "one"));
		close(far);
		/* the other end comes first, and finds us by itself */
		while (s.link->ops->descriptor(s.link) >= 0) {
			uint8_t buf[4];
			size_t n;

			CHECK(s.link->ops->receive(s.link, buf, sizeof(buf),
						   NULL, &n) == KD_OK);
		}
		CHECK(end_send(s.link, "into the void"));
		while (s.link->ops->descriptor(s.link) < 0)
			CHECK(s.link->ops->wait(s.link, false, -1, KD_NEVER) ==
			      KD_OK);
		far = accept(s.listener, NULL, NULL);
		CHECK(end_send(s.link, "two"));
		CHECK(end_read(far, "two"));
		close(far);
	}
	take_down(&s);
}

static void test_waits_for_the_socket(void)
{
	struct kd_detail detail = { 0 };
	struct scene s = { .listener = -1 };
	int far;

	CHECK(end_folder_create(&s.folder));
	end_folder_file(&s.folder, "socket", s.path);
	if (CHECK(kd_path_open(s.path, true, &detail, &s.link) == KD_OK)) {
		CHECK(s.link->ops->descriptor(s.link) < 0);
		CHECK(s.link->ops->wait(s.link, true, -1, 0) == KD_OK);
		s.listener = end_listen_unix(s.path);
		while (s.link->ops->descriptor(s.link) < 0)
			CHECK(s.link->ops->wait(s.link, false, -1, KD_NEVER) ==
			      KD_OK);
		far = accept(s.listener, NULL, NULL);
		CHECK(write(far, "hello", 5) == 5);
		CHECK(end_expect(s.link, "hello"));
		close(far);
	}
	take_down(&s);
}

static void test_half_sent_is_dropped(void)
{
	struct scene s;
	uint8_t buf[4];
	size_t n;
	int far;

	if (set_up(&s, true)) {
		far = accept(s.listener, NULL, NULL);
		CHECK(fill(s.link) > 0); /* ends with a stretch in part */
		close(far);
		while (s.link->ops->descriptor(s.link) >= 0)
			CHECK(s.link->ops->receive(s.link, buf, sizeof(buf),
						   NULL, &n) == KD_OK);
		while (s.link->ops->descriptor(s.link) < 0)
			CHECK(s.link->ops->wait(s.link, false, -1, KD_NEVER) ==
			      KD_OK);
		far = accept(s.listener, NULL, NULL);
		CHECK(end_send(s.link, "the rest of it"));
		CHECK(end_send(s.link, "a new one"));
		CHECK(end_read(far, "a new one"));
		close(far);
	}
	take_down(&s);
}

/* The bound follows from the time that really passed, whatever it was. */
static void test_four_tries_a_second(void)
{
	struct scene s;
	uint64_t start, rounds;
	unsigned accepted = 0;

	start = kd_clock_now_us();
	if (set_up(&s, true)) {
		for (int i = 0; i < 2000; i++) {
			uint8_t buf[4];
			size_t n;

			CHECK(s.link->ops->receive(s.link, buf, sizeof(buf),
						   NULL, &n) == KD_OK);
			if (s.link->ops->descriptor(s.link) >= 0) {
				close(accept(s.listener, NULL, NULL));
				accepted++;
				while (s.link->ops->descriptor(s.link) >= 0)
					CHECK(s.link->ops->receive(
						      s.link, buf, sizeof(buf),
						      NULL, &n) == KD_OK);
			}
		}
		rounds = (kd_clock_now_us() - start) / 250000;
		CHECK(accepted >= 1);
		CHECK(accepted <= rounds + 1);
	}
	take_down(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "both ways", test_both_ways },
		{ "chunks in order", test_chunks_go_out_in_order },
		{ "never blocks", test_never_blocks },
		{ "waiting ends", test_waiting_ends },
		{ "lost for good", test_lost_for_good },
		{ "no SIGPIPE", test_no_sigpipe },
		{ "comes back", test_comes_back },
		{ "waits for the socket", test_waits_for_the_socket },
		{ "half sent is dropped", test_half_sent_is_dropped },
		{ "four tries a second", test_four_tries_a_second },
	};

	return check_run("stream", tests, sizeof(tests) / sizeof(tests[0]));
}
