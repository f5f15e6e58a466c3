#include "kd_address.h"
#include "kd_capture.h"
#include "kd_capture_frame.h"

#include "kd_cursor.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

enum {
	SNAP_LEN = 65535,
	STRETCH_MAX = SNAP_LEN - KD_RTAC_HEADER_SIZE,
	IPV4_HEADER_SIZE = 20,
	IPV6_HEADER_SIZE = 40,
	UDP_HEADER_SIZE = 8,
	DATAGRAM_MAX = SNAP_LEN - IPV6_HEADER_SIZE - UDP_HEADER_SIZE,
	HOP_LIMIT = 64,
	IP_UDP = 17,
	MICROSECONDS = 1000000,
};

struct kd_capture_writer {
	struct kd_capture_config config;
	struct kd_endpoint peer;  /* the last one */
	struct kd_endpoint local; /* our end towards it */
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	bool failed;
	struct kd_detail detail; /* of the failure */
	uint8_t frame[SNAP_LEN];
};

enum kd_status kd_capture_writer_create(const char *path,
					const struct kd_capture_config *config,
					struct kd_detail *detail,
					struct kd_capture_writer **ret)
{
	struct kd_capture_writer *w = calloc(1, sizeof(*w));
	FILE *file;

	if (!w)
		return KD_E_NOMEM;
	w->config = *config;
	w->pcap = pcap_open_dead(
		config->kind == KD_LINK_STREAM ? DLT_RTAC_SERIAL : DLT_RAW,
		SNAP_LEN);
	if (!w->pcap) {
		free(w);
		return KD_E_NOMEM;
	}
	file = fopen(path, "wb");
	if (!file) {
		kd_detail_set_os(detail, errno, "%.150s", path);
		goto fail;
	}
	w->dumper = pcap_dump_fopen(w->pcap, file);
	if (!w->dumper) {
		kd_detail_set_os(detail, errno, "%.150s", path);
		fclose(file);
		goto fail;
	}
	*ret = w;
	return KD_OK;
fail:
	pcap_close(w->pcap);
	free(w);
	return KD_E_OS;
}

void kd_capture_writer_destroy(struct kd_capture_writer *w)
{
	if (!w)
		return;
	pcap_dump_close(w->dumper);
	pcap_close(w->pcap);
	free(w);
}

static uint64_t wall_of(const struct kd_capture_writer *w, uint64_t now_us)
{
	return w->config.wall_us + (now_us - w->config.now_us);
}

static void write_frame(struct kd_capture_writer *w, uint64_t wall_us,
			const struct kd_writer *frame)
{
	struct pcap_pkthdr header = {
		.ts = { .tv_sec = (time_t)(wall_us / MICROSECONDS),
			.tv_usec = (suseconds_t)(wall_us % MICROSECONDS) },
		.caplen = (bpf_u_int32)frame->pos,
		.len = (bpf_u_int32)frame->pos,
	};

	pcap_dump((u_char *)w->dumper, &header, frame->base);
	if (!pcap_dump_flush(w->dumper))
		return;
	w->failed = true;
	kd_detail_set_os(&w->detail, errno, "the capture cannot be written");
}

static void write_stretch(struct kd_capture_writer *w, uint64_t wall_us,
			  bool outgoing, const uint8_t *bytes, size_t len)
{
	struct kd_writer f = kd_writer_over(w->frame, sizeof(w->frame));

	kd_write_be32(&f, (uint32_t)(wall_us / MICROSECONDS));
	kd_write_be32(&f, (uint32_t)(wall_us % MICROSECONDS));
	kd_write_u8(&f, outgoing ? KD_RTAC_TX_START : KD_RTAC_RX_START);
	kd_write_zeros(&f, 3);
	kd_write_bytes(&f, bytes, len);
	write_frame(w, wall_us, &f);
}

/* The Internet checksum's sum, of big-endian words; 0 pads an odd end. */
static uint32_t add_words(uint32_t sum, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static bool is_ipv4(const struct kd_endpoint *e)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(e->address, prefix, sizeof(prefix));
}

static bool is_unspecified(const struct kd_endpoint *e)
{
	static const uint8_t none[16];

	return !memcmp(e->address, none, sizeof(none));
}

static void put_ipv4(struct kd_writer *f, const struct kd_endpoint *from,
		     const struct kd_endpoint *to, size_t udp_len)
{
	static const uint8_t first[2] = { 0x45, 0 };
	static const uint8_t middle[6] = { 0, 0, 0x40, 0, HOP_LIMIT, IP_UDP };
	uint8_t *header = f->base + f->pos;
	struct kd_writer checksum = kd_writer_over(header + 10, 2);

	kd_write_bytes(f, first, sizeof(first));
	kd_write_be16(f, (uint16_t)(IPV4_HEADER_SIZE + udp_len));
	kd_write_bytes(f, middle, sizeof(middle));
	kd_write_be16(f, 0);
	kd_write_bytes(f, from->address + 12, 4);
	kd_write_bytes(f, to->address + 12, 4);
	kd_write_be16(&checksum, fold(add_words(0, header, IPV4_HEADER_SIZE)));
}

static void put_ipv6(struct kd_writer *f, const struct kd_endpoint *from,
		     const struct kd_endpoint *to, size_t udp_len)
{
	static const uint8_t first[4] = { 0x60, 0, 0, 0 };

	kd_write_bytes(f, first, sizeof(first));
	kd_write_be16(f, (uint16_t)udp_len);
	kd_write_u8(f, IP_UDP);
	kd_write_u8(f, HOP_LIMIT);
	kd_write_bytes(f, from->address, 16);
	kd_write_bytes(f, to->address, 16);
}

static void put_udp(struct kd_writer *f, const struct kd_endpoint *from,
		    const struct kd_endpoint *to, bool ipv4,
		    const uint8_t *bytes, size_t len)
{
	size_t skip = ipv4 ? 12 : 0;
	size_t udp_len = UDP_HEADER_SIZE + len;
	uint8_t *udp = f->base + f->pos;
	struct kd_writer checksum = kd_writer_over(udp + 6, 2);
	uint32_t sum = (uint32_t)(IP_UDP + udp_len);
	uint16_t folded;

	kd_write_be16(f, from->port);
	kd_write_be16(f, to->port);
	kd_write_be16(f, (uint16_t)udp_len);
	kd_write_be16(f, 0);
	kd_write_bytes(f, bytes, len);
	sum = add_words(sum, from->address + skip, 16 - skip);
	sum = add_words(sum, to->address + skip, 16 - skip);
	folded = fold(add_words(sum, udp, udp_len));
	/* 0 would mean that there is no checksum */
	kd_write_be16(&checksum, folded ? folded : 0xffff);
}

/* Our end towards @p peer: as configured, or as the system would choose. */
static const struct kd_endpoint *local_towards(struct kd_capture_writer *w,
					       const struct kd_endpoint *peer)
{
	if (!is_unspecified(&w->config.local))
		return &w->config.local;
	if (!kd_endpoint_equal(&w->peer, peer)) {
		w->peer = *peer;
		if (!kd_address_towards(peer, &w->local))
			w->local = w->config.local;
		w->local.port = w->config.local.port;
	}
	return &w->local;
}

static void write_datagram(struct kd_capture_writer *w, uint64_t wall_us,
			   bool outgoing, const struct kd_endpoint *peer,
			   const uint8_t *bytes, size_t len)
{
	struct kd_writer f = kd_writer_over(w->frame, sizeof(w->frame));
	const struct kd_endpoint *local = local_towards(w, peer);
	const struct kd_endpoint *from = outgoing ? local : peer;
	const struct kd_endpoint *to = outgoing ? peer : local;
	bool ipv4 = is_ipv4(peer) && (is_ipv4(local) || is_unspecified(local));

	if (ipv4)
		put_ipv4(&f, from, to, UDP_HEADER_SIZE + len);
	else
		put_ipv6(&f, from, to, UDP_HEADER_SIZE + len);
	put_udp(&f, from, to, ipv4, bytes, len);
	write_frame(w, wall_us, &f);
}

void kd_capture_writer_trace(void *writer, uint64_t now_us, bool outgoing,
			     const struct kd_endpoint *peer,
			     const uint8_t *bytes, size_t len)
{
	struct kd_capture_writer *w = writer;
	uint64_t wall_us = wall_of(w, now_us);

	if (w->config.kind == KD_LINK_DATAGRAM) {
		if (!w->failed && peer && len <= DATAGRAM_MAX)
			write_datagram(w, wall_us, outgoing, peer, bytes, len);
		return;
	}
	while (len && !w->failed) {
		size_t n = len < STRETCH_MAX ? len : STRETCH_MAX;

		write_stretch(w, wall_us, outgoing, bytes, n);
		bytes += n;
		len -= n;
	}
}

enum kd_status kd_capture_writer_status(const struct kd_capture_writer *w,
					struct kd_detail *detail)
{
	if (!w->failed)
		return KD_OK;
	*detail = w->detail;
	return KD_E_OS;
}
