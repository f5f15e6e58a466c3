#include "pe_unwind.h"

/* ---- x64 ---- */

static void json_x64_code(struct kd_json *j, const struct kd_x64_unwind *u,
			  const struct kd_x64_code *c)
{
	kd_json_open(j, NULL, '{');
	kd_json_number(j, "offset", c->offset);
	kd_json_string(j, "op", kd_x64_op_name(u->version, c->op));
	kd_json_number(j, "info", c->info);
	if (c->has_value)
		kd_json_number(j, "value", c->value);
	kd_json_close(j, '}');
}

/* All but what it is chained to; that object stays open. */
static void json_x64_open(struct kd_json *j, const char *key,
			  const struct kd_x64_function *f,
			  const struct kd_x64_unwind *u)
{
	kd_json_open(j, key, '{');
	kd_json_number(j, "begin", f->begin);
	kd_json_number(j, "end", f->end);
	kd_json_number(j, "version", u->version);
	kd_json_number(j, "flags", u->flags);
	kd_json_number(j, "prolog", u->prolog);
	kd_json_number(j, "frame_register", u->frame_register);
	kd_json_number(j, "frame_offset", u->frame_offset);
	kd_json_open(j, "codes", '[');
	for (size_t i = 0; i < u->code_count; i++)
		json_x64_code(j, u, &u->code[i]);
	kd_json_close(j, ']');
}

static void text_x64(const struct kd_x64_function *f,
		     const struct kd_x64_unwind *u, const char *indent)
{
	printf("%s%8x to %x, version %u, flags %x, prologue %x", indent,
	       (unsigned)f->begin, (unsigned)f->end, u->version, u->flags,
	       u->prolog);
	if (u->frame_register)
		printf(", frame %s-%x", kd_x64_register_name(u->frame_register),
		       u->frame_offset * 16U);
	if (u->handler)
		printf(", handler %x", (unsigned)u->handler);
	putchar('\n');
	for (size_t i = 0; i < u->code_count; i++) {
		const struct kd_x64_code *c = &u->code[i];

		printf("%s         %02x %-20s %2u", indent, c->offset,
		       kd_x64_op_name(u->version, c->op), c->info);
		if (c->has_value)
			printf(" %x", (unsigned)c->value);
		putchar('\n');
	}
}

/* A function and what it is chained to, inside of each other. */
static enum kd_status show_x64(const struct kd_pe *pe, struct kd_json *j,
			       struct kd_x64_function f)
{
	enum kd_status st = KD_OK;
	unsigned depth = 0;

	for (; depth < KD_X64_CHAIN_MAX; depth++) {
		struct kd_x64_unwind u;

		st = kd_x64_unwind_read(pe, &f, &u);
		if (st != KD_OK)
			break;
		if (j)
			json_x64_open(j, depth ? "chained" : NULL, &f, &u);
		else
			text_x64(&f, &u, depth ? "  " : "");
		if (!(u.flags & KD_X64_CHAININFO)) {
			depth++;
			break;
		}
		f = u.chained;
	}
	while (j && depth--)
		kd_json_close(j, '}');
	return st;
}

static enum kd_status show_all_x64(const struct kd_pe *pe, struct kd_json *j)
{
	uint32_t count = kd_x64_function_count(pe);
	enum kd_status worst = KD_OK;

	for (uint32_t i = 0; i < count; i++) {
		struct kd_x64_function f;
		enum kd_status st = kd_x64_function_at(pe, i, &f);

		/* the table itself ends here: so does the rest of it */
		if (st != KD_OK)
			return st;
		if (!f.end) /* only what fills up the table has none */
			break;
		st = show_x64(pe, j, f);
		if (st != KD_OK)
			worst = st;
	}
	return worst;
}

/* ---- ARM64 ---- */

static void json_arm64_code(struct kd_json *j, uint32_t index,
			    const struct kd_arm64_code *c)
{
	kd_json_open(j, NULL, '{');
	kd_json_number(j, "index", index);
	kd_json_string(j, "op", kd_arm64_op_name(c->op));
	if (c->bank) {
		char reg[8];

		snprintf(reg, sizeof(reg), "%c%u", c->bank, c->reg);
		kd_json_string(j, "reg", reg);
	}
	if (c->op == KD_ARM64_SAVE_ANY_REG) {
		kd_json_bool(j, "pair", c->pair);
		kd_json_bool(j, "writeback", c->writeback);
	}
	if (c->bank || c->value)
		kd_json_number(j, "value", c->value);
	kd_json_close(j, '}');
}

static void text_arm64_code(const struct kd_arm64_code *c)
{
	printf("         %s", kd_arm64_op_name(c->op));
	if (c->bank)
		printf(" %c%u%s", c->bank, c->reg, c->pair ? " and next" : "");
	if (c->bank || c->value)
		printf(" %x", (unsigned)c->value);
	putchar('\n');
}

/* One list, to its end. */
static enum kd_status show_codes(const struct kd_arm64_unwind *u,
				 uint32_t index, struct kd_json *j)
{
	struct kd_arm64_code c = { .op = KD_ARM64_RESERVED };
	enum kd_status st = KD_OK;

	if (j)
		kd_json_open(j, "codes", '[');
	while (c.op != KD_ARM64_END) {
		uint32_t at = index;

		st = kd_arm64_code_next(u, &index, &c);
		if (st != KD_OK)
			break;
		if (j)
			json_arm64_code(j, at, &c);
		else
			text_arm64_code(&c);
	}
	if (j)
		kd_json_close(j, ']');
	return st;
}

/* The one at the function's end, which no scope tells of, has no offset. */
static enum kd_status show_epilog(const struct kd_arm64_unwind *u,
				  struct kd_json *j,
				  const struct kd_arm64_scope *s)
{
	enum kd_status st;

	if (j) {
		kd_json_open(j, NULL, '{');
		if (!u->has_one_epilog)
			kd_json_number(j, "EpilogStartOffset", s->start);
		kd_json_number(j, "EpilogStartIndex", s->index);
	} else if (u->has_one_epilog) {
		puts("       epilogue at the end");
	} else {
		printf("       epilogue at %x\n",
		       (unsigned)(u->begin + s->start));
	}
	st = show_codes(u, s->index, j);
	if (j)
		kd_json_close(j, '}');
	return st;
}

static enum kd_status show_epilogs(const struct kd_pe *pe, struct kd_json *j,
				   const struct kd_arm64_unwind *u)
{
	struct kd_arm64_scope s = { .index = u->epilog_count };
	enum kd_status st = KD_OK;

	if (j)
		kd_json_open(j, "epilogs", '[');
	if (u->has_one_epilog)
		st = show_epilog(u, j, &s);
	for (uint32_t i = 0; st == KD_OK && i < kd_arm64_scope_count(u); i++) {
		st = kd_arm64_scope_at(pe, u, i, &s);
		if (st == KD_OK)
			st = show_epilog(u, j, &s);
	}
	if (j)
		kd_json_close(j, ']');
	return st;
}

static void json_arm64_full(struct kd_json *j, const struct kd_arm64_unwind *u)
{
	kd_json_number(j, "Vers", u->version);
	kd_json_number(j, "X", u->has_handler);
	kd_json_number(j, "E", u->has_one_epilog);
	kd_json_number(j, "EpilogCount", u->epilog_count);
	kd_json_number(j, "CodeWords", u->code_words);
	if (u->has_handler)
		kd_json_number(j, "ExceptionHandlerRVA", u->handler);
}

static void json_arm64_packed(struct kd_json *j,
			      const struct kd_arm64_unwind *u)
{
	kd_json_number(j, "Flag", u->form);
	kd_json_number(j, "RegF", u->reg_f);
	kd_json_number(j, "RegI", u->reg_i);
	kd_json_number(j, "H", u->homes);
	kd_json_number(j, "CR", u->chain);
	kd_json_number(j, "FrameSize", u->frame_size);
}

static void text_arm64(const struct kd_arm64_unwind *u)
{
	printf("%8x to %x", (unsigned)u->begin,
	       (unsigned)(u->begin + u->length));
	if (u->form != KD_ARM64_FULL)
		printf(", packed, frame %x", (unsigned)u->frame_size);
	if (u->has_handler)
		printf(", handler %x", (unsigned)u->handler);
	putchar('\n');
}

static enum kd_status show_arm64(const struct kd_pe *pe, struct kd_json *j,
				 const struct kd_arm64_function *f)
{
	struct kd_arm64_unwind u;
	enum kd_status st = kd_arm64_unwind_read(pe, f, &u);

	if (st != KD_OK)
		return st;
	if (j) {
		kd_json_open(j, NULL, '{');
		kd_json_number(j, "begin", u.begin);
		kd_json_number(j, "length", u.length);
		kd_json_bool(j, "packed", u.form != KD_ARM64_FULL);
		if (u.form == KD_ARM64_FULL)
			json_arm64_full(j, &u);
		else
			json_arm64_packed(j, &u);
	} else {
		text_arm64(&u);
	}
	st = show_codes(&u, 0, j);
	if (st == KD_OK && u.form == KD_ARM64_FULL)
		st = show_epilogs(pe, j, &u);
	if (j)
		kd_json_close(j, '}');
	return st;
}

static enum kd_status show_all_arm64(const struct kd_pe *pe, struct kd_json *j)
{
	uint32_t count = kd_arm64_function_count(pe);
	enum kd_status worst = KD_OK;

	for (uint32_t i = 0; i < count; i++) {
		struct kd_arm64_function f;
		enum kd_status st = kd_arm64_function_at(pe, i, &f);

		if (st != KD_OK)
			return st;
		if (!f.begin) /* only what fills up the table has none */
			break;
		st = show_arm64(pe, j, &f);
		if (st != KD_OK)
			worst = st;
	}
	return worst;
}

enum kd_status pe_unwind_print(const struct kd_pe *pe, struct kd_json *j)
{
	enum kd_status st;

	if (j)
		kd_json_open(j, "unwind", '[');
	else
		putchar('\n');
	/* one of them has nothing to show */
	st = show_all_x64(pe, j);
	if (st == KD_OK)
		st = show_all_arm64(pe, j);
	if (j)
		kd_json_close(j, ']');
	return st;
}
