#include "decode.h"
#include "decode_json.h"
#include "decode_summary.h"
#include "decode_text.h"

#include <stdlib.h>

enum { DONE = 0, FAILED = 1, USAGE = 2 };

struct decode {
	const char *path;
	const char *key_text; /* NULL: none was given */
	bool json;
	struct kd_crypto *crypto; /* NULL in a build without it */
	struct kd_tap *tap;
	struct kd_capture *capture;
	struct decode_summary summary;
	struct decode_fact fact; /* too large for the stack of some */
	uint64_t first_us;
	bool begun;
	bool needs_key; /* KDNET came, and there is no key */
};

static int usage(const char *trouble, const char *what)
{
	fprintf(stderr,
		"crashcart decode: %s%s\n"
		"usage: crashcart decode FILE [--key KEY | --key @FILE] "
		"[--json]\n",
		trouble, what);
	return USAGE;
}

static int fail(const struct decode *d, const char *trouble)
{
	fprintf(stderr, "crashcart decode: %s: %s\n", d->path, trouble);
	return FAILED;
}

/* 0 to go on, else the exit code. */
static int parse_options(struct decode *d, int argc, char **argv)
{
	d->key_text = getenv("CRASHCART_KEY");
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (!strcmp(arg, "--json")) {
			d->json = true;
		} else if (!strcmp(arg, "--key")) {
			if (++i == argc)
				return usage("--key needs a key", "");
			d->key_text = argv[i];
		} else if (!strncmp(arg, "--key=", 6)) {
			d->key_text = arg + 6;
		} else if (arg[0] == '-' && arg[1]) {
			return usage("unknown option ", arg);
		} else if (d->path) {
			return usage("one file at a time, not also ", arg);
		} else {
			d->path = arg;
		}
	}
	return d->path ? DONE : usage("which file?", "");
}

/* "w.x.y.z", or "@FILE" that holds one. */
static enum kd_status read_key(const char *text, struct kd_detail *detail,
			       struct kd_net_key *ret)
{
	if (text[0] == '@')
		return kd_connect_read_key(text + 1, detail, ret);
	return kd_net_key_parse(text, detail, ret);
}

/* The key and the tap: before the file, so that a bad key is told first. */
static int open_tap(struct decode *d)
{
	struct kd_detail detail = { 0 };
	struct kd_net_key key = { 0 };
	enum kd_status st;

	if (d->key_text) {
		st = read_key(d->key_text, &detail, &key);
		if (st != KD_OK) {
			fprintf(stderr, "crashcart decode: key: %s\n",
				detail.text);
			return USAGE;
		}
	}
	if (kd_crypto_is_available() &&
	    kd_crypto_create(NULL, &d->crypto) != KD_OK)
		return fail(d, kd_status_text(KD_E_NOMEM));
	st = kd_tap_create(NULL, d->key_text ? &key : NULL, &d->tap);
	kd_net_key_wipe(&key);
	return st == KD_OK ? DONE : fail(d, kd_status_text(st));
}

static void show(struct decode *d, const struct kd_capture_record *r)
{
	struct decode_fact *f = &d->fact;

	if (!d->begun)
		d->first_us = r->wall_us;
	d->begun = true;
	f->index++;
	f->kind = r->kind;
	f->wall_us = r->wall_us;
	f->since_us = r->wall_us > d->first_us ? r->wall_us - d->first_us : 0;
	f->from = r->from;
	f->to = r->to;
	f->len = r->len;
	decode_fact_fill(f);
	decode_summary_add(&d->summary, f);
	if (d->json)
		decode_json_print(stdout, d->crypto, f);
	else
		decode_text_print(stdout, f);
}

static void drain_stream(struct decode *d, const struct kd_capture_record *r)
{
	while (kd_tap_next(d->tap, &d->fact.message))
		show(d, r);
}

static enum kd_status take_datagram(struct decode *d,
				    const struct kd_capture_record *r)
{
	enum kd_status st = kd_tap_datagram(d->tap, &r->from, &r->to, r->bytes,
					    r->len, &d->fact.message);

	if (st == KD_E_FORMAT) /* not KDNET: somebody else's */
		return KD_OK;
	if (st != KD_OK)
		return st;
	if (!d->key_text) {
		d->needs_key = true;
		return KD_E_AUTH;
	}
	show(d, r);
	return KD_OK;
}

/* Read to the end, or to what stops it; the reason is in the detail. */
static enum kd_status read_all(struct decode *d, struct kd_detail *detail)
{
	struct kd_capture_record r = { 0 };

	for (;;) {
		enum kd_status st = kd_capture_next(d->capture, detail, &r);

		if (st != KD_OK) {
			kd_tap_finish(d->tap);
			drain_stream(d, &r);
			return st;
		}
		if (r.kind == KD_LINK_DATAGRAM) {
			st = take_datagram(d, &r);
			if (st != KD_OK) {
				kd_detail_set(detail, "%s", kd_status_text(st));
				return st;
			}
		} else {
			kd_tap_feed(d->tap, r.from_host, r.bytes, r.len);
			drain_stream(d, &r);
		}
	}
}

/* What the whole of it comes to. */
static int judge(const struct decode *d, enum kd_status st,
		 const struct kd_detail *detail)
{
	const struct decode_summary *s = &d->summary;
	int code = DONE;

	if (ferror(stdout) || fflush(stdout))
		return fail(d, "the output cannot be written");
	if (st != KD_E_END)
		code = fail(d, detail->text);
	if (!s->datagrams && !s->messages)
		return fail(d, "there is neither KDNET nor a recorded serial "
			       "line in it");
	if (!s->datagrams || s->authentic)
		return code;
	if (s->why[KD_TAP_WHY_FOREIGN])
		return fail(d, "not one datagram authenticates: the key is "
			       "wrong");
	return fail(d, "not one datagram can be read: the handshake is not in "
		       "the file");
}

static int decode_file(struct decode *d)
{
	struct kd_detail detail = { 0 };
	enum kd_status st = kd_capture_open(d->path, &detail, &d->capture);

	if (st != KD_OK)
		return fail(d,
			    detail.text[0] ? detail.text : kd_status_text(st));
	st = read_all(d, &detail);
	if (d->needs_key)
		return usage("this is KDNET, which is encrypted: give its key "
			     "by --key or CRASHCART_KEY",
			     "");
	/* with --json every line of the output is an object */
	decode_summary_print(d->json ? stderr : stdout, &d->summary,
			     kd_capture_get_counters(d->capture));
	return judge(d, st, &detail);
}

int decode_main(int argc, char **argv)
{
	struct decode *d = calloc(1, sizeof(*d));
	int code;

	if (!d) {
		fputs("crashcart decode: out of memory\n", stderr);
		return FAILED;
	}
	code = parse_options(d, argc, argv);
	if (code == DONE)
		code = open_tap(d);
	if (code == DONE)
		code = decode_file(d);
	kd_capture_close(d->capture);
	kd_tap_destroy(d->tap);
	kd_crypto_destroy(d->crypto);
	free(d);
	return code;
}
