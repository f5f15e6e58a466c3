#include "kd_shell_pool.h"

#include "kd_lexer.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { TELL_US = 10000000 };

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	return kd_shell_read_all(ctx, address, false, buf, len);
}

/* Say how far it is, now and then, and never into what a script takes. */
static bool tell(void *ctx, uint64_t done, uint64_t total)
{
	struct kd_pool_view *v = ctx;
	struct kd_shell *sh = v->sh;
	uint64_t now_us = kd_shell_now(sh);

	if (now_us >= v->next_us && !sh->capture) {
		v->next_us = now_us + TELL_US;
		kd_out_fresh_line(sh);
		kd_out(sh, "Searched 0x%" PRIx64 " of 0x%" PRIx64 " bytes.\n",
		       done, total);
	}
	return !kd_session_is_canceled(sh->session);
}

enum kd_status kd_pool_view_open(struct kd_shell *sh, struct kd_pool_view *ret)
{
	const struct kd_memory memory = { .read = read_memory, .ctx = sh };
	enum kd_status st;

	ret->sh = sh;
	ret->next_us = kd_shell_now(sh) + TELL_US;
	/* nt is to be among the symbols' modules; its absence tells itself */
	(void)kd_shell_module_named(sh, "nt");
	st = kd_pool_open(sh->session, sh->symbols, memory, &ret->pool);
	ret->pool.progress = tell;
	ret->pool.progress_ctx = ret;
	return st == KD_OK ? st : kd_pool_view_fail(ret, st);
}

enum kd_status kd_pool_view_fail(struct kd_pool_view *v, enum kd_status st)
{
	bool told = st == KD_E_NOT_FOUND || st == KD_E_FORMAT ||
		    st == KD_E_TARGET || st == KD_E_STATE;

	if (!told || !v->pool.detail.text[0])
		return kd_shell_fail(v->sh, st, "Cannot look at the pool");
	kd_out_fresh_line(v->sh);
	kd_out(v->sh, "Cannot look at the pool: %s.\n", v->pool.detail.text);
	return st;
}

const char *kd_pool_address(const struct kd_shell *sh,
			    char out[KD_ADDRESS_TEXT_MAX], uint64_t address)
{
	if (kd_shell_pointer_size(sh) == 4)
		snprintf(out, KD_ADDRESS_TEXT_MAX, "%08" PRIx32,
			 (uint32_t)address);
	else
		snprintf(out, KD_ADDRESS_TEXT_MAX, "%016" PRIx64, address);
	return out;
}

/* The file that the program named is read when it is first needed. */
const struct kd_pool_name *kd_pool_name_of(struct kd_shell *sh, uint32_t tag)
{
	const char *path = sh->config.pool_tag_file;
	struct kd_buffer text;

	if (path && !sh->pool_names_asked && !sh->config.no_files) {
		kd_buffer_init(&text, &sh->mem);
		if (kd_shell_read_file(sh, path, &text) == KD_OK &&
		    kd_pool_names_parse(&sh->pool_names, kd_buffer_text(&text),
					text.len) != KD_OK)
			kd_out(sh, "'%s' has no line that names a tag.\n",
			       path);
		kd_buffer_deinit(&text);
	}
	sh->pool_names_asked = true;
	return kd_pool_names_find(&sh->pool_names, tag);
}

const char *kd_pool_words(struct kd_shell *sh, uint32_t tag,
			  char out[KD_POOL_WORDS_MAX])
{
	const struct kd_pool_name *name = kd_pool_name_of(sh, tag);
	char text[KD_POOL_TAG_TEXT];

	if (!name)
		snprintf(out, KD_POOL_WORDS_MAX,
			 "UNKNOWN pooltag '%s', please update pooltag.txt",
			 kd_pool_tag_text(tag, text));
	else
		snprintf(out, KD_POOL_WORDS_MAX, "%s %s%s", name->description,
			 name->binary[0] ? ", Binary: " : "", name->binary);
	return out;
}

void kd_pool_record_tag(struct kd_shell *sh, uint32_t tag)
{
	const struct kd_pool_name *name = kd_pool_name_of(sh, tag);
	char text[KD_POOL_TAG_TEXT];

	kd_record_text(sh, "tag", kd_pool_tag_text(tag, text));
	if (!name)
		return;
	kd_record_text(sh, "description", name->description);
	if (name->binary[0])
		kd_record_text(sh, "binary", name->binary);
}

/* "0x…" is the number that the characters make. */
static bool take_value(const char *text, size_t len,
		       struct kd_pool_pattern *ret)
{
	uint64_t value;

	if (len < 3 || strncmp(text, "0x", 2) != 0 ||
	    kd_number_parse(text, len, 16, &value) != KD_OK ||
	    value > UINT32_MAX)
		return false;
	memset(ret->text, 0, sizeof(ret->text));
	for (unsigned i = 0; i < KD_POOL_TAG_TEXT - 1; i++)
		ret->text[i] = (char)(value >> 8 * i & 0xff);
	return true;
}

enum kd_status kd_pool_pattern_take(struct kd_shell *sh, const char **at,
				    struct kd_pool_pattern *ret)
{
	const char *from = *at + kd_spaces(*at);
	bool quoted = *from == '"';
	size_t len;

	from += quoted;
	len = strcspn(from, quoted ? "\"" : " \t");
	if (!len || len >= sizeof(ret->text)) {
		kd_out(sh, "A tag of four characters belongs here; '*' and '?' "
			   "stand for others.\n");
		return KD_E_FORMAT;
	}
	if (quoted || !take_value(from, len, ret)) {
		memcpy(ret->text, from, len);
		ret->text[len] = '\0';
	}
	*at = from + len + (quoted && from[len]);
	*at += kd_spaces(*at);
	return KD_OK;
}

bool kd_pool_switch_take(const char **at, const char *name, uint64_t *ret)
{
	size_t len = strlen(name);
	const char *digits = *at + len;
	uint64_t n = 0;

	if (strncmp(*at, name, len) != 0)
		return false;
	digits += kd_spaces(digits);
	if (!isdigit((unsigned char)*digits))
		return false;
	for (; isdigit((unsigned char)*digits) && n < UINT32_MAX; digits++)
		n = n * 10 + (uint64_t)(*digits - '0');
	if (*digits && !kd_spaces(digits))
		return false;
	*ret = n;
	*at = digits + kd_spaces(digits);
	return true;
}
