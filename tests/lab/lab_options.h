#ifndef LAB_OPTIONS_H
#define LAB_OPTIONS_H

/**
 * @file
 * The command line of labtarget.
 */

#include "lab_port.h"
#include "lab_stub.h"

struct lab_options {
	const char *ask, *claim_host, *held_by;
	const char *net, *key, *unix_path, *link, *capture, *capture_key;
	bool tcp, pty, captured, help;
	uint64_t tcp_port, from_port;
	uint64_t kdnet_version, receive_ring, poke_interval_ms;
	struct lab_stub_config config; /* but key, machine and addresses */
};

/** False if it is wrong: then @p error has a sentence. */
bool lab_options_read(int argc, char **argv, struct lab_options *ret,
		      char *error, size_t error_cap);

/** Write what there is to stdout. */
void lab_options_help(void);

#endif
