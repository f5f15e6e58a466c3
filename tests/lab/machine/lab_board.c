#include "lab_board.h"

#include <string.h>

static uint32_t take_command(struct lab_board *b)
{
	uint32_t command = b->commands ? b->command[0] : LAB_COMMAND_NONE;

	if (b->commands)
		memmove(b->command, b->command + 1,
			--b->commands * sizeof(b->command[0]));
	return command;
}

static bool take_break_in(struct lab_board *b)
{
	bool wanted = b->break_in;

	b->break_in = false;
	return wanted;
}

/* Offset of an access within the latch, or past its end. */
static uint64_t in_latch(uint64_t port, unsigned size)
{
	uint64_t offset = port - LAB_PORT_LATCH;

	return offset < LAB_BOARD_LATCH && size <= LAB_BOARD_LATCH - offset
		       ? offset
		       : LAB_BOARD_LATCH;
}

uint32_t lab_board_read(struct lab_board *b, uint64_t port, unsigned size)
{
	uint64_t offset = in_latch(port, size);
	uint32_t value = 0;

	if (offset < LAB_BOARD_LATCH) {
		for (unsigned i = 0; i < size; i++)
			value |= (uint32_t)b->latch[offset + i] << i * 8;
		return value;
	}
	switch (port) {
	case LAB_PORT_COUNTER:
		return b->count++;
	case LAB_PORT_COMMAND:
		return take_command(b);
	case LAB_PORT_BREAK:
		return take_break_in(b);
	default:
		return UINT32_MAX >> (32 - size * 8);
	}
}

bool lab_board_write(struct lab_board *b, uint64_t port, unsigned size,
		     uint32_t value)
{
	uint64_t offset = in_latch(port, size);

	if (offset < LAB_BOARD_LATCH) {
		for (unsigned i = 0; i < size; i++)
			b->latch[offset + i] = (uint8_t)(value >> i * 8);
		return true;
	}
	if (port != LAB_PORT_COMMAND)
		return false;
	lab_board_post(b, value);
	return true;
}

void lab_board_post(struct lab_board *b, uint32_t command)
{
	if (b->commands < LAB_BOARD_COMMANDS)
		b->command[b->commands++] = command;
}
