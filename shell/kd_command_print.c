#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_number_text.h"
#include "kd_source.h"

#include <inttypes.h>
#include <string.h>

enum {
	WIDTH_MAX = 255,
	PRECISION_MAX = 60,
	/* a symbol with its file and line is the longest */
	VALUE_TEXT_MAX = KD_SYMBOL_TEXT_MAX + KD_SOURCE_FILE_MAX + 16,
};

enum kd_status kd_run_echo(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	size_t len = strlen(args);

	(void)self;
	if (len > 1 && args[0] == '"' && args[len - 1] == '"') {
		args++;
		len -= 2;
	}
	kd_out_text(sh, args, len);
	kd_out_text(sh, "\n", 1);
	return KD_OK;
}

/* One "%…" of a format. */
struct conversion {
	bool left, zero, plus, space, alternate;
	unsigned width;
	int precision; /* -1: none */
	enum { SIZE_INT, SIZE_SHORT, SIZE_LONG, SIZE_64 } size;
	char kind[4]; /* "x", "msu", "ly" */
};

static unsigned take_decimal(const char **at, unsigned most)
{
	unsigned n = 0;

	for (; **at >= '0' && **at <= '9'; ++*at)
		if (n <= most)
			n = n * 10 + (unsigned)(**at - '0');
	return n < most ? n : most;
}

static void take_flags(const char **at, struct conversion *c)
{
	for (;; ++*at) {
		if (**at == '-')
			c->left = true;
		else if (**at == '0')
			c->zero = true;
		else if (**at == '+')
			c->plus = true;
		else if (**at == ' ')
			c->space = true;
		else if (**at == '#')
			c->alternate = true;
		else
			return;
	}
}

static void take_size(const char **at, struct conversion *c)
{
	if (!strncmp(*at, "I64", 3)) {
		c->size = SIZE_64;
		*at += 3;
	} else if (!strncmp(*at, "ll", 2)) {
		c->size = SIZE_64;
		*at += 2;
	} else if (**at == 'l') {
		c->size = SIZE_LONG;
		++*at;
	} else if (**at == 'h') {
		c->size = SIZE_SHORT;
		++*at;
	}
}

/* What follows a '%'; false if it is nothing that is known. */
static bool take_conversion(const char **at, struct conversion *c)
{
	static const char *const kinds[] = {
		"msa", "msu", "ma", "mu", "d", "i", "u", "x", "X", "o",	 "c",
		"C",   "p",   "N",  "y",  "e", "E", "f", "g", "G", NULL,
	};

	*c = (struct conversion){ .precision = -1 };
	take_flags(at, c);
	c->width = take_decimal(at, WIDTH_MAX);
	if (**at == '.') {
		++*at;
		c->precision = (int)take_decimal(at, PRECISION_MAX);
	}
	take_size(at, c);
	for (size_t i = 0; kinds[i]; i++) {
		size_t len = strlen(kinds[i]);

		if (strncmp(*at, kinds[i], len) != 0)
			continue;
		memcpy(c->kind, kinds[i], len + 1);
		*at += len;
		return true;
	}
	return false;
}

/* A number's digits, as many as its precision asks for. */
static void add_digits(struct kd_text *out, const struct conversion *c,
		       uint64_t v)
{
	int least = c->precision < 0 ? 1 : c->precision;

	switch (c->kind[0]) {
	case 'x':
		kd_text_add(out, "%s%.*" PRIx64, c->alternate && v ? "0x" : "",
			    least, v);
		break;
	case 'X':
		kd_text_add(out, "%s%.*" PRIX64, c->alternate && v ? "0X" : "",
			    least, v);
		break;
	case 'o':
		kd_text_add(out, "%s%.*" PRIo64, c->alternate && v ? "0" : "",
			    least, v);
		break;
	default:
		kd_text_add(out, "%.*" PRIu64, least, v);
		break;
	}
}

/* As many bits as the argument has, taken for signed if it is. */
static uint64_t narrow(const struct conversion *c, uint64_t v, bool is_signed)
{
	unsigned bits = c->size == SIZE_64	? 64
			: c->size == SIZE_SHORT ? 16
						: 32;
	uint64_t mask = UINT64_MAX >> (64 - bits);

	v &= mask;
	return is_signed && v >> (bits - 1) ? v | ~mask : v;
}

static void add_integer(struct kd_text *out, const struct conversion *c,
			uint64_t v)
{
	bool is_signed = c->kind[0] == 'd' || c->kind[0] == 'i';

	v = narrow(c, v, is_signed);
	if (is_signed && v >> 63) {
		kd_text_add(out, "-");
		v = 0 - v;
	} else if (is_signed && (c->plus || c->space)) {
		kd_text_add(out, c->plus ? "+" : " ");
	}
	add_digits(out, c, v);
}

static void add_real(struct kd_text *out, const struct conversion *c,
		     uint64_t v)
{
	struct kd_real_format f = { c->kind[0], c->precision };
	uint64_t bits = c->size == SIZE_INT ? kd_real_widen((uint32_t)v) : v;

	if (!(bits >> 63) && (c->plus || c->space))
		kd_text_add(out, c->plus ? "+" : " ");
	kd_format_real(out, &f, bits);
}

/*
 * "nt!KeBugCheckEx+0x12", or the address where no module is known; with its
 * line of source, where that is asked for and known.
 */
static void add_symbol(struct kd_shell *sh, struct kd_text *out, uint64_t v,
		       bool with_line)
{
	char text[KD_ADDRESS_TEXT_MAX];
	struct kd_source_line line;
	size_t before = out->len;

	kd_shell_symbol_text(sh, v, out);
	if (out->len == before)
		kd_text_add(
			out, "%s",
			kd_format_address(text, v, kd_shell_pointer_size(sh)));
	if (with_line && kd_shell_source_line(sh, v, &line) == KD_OK)
		kd_text_add(out, " [%s @ %" PRIu32 "]", line.file, line.line);
}

/* Pad to the width: zeros go between a sign and the digits. */
static void add_padded(struct kd_buffer *out, const struct conversion *c,
		       const char *text, size_t len, bool is_number)
{
	size_t missing = len < c->width ? c->width - len : 0;
	bool zeros = c->zero && !c->left && is_number;
	size_t sign = zeros && strchr("+- ", text[0]) ? 1 : 0;

	kd_buffer_add(out, text, zeros ? sign : 0);
	for (; missing && !c->left; missing--)
		kd_buffer_add(out, zeros ? "0" : " ", 1);
	kd_buffer_add(out, text + (zeros ? sign : 0), len - (zeros ? sign : 0));
	for (; missing; missing--)
		kd_buffer_add(out, " ", 1);
}

static enum kd_status add_string(struct kd_shell *sh,
				 const struct conversion *c, uint64_t v,
				 struct kd_buffer *out)
{
	bool is_struct = c->kind[1] == 's';
	bool wide = c->kind[strlen(c->kind) - 1] == 'u';
	enum kd_string_kind kind =
		is_struct ? (wide ? KD_STRING_UNICODE_STRUCT
				  : KD_STRING_ANSI_STRUCT)
			  : (wide ? KD_STRING_UNICODE : KD_STRING_ASCII);
	struct kd_buffer text;
	enum kd_status st;

	kd_buffer_init(&text, &sh->mem);
	st = kd_shell_read_string(sh, v, kind, &text);
	if (st == KD_OK) {
		size_t len = text.len;

		if (c->precision >= 0 && (size_t)c->precision < len)
			len = (size_t)c->precision;
		add_padded(out, c, kd_buffer_text(&text), len, false);
	}
	kd_buffer_deinit(&text);
	return st;
}

static enum kd_status add_value(struct kd_shell *sh, const struct conversion *c,
				uint64_t v, struct kd_buffer *out)
{
	char buf[VALUE_TEXT_MAX], address[KD_ADDRESS_TEXT_MAX];
	struct kd_text text = kd_text_over(buf, sizeof(buf));
	bool is_number = strchr("diuxXoeEfgG", c->kind[0]) != NULL;

	if (c->kind[0] == 'm')
		return add_string(sh, c, v, out);
	if (strchr("eEfgG", c->kind[0]))
		add_real(&text, c, v);
	else if (is_number)
		add_integer(&text, c, v);
	else if (c->kind[0] == 'p')
		kd_text_add(&text, "%s",
			    kd_format_address(address, v,
					      kd_shell_pointer_size(sh)));
	else if (c->kind[0] == 'N')
		kd_text_add(&text, "%016" PRIX64, v);
	else if (c->kind[0] == 'y')
		add_symbol(sh, &text, v, c->size == SIZE_LONG);
	else if (v & 0xff)
		kd_text_add(&text, "%c", (char)(v & 0xff));
	add_padded(out, c, buf, text.len, is_number);
	return KD_OK;
}

static char escaped(char c)
{
	return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

/* "%x" and its argument, which a comma precedes. */
static enum kd_status convert(struct kd_shell *sh, const char **format,
			      const char **args, struct kd_buffer *out)
{
	const char *start = *format;
	struct conversion c;
	uint64_t value;
	enum kd_status st;

	if (!take_conversion(format, &c)) {
		kd_out(sh, "'.printf' does not know '%%%.10s'.\n", start);
		return KD_E_FORMAT;
	}
	*args += kd_spaces(*args);
	*args += **args == ',';
	st = kd_shell_evaluate(sh, args, &value);
	return st == KD_OK ? add_value(sh, &c, value, out) : st;
}

static enum kd_status print(struct kd_shell *sh, const char *format,
			    const char *end, const char *args,
			    struct kd_buffer *out)
{
	enum kd_status st = KD_OK;

	while (st == KD_OK && format < end) {
		char c = *format++;

		if (c == '%' && *format != '%') {
			st = convert(sh, &format, &args, out);
			continue;
		}
		format += c == '%';
		if (c == '\\' && format < end)
			c = escaped(*format++);
		kd_buffer_add(out, &c, 1);
	}
	args += kd_spaces(args);
	if (st == KD_OK && *args) {
		kd_out(sh, "Extra character error in '%.40s'.\n", args);
		st = KD_E_FORMAT;
	}
	return st;
}

/* The quote that ends a format, which may hold escaped ones. */
static const char *format_end(const char *at)
{
	for (; *at && *at != '"'; at++)
		at += *at == '\\' && at[1];
	return *at ? at : NULL;
}

enum kd_status kd_run_printf(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	struct kd_buffer out;
	const char *end;
	enum kd_status st;

	(void)self;
	/* markup, and colours by the sort of text: we have neither */
	while (*args == '/') {
		args += strcspn(args, " \t\r\n");
		args += kd_spaces(args);
	}
	end = *args == '"' ? format_end(args + 1) : NULL;
	if (!end)
		return kd_shell_syntax_error(sh, args);
	kd_buffer_init(&out, &sh->mem);
	st = print(sh, args + 1, end, end + 1, &out);
	if (st == KD_OK)
		kd_out_text(sh, kd_buffer_text(&out), out.len);
	sh->open_line = st == KD_OK;
	kd_buffer_deinit(&out);
	return st;
}
