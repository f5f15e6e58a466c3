#ifndef LAB_BOARD_H
#define LAB_BOARD_H

/**
 * @file
 * The machine's few devices, at the ports of lab_contract.h.
 */

#include "lab_contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAB_BOARD_LATCH = 16, LAB_BOARD_COMMANDS = 32 };

/** Zero-filled is as after power-on. */
struct lab_board {
	uint8_t latch[LAB_BOARD_LATCH];
	uint32_t count;
	uint32_t command[LAB_BOARD_COMMANDS]; /* from the oldest on */
	size_t commands;
	bool break_in; /* wanted */
};

/** Ports that are not there read as all ones. */
uint32_t lab_board_read(struct lab_board *b, uint64_t port, unsigned size);
/** False: it is not one of the board's, but perhaps of the machine. */
bool lab_board_write(struct lab_board *b, uint64_t port, unsigned size,
		     uint32_t value);
/** Post a command; with too many waiting it is lost. */
void lab_board_post(struct lab_board *b, uint32_t command);

#endif
