#include "kd_capture.h"
#include "kd_capture_frame.h"
#include "kd_capture_gunzip.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { GZIP_FIRST = 0x1f, MICROSECONDS = 1000000 };

struct kd_capture {
	pcap_t *pcap;
	int dlt;
	/* Of the gzip file around it; "" if there is none, or it is sound. */
	struct kd_detail damage;
	struct kd_capture_counters counters;
};

/*
 * What libpcap can say of a sound file that it cannot read, by words of its
 * message, and what to do about it. Any other refusal is damage.
 */
static const struct {
	const char *words;
	const char *advice;
} refusals[] = {
	{ "snapshot length", "convert it: editcap -F pcap FILE NEW.pcap" },
	{ "different from the type",
	  "convert it: tshark -r FILE -U IP -w NEW.pcapng" },
	{ "savefile version", "convert it: editcap -F pcap FILE NEW.pcap" },
};

/* libpcap's message becomes a status and a sentence that helps. */
static enum kd_status refuse(const char *message, const char *where,
			     struct kd_detail *detail)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (!strstr(message, refusals[i].words))
			continue;
		kd_detail_set(detail,
			      "libpcap cannot read this file (%.80s); %s",
			      message, refusals[i].advice);
		return KD_E_UNSUPPORTED;
	}
	kd_detail_set(detail, "%s: %.160s", where, message);
	return KD_E_FORMAT;
}

/* The plain file: @p file itself, or what it inflates to. Closes the rest. */
static enum kd_status unpack(FILE *file, uint64_t inflate_max,
			     struct kd_detail *detail,
			     struct kd_detail *ret_damage, FILE **ret)
{
	int first = getc(file);
	enum kd_status st;

	if (first == EOF) {
		if (ferror(file)) {
			kd_detail_set_os(detail, errno,
					 "the file cannot be read");
			st = KD_E_OS;
		} else {
			kd_detail_set(detail, "the file is empty");
			st = KD_E_FORMAT;
		}
		fclose(file);
		return st;
	}
	ungetc(first, file);
	if (first != GZIP_FIRST) {
		*ret = file;
		return KD_OK;
	}
	st = kd_capture_gunzip(file, inflate_max, detail, ret_damage, ret);
	fclose(file);
	return st;
}

/* Fills c->pcap; closes @p file if that fails. */
static enum kd_status open_pcap(struct kd_capture *c, FILE *file,
				struct kd_detail *detail)
{
	char message[PCAP_ERRBUF_SIZE] = "";
	const char *name;

	c->pcap = pcap_fopen_offline(file, message);
	if (!c->pcap) {
		fclose(file);
		if (c->damage.text[0]) {
			*detail = c->damage;
			return KD_E_FORMAT;
		}
		return refuse(message,
			      "this is no capture file, pcap or pcapng",
			      detail);
	}
	c->dlt = pcap_datalink(c->pcap);
	if (kd_capture_frame_is_known(c->dlt))
		return KD_OK;
	name = pcap_datalink_val_to_name(c->dlt);
	kd_detail_set(detail,
		      "link type %d (%s) cannot be read; capture on an "
		      "Ethernet, loopback or \"any\" interface",
		      c->dlt, name ? name : "unknown");
	pcap_close(c->pcap);
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_capture_open_file(FILE *file, uint64_t inflate_max,
				    struct kd_detail *detail,
				    struct kd_capture **ret)
{
	struct kd_capture *c = calloc(1, sizeof(*c));
	FILE *plain = NULL;
	enum kd_status st;

	if (!c) {
		fclose(file);
		return KD_E_NOMEM;
	}
	st = unpack(file, inflate_max, detail, &c->damage, &plain);
	if (st == KD_OK)
		st = open_pcap(c, plain, detail);
	if (st != KD_OK) {
		free(c);
		return st;
	}
	*ret = c;
	return KD_OK;
}

enum kd_status kd_capture_open(const char *path, struct kd_detail *detail,
			       struct kd_capture **ret)
{
	FILE *file = fopen(path, "rb");
	struct stat st;

	if (!file) {
		kd_detail_set_os(detail, errno, "the file cannot be opened");
		return KD_E_OS;
	}
	if (!fstat(fileno(file), &st) && S_ISDIR(st.st_mode)) {
		fclose(file);
		kd_detail_set_os(detail, EISDIR, "the file cannot be read");
		return KD_E_OS;
	}
	return kd_capture_open_file(file, KD_CAPTURE_INFLATE_MAX, detail, ret);
}

void kd_capture_close(struct kd_capture *c)
{
	if (!c)
		return;
	pcap_close(c->pcap);
	free(c);
}

static void count(struct kd_capture_counters *n,
		  enum kd_capture_verdict verdict)
{
	switch (verdict) {
	case KD_VERDICT_GIVEN:
		n->given++;
		break;
	case KD_VERDICT_NOT_UDP:
		n->not_udp++;
		break;
	case KD_VERDICT_FRAGMENT:
		n->fragments++;
		break;
	case KD_VERDICT_MALFORMED:
		n->malformed++;
		break;
	case KD_VERDICT_CUT:
		n->cut++;
		break;
	case KD_VERDICT_UNKNOWN_LINK:
		n->unknown_link++;
		break;
	}
}

/* The file is at its end, or nothing more can be read. */
static enum kd_status end(struct kd_capture *c, off_t record_at, int how,
			  struct kd_detail *detail)
{
	char where[80] = "the file is damaged";

	if (c->damage.text[0]) {
		*detail = c->damage;
		return KD_E_FORMAT;
	}
	if (how == PCAP_ERROR_BREAK)
		return KD_E_END;
	if (record_at >= 0)
		snprintf(where, sizeof(where),
			 "the file is damaged at offset %" PRIdMAX
			 ", behind record %" PRIu64,
			 (intmax_t)record_at, c->counters.records);
	return refuse(pcap_geterr(c->pcap), where, detail);
}

enum kd_status kd_capture_next(struct kd_capture *c, struct kd_detail *detail,
			       struct kd_capture_record *ret)
{
	for (;;) {
		struct kd_capture_record r = { 0 };
		struct pcap_pkthdr *header;
		enum kd_capture_verdict verdict;
		const u_char *bytes;
		off_t record_at = ftello(pcap_file(c->pcap));
		int how = pcap_next_ex(c->pcap, &header, &bytes);

		if (how != 1)
			return end(c, record_at, how, detail);
		r.number = ++c->counters.records;
		r.wall_us = (uint64_t)header->ts.tv_sec * MICROSECONDS +
			    (uint64_t)header->ts.tv_usec;
		verdict = kd_capture_frame_parse(c->dlt, bytes, header->caplen,
						 header->len, &r);
		count(&c->counters, verdict);
		if (verdict != KD_VERDICT_GIVEN)
			continue;
		c->counters.cut += r.cut;
		*ret = r;
		return KD_OK;
	}
}

const struct kd_capture_counters *kd_capture_get_counters(
	const struct kd_capture *c)
{
	return &c->counters;
}
