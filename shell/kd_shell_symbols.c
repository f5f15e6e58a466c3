/* Symbols, as the shell's texts and expressions need them. */

#include "kd_shell_state.h"
#include "kd_symbol_store.h"

#include <inttypes.h>
#include <string.h>

enum { TELL_US = 2000000, PAGE = 4096 };

/*
 * Tables of images are read in no order, by bisection for one. By the block,
 * that costs a packet for each block that is touched, and not for each place.
 * A block is what one packet carries, counted from where a page begins, which
 * is where tables begin, too.
 */
static enum kd_status read_block(struct kd_shell *sh, uint64_t address,
				 void *buf, size_t len)
{
	const struct kd_link *link = sh->config.link;
	bool is_stream = link && link->kind == KD_LINK_STREAM;
	size_t most = is_stream ? KD_READ_MAX_STREAM : KD_READ_MAX_NET;
	size_t in_page = (size_t)(address % PAGE), skip = in_page % most;
	uint8_t block[KD_READ_MAX_STREAM];
	enum kd_status st = KD_E_TARGET;

	if (most > PAGE - (in_page - skip))
		most = PAGE - (in_page - skip);
	if (len <= most - skip)
		st = kd_shell_read_all(sh, address - skip, false, block, most);
	if (st == KD_OK)
		memcpy(buf, block + skip, len);
	return st;
}

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct kd_shell *sh = ctx;
	enum kd_status st;

	if (!len)
		return KD_OK;
	if (!kd_session_is_halted(sh->session))
		return KD_E_STATE;
	st = read_block(sh, address, buf, len);
	/* a block may go beyond what is there */
	if (st == KD_E_TARGET)
		st = kd_shell_read_all(sh, address, false, buf, len);
	return st;
}

static enum kd_status locate(void *ctx, const struct kd_symbol_file *want,
			     unsigned attempt, char *path)
{
	struct kd_shell *sh = ctx;
	enum kd_status st = KD_OK;

	if (sh->config.no_files)
		return KD_E_END;
	if (strcmp(kd_symbol_store_path(sh->store), sh->symbol_path) != 0)
		st = kd_symbol_store_set_path(sh->store, sh->symbol_path);
	if (st != KD_OK)
		return st;
	return kd_symbol_store_locate(sh->store, want, attempt, path);
}

/* A line now and then, and never into text that a script takes. */
static bool tell_download(void *ctx, const char *url, uint64_t done,
			  uint64_t total)
{
	struct kd_shell *sh = ctx;
	uint64_t now_us = kd_shell_now(sh);

	if (!sh->download_told_us)
		sh->download_told_us = now_us;
	if (now_us - sh->download_told_us >= TELL_US && !sh->capture) {
		sh->download_told_us = now_us;
		kd_out_fresh_line(sh);
		kd_out(sh, "Downloading %.200s: %" PRIu64 " KiB", url,
		       done / 1024);
		if (total)
			kd_out(sh, " of %" PRIu64, total / 1024);
		kd_out(sh, ". Ctrl-C stops it.\n");
	}
	return !kd_session_is_canceled(sh->session);
}

static void say(void *ctx, enum kd_symbol_message kind, const char *text)
{
	struct kd_shell *sh = ctx;

	if (kind == KD_SYMBOLS_TRIED && !sh->symbols_noisy)
		return;
	kd_out_fresh_line(sh);
	kd_out(sh, "%s\n", text);
}

enum kd_status kd_shell_symbols_init(struct kd_shell *sh)
{
	struct kd_symbols_config config = {
		.memory = { .read = read_memory, .ctx = sh },
		.locate = locate,
		.locate_ctx = sh,
		.say = say,
		.say_ctx = sh,
	};

	struct kd_symbol_store_config store = {
		.path = sh->config.symbol_path,
		.default_store = sh->config.symbol_store,
		.say = say,
		.say_ctx = sh,
		.progress = tell_download,
		.progress_ctx = sh,
	};
	enum kd_status st;

	if (sh->config.symbol_path)
		snprintf(sh->symbol_path, sizeof(sh->symbol_path), "%s",
			 sh->config.symbol_path);
	st = kd_symbol_store_create(&sh->mem, &store, &sh->store);
	if (st != KD_OK)
		return st;
	return kd_symbols_create(&sh->mem, &config, &sh->symbols);
}

void kd_shell_symbol_text(struct kd_shell *sh, uint64_t address,
			  struct kd_text *out)
{
	const struct kd_symbol_module *m = kd_shell_module_at(sh, address);
	struct kd_symbol symbol;
	uint64_t distance;

	if (!m)
		return;
	distance = address - m->base;
	kd_text_add(out, "%s", m->name);
	if (kd_symbols_by_address(sh->symbols, address, &symbol) == KD_OK) {
		distance = address - symbol.address;
		kd_text_add(out, "!%s", symbol.name);
	}
	if (distance)
		kd_text_add(out, "+0x%" PRIx64, distance);
}

enum kd_status kd_shell_name_address(struct kd_shell *sh, const char *name,
				     uint64_t *ret)
{
	char module_name[KD_SYMBOL_MODULE_NAME_MAX];
	size_t len = strcspn(name, "!");
	const struct kd_symbol_module *m;
	struct kd_symbol symbol;
	enum kd_status st;

	if (len >= sizeof(module_name))
		return KD_E_NOT_FOUND;
	memcpy(module_name, name, len);
	module_name[len] = '\0';
	m = kd_shell_module_named(sh, module_name);
	if (m && !name[len]) {
		*ret = m->base;
		return KD_OK;
	}
	if (!m && name[len])
		return KD_E_NOT_FOUND;
	st = kd_symbols_by_name(sh->symbols, name, &symbol);
	if (st == KD_OK)
		*ret = symbol.address;
	return st;
}

/* The list of modules is read as far as the name's. */
static void know_module(struct kd_shell *sh, const char *name)
{
	static const char *const words[] = { "struct ", "union ", "enum ",
					     "class " };
	char module[KD_SYMBOL_MODULE_NAME_MAX] = "nt";
	size_t len;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncmp(name, words[i], strlen(words[i])))
			name += strlen(words[i]);
	len = strcspn(name, "!");
	if (name[len] && len && len < sizeof(module)) {
		memcpy(module, name, len);
		module[len] = '\0';
	}
	kd_shell_module_named(sh, module);
}

enum kd_status kd_shell_typed_at(struct kd_shell *sh, const char *type,
				 uint64_t address, struct kd_typed *ret)
{
	know_module(sh, type);
	return kd_typed_at(sh->symbols, type, address, ret);
}

enum kd_status kd_shell_typed_symbol(struct kd_shell *sh, const char *name,
				     struct kd_typed *ret)
{
	know_module(sh, name);
	return kd_typed_symbol(sh->symbols, name, ret);
}
