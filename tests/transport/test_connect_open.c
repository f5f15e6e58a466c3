#include "check.h"
#include "ends.h"
#include "kd_transport.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Parse and open, as a program does. */
static struct kd_link *open_text(const char *text, struct kd_detail *detail)
{
	struct kd_connect c;
	struct kd_link *link = NULL;

	if (!CHECK_ROW(text, kd_connect_parse(text, detail, &c) == KD_OK))
		return NULL;
	if (kd_connect_open(&c, detail, &link) != KD_OK)
		return NULL;
	return link;
}

static void test_pipe(void)
{
	struct end_folder f;
	char path[END_PATH_LEN], text[300];
	struct kd_detail detail = { 0 };
	struct kd_link *link;
	int listener, far;

	CHECK(end_folder_create(&f));
	listener = end_listen_unix(end_folder_file(&f, "socket", path));
	snprintf(text, sizeof(text), "com:pipe,port=%s", path);
	link = open_text(text, &detail);
	if (CHECK(link != NULL)) {
		far = accept(listener, NULL, NULL);
		CHECK(end_send(link, "x"));
		CHECK(end_read(far, "x"));
		close(far);
		kd_link_destroy(link);
	}
	close(listener);
	/* nobody listens any more */
	CHECK(open_text(text, &detail) == NULL);
	strcat(text, ",reconnect");
	link = open_text(text, &detail);
	CHECK(link != NULL);
	kd_link_destroy(link);
	end_folder_remove(&f);
}

static void test_tcp(void)
{
	char texts[2][64];
	uint16_t port = 0;
	int listener = end_listen_tcp(&port);

	snprintf(texts[0], sizeof(texts[0]), "tcp:127.0.0.1:%u", port);
	snprintf(texts[1], sizeof(texts[1]), "com:ipport=%u,port=127.0.0.1",
		 port);
	for (size_t i = 0; i < 2; i++) {
		struct kd_detail detail = { 0 };
		struct kd_link *link = open_text(texts[i], &detail);

		CHECK_ROW(texts[i], link != NULL);
		kd_link_destroy(link);
	}
	close(listener);
}

/* A pseudo-terminal is no serial port to libserialport, but to us. */
static void test_pseudo_terminal_as_a_port(void)
{
	struct end_folder f;
	char slave[END_PATH_LEN], path[END_PATH_LEN], text[300];
	struct kd_detail detail = { 0 };
	struct kd_link *link;
	int master = end_open_pty(slave);

	CHECK(end_folder_create(&f));
	CHECK(symlink(slave, end_folder_file(&f, "vm", path)) == 0);
	snprintf(text, sizeof(text), "com:port=%s,baud=115200", path);
	link = open_text(text, &detail);
	if (CHECK(link != NULL)) {
		CHECK(end_send(link, "x"));
		CHECK(end_read(master, "x"));
	}
	kd_link_destroy(link);
	close(master);
	end_folder_remove(&f);
}

static void test_no_such_port(void)
{
	struct kd_detail detail = { 0 };

	CHECK(open_text("com:port=/dev/no-such-port", &detail) == NULL);
	CHECK(strstr(detail.text, "/dev/no-such-port") != NULL);
}

static void test_net(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = open_text("net:port=50000", &detail);

	/* another program may have the port: then it says so */
	if (link)
		CHECK(link->kind == KD_LINK_DATAGRAM);
	else
		CHECK(strstr(detail.text, "50000") != NULL);
	kd_link_destroy(link);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "pipe", test_pipe },
		{ "tcp", test_tcp },
		{ "pseudo-terminal as a port", test_pseudo_terminal_as_a_port },
		{ "no such port", test_no_such_port },
		{ "net", test_net },
	};

	return check_run("connect_open", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
