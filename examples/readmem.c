/*
 * readmem LINK ADDRESS LENGTH
 *
 * Stop a target, print some of its memory, let it run on. LINK is what the
 * debugger takes after -k, for instance
 *
 *	readmem com:port=/dev/ttyUSB0,baud=115200 0xfffff80000000000 64
 */

#include <crashcart/crashcart.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATIENCE_US = 60 * 1000 * 1000, LENGTH_MAX = 1 << 20, ROW = 16 };

static bool is_ours(void *link, const struct kd_endpoint *e)
{
	struct kd_link *l = link;

	return l->ops->is_ours(l, e);
}

static void print_rows(uint64_t address, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (i % ROW == 0)
			printf("%s%016llx ", i ? "\n" : "",
			       (unsigned long long)(address + i));
		printf(" %02x", bytes[i]);
	}
	printf("\n");
}

/* 0, or the program's exit code after a complaint. */
static int read_and_print(struct kd_session *s, struct kd_link *link,
			  uint64_t address, size_t len)
{
	uint64_t deadline_us = link->ops->now(link) + PATIENCE_US;
	uint8_t *bytes = malloc(len);
	struct kd_stop stop;
	size_t got = 0;
	enum kd_status status = bytes ? KD_OK : KD_E_NOMEM;

	if (status == KD_OK)
		status = kd_session_wait_stop(s, deadline_us, &stop);
	if (status == KD_OK) {
		status = kd_session_read(s, address, bytes, len, 0, deadline_us,
					 &got);
		if (status == KD_OK)
			print_rows(address, bytes, got);
		/* also if it cannot be read: the target is to run again */
		enum kd_status left =
			kd_session_leave(s, KD_LEAVE_RUNNING,
					 link->ops->now(link) + PATIENCE_US);

		if (status == KD_OK)
			status = left;
	}
	free(bytes);
	if (status == KD_OK)
		return 0;
	fprintf(stderr, "readmem: %s. %s\n", kd_status_text(status),
		kd_session_detail(s)->text);
	return 1;
}

int main(int argc, char **argv)
{
	struct kd_detail detail = { 0 };
	struct kd_connect connect;
	struct kd_link *link = NULL;
	struct kd_session *session = NULL;
	size_t len = argc == 4 ? strtoul(argv[3], NULL, 0) : 0;
	int code = 1;

	if (!len || len > LENGTH_MAX) {
		fprintf(stderr, "usage: readmem LINK ADDRESS LENGTH\n");
		return 2;
	}
	if (kd_connect_parse(argv[1], &detail, &connect) != KD_OK) {
		fprintf(stderr, "readmem: %s\n", detail.text);
		return 2;
	}
	if (connect.kind == KD_CONNECT_NET && !connect.has_key) {
		fprintf(stderr, "readmem: net: needs key=w.x.y.z or @FILE\n");
		return 2;
	}
	if (kd_connect_open(&connect, &detail, &link) != KD_OK) {
		fprintf(stderr, "readmem: %s\n", detail.text);
		return 1;
	}
	struct kd_session_config config = {
		.kind = link->kind,
		.baud = link->baud,
		.key = connect.key,
		.break_on_attach = true,
		.is_ours = is_ours,
		.is_ours_ctx = link,
	};

	if (kd_session_create(NULL, &config, &session) == KD_OK) {
		kd_session_use_link(session, link);
		code = read_and_print(session, link, strtoull(argv[2], NULL, 0),
				      len);
	}
	kd_net_key_wipe(&config.key);
	kd_net_key_wipe(&connect.key);
	kd_session_destroy(session);
	kd_link_destroy(link);
	return code;
}
