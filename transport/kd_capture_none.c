#include "kd_capture.h"

/* The twin of kd_capture_read.c and kd_capture_write.c without libpcap. */

static enum kd_status lacking(struct kd_detail *detail)
{
	kd_detail_set(detail, "this build has no capture files (libpcap)");
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_capture_open(const char *path, struct kd_detail *detail,
			       struct kd_capture **ret)
{
	(void)path;
	(void)ret;
	return lacking(detail);
}

enum kd_status kd_capture_open_file(FILE *file, uint64_t inflate_max,
				    struct kd_detail *detail,
				    struct kd_capture **ret)
{
	(void)inflate_max;
	(void)ret;
	fclose(file);
	return lacking(detail);
}

void kd_capture_close(struct kd_capture *c)
{
	(void)c;
}

enum kd_status kd_capture_next(struct kd_capture *c, struct kd_detail *detail,
			       struct kd_capture_record *ret)
{
	(void)c;
	(void)ret;
	return lacking(detail);
}

const struct kd_capture_counters *kd_capture_get_counters(
	const struct kd_capture *c)
{
	static const struct kd_capture_counters none;

	(void)c;
	return &none;
}

enum kd_status kd_capture_writer_create(const char *path,
					const struct kd_capture_config *config,
					struct kd_detail *detail,
					struct kd_capture_writer **ret)
{
	(void)path;
	(void)config;
	(void)ret;
	return lacking(detail);
}

void kd_capture_writer_destroy(struct kd_capture_writer *w)
{
	(void)w;
}

void kd_capture_writer_trace(void *writer, uint64_t now_us, bool outgoing,
			     const struct kd_endpoint *peer,
			     const uint8_t *bytes, size_t len)
{
	(void)writer;
	(void)now_us;
	(void)outgoing;
	(void)peer;
	(void)bytes;
	(void)len;
}

enum kd_status kd_capture_writer_status(const struct kd_capture_writer *w,
					struct kd_detail *detail)
{
	(void)w;
	return lacking(detail);
}
