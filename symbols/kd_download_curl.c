#include "kd_clock.h"
#include "kd_download.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	REDIRECTS_MAX = 5,
	LOOK_MS = 100, /* how often whoever waits is asked */
	HTTP_OK = 200,
	HTTP_PARTIAL = 206,
	HTTP_ERRORS = 400,
	HTTP_NOT_FOUND = 404,
	HTTP_GONE = 410,
	HTTP_RANGE = 416, /* there is nothing behind what we have */
};

struct transfer {
	const struct kd_download *d;
	CURL *curl;
	uint64_t had;	       /* bytes, when it began */
	uint64_t done;	       /* with those */
	uint64_t since;	       /* when the last of them came */
	bool begun;	       /* the body has */
	enum kd_status failed; /* why we stopped it */
	int os_error;
};

static long response(const struct transfer *t)
{
	long code = 0;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &code);
	return code;
}

static size_t on_data(char *data, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * count;

	/* an error's page is not the file */
	if (response(t) >= HTTP_ERRORS)
		return len;
	t->begun = true;
	if (len > t->d->largest - t->done) {
		t->failed = KD_E_SPACE;
		return 0;
	}
	if (fwrite(data, 1, len, t->d->file) != len) {
		t->os_error = errno;
		t->failed = KD_E_OS;
		return 0;
	}
	t->done += len;
	t->since = kd_clock_now_us();
	return len;
}

/* How long it is, or 0. */
static uint64_t total_of(const struct transfer *t)
{
	curl_off_t rest = -1;

	curl_easy_getinfo(t->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &rest);
	if (rest < 0 || !t->begun)
		return 0;
	return (response(t) == HTTP_PARTIAL ? t->had : 0) + (uint64_t)rest;
}

/* Between two looks at the wire: shall it go on? */
static bool goes_on(struct transfer *t)
{
	if (t->d->progress &&
	    !t->d->progress(t->d->ctx, t->d->url, t->done, total_of(t)))
		t->failed = KD_E_CANCELED;
	else if (kd_clock_now_us() - t->since > t->d->stall_us)
		t->failed = KD_E_TIMEOUT;
	return t->failed == KD_OK;
}

/* By hand, so that somebody who has had enough is heard at once. */
static CURLcode run(struct transfer *t, CURLM *multi)
{
	CURLcode code = CURLE_FAILED_INIT;
	const CURLMsg *message;
	int running = 1, left;

	if (curl_multi_add_handle(multi, t->curl))
		return code;
	while (running && !curl_multi_perform(multi, &running)) {
		if (running && (!goes_on(t) ||
				curl_multi_poll(multi, NULL, 0, LOOK_MS, NULL)))
			break;
	}
	message = curl_multi_info_read(multi, &left);
	if (message && message->msg == CURLMSG_DONE)
		code = message->data.result;
	curl_multi_remove_handle(multi, t->curl);
	return code;
}

static void set_up(struct transfer *t)
{
	CURL *c = t->curl;

	curl_easy_setopt(c, CURLOPT_URL, t->d->url);
	/* nothing but the web, wherever it leads */
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(t->d->connect_us / 1000));
	curl_easy_setopt(c, CURLOPT_USERAGENT, "crashcart");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	if (t->had)
		curl_easy_setopt(c, CURLOPT_RESUME_FROM_LARGE,
				 (curl_off_t)t->had);
}

/* Why we stopped it ourselves. */
static enum kd_status own_failure(const struct transfer *t,
				  struct kd_detail *detail)
{
	switch (t->failed) {
	case KD_E_CANCELED:
		kd_detail_set(detail, "canceled");
		break;
	case KD_E_TIMEOUT:
		kd_detail_set(detail, "nothing came for %u seconds",
			      (unsigned)(t->d->stall_us / 1000000));
		break;
	case KD_E_SPACE:
		kd_detail_set(detail, "it is longer than %llu bytes",
			      (unsigned long long)t->d->largest);
		break;
	default:
		kd_detail_set_os(detail, t->os_error, "writing the file");
		break;
	}
	return t->failed;
}

static enum kd_status answer(long code, struct kd_detail *detail)
{
	if (code == HTTP_NOT_FOUND || code == HTTP_GONE) {
		kd_detail_set(detail, "the server has no such file");
		return KD_E_NOT_FOUND;
	}
	kd_detail_set(detail, "the server says %ld", code);
	return KD_E_PROTOCOL;
}

/* What libcurl's code means to whoever waits for the file. */
static enum kd_status result(const struct transfer *t, CURLcode code,
			     struct kd_detail *detail)
{
	if (t->failed != KD_OK)
		return own_failure(t, detail);
	if (code != CURLE_OK)
		kd_detail_set(detail, "%s", curl_easy_strerror(code));
	switch (code) {
	case CURLE_OK:
		return response(t) < HTTP_ERRORS ? KD_OK
						 : answer(response(t), detail);
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
		return KD_E_LOST;
	case CURLE_OPERATION_TIMEDOUT:
		return t->begun ? KD_E_TIMEOUT : KD_E_LOST;
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
		return t->done > t->had ? KD_E_PENDING : KD_E_PROTOCOL;
	case CURLE_OUT_OF_MEMORY:
		return KD_E_NOMEM;
	default:
		return KD_E_PROTOCOL;
	}
}

/* The server knows no ranges, or has nothing behind what we have. */
static bool begins_anew(struct transfer *t, CURLcode code)
{
	if (!t->had || (response(t) != HTTP_RANGE && code != CURLE_RANGE_ERROR))
		return false;
	rewind(t->d->file);
	if (ftruncate(fileno(t->d->file), 0))
		return false;
	t->had = t->done = 0;
	return true;
}

static bool find_end(struct transfer *t, struct kd_detail *detail)
{
	off_t end;

	if (fseeko(t->d->file, 0, SEEK_END) || (end = ftello(t->d->file)) < 0) {
		kd_detail_set_os(detail, errno, "looking into the file");
		return false;
	}
	t->had = t->done = (uint64_t)end;
	return true;
}

/* Once, or twice if what we had turns out to be of no use. */
static CURLcode run_all(struct transfer *t, CURLM *multi)
{
	CURLcode code;

	for (;;) {
		t->begun = false;
		set_up(t);
		code = run(t, multi);
		if (!begins_anew(t, code))
			return code;
		curl_easy_reset(t->curl);
	}
}

enum kd_status kd_download(const struct kd_download *d,
			   struct kd_detail *detail)
{
	struct transfer t = { .d = d, .since = kd_clock_now_us() };
	enum kd_status st = KD_E_NOMEM;
	CURLM *multi;

	if (!find_end(&t, detail))
		return KD_E_OS;
	multi = curl_multi_init();
	t.curl = curl_easy_init();
	if (multi && t.curl)
		st = result(&t, run_all(&t, multi), detail);
	curl_easy_cleanup(t.curl);
	curl_multi_cleanup(multi);
	if (fflush(d->file) && st == KD_OK) {
		kd_detail_set_os(detail, errno, "writing the file");
		return KD_E_OS;
	}
	return st;
}
