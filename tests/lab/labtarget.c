/*
 * The lab target as a program: a machine, the stub, and a link to a debugger.
 */
#include "lab_crypto.h"
#include "lab_machine.h"
#include "lab_machine_emulated.h"
#include "lab_options.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_LINE = 6, WAIT_MAX_US = 60000000 };

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* A key, or a file's first line. */
static bool read_key(const char *text, uint8_t ret[LAB_KEY_SIZE])
{
	char line[128] = "";

	if (text[0] != '@')
		return lab_key_parse(text, ret);
	FILE *f = fopen(text + 1, "r");

	if (!f)
		return false;
	bool ok = fgets(line, sizeof(line), f);

	fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	return ok && lab_key_parse(line, ret);
}

static bool open_port(const struct lab_options *o, struct lab_port *ret)
{
	if (o->net)
		return lab_port_udp(ret, o->net, (uint16_t)o->from_port);
	if (o->unix_path)
		return lab_port_unix(ret, o->unix_path);
	if (o->pty)
		return lab_port_pty(ret, o->link);
	return lab_port_tcp(ret, (uint16_t)o->tcp_port);
}

static void send_all(struct lab_stub *t, struct lab_port *p)
{
	uint8_t bytes[LAB_DATAGRAM_MAX];
	size_t len;

	while (lab_port_ready(p) &&
	       (len = lab_stub_pull(t, now(), bytes, sizeof(bytes))))
		lab_port_send(p, bytes, len);
}

/* A datagram; one that makes a session makes its sender the host. */
static void feed_datagram(struct lab_stub *t, struct lab_port *p,
			  const uint8_t *bytes, size_t len)
{
	const struct lab_stub_counters *c = lab_stub_counters(t);
	uint64_t sessions = c->sessions;
	uint64_t strangers = c->not_authentic;
	uint8_t address[4];
	uint16_t port = p->host_port;

	memcpy(address, p->host_address, sizeof(address));
	lab_stub_feed(t, now(), bytes, len);
	if (c->not_authentic != strangers)
		return;
	/* whatever it asks for, perhaps a poke, goes back to it */
	lab_port_follow_sender(p);
	if (c->sessions != sessions)
		lab_stub_name_host(t, p->host_address, p->host_port);
	send_all(t, p);
	if (c->sessions != sessions)
		return;
	memcpy(p->host_address, address, sizeof(address));
	p->host_port = port;
}

/* Until a signal says that it is enough. */
static void serve(struct lab_stub *t, struct lab_port *p, const sigset_t *mask)
{
	uint8_t bytes[LAB_DATAGRAM_MAX];
	uint64_t at;
	size_t len;

	do {
		while ((len = lab_port_receive(p, bytes, sizeof(bytes)))) {
			if (p->kind == LAB_PORT_UDP)
				feed_datagram(t, p, bytes, len);
			else
				lab_stub_feed(t, now(), bytes, len);
		}
		lab_stub_tick(t, now());
		send_all(t, p);
		uint64_t time = now();

		at = lab_stub_deadline(t);
		at = at > time ? at - time : 0;
	} while (lab_port_wait(p, at < WAIT_MAX_US ? at : WAIT_MAX_US, mask));
}

static void wake(int number)
{
	(void)number;
}

/* Signals come while we wait, and at no other time. */
static void prepare_signals(sigset_t *ret_mask)
{
	struct sigaction quit = { .sa_handler = wake };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction inherited;
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, ret_mask);
	sigdelset(ret_mask, SIGINT);
	sigdelset(ret_mask, SIGTERM);
	/* in the background of a script Ctrl-C is meant for the debugger */
	sigaction(SIGINT, NULL, &inherited);
	if (inherited.sa_handler != SIG_IGN)
		sigaction(SIGINT, &quit, NULL);
	sigaction(SIGTERM, &quit, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/* "ADDR" or "ADDR:PORT" of a debugger that may not exist. */
static bool read_address(const char *text, uint8_t ret[4], uint16_t *ret_port)
{
	unsigned a, b, c, d, port = 0;
	char more;
	int n = sscanf(text, "%3u.%3u.%3u.%3u:%5u%c", &a, &b, &c, &d, &port,
		       &more);

	if ((n != 4 && n != 5) || a > 255 || b > 255 || c > 255 || d > 255 ||
	    port > 65535)
		return false;
	ret[0] = (uint8_t)a;
	ret[1] = (uint8_t)b;
	ret[2] = (uint8_t)c;
	ret[3] = (uint8_t)d;
	*ret_port = (uint16_t)port;
	return true;
}

static const char *condition_text(enum lab_condition condition)
{
	switch (condition) {
	case LAB_RUNS:
		break;
	case LAB_STANDS:
		return "stands still";
	case LAB_ASKS:
		return "asks";
	}
	return "runs";
}

static int run(const struct lab_options *o, struct lab_machine *machine)
{
	struct lab_stub_config config = o->config;
	uint8_t holder[4];
	uint16_t holder_port = 0, unused;
	struct lab_port port;
	sigset_t mask;

	config.machine = machine;
	config.dialect = o->net ? LAB_KDNET : LAB_SERIAL;
	if (o->net && !lab_crypto_is_present()) {
		fprintf(stderr, "labtarget: built without KDNET\n");
		return EXIT_USAGE;
	}
	if (o->net && !read_key(o->key, config.key)) {
		fprintf(stderr, "labtarget: that is no key\n");
		return EXIT_USAGE;
	}
	if (o->held_by &&
	    (!read_address(o->held_by, holder, &holder_port) || !holder_port)) {
		fprintf(stderr, "labtarget: %s is not ADDR:PORT\n", o->held_by);
		return EXIT_USAGE;
	}
	if (!open_port(o, &port)) {
		fprintf(stderr, "labtarget: %s\n", port.error);
		return EXIT_LINE;
	}
	memcpy(config.target_address, port.local_address, 4);
	memcpy(config.host_address, port.host_address, 4);
	config.target_port = port.local_port;
	config.host_port = port.host_port;
	if (o->claim_host &&
	    !read_address(o->claim_host, config.host_address, &unused)) {
		fprintf(stderr, "labtarget: %s is no address\n", o->claim_host);
		lab_port_close(&port);
		return EXIT_USAGE;
	}
	struct lab_stub *t = lab_stub_create(&config);

	if (t && holder_port)
		lab_stub_hold_for(t, holder, holder_port);

	if (t) {
		prepare_signals(&mask);
		printf("ready: %s\n", port.name);
		fflush(stdout);
		serve(t, &port, &mask);
		printf("end: the machine %s\n",
		       condition_text(lab_stub_condition(t)));
	}
	lab_stub_destroy(t);
	lab_port_close(&port);
	return t ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A folder's images: beside the program, or where they were installed. */
static void find_images(const struct lab_options *o, const char *program,
			char *ret, size_t cap)
{
	const char *slash = strrchr(program, '/');
	char kernel[600];

	if (o->images) {
		snprintf(ret, cap, "%s/layout%d", o->images, (int)o->layout);
		return;
	}
	snprintf(ret, cap, "%.*s/kernel/layout%d",
		 slash ? (int)(slash - program) : 0, program, (int)o->layout);
	snprintf(kernel, sizeof(kernel), "%s/ntkrnlmp.exe", ret);
	if (!slash || access(kernel, R_OK) != 0)
		snprintf(ret, cap, "%s/layout%d", LAB_IMAGES, (int)o->layout);
}

/* Wall clock, in units of 100 ns since 1601. */
static uint64_t day_and_time(void)
{
	const uint64_t seconds_to_1970 = UINT64_C(11644473600);

	return ((uint64_t)time(NULL) + seconds_to_1970) * 10000000;
}

static struct lab_machine *create_machine(const struct lab_options *o,
					  const char *program, char *error,
					  size_t error_cap)
{
	char images[500];
	struct lab_machine *m = NULL;

	switch (o->machine) {
	case LAB_OPTIONS_STATIC:
		m = lab_machine_static_create();
		if (m)
			lab_machine_static_ask(m, o->ask);
		return m;
	case LAB_OPTIONS_CAPTURED:
		return lab_machine_captured_create(o->capture, o->capture_key,
						   error, error_cap);
	case LAB_OPTIONS_EMULATED:
		find_images(o, program, images, sizeof(images));
		return lab_machine_emulated_create(
			&(struct lab_emulated_config){
				.images = images,
				.scenario = o->scenario,
				.processors = (unsigned)o->cpus,
				.seed = o->config.seed,
				/* a seed asks for a run that repeats */
				.boot_time =
					o->config.seed ? 0 : day_and_time(),
			},
			error, error_cap);
	}
	return m;
}

int main(int argc, char **argv)
{
	struct lab_options options;
	char error[700] = "no memory";

	if (!lab_options_read(argc, argv, &options, error, sizeof(error))) {
		fprintf(stderr, "labtarget: %s; --help says more\n", error);
		return EXIT_USAGE;
	}
	if (options.help || options.list_scenarios) {
		if (options.help)
			lab_options_help();
		else
			lab_options_list_scenarios();
		return EXIT_SUCCESS;
	}
	struct lab_machine *machine =
		create_machine(&options, argv[0], error, sizeof(error));

	if (!machine) {
		fprintf(stderr, "labtarget: %s\n", error);
		return EXIT_FAILURE;
	}
	int status = run(&options, machine);

	lab_machine_destroy(machine);
	return status;
}
