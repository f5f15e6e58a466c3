/* From a web server into a store of this machine. */

#include "kd_symbol_files.h"
#include "kd_symbol_key.h"
#include "kd_symbol_store_parts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	/* a download that is cut off goes on so often, while it brings more */
	TRIES_MAX = 20,
	INDEX_MAX = 4096, /* bytes of an index2.txt that are looked at */
	CONNECT_US = 10000000,
	STALL_US = 30000000,
};

#define LARGEST (UINT64_C(4) << 30)

static struct kd_store_server *server_of(struct kd_symbol_store *s,
					 const struct kd_store_part *p)
{
	struct kd_store_server *new;
	size_t len = p->len;

	while (len && p->text[len - 1] == '/')
		len--;
	for (size_t i = 0; i < s->servers; i++)
		if (strlen(s->server[i].url) == len &&
		    !memcmp(s->server[i].url, p->text, len))
			return &s->server[i];
	if (s->servers == KD_STORE_SERVERS_MAX || len >= KD_SYMBOL_PATH_MAX)
		return NULL;
	new = &s->server[s->servers++];
	*new = (struct kd_store_server){ .asked = false };
	memcpy(new->url, p->text, len);
	return new;
}

static struct kd_download download_of(const struct kd_symbol_store *s,
				      const char *url, FILE *file)
{
	const struct kd_symbol_store_config *c = &s->config;

	return (struct kd_download){
		.url = url,
		.file = file,
		.largest = c->largest ? c->largest : LARGEST,
		.connect_us = c->connect_us ? c->connect_us : CONNECT_US,
		.stall_us = c->stall_us ? c->stall_us : STALL_US,
		.progress = c->progress,
		.ctx = c->progress_ctx,
	};
}

/* A server that cannot be reached now will not be asked again. */
static void note(const struct kd_symbol_store *s, struct kd_store_server *v,
		 enum kd_status st, const char *why)
{
	if (st != KD_E_LOST && st != KD_E_TIMEOUT && st != KD_E_UNSUPPORTED)
		return;
	v->gone = true;
	kd_store_say(s,
		     "SYMSRV:  %s is not asked any more: %s. '.reload' or "
		     "another '.sympath' tries it again",
		     v->url, why);
}

/* Has the server's store two tiers of folders? */
static enum kd_status ask_layout(struct kd_symbol_store *s,
				 struct kd_store_server *v)
{
	char url[KD_STORE_URL_MAX];
	struct kd_detail detail = { 0 };
	struct kd_download d;
	enum kd_status st;
	FILE *file;

	if (v->asked)
		return KD_OK;
	file = tmpfile();
	if (!file)
		return KD_E_OS;
	snprintf(url, sizeof(url), "%s/index2.txt", v->url);
	d = download_of(s, url, file);
	d.largest = INDEX_MAX;
	st = kd_download(&d, &detail);
	fclose(file);
	note(s, v, st, detail.text);
	if (st == KD_E_CANCELED || v->gone)
		return st;
	v->asked = true;
	v->has_index2 = st == KD_OK || st == KD_E_SPACE;
	return KD_OK;
}

static bool url_of(const struct kd_store_server *v,
		   const struct kd_symbol_file *want,
		   char out[KD_STORE_URL_MAX])
{
	char key[KD_SYMBOL_KEY_MAX];
	int len;

	kd_symbol_key(want, key);
	/* a name that the target has made up leads to no other place */
	if (strpbrk(want->name, "/\\?#%&: \"<>"))
		return false;
	if (v->has_index2)
		len = snprintf(out, KD_STORE_URL_MAX, "%s/%.2s/%s/%s/%s",
			       v->url, want->name, want->name, key, want->name);
	else
		len = snprintf(out, KD_STORE_URL_MAX, "%s/%s/%s/%s", v->url,
			       want->name, key, want->name);
	return len > 0 && len < KD_STORE_URL_MAX;
}

/* KD_OK with the part ours, or the file in its place meanwhile. */
static enum kd_status take_part(struct kd_symbol_store *s, const char *path,
				const char *url, struct kd_file_part *ret)
{
	for (;;) {
		int error = kd_file_part_open(path, ret);

		if (!error && kd_file_exists(path)) {
			kd_file_part_leave(ret, false);
			ret->file = NULL;
		}
		if (!error)
			return KD_OK;
		if (error != EWOULDBLOCK) {
			kd_store_say(s, "SYMSRV:  %s cannot be written: %s",
				     path, strerror(error));
			return KD_E_OS;
		}
		/* somebody else fetches it: let them */
		if (s->config.progress &&
		    !s->config.progress(s->config.progress_ctx, url, 0, 0))
			return KD_E_CANCELED;
		kd_file_wait();
		if (kd_file_exists(path)) {
			ret->file = NULL;
			return KD_OK;
		}
	}
}

/* All of it, going on where it was cut off as long as that brings more. */
static enum kd_status fetch_all(const struct kd_download *d,
				struct kd_detail *detail)
{
	enum kd_status st = KD_E_PENDING;

	for (unsigned i = 0; st == KD_E_PENDING && i < TRIES_MAX; i++)
		st = kd_download(d, detail);
	return st;
}

/* Fetch and check; once more from the start if what was kept is not right. */
static enum kd_status fetch_right(struct kd_symbol_store *s,
				  struct kd_file_part *part, const char *url,
				  const struct kd_symbol_file *want,
				  struct kd_detail *detail)
{
	struct kd_download d = download_of(s, url, part->file);
	bool resumed =
		!fseeko(part->file, 0, SEEK_END) && ftello(part->file) > 0;
	enum kd_status st = fetch_all(&d, detail);

	if (st != KD_OK || kd_store_verify(s, part->path, want, detail))
		return st;
	rewind(part->file);
	if (!resumed || ftruncate(fileno(part->file), 0))
		return KD_E_FORMAT;
	st = fetch_all(&d, detail);
	if (st != KD_OK || kd_store_verify(s, part->path, want, detail))
		return st;
	return KD_E_FORMAT;
}

/* What was cut off is worth keeping, what is wrong is not. */
static bool is_kept(enum kd_status st)
{
	return st == KD_E_CANCELED || st == KD_E_TIMEOUT ||
	       st == KD_E_PENDING || st == KD_E_LOST;
}

static enum kd_status fetch_to(struct kd_symbol_store *s,
			       struct kd_store_server *v, const char *url,
			       const struct kd_symbol_file *want,
			       const char *path)
{
	struct kd_detail detail = { 0 };
	struct kd_file_part part;
	enum kd_status st = take_part(s, path, url, &part);
	int error;

	if (st != KD_OK || !part.file)
		return st;
	st = fetch_right(s, &part, url, want, &detail);
	if (st != KD_OK) {
		kd_file_part_leave(&part, is_kept(st));
		kd_store_say(s, "SYMSRV:  %s - %s", url, detail.text);
		note(s, v, st, detail.text);
		return st == KD_E_CANCELED || st == KD_E_OS ? st
							    : KD_E_NOT_FOUND;
	}
	error = kd_file_part_finish(&part, path);
	if (error) {
		kd_store_say(s, "SYMSRV:  %s cannot be written: %s", path,
			     strerror(error));
		return KD_E_OS;
	}
	kd_store_say(s, "SYMSRV:  %s - fetched from %s", path, url);
	return KD_OK;
}

enum kd_status kd_store_fetch(struct kd_symbol_store *s,
			      const struct kd_store_part *server,
			      const char *root,
			      const struct kd_symbol_file *want,
			      char out[KD_SYMBOL_PATH_MAX])
{
	struct kd_store_server *v = server_of(s, server);
	char path[KD_SYMBOL_PATH_MAX], url[KD_STORE_URL_MAX];
	enum kd_status st;

	if (!v || v->gone || !kd_store_place(root, want, want->name, path))
		return KD_E_NOT_FOUND;
	st = ask_layout(s, v);
	if (st == KD_E_CANCELED)
		return st;
	if (st != KD_OK || !url_of(v, want, url))
		return KD_E_NOT_FOUND;
	st = fetch_to(s, v, url, want, path);
	if (st == KD_OK)
		strcpy(out, path);
	return st;
}
