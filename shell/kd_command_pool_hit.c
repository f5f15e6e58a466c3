/* nt!PoolHitTag: the tag whose allocations and frees stop the target. */

#include "kd_commands.h"
#include "kd_pool_sites.h"
#include "kd_pool_tags.h"

#include <string.h>
#include <strings.h>

enum { REQUEST_US = 10000000 };

/* A tag, in quotes if it has spaces; at most four characters. */
static enum kd_status take_tag(struct kd_shell *sh, const char *args,
			       uint32_t *ret)
{
	char text[KD_POOL_TAG_TEXT];
	bool quoted = *args == '"';
	size_t len = strlen(args);

	if (quoted && (len < 2 || args[len - 1] != '"'))
		return kd_shell_syntax_error(sh, args);
	args += quoted;
	len -= quoted ? 2 : 0;
	if (!len || len >= sizeof(text)) {
		kd_out(sh, "A tag has one to four characters.\n");
		return KD_E_FORMAT;
	}
	memcpy(text, args, len);
	text[len] = '\0';
	*ret = kd_pool_tag_of(text);
	return KD_OK;
}

/* Where nothing is found, the detail says what. */
static enum kd_status fail(struct kd_shell *sh, enum kd_status st)
{
	if (st != KD_E_NOT_FOUND)
		return kd_shell_fail(sh, st, "Cannot get at nt!PoolHitTag");
	kd_out(sh, "It cannot be done: %s.\n",
	       kd_session_detail(sh->session)->text);
	return st;
}

static enum kd_status show(struct kd_shell *sh, const struct kd_pool_code *c)
{
	char text[KD_POOL_TAG_TEXT];
	uint32_t tag;
	enum kd_status st = kd_pool_hit_tag_get(c, &tag);

	if (st != KD_OK)
		return fail(sh, st);
	kd_record_flag(sh, "on", tag != KD_POOL_HIT_NONE);
	if (tag == KD_POOL_HIT_NONE) {
		kd_record_null(sh, "tag");
		kd_out(sh, "nt!PoolHitTag is off.\n");
		return KD_OK;
	}
	kd_record_text(sh, "tag", kd_pool_tag_text(tag, text));
	kd_out(sh,
	       "nt!PoolHitTag is '%s': the target stops where that is "
	       "allocated or freed.\n",
	       kd_pool_tag_text(tag, text));
	return KD_OK;
}

enum kd_status kd_run_pool_hit_tag(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	const struct kd_pool_code c = {
		.session = sh->session,
		.symbols = sh->symbols,
		.request_us = sh->config.request_timeout_us
				      ? sh->config.request_timeout_us
				      : REQUEST_US,
	};
	uint32_t tag = KD_POOL_HIT_NONE;
	enum kd_status st = KD_OK;

	(void)self;
	/* the kernel has to be among the modules that are known */
	(void)kd_shell_module_named(sh, "nt");
	if (!strcasecmp(args, "off")) {
		st = kd_pool_hit_tag_clear(&c);
	} else if (*args) {
		st = take_tag(sh, args, &tag);
		if (st != KD_OK)
			return st;
		st = kd_pool_hit_tag_set(&c, tag);
	}
	if (st != KD_OK)
		return fail(sh, st);
	return show(sh, &c);
}
