#include "kd_lexer.h"
#include "kd_shell_state.h"

#include <string.h>

enum { DEFAULT_TIMEOUT_US = 10 * 1000 * 1000 };

uint64_t kd_shell_now(const struct kd_shell *sh)
{
	struct kd_link *link = sh->config.link;

	return link ? link->ops->now(link) : 0;
}

uint64_t kd_shell_deadline(const struct kd_shell *sh)
{
	struct kd_link *link = sh->config.link;
	uint64_t span = sh->config.request_timeout_us;

	if (!link)
		return KD_NEVER;
	return kd_clock_after(link->ops->now(link),
			      span ? span : DEFAULT_TIMEOUT_US);
}

unsigned kd_shell_pointer_size(const struct kd_shell *sh)
{
	return kd_arch_pointer_size(kd_session_arch(sh->session));
}

enum kd_status kd_shell_read(struct kd_shell *sh, uint64_t address, void *buf,
			     size_t len, size_t *ret_len)
{
	return kd_session_read(sh->session, address, buf, len,
			       KD_ACCESS_VIRTUAL, kd_shell_deadline(sh),
			       ret_len);
}

unsigned kd_shell_processor(const struct kd_shell *sh)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);

	if (sh->has_processor)
		return sh->processor;
	return stop ? stop->processor : 0;
}

static enum kd_status register_value(struct kd_shell *sh, const char *name,
				     uint64_t *ret)
{
	const struct kd_register *r =
		kd_register_find(kd_session_arch(sh->session), name);
	struct kd_context context;
	enum kd_status st;

	if (!r)
		return KD_E_NOT_FOUND;
	st = kd_shell_context(sh, &context);
	if (st != KD_OK)
		return st;
	return kd_register_get(&context, r, ret) ? KD_OK : KD_E_NOT_FOUND;
}

enum kd_status kd_shell_read_all(struct kd_shell *sh, uint64_t address,
				 bool physical, void *buf, size_t len)
{
	uint8_t *to = buf;

	while (len) {
		size_t got;
		enum kd_status st = kd_session_read(
			sh->session, address, to, len,
			physical ? KD_ACCESS_PHYSICAL : KD_ACCESS_VIRTUAL,
			kd_shell_deadline(sh), &got);

		if (st != KD_OK)
			return st;
		/* the next byte would be the first of all */
		if (got < len && address > UINT64_MAX - got)
			return KD_E_TARGET;
		to += got;
		address += got;
		len -= got;
	}
	return KD_OK;
}

/* What an expression asks for, and what to say if that fails. */
struct evaluation {
	struct kd_shell *sh;
	const char *failing;
};

static enum kd_status look_up(void *ctx, const char *name, size_t len,
			      bool is_register, uint64_t *ret)
{
	struct evaluation *e = ctx;
	struct kd_shell *sh = e->sh;
	char text[KD_LINE_MAX];
	enum kd_status st;

	if (len >= sizeof(text))
		return KD_E_NOT_FOUND;
	memcpy(text, name, len);
	text[len] = '\0';
	e->failing = "Cannot read the registers";
	st = name[0] == '$' ? kd_pseudo_register_get(sh, text, ret)
			    : register_value(sh, text, ret);
	if (st != KD_E_NOT_FOUND || is_register)
		return st;
	e->failing = "Cannot look up symbols";
	return kd_shell_name_address(sh, text, ret);
}

static enum kd_status read_memory(void *ctx, uint64_t address, bool physical,
				  void *buf, size_t len)
{
	struct evaluation *e = ctx;

	e->failing = "Cannot read memory";
	if (!kd_session_is_halted(e->sh->session))
		return KD_E_STATE;
	return kd_shell_read_all(e->sh, address, physical, buf, len);
}

static enum kd_status evaluate_cpp(void *ctx, const char **at, uint64_t *ret)
{
	struct evaluation *e = ctx;

	e->failing = NULL; /* it says so itself */
	return kd_shell_evaluate_cpp(e->sh, at, ret);
}

static struct kd_names names_of(struct evaluation *e)
{
	return (struct kd_names){
		.lookup = look_up,
		.read = read_memory,
		.cpp = evaluate_cpp,
		.ctx = e,
		.pointer_size = kd_shell_pointer_size(e->sh),
		.radix = e->sh->radix,
	};
}

static enum kd_status complain(const struct evaluation *e, enum kd_status st,
			       const struct kd_detail *detail)
{
	if (st == KD_OK || (!detail->text[0] && !e->failing))
		return st;
	if (!detail->text[0])
		return kd_shell_fail(e->sh, st, "%s", e->failing);
	kd_out(e->sh, "%s.\n", detail->text);
	return st;
}

enum kd_status kd_shell_evaluate(struct kd_shell *sh, const char **at,
				 uint64_t *ret)
{
	struct evaluation e = { sh, "" };
	struct kd_names names = names_of(&e);
	struct kd_detail detail = { 0 };

	return complain(&e, kd_expression_parse(at, &names, &detail, ret),
			&detail);
}

enum kd_status kd_shell_syntax_error(struct kd_shell *sh, const char *at)
{
	kd_out(sh, "Syntax error at '%.40s'.\n", *at ? at : "<EOL>");
	return KD_E_FORMAT;
}

enum kd_status kd_shell_evaluate_all(struct kd_shell *sh, const char *text,
				     uint64_t *ret)
{
	uint64_t value;
	enum kd_status st = kd_shell_evaluate(sh, &text, &value);

	if (st != KD_OK)
		return st;
	text += kd_spaces(text);
	if (*text) {
		kd_out(sh, "Extra character error in '%.40s'.\n", text);
		return KD_E_FORMAT;
	}
	*ret = value;
	return KD_OK;
}

enum kd_status kd_shell_range_take(struct kd_shell *sh, const char **at,
				   size_t size, struct kd_range *ret)
{
	struct evaluation e = { sh, "" };
	struct kd_names names = names_of(&e);
	struct kd_detail detail = { 0 };

	return complain(&e, kd_range_take(at, &names, size, &detail, ret),
			&detail);
}

enum kd_status kd_shell_range(struct kd_shell *sh, const char *text,
			      size_t size, struct kd_range *ret)
{
	struct evaluation e = { sh, "" };
	struct kd_names names = names_of(&e);
	struct kd_detail detail = { 0 };

	return complain(&e, kd_range_parse(text, &names, size, &detail, ret),
			&detail);
}
