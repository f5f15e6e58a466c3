/* Instructions, with names for where they lead and what they use. */

#include "kd_shell_state.h"

#include <string.h>

/* "nt!PoolHitTag (fffff800`016530fc)" in the place of the address alone. */
static void name_address(struct kd_shell *sh, uint64_t address, char *text,
			 size_t cap)
{
	char digits[KD_ADDRESS_TEXT_MAX], symbol[KD_SYMBOL_TEXT_MAX];
	struct kd_text name = kd_text_over(symbol, sizeof(symbol));
	char *at;

	kd_format_address(digits, address, kd_shell_pointer_size(sh));
	at = strstr(text, digits);
	if (!at)
		return;
	kd_shell_symbol_text(sh, address, &name);

	size_t before = (size_t)(at - text), len = strlen(digits);
	size_t rest = strlen(at + len);
	size_t more = name.len + 3;

	if (!name.len || before + len + rest + more >= cap)
		return;
	memmove(at + len + more, at + len, rest + 1);
	memcpy(at, symbol, name.len);
	memcpy(at + name.len, " (", 2);
	memcpy(at + name.len + 2, digits, len);
	at[name.len + 2 + len] = ')';
}

void kd_shell_instruction_text(struct kd_shell *sh,
			       const struct kd_instruction *instruction,
			       char out[KD_CODE_TEXT_MAX])
{
	snprintf(out, KD_CODE_TEXT_MAX, "%s", instruction->text);
	if (instruction->has_target)
		name_address(sh, instruction->target, out, KD_CODE_TEXT_MAX);
	else if (instruction->has_memory)
		name_address(sh, instruction->memory, out, KD_CODE_TEXT_MAX);
}
