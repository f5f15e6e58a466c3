#include "kd_hunt.h"
#include "kd_lexer.h"

#include <string.h>

enum { WATCH_S = 6, COLLECT_S = 10, SHARE = 50, SECONDS_MAX = 7 * 86400 };

/* A decimal number; false if there is none, or one that is too large. */
static bool take_number(const char **at, uint64_t most, uint64_t *ret)
{
	const char *from = *at;
	uint64_t n = 0;

	for (; *from >= '0' && *from <= '9' && n <= most; from++)
		n = n * 10 + (uint64_t)(*from - '0');
	if (from == *at || n > most)
		return false;
	*at = from;
	*ret = n;
	return true;
}

/* "name" or name */
static bool take_path(const char **at, char out[KD_PATH_MAX])
{
	bool quoted = **at == '"';
	const char *from = *at + quoted;
	size_t len = strcspn(from, quoted ? "\"" : " \t");

	if (!len || len >= KD_PATH_MAX || (quoted && from[len] != '"'))
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	*at = from + len + quoted;
	return true;
}

static bool take_tag(const char **at, struct kd_hunt_options *o)
{
	char text[KD_POOL_TAG_TEXT];
	bool quoted = **at == '"';
	const char *from = *at + quoted;
	size_t len = strcspn(from, quoted ? "\"" : " \t");

	if (o->has_tag || !len || len >= sizeof(text) ||
	    (quoted && from[len] != '"'))
		return false;
	memcpy(text, from, len);
	text[len] = '\0';
	*at = from + len + quoted;
	o->has_tag = true;
	o->tag = kd_pool_tag_of(text);
	return true;
}

static bool take_option(const char **at, struct kd_hunt_options *o)
{
	const struct {
		const char *name;
		uint64_t *number;
		uint64_t most;
		char *path;
		bool *flag;
	} options[] = {
		{ "/folded", NULL, 0, o->folded, NULL },
		{ "/svg", NULL, 0, o->svg, NULL },
		{ "/w", &o->watch_s, SECONDS_MAX, NULL, NULL },
		{ "/s", &o->collect_s, SECONDS_MAX, NULL, NULL },
		{ "/c", &o->hits, UINT32_MAX, NULL, NULL },
		{ "/l", &o->share, 99, NULL, NULL },
		{ "/k", NULL, 0, NULL, &o->keep },
	};
	size_t len = strcspn(*at, " \t");

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strlen(options[i].name) != len ||
		    strncmp(options[i].name, *at, len) != 0)
			continue;
		*at += len;
		*at += kd_spaces(*at);
		if (options[i].flag)
			*options[i].flag = true;
		return options[i].flag ||
		       (options[i].path ? take_path(at, options[i].path)
					: take_number(at, options[i].most,
						      options[i].number));
	}
	return false;
}

enum kd_status kd_hunt_options_take(struct kd_shell *sh, const char *args,
				    struct kd_hunt_options *ret)
{
	struct kd_hunt_options o = { .watch_s = WATCH_S,
				     .collect_s = COLLECT_S,
				     .share = SHARE };
	const char *at = args;

	while (*at) {
		const char *start = at;

		if (!(*at == '/' ? take_option(&at, &o) : take_tag(&at, &o)))
			return kd_shell_syntax_error(sh, start);
		at += kd_spaces(at);
	}
	if (sh->config.no_files && (o.folded[0] || o.svg[0])) {
		kd_out(sh, "Files may not be written here.\n");
		return KD_E_UNSUPPORTED;
	}
	*ret = o;
	return KD_OK;
}
