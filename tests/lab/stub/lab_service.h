#ifndef LAB_SERVICE_H
#define LAB_SERVICE_H

/**
 * @file
 * What a stopped target does with a request (KD-WIRE 4).
 */

#include "lab_breakpoint.h"
#include "lab_machine.h"
#include "lab_stub.h"
#include "lab_wire.h"

enum {
	LAB_CONTEXT_MAX = 0x3000, /* 4.4 */
	LAB_REPLY_MAX = LAB_PAYLOAD_MAX,
};

struct lab_service {
	struct lab_machine *machine;
	const struct lab_faults *faults;
	size_t data_max; /* of a memory read */
	struct lab_breakpoints breakpoints;
	/* 4.3: a context may be set once it was got in this stop */
	bool context_sent;
	uint8_t staged[LAB_CONTEXT_MAX]; /* by SetContextEx */
	uint8_t reply[LAB_REPLY_MAX];
	size_t reply_len;
};

/** What follows a request. */
enum lab_outcome {
	LAB_OUTCOME_REPLY, /**< service->reply is the answer */
	LAB_OUTCOME_SILENT,
	LAB_OUTCOME_RESUME,
	LAB_OUTCOME_SWITCH,
	LAB_OUTCOME_REBOOT,
	LAB_OUTCOME_BUG_CHECK,
};

/**
 * @param request  payload of a manipulate packet, LAB_MANIPULATE_SIZE or more
 */
enum lab_outcome lab_service_run(struct lab_service *s, const uint8_t *request,
				 size_t len);

/** How Continue or Continue2 wants to go on. */
void lab_service_resume(const uint8_t *request, struct lab_resume *ret);

/** One request at hand. */
struct lab_call {
	struct lab_service *s;
	struct lab_machine *m;
	unsigned processor;
	uint8_t *u;	     /* the union, which becomes the reply's */
	const uint8_t *data; /* behind the request */
	size_t len;
	uint8_t *out; /* behind the reply */
	size_t out_len;
};

/* Handlers: the value is the reply's status. */
typedef uint32_t lab_api_fn(struct lab_call *c);

lab_api_fn lab_read_virtual, lab_write_virtual, lab_read_physical,
	lab_write_physical, lab_search_memory, lab_fill_memory,
	lab_query_memory, lab_write_breakpoint, lab_restore_breakpoint;
lab_api_fn lab_get_context, lab_set_context, lab_get_context_ex,
	lab_set_context_ex, lab_read_control, lab_write_control, lab_read_msr,
	lab_write_msr;
lab_api_fn lab_read_io, lab_write_io, lab_read_io_extended,
	lab_write_io_extended, lab_get_bus_data, lab_get_version;

#endif
