#include "lab_bytes.h"
#include "lab_static_machine.h"

static void push(struct lab_static_machine *m, uint8_t *c, uint64_t value)
{
	uint64_t rsp = lab_get64(c + LAB_CONTEXT_RSP) - 8;

	lab_put64(c + LAB_CONTEXT_RSP, rsp);
	lab_static_put64(&m->memory, rsp, value);
}

static uint64_t pop(struct lab_static_machine *m, uint8_t *c)
{
	uint64_t rsp = lab_get64(c + LAB_CONTEXT_RSP);

	lab_put64(c + LAB_CONTEXT_RSP, rsp + 8);
	return lab_static_get64(&m->memory, rsp);
}

void lab_static_execute(struct lab_static_machine *m, unsigned processor)
{
	uint8_t *c = m->context[processor];
	uint64_t rip = lab_get64(c + LAB_CONTEXT_RIP);
	size_t len = lab_static_instruction(rip);
	uint64_t after = rip + (len ? len : 1);
	uint8_t at[8];
	uint64_t rsp = lab_get64(c + LAB_CONTEXT_RSP);

	if (!len || lab_static_read(&m->memory, rip, at, len) != len)
		return;
	int32_t to = len == 5 ? (int32_t)lab_get32(at + 1) : 0;

	switch (at[0]) {
	case 0x48: /* of these, sub and add rsp change what is seen */
		if (at[1] == 0x83)
			lab_put64(c + LAB_CONTEXT_RSP,
				  at[2] == 0xec ? rsp - at[3] : rsp + at[3]);
		break;
	case 0x53:
		push(m, c, lab_get64(c + LAB_CONTEXT_RBX));
		break;
	case 0x5b:
		lab_put64(c + LAB_CONTEXT_RBX, pop(m, c));
		break;
	case 0xb9:
		lab_put64(c + LAB_CONTEXT_RCX, (uint32_t)to);
		break;
	case 0xc3:
		after = pop(m, c);
		break;
	case 0xe8:
		push(m, c, after);
		after += (uint64_t)(int64_t)to;
		break;
	case 0xe9:
		after += (uint64_t)(int64_t)to;
		break;
	default:
		break;
	}
	lab_put64(c + LAB_CONTEXT_RIP, after);
}
