#include "kd_capture_gunzip.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <zlib.h>

enum {
	CHUNK = 16384,
	GZIP_ONLY = 16, /* added to the window bits: expect a gzip header */
};

struct gunzip {
	FILE *in, *out;
	z_stream z;
	uint64_t max, read, written;
	bool in_member; /* between the header and the trailer of a member */
	struct kd_detail *detail, *damage;
	uint8_t from[CHUNK], to[CHUNK];
};

static void report_damage(struct gunzip *g, const char *what)
{
	kd_detail_set(g->damage,
		      "the gzip file is damaged at offset %" PRIu64 ": %s",
		      g->read - g->z.avail_in, what);
}

/* Write what inflate() has put out. */
static enum kd_status drain(struct gunzip *g)
{
	size_t n = CHUNK - g->z.avail_out;

	if (n > g->max - g->written) {
		kd_detail_set(g->detail,
			      "the file inflates to more than %" PRIu64
			      " bytes; unpack it with gunzip first",
			      g->max);
		return KD_E_SPACE;
	}
	if (fwrite(g->to, 1, n, g->out) != n) {
		kd_detail_set_os(g->detail, errno,
				 "the temporary file cannot be written");
		return KD_E_OS;
	}
	g->written += n;
	g->z.next_out = g->to;
	g->z.avail_out = CHUNK;
	return KD_OK;
}

/* Inflate what is in the input buffer; *ret_more is false at the end. */
static enum kd_status inflate_chunk(struct gunzip *g, bool *ret_more)
{
	while (g->z.avail_in) {
		int z = inflate(&g->z, Z_NO_FLUSH);
		enum kd_status st = drain(g);

		if (st != KD_OK)
			return st;
		g->in_member = z != Z_STREAM_END;
		/* another member may follow: that is how files are appended */
		if (z == Z_STREAM_END)
			z = inflateReset(&g->z);
		if (z != Z_OK && z != Z_BUF_ERROR) {
			report_damage(g, g->z.msg ? g->z.msg : "no gzip data");
			*ret_more = false;
			return KD_OK;
		}
	}
	return KD_OK;
}

static enum kd_status inflate_all(struct gunzip *g)
{
	bool more = true;

	g->z.next_out = g->to;
	g->z.avail_out = CHUNK;
	while (more) {
		size_t n = fread(g->from, 1, CHUNK, g->in);
		enum kd_status st;

		if (!n && ferror(g->in)) {
			kd_detail_set_os(g->detail, errno,
					 "the file cannot be read");
			return KD_E_OS;
		}
		if (!n) {
			if (g->in_member)
				report_damage(g, "it ends too early");
			return KD_OK;
		}
		g->read += n;
		g->z.next_in = g->from;
		g->z.avail_in = (uInt)n;
		st = inflate_chunk(g, &more);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

static enum kd_status gunzip_to(FILE *in, FILE *out, uint64_t max,
				struct kd_detail *detail,
				struct kd_detail *ret_damage)
{
	struct gunzip g = { .in = in,
			    .out = out,
			    .max = max,
			    .detail = detail,
			    .damage = ret_damage };
	enum kd_status st;

	if (inflateInit2(&g.z, MAX_WBITS + GZIP_ONLY) != Z_OK)
		return KD_E_NOMEM;
	st = inflate_all(&g);
	inflateEnd(&g.z);
	if (st == KD_OK && (fflush(out) || fseek(out, 0, SEEK_SET))) {
		kd_detail_set_os(detail, errno,
				 "the temporary file cannot be written");
		st = KD_E_OS;
	}
	return st;
}

enum kd_status kd_capture_gunzip(FILE *in, uint64_t max,
				 struct kd_detail *detail,
				 struct kd_detail *ret_damage, FILE **ret)
{
	struct kd_detail damage = { 0 };
	enum kd_status st;
	FILE *out = tmpfile();

	if (!out) {
		kd_detail_set_os(detail, errno,
				 "no temporary file can be made");
		return KD_E_OS;
	}
	st = gunzip_to(in, out, max, detail, &damage);
	if (st != KD_OK) {
		fclose(out);
		return st;
	}
	*ret_damage = damage;
	*ret = out;
	return KD_OK;
}
