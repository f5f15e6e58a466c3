#ifndef KD_X86_CODE_H
#define KD_X86_CODE_H

/**
 * @file
 * x86 instructions, as far as a look ahead needs them: how long they are,
 * what they do to the stack, and where they lead. For kd_x86_look_ahead()
 * only.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** By the processor's numbers. */
enum { KD_X86_ESP = 4, KD_X86_EBP = 5, KD_X86_REGISTERS = 8 };

enum { KD_X86_CODE_MAX = 15 }; /* bytes of an instruction */

enum kd_x86_effect {
	KD_X86_OTHER,	/**< nothing of what follows */
	KD_X86_STRANGE, /**< calls, traps, and what nobody can foretell */
	KD_X86_PUSH,	/**< register `from`, or what is not known */
	KD_X86_POP,	/**< into `to`, or to nowhere */
	KD_X86_SET,	/**< to = from + number */
	KD_X86_AND,	/**< to = from & number */
	KD_X86_LEAVE,
	KD_X86_RETURN,
	KD_X86_BRANCH,	   /**< maybe to `number` behind the instruction */
	KD_X86_JUMP,	   /**< surely so */
	KD_X86_JUMP_TABLE, /**< by an entry of the table at `number` */
	KD_X86_JUMP_AWAY,  /**< by a pointer */
};

struct kd_x86_code {
	uint8_t len;
	enum kd_x86_effect effect;
	uint8_t to, from; /**< registers; KD_X86_REGISTERS: none of them */
	int32_t number;
};

/** False if there are not enough bytes, or it is no instruction known here. */
bool kd_x86_code_read(const uint8_t *bytes, size_t len,
		      struct kd_x86_code *ret);

#endif
