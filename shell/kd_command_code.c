#include "kd_commands.h"

#include <string.h>

enum { INSTRUCTIONS_SHOWN = 8, CODE_LINE_MAX = 160 + KD_CODE_TEXT_MAX };

void kd_shell_show_symbol(struct kd_shell *sh, uint64_t address)
{
	char buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text symbol = kd_text_over(buf, sizeof(buf));

	kd_shell_symbol_text(sh, address, &symbol);
	if (symbol.len)
		kd_out(sh, "%s:\n", buf);
}

/*
 * Disassemble, taking an instruction that runs into unreadable memory for
 * unreadable: KD_E_TARGET.
 */
static enum kd_status disassemble(struct kd_shell *sh, uint64_t address,
				  const uint8_t *bytes, size_t len,
				  struct kd_instruction *ret)
{
	enum kd_status st = kd_disasm_one(kd_session_arch(sh->session), address,
					  bytes, len, ret);

	return st == KD_E_SPACE ? KD_E_TARGET : st;
}

static void add_line(struct kd_shell *sh, struct kd_text *line,
		     uint64_t address, const uint8_t *bytes,
		     const struct kd_instruction *instruction)
{
	char text[KD_CODE_TEXT_MAX] = "";

	if (instruction)
		kd_shell_instruction_text(sh, instruction, text);
	kd_format_instruction(line, kd_shell_pointer_size(sh), address, bytes,
			      instruction ? instruction->len : 0, text);
}

/* " fffff803`bb757020=00000001" behind an instruction that uses memory. */
static void add_operand(struct kd_shell *sh, struct kd_text *line,
			const struct kd_instruction *instruction)
{
	uint8_t bytes[8], size = instruction->memory_bytes;
	char address[KD_ADDRESS_TEXT_MAX];
	size_t got = 0;

	if (!instruction->has_memory || !size || size > sizeof(bytes))
		return;
	kd_text_add(line, " %s=",
		    kd_format_address(address, instruction->memory,
				      kd_shell_pointer_size(sh)));
	if (kd_shell_read(sh, instruction->memory, bytes, size, &got) != KD_OK)
		got = 0;
	for (size_t i = size; i; i--) {
		if (got == size)
			kd_text_add(line, "%02x", bytes[i - 1]);
		else
			kd_text_add(line, "??");
	}
}

void kd_shell_show_location(struct kd_shell *sh, uint64_t pc,
			    const uint8_t *bytes, size_t len)
{
	uint8_t read[KD_INSTRUCTION_MAX];
	struct kd_instruction instruction;
	char buf[CODE_LINE_MAX];
	struct kd_text line = kd_text_over(buf, sizeof(buf));
	enum kd_status st = KD_OK;

	if (!bytes) {
		bytes = read;
		st = kd_shell_read(sh, pc, read, sizeof(read), &len);
	}
	if (st == KD_OK)
		st = disassemble(sh, pc, bytes, len, &instruction);
	kd_shell_show_symbol(sh, pc);
	if (st == KD_E_UNSUPPORTED)
		return;
	add_line(sh, &line, pc, bytes, st == KD_OK ? &instruction : NULL);
	if (st == KD_OK)
		add_operand(sh, &line, &instruction);
	kd_out(sh, "%s\n", buf);
}

static void record_instruction(struct kd_shell *sh, uint64_t address,
			       const uint8_t *bytes,
			       const struct kd_instruction *instruction)
{
	char text[KD_CODE_TEXT_MAX];

	kd_record_open(sh, NULL);
	kd_record_address(sh, "address", address);
	if (instruction) {
		kd_shell_instruction_text(sh, instruction, text);
		kd_record_bytes(sh, "bytes", bytes, instruction->len);
		kd_record_text(sh, "text", text);
	} else {
		kd_record_null(sh, "bytes");
	}
	kd_record_close(sh);
}

static enum kd_status show_instruction(struct kd_shell *sh, bool physical,
				       uint64_t address, const char *before,
				       const char *behind,
				       struct kd_instruction *ret)
{
	uint8_t bytes[KD_INSTRUCTION_MAX];
	char buf[CODE_LINE_MAX];
	struct kd_text line = kd_text_over(buf, sizeof(buf));
	size_t len = sizeof(bytes);
	enum kd_status st;

	if (len - 1 > UINT64_MAX - address)
		len = (size_t)(UINT64_MAX - address) + 1;
	st = kd_session_read(sh->session, address, bytes, len,
			     physical ? KD_ACCESS_PHYSICAL : KD_ACCESS_VIRTUAL,
			     kd_shell_deadline(sh), &len);
	if (st == KD_OK)
		st = disassemble(sh, address, bytes, len, ret);
	if (st != KD_OK && st != KD_E_TARGET)
		return st;
	add_line(sh, &line, address, bytes, st == KD_OK ? ret : NULL);
	kd_out(sh, "%s%s%s\n", before, buf, behind);
	record_instruction(sh, address, bytes, st == KD_OK ? ret : NULL);
	return st;
}

enum kd_status kd_shell_show_instruction(struct kd_shell *sh, uint64_t address,
					 const char *before, const char *behind,
					 struct kd_instruction *ret)
{
	return show_instruction(sh, false, address, before, behind, ret);
}

bool kd_shell_starts_symbol(struct kd_shell *sh, uint64_t address)
{
	struct kd_symbol symbol;

	return kd_shell_module_at(sh, address) &&
	       kd_symbols_by_address(sh->symbols, address, &symbol) == KD_OK &&
	       symbol.address == address;
}

uint64_t kd_shell_next_code(struct kd_shell *sh)
{
	struct kd_context context;

	if (!sh->has_next_code && kd_shell_context(sh, &context) == KD_OK)
		return kd_context_pc(&context);
	return sh->next_code;
}

/* One after the other; @p next is behind the last of them. */
static enum kd_status show_instructions(struct kd_shell *sh, bool physical,
					const struct kd_range *range,
					uint64_t *next)
{
	uint64_t last =
		range->by_end ? range->start + (range->count - 1) : UINT64_MAX;
	uint64_t address = range->start;
	struct kd_instruction instruction;
	enum kd_status st = KD_OK;

	*next = address;
	for (uint64_t n = 0; n < range->count && address <= last; n++) {
		if (!physical && (!n || kd_shell_starts_symbol(sh, address)))
			kd_shell_show_symbol(sh, address);
		st = show_instruction(sh, physical, address, "", "",
				      &instruction);
		if (st != KD_OK)
			break;
		*next = address + instruction.len;
		if (*next < address)
			break;
		address = *next;
	}
	return st;
}

/* u and, of physical memory, where nothing has a name, up. */
enum kd_status kd_run_unassemble(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	bool physical = !strcmp(self->name, "up");
	uint64_t *next = physical ? &sh->next_physical : &sh->next_code;
	struct kd_range range = { .start = physical ? sh->next_physical
						    : kd_shell_next_code(sh) };
	char text[KD_ADDRESS_TEXT_MAX];
	enum kd_status st;

	st = kd_shell_range(sh, args, 1, &range);
	if (st != KD_OK)
		return st;
	if (!physical)
		sh->has_next_code = true;
	if (!range.count)
		range.count = INSTRUCTIONS_SHOWN;
	kd_record_open_list(sh, "instructions");
	st = show_instructions(sh, physical, &range, next);
	kd_record_close(sh);
	/* where readable memory ends is shown by its line of '?' */
	if (st == KD_OK || (st == KD_E_TARGET && *next != range.start))
		return KD_OK;
	kd_format_address(text, *next, kd_shell_pointer_size(sh));
	if (st == KD_E_UNSUPPORTED)
		return kd_shell_fail(
			sh, st, "Disassembling %s code",
			kd_arch_name(kd_session_arch(sh->session)));
	return kd_shell_fail(sh, st, "Memory access error at %s", text);
}
