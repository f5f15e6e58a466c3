#include "kd_symbol_files.h"
#include "kd_symbol_store_parts.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

enum { MESSAGE_MAX = 1600 };

static char *copy_text(const struct kd_allocator *mem, const char *text)
{
	size_t len = strlen(text);
	char *copy = mem->alloc(mem->ctx, len + 1);

	if (copy)
		memcpy(copy, text, len + 1);
	return copy;
}

static void release(const struct kd_allocator *mem, char *text)
{
	if (text)
		mem->release(mem->ctx, text);
}

enum kd_status kd_symbol_store_create(
	const struct kd_allocator *mem,
	const struct kd_symbol_store_config *config,
	struct kd_symbol_store **ret)
{
	struct kd_symbol_store *s;

	if (!mem)
		mem = kd_allocator_libc();
	s = mem->alloc(mem->ctx, sizeof(*s));
	if (!s)
		return KD_E_NOMEM;
	memset(s, 0, sizeof(*s));
	s->mem = *mem;
	s->config = *config;
	s->path = copy_text(mem, config->path ? config->path : "");
	if (config->default_store)
		s->default_store = copy_text(mem, config->default_store);
	if (!s->path || (config->default_store && !s->default_store)) {
		kd_symbol_store_destroy(s);
		return KD_E_NOMEM;
	}
	*ret = s;
	return KD_OK;
}

void kd_symbol_store_destroy(struct kd_symbol_store *s)
{
	if (!s)
		return;
	release(&s->mem, s->path);
	release(&s->mem, s->default_store);

	struct kd_allocator mem = s->mem;

	mem.release(mem.ctx, s);
}

enum kd_status kd_symbol_store_set_path(struct kd_symbol_store *s,
					const char *path)
{
	char *copy = copy_text(&s->mem, path);

	if (!copy)
		return KD_E_NOMEM;
	release(&s->mem, s->path);
	s->path = copy;
	s->element = NULL;
	s->servers = 0;
	return KD_OK;
}

const char *kd_symbol_store_path(const struct kd_symbol_store *s)
{
	return s->path;
}

void kd_store_say(const struct kd_symbol_store *s, const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list args;

	if (!s->config.say)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	s->config.say(s->config.say_ctx, KD_SYMBOLS_TRIED, text);
}

/* One of a plain folder's places; false if there are no more. */
static bool write_place(const struct kd_store_part *folder,
			const struct kd_symbol_file *want, unsigned form,
			char out[KD_SYMBOL_PATH_MAX])
{
	const char *dot = want->image ? strrchr(want->image, '.') : NULL;
	const char *kind = dot ? dot + 1 : "sys";
	int n = (int)folder->len, len;

	if (form == 0)
		len = snprintf(out, KD_SYMBOL_PATH_MAX, "%.*s/%s", n,
			       folder->text, want->name);
	else if (form == 1)
		len = snprintf(out, KD_SYMBOL_PATH_MAX, "%.*s/%s/%s", n,
			       folder->text, kind, want->name);
	else
		len = snprintf(out, KD_SYMBOL_PATH_MAX, "%.*s/symbols/%s/%s", n,
			       folder->text, kind, want->name);
	if (len < 0 || len >= KD_SYMBOL_PATH_MAX)
		out[0] = '\0';
	return form < 3;
}

/* "srv*…": what is behind the word; false if it begins otherwise. */
static bool take_word(struct kd_store_part *p, const char *word)
{
	size_t len = strlen(word);

	if (p->len < len || strncasecmp(p->text, word, len) != 0)
		return false;
	p->text += len;
	p->len -= len;
	return true;
}

/* "cache*C": from here on. */
static enum kd_status begin_cache(struct kd_symbol_store *s,
				  const struct kd_store_part *p,
				  const struct kd_symbol_file *want,
				  char out[KD_SYMBOL_PATH_MAX])
{
	const char *text = p->len ? p->text : s->default_store;
	size_t len = p->len || !text ? p->len : strlen(text);

	if (!text || len >= sizeof(s->cache))
		return KD_E_NOT_FOUND;
	memcpy(s->cache, text, len);
	s->cache[len] = '\0';
	return kd_store_find(s, s->cache, want, out);
}

/* The next file that is there in a plain folder. */
static enum kd_status next_of_folder(struct kd_symbol_store *s,
				     const struct kd_store_part *folder,
				     const struct kd_symbol_file *want,
				     char out[KD_SYMBOL_PATH_MAX])
{
	struct kd_detail detail = { 0 };

	while (write_place(folder, want, s->form++, out)) {
		if (!out[0])
			continue;
		if (!kd_file_exists(out)) {
			kd_store_say(s, "DBGHELP: %s - file not found", out);
			continue;
		}
		if (s->cache[0] && kd_store_verify(s, out, want, &detail))
			kd_store_keep(s, s->cache, want, out);
		return KD_OK;
	}
	return KD_E_NOT_FOUND;
}

static enum kd_status look_into(struct kd_symbol_store *s,
				struct kd_store_part p,
				const struct kd_symbol_file *want,
				char out[KD_SYMBOL_PATH_MAX])
{
	enum kd_status st;

	if (!p.len || kd_store_is_web(&p))
		return KD_E_NOT_FOUND;
	if (!memchr(p.text, '*', p.len))
		return next_of_folder(s, &p, want, out);
	/* stores keep images by time stamp, which is not always known */
	if (want->is_image && !want->timestamp)
		return KD_E_NOT_FOUND;
	if (take_word(&p, "cache*"))
		return begin_cache(s, &p, want, out);
	if (take_word(&p, "symsrv*")) {
		const char *star = memchr(p.text, '*', p.len);

		if (!star)
			return KD_E_NOT_FOUND;
		p.len -= (size_t)(star + 1 - p.text);
		p.text = star + 1;
	} else {
		/* also a chain that nobody has called one */
		take_word(&p, "srv*");
	}
	st = kd_store_chain(s, p, want, out);
	if (st == KD_OK && s->cache[0])
		kd_store_keep(s, s->cache, want, out);
	return st;
}

static enum kd_status next_place(struct kd_symbol_store *s,
				 const struct kd_symbol_file *want,
				 char out[KD_SYMBOL_PATH_MAX])
{
	while (s->element) {
		struct kd_store_part p = { s->element,
					   strcspn(s->element, ";") };
		enum kd_status st = look_into(s, p, want, out);
		bool again = st == KD_OK && s->form;

		/* a folder may have more of that name */
		if (!again) {
			s->form = 0;
			s->element = p.text[p.len] ? p.text + p.len + 1 : NULL;
		}
		if (st != KD_E_NOT_FOUND)
			return st;
	}
	return KD_E_END;
}

enum kd_status kd_symbol_store_locate(void *store,
				      const struct kd_symbol_file *want,
				      unsigned attempt, char *path)
{
	struct kd_symbol_store *s = store;
	char place[KD_SYMBOL_PATH_MAX];
	enum kd_status st;

	if (!attempt || attempt < s->attempt) {
		s->element = s->path;
		s->form = 0;
		s->cache[0] = '\0';
		s->attempt = 0;
	}
	do {
		st = next_place(s, want, place);
		if (st != KD_OK)
			return st;
	} while (s->attempt++ < attempt);
	strcpy(path, place);
	return KD_OK;
}
