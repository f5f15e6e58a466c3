#ifndef LAB_OPTIONS_H
#define LAB_OPTIONS_H

/**
 * @file
 * The command line of labtarget.
 */

#include "lab_port.h"
#include "lab_scenario.h"
#include "lab_stub.h"

enum lab_options_machine {
	LAB_OPTIONS_STATIC,
	LAB_OPTIONS_CAPTURED,
	LAB_OPTIONS_EMULATED,
};

struct lab_options {
	enum lab_options_machine machine;
	const struct lab_scenario *scenario; /* of the emulated one, or NULL */
	const char *images;
	uint64_t cpus, layout;
	bool list_scenarios;
	const char *ask, *claim_host, *held_by;
	const char *net, *key, *unix_path, *link, *capture, *capture_key;
	bool tcp, pty, help;
	uint64_t tcp_port, from_port;
	uint64_t kdnet_version, receive_ring, poke_interval_ms;
	struct lab_stub_config config; /* but key, machine and addresses */
};

/** False if it is wrong: then @p error has a sentence. */
bool lab_options_read(int argc, char **argv, struct lab_options *ret,
		      char *error, size_t error_cap);

/** Write what there is to stdout. */
void lab_options_help(void);
void lab_options_list_scenarios(void);

#endif
