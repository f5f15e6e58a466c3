#include "kd_typed_text_parts.h"

#include "kd_typed_parts.h"
#include "kd_utf16.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	STRING_BYTES_MAX = 1024, /* of the target's strings */
	CHUNK = 64,		 /* strings without a length: read at a time */
};

void kd_typed_put(struct kd_typed_out *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vsnprintf(o->buf + o->len, o->cap - o->len, format, args);
	va_end(args);
	if (n < 0)
		return;
	o->len += (size_t)n < o->cap - o->len ? (size_t)n : o->cap - o->len - 1;
}

/* Not there, as opposed to: not yet, or not any more. */
static bool is_absent(enum kd_status st)
{
	return st == KD_E_TARGET || st == KD_E_NOT_FOUND;
}

/* "????" for what is absent; KD_OK then. */
enum kd_status kd_typed_unread(struct kd_typed_out *o, enum kd_status st)
{
	if (!is_absent(st))
		return st;
	kd_typed_put(o, "????");
	return KD_OK;
}

/* "text" of the target, which has its length, or ends in 0. */
static enum kd_status put_string(struct kd_typed_out *o,
				 const struct kd_typed *t, bool is_wide,
				 size_t len, bool is_counted)
{
	uint8_t bytes[STRING_BYTES_MAX];
	char text[STRING_BYTES_MAX * 3 / 2 + 1];
	struct kd_typed from = *t;
	size_t n = 0, step = is_wide ? 2 : 1;

	if (len > sizeof(bytes))
		len = sizeof(bytes);
	while (n < len) {
		/* never into a page behind the string's end */
		size_t chunk = CHUNK - (t->address + n) % CHUNK;
		size_t want = is_counted || len - n < chunk ? len - n : chunk;
		enum kd_status st;

		from.address = t->address + n;
		st = kd_typed_read(&from, bytes + n, want);
		if (is_absent(st) && !n) {
			kd_typed_put(o, "\"--- memory read error at address ");
			kd_typed_put_address(o, t->address, t->pointer_size);
			kd_typed_put(o, " ---\"");
			return KD_OK;
		}
		if (is_absent(st))
			break;
		if (st != KD_OK)
			return st;
		n += want;
		if (is_counted)
			continue;
		/* a character may lie across two chunks */
		for (size_t i = (n - want) / step * step; i + step <= n;
		     i += step)
			if (!bytes[i] && (!is_wide || !bytes[i + 1]))
				n = len = i;
	}
	if (is_wide) {
		size_t length =
			kd_utf16_to_utf8(bytes, n, text, sizeof(text) - 1);

		text[length] = '\0';
	} else {
		memcpy(text, bytes, n);
		text[n] = '\0';
	}
	kd_typed_put(o, "\"%s\"", text);
	return KD_OK;
}

/* "CLASSPNP!TransferPktComplete+0" */
static enum kd_status put_symbol(struct kd_typed_out *o, struct kd_symbols *s,
				 uint64_t address)
{
	struct kd_symbol symbol;
	enum kd_status st;

	if (o->style && o->style->before_symbol)
		o->style->before_symbol(o->style->ctx, address);
	st = kd_symbols_by_address(s, address, &symbol);
	if (st == KD_E_NOT_FOUND)
		return KD_OK;
	if (st == KD_OK)
		kd_typed_put(o, "%s!%s+%" PRIx64, symbol.module->name,
			     symbol.name, address - symbol.address);
	return st;
}

/* A UNICODE_STRING or STRING: its length, and where its text is. */
static enum kd_status put_counted(struct kd_typed_out *o,
				  const struct kd_typed *t, bool is_wide)
{
	struct kd_typed buffer, text;
	uint64_t len;
	enum kd_status st = kd_typed_field_u64(t, "Length", &len);

	if (st == KD_OK)
		st = kd_typed_field(t, "Buffer", &buffer);
	if (st == KD_OK)
		st = kd_typed_deref(&buffer, &text);
	if (st != KD_OK)
		return kd_typed_unread(o, st);
	if (!text.address || !len) {
		kd_typed_put(o, "\"\"");
		return KD_OK;
	}
	return put_string(o, &text, is_wide, (size_t)len, true);
}

static enum kd_status put_list_entry(struct kd_typed_out *o,
				     const struct kd_typed *t)
{
	static const char *const names[] = { "Flink", "Blink" };
	enum kd_status st = KD_OK;

	kd_typed_put(o, "[ ");
	for (size_t i = 0; st == KD_OK && i < 2; i++) {
		uint64_t v;

		st = kd_typed_field_u64(t, names[i], &v);
		if (st != KD_OK) {
			st = kd_typed_unread(o, st);
		} else if (v || t->pointer_size > 4) {
			kd_typed_put_address(o, v, t->pointer_size);
		} else {
			kd_typed_put(o, "0x0");
		}
		kd_typed_put(o, i ? " ]" : " - ");
	}
	return st;
}

static enum kd_status put_large(struct kd_typed_out *o,
				const struct kd_typed *t)
{
	uint64_t v;
	enum kd_status st = kd_typed_u64(t, &v);

	if (st != KD_OK)
		return kd_typed_unread(o, st);
	kd_typed_put_hex(o, v);
	return KD_OK;
}

static enum kd_status put_guid(struct kd_typed_out *o, const struct kd_typed *t)
{
	uint8_t b[16];
	enum kd_status st = kd_typed_read(t, b, sizeof(b));

	if (st != KD_OK)
		return kd_typed_unread(o, st);
	kd_typed_put(o,
		     "{%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%"
		     "02x%02x%02x"
		     "%02x}",
		     b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9],
		     b[10], b[11], b[12], b[13], b[14], b[15]);
	return KD_OK;
}

/* Behind a space: what is in a structure that everybody knows. */
static enum kd_status put_contents(struct kd_typed_out *o,
				   const struct kd_typed *t, const char *name,
				   uint64_t size)
{
	if (!strcmp(name, "_UNICODE_STRING")) {
		kd_typed_put(o, " ");
		return put_counted(o, t, true);
	}
	if (!strcmp(name, "_STRING") || !strcmp(name, "_ANSI_STRING")) {
		kd_typed_put(o, " ");
		return put_counted(o, t, false);
	}
	if (!strcmp(name, "_LIST_ENTRY")) {
		kd_typed_put(o, " ");
		return put_list_entry(o, t);
	}
	if ((!strcmp(name, "_LARGE_INTEGER") ||
	     !strcmp(name, "_ULARGE_INTEGER")) &&
	    size == 8) {
		kd_typed_put(o, " ");
		return put_large(o, t);
	}
	if (!strcmp(name, "_GUID") && size == 16) {
		kd_typed_put(o, " ");
		return put_guid(o, t);
	}
	return KD_OK;
}

static enum kd_status put_struct(struct kd_typed_out *o,
				 const struct kd_typed *t,
				 const struct kd_pdb_type *type)
{
	char name[KD_TYPED_NAME_MAX];

	snprintf(name, sizeof(name), "%s", type->name);
	kd_typed_put(o, "%s", name);
	return put_contents(o, t, name, type->size);
}

static enum kd_status put_value(struct kd_typed_out *o,
				const struct kd_typed *t);
/* What a pointer leads to, as far as it is told beside it. */
static enum kd_status put_target(struct kd_typed_out *o,
				 const struct kd_typed *to, unsigned depth);

static enum kd_status put_pointer(struct kd_typed_out *o,
				  const struct kd_typed *t, unsigned depth)
{
	struct kd_typed to;
	uint64_t v, size;
	enum kd_status st = kd_typed_size(t, &size);

	if (st == KD_OK)
		st = kd_typed_u64(t, &v);
	if (st != KD_OK)
		return kd_typed_unread(o, st);
	if (!v) {
		kd_typed_put(o, "(null) ");
		return KD_OK;
	}
	kd_typed_put_address(o, v, size);
	st = kd_typed_deref(t, &to);
	return st == KD_OK ? put_target(o, &to, depth) : st;
}

static enum kd_status put_function(struct kd_typed_out *o,
				   const struct kd_typed *to)
{
	char text[KD_TYPED_NAME_MAX];
	enum kd_status st = kd_typed_type_text(to, text, sizeof(text));

	if (st != KD_OK)
		return st;
	kd_typed_put(o, " %s  ", text);
	return put_symbol(o, to->symbols, to->address);
}

static enum kd_status put_target(struct kd_typed_out *o,
				 const struct kd_typed *to, unsigned depth)
{
	char text[KD_TYPED_NAME_MAX];
	struct kd_pdb_type type;
	enum kd_status st = kd_typed_type(to, &type);

	if (is_absent(st)) {
		kd_typed_put(o, " <no type>");
		return KD_OK;
	}
	if (st != KD_OK)
		return st;
	switch (type.kind) {
	case KD_TYPE_FUNCTION:
		return put_function(o, to);
	case KD_TYPE_POINTER:
		kd_typed_put(o, "  -> ");
		/* of a pointer to a pointer to a pointer, two are enough */
		return depth ? KD_OK : put_pointer(o, to, depth + 1);
	case KD_TYPE_BASIC:
		if (!type.size)
			break;
		kd_typed_put(o, "  ");
		if (!strcmp(type.name, "Char") || !strcmp(type.name, "UChar"))
			return put_string(o, to, false, STRING_BYTES_MAX,
					  false);
		if (!strcmp(type.name, "Wchar"))
			return put_string(o, to, true, STRING_BYTES_MAX, false);
		kd_typed_put(o, "-> ");
		return kd_typed_put_basic(o, to, &type);
	case KD_TYPE_STRUCT:
	case KD_TYPE_CLASS:
	case KD_TYPE_UNION:
		kd_typed_put(o, " ");
		return put_struct(o, to, &type);
	case KD_TYPE_ENUM:
	case KD_TYPE_ARRAY:
	case KD_TYPE_MODIFIER:
	case KD_TYPE_BITS:
	case KD_TYPE_OTHER:
		break;
	}
	st = kd_typed_type_text(to, text, sizeof(text));
	if (st == KD_OK)
		kd_typed_put(o, " %s", text);
	return st;
}

/* "[15]  "text"", or the first element behind all sizes. */
static enum kd_status put_array(struct kd_typed_out *o,
				const struct kd_typed *t)
{
	struct kd_typed at = *t;
	struct kd_pdb_type type;
	uint64_t count = 0, len;
	enum kd_status st;

	for (int i = 0; i < KD_TYPED_CHAIN_MAX; i++) {
		st = kd_typed_type(&at, &type);
		if (st != KD_OK)
			return st;
		if (type.kind != KD_TYPE_ARRAY)
			break;
		st = kd_typed_count(&at, &count);
		if (st != KD_OK)
			return st;
		kd_typed_put(o, "[%" PRIu64 "] ", count);
		if (!count)
			return KD_OK;
		at = kd_typed_of(&at, type.of, t->address);
	}
	if (type.kind != KD_TYPE_BASIC || (strcmp(type.name, "Char") != 0 &&
					   strcmp(type.name, "UChar") != 0 &&
					   strcmp(type.name, "Wchar") != 0))
		return put_value(o, &at);
	kd_typed_put(o, " ");
	len = count < STRING_BYTES_MAX ? count * type.size : STRING_BYTES_MAX;
	return put_string(o, &at, type.size == 2, (size_t)len, false);
}

/* Arrays and pointers come here once more, with what they consist of. */
static enum kd_status put_value(struct kd_typed_out *o,
				const struct kd_typed *t)
{
	struct kd_pdb_type type;
	char text[KD_TYPED_NAME_MAX];
	enum kd_status st = kd_typed_type(t, &type);

	if (st != KD_OK)
		return st;
	switch (type.kind) {
	case KD_TYPE_BASIC:
		return kd_typed_put_basic(o, t, &type);
	case KD_TYPE_POINTER:
		return put_pointer(o, t, 0);
	case KD_TYPE_ENUM:
		return kd_typed_put_enum(o, t);
	case KD_TYPE_STRUCT:
	case KD_TYPE_CLASS:
	case KD_TYPE_UNION:
		return put_struct(o, t, &type);
	case KD_TYPE_ARRAY:
	case KD_TYPE_FUNCTION:
	case KD_TYPE_MODIFIER:
	case KD_TYPE_BITS:
	case KD_TYPE_OTHER:
		break;
	}
	st = kd_typed_type_text(t, text, sizeof(text));
	if (st == KD_OK)
		kd_typed_put(o, "%s", text);
	return st;
}

enum kd_status kd_typed_text(const struct kd_typed *t,
			     const struct kd_typed_style *style, char *buf,
			     size_t cap)
{
	struct kd_typed_out o = { .style = style, .buf = buf, .cap = cap };
	struct kd_pdb_type type;
	enum kd_status st;

	buf[0] = '\0';
	if (t->bit_count)
		return kd_typed_put_bits(&o, t);
	st = kd_typed_type(t, &type);
	if (st != KD_OK)
		return st;
	return type.kind == KD_TYPE_ARRAY ? put_array(&o, t) : put_value(&o, t);
}

enum kd_status kd_typed_contents_text(const struct kd_typed *t, char *buf,
				      size_t cap)
{
	struct kd_typed_out o = { .buf = buf, .cap = cap };
	char name[KD_TYPED_NAME_MAX];
	struct kd_pdb_type type;
	enum kd_status st = kd_typed_type(t, &type);

	buf[0] = '\0';
	if (st != KD_OK)
		return st;
	snprintf(name, sizeof(name), "%s", type.name);
	return put_contents(&o, t, name, type.size);
}

enum kd_status kd_typed_kind_text(const struct kd_typed *t, char *buf,
				  size_t cap)
{
	if (!t->bit_count)
		return kd_typed_type_text(t, buf, cap);
	int n = snprintf(buf, cap, "Pos %u, %u Bit%s", t->bit_position,
			 t->bit_count, t->bit_count == 1 ? "" : "s");

	return n < 0 || (size_t)n >= cap ? KD_E_SPACE : KD_OK;
}
