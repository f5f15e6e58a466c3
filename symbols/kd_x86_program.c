#include "kd_x86_program.h"

#include "kd_cursor.h"

#include <string.h>

enum { STACK_MAX = 16, NAMES_MAX = 24, NAME_MAX = 12, WORD_MAX = 24 };

/* What a word has put on the stack: a number, or a place that has one. */
struct item {
	bool is_name;
	uint32_t value; /* or the index of the name */
};

struct name {
	char text[NAME_MAX];
	uint32_t value;
	bool has_value, is_set; /* from the start, or at all; by the program */
};

struct run {
	const struct kd_x86_program *p;
	struct item stack[STACK_MAX];
	size_t depth;
	struct name names[NAMES_MAX];
	size_t count;
};

static const char *const registers[] = { "$eip", "$esp", "$ebp", "$ebx", "$esi",
					 "$edi", "$eax", "$ecx", "$edx" };

/* The same by CodeView's numbers, from 17 on; some linkers write these. */
static const char *const numbered[] = { "$eax", "$ecx", "$edx", "$ebx",
					"$esp", "$ebp", "$esi", "$edi" };

enum { REGISTERS = sizeof(registers) / sizeof(registers[0]), EIP = 0, ESP = 1 };

static enum kd_status push(struct run *r, bool is_name, uint32_t value)
{
	if (r->depth == STACK_MAX)
		return KD_E_FORMAT;
	r->stack[r->depth++] = (struct item){ is_name, value };
	return KD_OK;
}

static enum kd_status pop(struct run *r, struct item *ret)
{
	if (!r->depth)
		return KD_E_FORMAT;
	*ret = r->stack[--r->depth];
	return KD_OK;
}

/* As a number: what a name stands for. */
static enum kd_status pop_value(struct run *r, uint32_t *ret)
{
	struct item item;
	enum kd_status st = pop(r, &item);

	if (st != KD_OK)
		return st;
	if (!item.is_name) {
		*ret = item.value;
		return KD_OK;
	}
	if (!r->names[item.value].has_value)
		return KD_E_FORMAT;
	*ret = r->names[item.value].value;
	return KD_OK;
}

/* "$20" is "$ebx". */
static const char *plain_name(const char *text)
{
	unsigned number = 0;

	if (text[1] == '1' || text[1] == '2')
		number = (unsigned)(text[1] - '0') * 10 +
			 (unsigned)(text[2] - '0');
	if (number < 17 || number > 24 || text[3])
		return text;
	return numbered[number - 17];
}

static enum kd_status push_name(struct run *r, const char *text)
{
	text = plain_name(text);
	for (size_t i = 0; i < r->count; i++) {
		if (!strcmp(r->names[i].text, text))
			return push(r, true, (uint32_t)i);
	}
	if (r->count == NAMES_MAX || strlen(text) >= NAME_MAX)
		return KD_E_FORMAT;
	memcpy(r->names[r->count].text, text, strlen(text));
	return push(r, true, (uint32_t)r->count++);
}

static enum kd_status assign(struct run *r)
{
	struct item place;
	uint32_t value;
	enum kd_status st = pop_value(r, &value);

	if (st == KD_OK)
		st = pop(r, &place);
	if (st != KD_OK)
		return st;
	if (!place.is_name)
		return KD_E_FORMAT;
	struct name *n = &r->names[place.value];

	n->value = value;
	n->has_value = n->is_set = true;
	return KD_OK;
}

static enum kd_status load(struct run *r)
{
	const struct kd_memory *m = r->p->memory;
	uint8_t bytes[4];
	uint32_t address;
	enum kd_status st = pop_value(r, &address);

	if (st == KD_OK)
		st = m->read(m->ctx, address, bytes, sizeof(bytes));
	if (st != KD_OK)
		return st;
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));

	return push(r, false, kd_read_le32(&in));
}

static enum kd_status compute(struct run *r, char op)
{
	uint32_t left, right;
	enum kd_status st = pop_value(r, &right);

	if (st == KD_OK)
		st = pop_value(r, &left);
	if (st != KD_OK)
		return st;
	switch (op) {
	case '+':
		return push(r, false, left + right);
	case '-':
		return push(r, false, left - right);
	case '*':
		return push(r, false, left * right);
	default:
		break;
	}
	if (!right)
		return KD_E_FORMAT;
	if (op == '/')
		return push(r, false, left / right);
	/* '@' aligns downwards */
	return push(r, false, op == '%' ? left % right : left - left % right);
}

/* ".cbLocals" and the like. */
static enum kd_status push_fact(struct run *r, const char *word)
{
	const struct kd_pdb_frame *d = r->p->data;
	uint32_t at;

	if (!strcmp(word, ".raSearch") || !strcmp(word, ".raSearchStart")) {
		enum kd_status st = r->p->search(r->p->ctx, &at);

		return st == KD_OK ? push(r, false, at) : st;
	}
	if (!strcmp(word, ".cbLocals"))
		return push(r, false, d->locals_len);
	if (!strcmp(word, ".cbSavedRegs"))
		return push(r, false, d->saved_registers_len);
	if (!strcmp(word, ".cbParams"))
		return push(r, false, d->params_len);
	if (!strcmp(word, ".cbCalleeParams"))
		return push(r, false, r->p->callee_parameters);
	return KD_E_FORMAT;
}

static enum kd_status push_number(struct run *r, const char *word)
{
	bool minus = *word == '-';
	uint32_t value = 0;

	for (word += minus; *word; word++) {
		if (*word < '0' || *word > '9' || value > UINT32_MAX / 10)
			return KD_E_FORMAT;
		value = value * 10 + (uint32_t)(*word - '0');
	}
	return push(r, false, minus ? 0 - value : value);
}

static enum kd_status take(struct run *r, const char *word)
{
	if (*word == '$')
		return push_name(r, word);
	if (*word == '.')
		return push_fact(r, word);
	if (word[1])
		return push_number(r, word);
	switch (*word) {
	case '=':
		return assign(r);
	case '^':
		return load(r);
	case '+':
	case '-':
	case '*':
	case '/':
	case '%':
	case '@':
		return compute(r, *word);
	default:
		return push_number(r, word);
	}
}

/* The next word; false at the end, or if it is too long for one. */
static bool next_word(const char **text, char word[WORD_MAX])
{
	size_t len;

	*text += strspn(*text, " ");
	len = strcspn(*text, " ");
	if (!len || len >= WORD_MAX)
		return false;
	memcpy(word, *text, len);
	word[len] = 0;
	*text += len;
	return true;
}

static const struct kd_register *find_register(size_t i)
{
	return kd_register_find(KD_ARCH_X86, registers[i] + 1);
}

/* Registers are the first names. */
static void start(struct run *r, const struct kd_context *context)
{
	for (size_t i = 0; i < REGISTERS; i++) {
		struct name *n = &r->names[r->count++];
		uint64_t value = 0;

		kd_register_get(context, find_register(i), &value);
		memcpy(n->text, registers[i], strlen(registers[i]));
		n->value = (uint32_t)value;
		n->has_value = true;
	}
}

enum kd_status kd_x86_program_run(const struct kd_x86_program *p,
				  struct kd_context *context)
{
	struct run r = { .p = p };
	const char *text = p->data->program;
	char word[WORD_MAX];

	start(&r, context);
	for (int i = 0; i < KD_X86_PROGRAM_STEPS_MAX; i++) {
		if (!next_word(&text, word))
			break;
		enum kd_status st = take(&r, word);

		if (st != KD_OK)
			return st;
	}
	if (*text || !r.names[EIP].is_set || !r.names[ESP].is_set)
		return KD_E_FORMAT;
	for (size_t i = 0; i < REGISTERS; i++)
		kd_register_set(context, find_register(i), r.names[i].value);
	return KD_OK;
}
