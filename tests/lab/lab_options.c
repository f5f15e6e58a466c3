#include "lab_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { TEXT, NUMBER, YES, FAULT, MACHINE, SCENARIO };

static const struct option {
	const char *name, *value, *help;
	enum kind kind;
	size_t at; /* in struct lab_options */
	uint64_t most;
} options[] = {
// clang-format off
#define AT(field) offsetof(struct lab_options, field)
	{ "--net",              "HOST:PORT", "KDNET to a debugger there",                       TEXT,    AT(net), 0 },
	{ "--key",              "W.X.Y.Z",   "KDNET key, or @FILE that holds it",               TEXT,    AT(key), 0 },
	{ "--from",             "PORT",      "KDNET from this local port",                      NUMBER,  AT(from_port), 65535 },
	{ "--unix",             "PATH",      "serial bytes over a unix socket",                 TEXT,    AT(unix_path), 0 },
	{ "--tcp",              "PORT",      "serial bytes over TCP on loopback, 0 for any",    NUMBER,  AT(tcp_port), 65535 },
	{ "--pty",              NULL,        "serial bytes over a pseudo-terminal",             YES,     AT(pty), 0 },
	{ "--link",             "PATH",      "symbolic link to the pseudo-terminal",            TEXT,    AT(link), 0 },
	{ "--machine",          "NAME",      "static (the default), captured or emulated",      MACHINE, 0, 0 },
	{ "--scenario",         "NAME",      "what happens in the emulated machine",            SCENARIO, 0, 0 },
	{ "--list-scenarios",   NULL,        "say which there are",                             YES,     AT(list_scenarios), 0 },
	{ "--cpus",             "N",         "processors of the emulated machine; 0 for 2",     NUMBER,  AT(cpus), 4 },
	{ "--layout",           "N",         "1 or 2: where its kernel's structures have what", NUMBER,  AT(layout), 2 },
	{ "--images",           "FOLDER",    "where its programs are, a folder for each layout", TEXT,   AT(images), 0 },
	{ "--capture",          "FILE",      "what the captured machine is made from",          TEXT,    AT(capture), 0 },
	{ "--capture-key",      "W.X.Y.Z",   "its KDNET key",                                   TEXT,    AT(capture_key), 0 },
	{ "--seed",             "N",         "of keys and of garbage in unused fields; 0: none", NUMBER, AT(config.seed), UINT64_MAX },
	{ "--service-time-us",  "N",         "time that a request takes",                       NUMBER,  AT(config.service_us), 60000000 },
	{ "--retransmit-ms",    "N",         "until a packet is sent again",                    NUMBER,  AT(config.retransmit_us), 60000 },
	{ "--poke-interval-ms", "N",         "between two pokes",                               NUMBER,  AT(poke_interval_ms), 60000 },
	{ "--rx-ring",          "N",         "datagrams that wait to be received",              NUMBER,  AT(receive_ring), 4096 },
	{ "--kdnet-version",    "N",         "version byte of the datagrams",                   NUMBER,  AT(kdnet_version), 255 },
	{ "--no-wait",          NULL,        "boot even if no debugger comes",                  YES,     AT(config.no_wait), 0 },
	{ "--claim-host",       "ADDR",      "its pokes say that it is set up for this host",   TEXT,    AT(claim_host), 0 },
	{ "--held-by",          "ADDR:PORT", "its pokes say that this debugger has it",         TEXT,    AT(held_by), 0 },
	{ "--ask",              "TEXT",      "the static machine asks this when it is up",      TEXT,    AT(ask), 0 },
	{ "--fault",            "NAME[=N]",  "misbehave; see below",                            FAULT,   0, 0 },
	{ "--help",             NULL,        "say this",                                        YES,     AT(help), 0 },
#undef AT
	// clang-format on
};

static const struct fault {
	const char *name;
	size_t at; /* in struct lab_faults */
	bool bits; /* else a switch */
	const char *help;
} faults[] = {
// clang-format off
#define AT(field) offsetof(struct lab_faults, field)
	{ "lose-packet",      AT(lose_packet),      true,  "is not sent the first time" },
	{ "repeat-packet",    AT(repeat_packet),    true,  "is sent twice" },
	{ "corrupt-packet",   AT(corrupt_packet),   true,  "has a wrong checksum the first time" },
	{ "lose-ack",         AT(lose_ack),         true,  "(acknowledgement) is not sent" },
	{ "repeat-ack",       AT(repeat_ack),       true,  "(acknowledgement) is sent twice" },
	{ "wrong-ack",        AT(wrong_ack),        true,  "(acknowledgement) has another id first" },
	{ "reset-before",     AT(reset_before),     true,  "comes after a RESET" },
	{ "sync-on",          AT(sync_on),          true,  "restarts the ids" },
	{ "skip-id",          AT(skip_id),          true,  "leaves one id out (KDNET)" },
	{ "noise-before",     AT(noise_before),     true,  "comes after noise" },
	{ "always-sync",      AT(always_sync),      false, "every state change restarts the ids" },
	{ "short-failures",   AT(short_failures),   false, "unknown requests get 16 bytes" },
	{ "no-context-ex",    AT(no_context_ex),    false, "GetContextEx fails" },
	{ "long-replies",     AT(long_replies),     false, "bytes trail every reply" },
	{ "print-in-request", AT(print_in_request), false, "a print comes before every reply" },
	{ "two-stops",        AT(two_stops),        false, "a break-in is reported twice" },
	{ "no-context",       AT(no_context),       false, "GetContext and SetContext fail" },
	{ "no-continue2",     AT(no_continue2),     false, "Continue2 is refused" },
	{ "hide-breakpoints", AT(hide_breakpoints), false, "reads show what is beneath them" },
	{ "never-ack",        AT(never_ack),        false, "it hears nothing" },
	{ "late-responses",   AT(late_responses),   false, "a response to the poke before is taken" },
#undef AT
	// clang-format on
};

enum {
	OPTIONS = sizeof(options) / sizeof(options[0]),
	FAULTS = sizeof(faults) / sizeof(faults[0]),
};

void lab_options_help(void)
{
	printf("labtarget: a machine to be debugged, or what looks like one\n"
	       "\n  labtarget --net HOST:PORT --key W.X.Y.Z [OPTION...]\n"
	       "  labtarget --unix PATH | --tcp PORT | --pty [OPTION...]\n\n");
	for (size_t i = 0; i < OPTIONS; i++)
		printf("  %-18s %-9s  %s\n", options[i].name,
		       options[i].value ? options[i].value : "",
		       options[i].help);
	printf("\nFaults; N is a mask of packets or acknowledgements, in the "
	       "order sent:\n");
	for (size_t i = 0; i < FAULTS; i++)
		printf("  %s%-*s %s%s\n", faults[i].name,
		       (int)(18 - strlen(faults[i].name)),
		       faults[i].bits ? "=N" : "",
		       faults[i].bits ? "one of N " : "", faults[i].help);
	printf("\nOne line on stdout says when it is ready. SIGTERM and SIGINT "
	       "end it; another line\nsays then whether the machine runs.\n");
}

void lab_options_list_scenarios(void)
{
	const struct lab_scenario *s;

	for (size_t i = 0; (s = lab_scenario_at(i)); i++)
		printf("%-8s  %s\n", s->name, s->help);
}

static bool number(const char *text, uint64_t most, uint64_t *ret)
{
	char *end;

	if (!*text || *text == '-')
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 0);
	return !errno && !*end && *ret <= most;
}

static void store(void *base, size_t at, const void *value, size_t len)
{
	memcpy((char *)base + at, value, len);
}

static bool read_fault(const char *text, struct lab_faults *ret)
{
	size_t len = strcspn(text, "=");
	const bool yes = true;
	uint64_t bits;

	for (size_t i = 0; i < FAULTS; i++) {
		if (strlen(faults[i].name) != len ||
		    strncmp(faults[i].name, text, len) != 0)
			continue;
		if (!faults[i].bits) {
			store(ret, faults[i].at, &yes, sizeof(yes));
			return !text[len];
		}
		if (!text[len] || !number(text + len + 1, UINT64_MAX, &bits))
			return false;
		store(ret, faults[i].at, &bits, sizeof(bits));
		return true;
	}
	return false;
}

static bool read_machine(const char *text, enum lab_options_machine *ret)
{
	static const char *const names[] = {
		[LAB_OPTIONS_STATIC] = "static",
		[LAB_OPTIONS_CAPTURED] = "captured",
		[LAB_OPTIONS_EMULATED] = "emulated",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], text) != 0)
			continue;
		*ret = (enum lab_options_machine)i;
		return true;
	}
	return false;
}

static bool read_value(const struct option *o, const char *text,
		       struct lab_options *ret)
{
	const bool yes = true;
	uint64_t value;

	switch (o->kind) {
	case TEXT:
		store(ret, o->at, &text, sizeof(text));
		return true;
	case NUMBER:
		if (!number(text, o->most, &value))
			return false;
		store(ret, o->at, &value, sizeof(value));
		return true;
	case YES:
		store(ret, o->at, &yes, sizeof(yes));
		return true;
	case FAULT:
		return read_fault(text, &ret->config.faults);
	case MACHINE:
		return read_machine(text, &ret->machine);
	case SCENARIO:
		ret->machine = LAB_OPTIONS_EMULATED;
		ret->scenario = lab_scenario_find(text);
		return ret->scenario;
	}
	return false;
}

/* What cannot be said row by row. */
static const char *contradiction(const struct lab_options *o)
{
	int links = (o->net != NULL) + (o->unix_path != NULL) + o->tcp + o->pty;

	if (o->help || o->list_scenarios)
		return NULL;
	if (links != 1)
		return "give one of --net, --unix, --tcp, --pty";
	if (o->net && !o->key)
		return "--net needs --key";
	if (!o->layout)
		return "--layout is 1 or 2";
	if (o->machine == LAB_OPTIONS_CAPTURED &&
	    (!o->capture || !o->capture_key))
		return "--machine captured needs --capture and --capture-key";
	return NULL;
}

static const struct option *find(const char *name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (!strcmp(options[i].name, name))
			return &options[i];
	return NULL;
}

bool lab_options_read(int argc, char **argv, struct lab_options *ret,
		      char *error, size_t error_cap)
{
	*ret = (struct lab_options){
		.layout = 1,
		.config = { .service_us = 60 },
	};
	for (int i = 1; i < argc; i++) {
		const struct option *o = find(argv[i]);
		const char *value = o && o->value ? argv[++i] : "";

		if (!o || !value) {
			snprintf(error, error_cap, "%.100s: %s",
				 argv[o ? i - 1 : i],
				 o ? "needs a value" : "no such option");
			return false;
		}
		if (!read_value(o, value, ret)) {
			snprintf(error, error_cap, "%.100s: bad value %.100s",
				 o->name, value);
			return false;
		}
		ret->tcp |= !strcmp(o->name, "--tcp");
	}
	ret->config.version = (uint8_t)ret->kdnet_version;
	ret->config.receive_ring = (unsigned)ret->receive_ring;
	ret->config.poke_interval_us = ret->poke_interval_ms * 1000;
	ret->config.retransmit_us *= 1000;
	const char *wrong = contradiction(ret);

	if (wrong)
		snprintf(error, error_cap, "%s", wrong);
	return !wrong;
}
