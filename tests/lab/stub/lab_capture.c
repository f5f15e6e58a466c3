#include "lab_capture.h"
#include "lab_bytes.h"
#include "lab_crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	FILE_MAX = 1 << 26,
	BLOCK_ENHANCED_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a,
	SECTION_MAGIC = 0x1a2b3c4d,
	ETHERNET_SIZE = 14,
	ETHERTYPE_IPV4 = 0x0800,
	IPV4_SIZE = 20,
	PROTOCOL_UDP = 17,
	UDP_SIZE = 8,
	KIND_RESPONSE = 2,
};

/* All that comes out of a descriptor; NULL if memory is short. */
static uint8_t *read_all(int fd, size_t *ret_len)
{
	size_t cap = 1 << 16, len = 0;
	uint8_t *bytes = malloc(cap);
	ssize_t n;

	while (bytes && (n = read(fd, bytes + len, cap - len)) > 0) {
		len += (size_t)n;
		if (len < cap)
			continue;
		uint8_t *more = cap < FILE_MAX ? realloc(bytes, cap * 2) : NULL;

		if (!more) {
			free(bytes);
			return NULL;
		}
		bytes = more;
		cap *= 2;
	}
	*ret_len = len;
	return bytes;
}

/* gzip unpacks, for the C library cannot. */
static uint8_t *unpack(const char *path, size_t *ret_len)
{
	int ends[2], status = 1;

	if (pipe(ends))
		return NULL;
	pid_t child = fork();

	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execlp("gzip", "gzip", "-dc", "--", path, (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	uint8_t *bytes = child > 0 ? read_all(ends[0], ret_len) : NULL;

	close(ends[0]);
	if (child > 0)
		(void)waitpid(child, &status, 0);
	if (status) {
		free(bytes);
		return NULL;
	}
	return bytes;
}

/* The UDP payload of an Ethernet frame; NULL: something else. */
static const uint8_t *udp_of(const uint8_t *frame, size_t len, size_t *ret_len)
{
	if (len < ETHERNET_SIZE + IPV4_SIZE ||
	    lab_get16_be(frame + 12) != ETHERTYPE_IPV4)
		return NULL;
	const uint8_t *ip = frame + ETHERNET_SIZE;
	size_t ip_size = (size_t)(ip[0] & 0xf) * 4;

	if (ip_size < IPV4_SIZE || ip[9] != PROTOCOL_UDP ||
	    len < ETHERNET_SIZE + ip_size + UDP_SIZE)
		return NULL;
	const uint8_t *udp = ip + ip_size;
	size_t udp_len = lab_get16_be(udp + 4);

	if (udp_len < UDP_SIZE || udp_len > len - ETHERNET_SIZE - ip_size)
		return NULL;
	*ret_len = udp_len - UDP_SIZE;
	return udp + UDP_SIZE;
}

struct reading {
	struct lab_capture *capture;
	size_t records_cap, bytes_cap;
	uint64_t first_us;
	uint8_t key[LAB_KEY_SIZE], data_key[LAB_KEY_SIZE];
	struct lab_clear clear;
};

static bool grow(void **array, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap)
		return true;
	size_t wider = *cap ? *cap * 2 : 4096;
	void *more = realloc(*array, wider * size);

	if (!more)
		return false;
	*array = more;
	*cap = wider;
	return true;
}

/* Keep a datagram that is authentic; false if memory is short. */
static bool keep(struct reading *r, uint64_t time_us, const uint8_t *datagram,
		 size_t len)
{
	struct lab_capture *c = r->capture;
	struct lab_clear *clear = &r->clear;
	int channel = lab_datagram_channel(datagram, len);
	bool control = channel == LAB_CHANNEL_CONTROL;
	void *records = c->records, *bytes = c->bytes;

	if (channel < 0 || !lab_unseal(r->key, control ? r->key : r->data_key,
				       datagram, len, clear))
		return true;
	if (control && clear->from_host && clear->len > 1 &&
	    clear->body[1] == KIND_RESPONSE)
		(void)lab_data_key(r->key, clear->body, clear->len,
				   r->data_key);
	bool ok = grow(&records, &r->records_cap, c->count + 1,
		       sizeof(*c->records)) &&
		  grow(&bytes, &r->bytes_cap, c->len + clear->len, 1);

	c->records = records;
	c->bytes = bytes;
	if (!ok)
		return false;
	if (!c->count)
		r->first_us = time_us;
	c->records[c->count++] = (struct lab_record){
		.time_us = time_us - r->first_us,
		.from_host = clear->from_host,
		.channel = clear->channel,
		.seq = clear->seq,
		.at = c->len,
		.len = clear->len,
	};
	memcpy(c->bytes + c->len, clear->body, clear->len);
	c->len += clear->len;
	return true;
}

/* An enhanced packet block, from after its type and length. */
static bool keep_packet(struct reading *r, const uint8_t *body, size_t len)
{
	enum { HIGH = 4, LOW = 8, CAPTURED = 12, FRAME = 20 };
	size_t udp_len;

	if (len < FRAME || lab_get32(body + CAPTURED) > len - FRAME)
		return true;
	uint64_t time_us =
		(uint64_t)lab_get32(body + HIGH) << 32 | lab_get32(body + LOW);
	const uint8_t *udp =
		udp_of(body + FRAME, lab_get32(body + CAPTURED), &udp_len);

	return !udp || keep(r, time_us, udp, udp_len);
}

static const char *read_blocks(struct reading *r, const uint8_t *file,
			       size_t len)
{
	enum { HEAD = 8, TAIL = 4 };

	if (len < HEAD + TAIL || lab_get32(file) != BLOCK_SECTION ||
	    lab_get32(file + HEAD) != SECTION_MAGIC)
		return "no pcapng file in little-endian order";
	for (size_t at = 0; len - at >= HEAD + TAIL;) {
		uint32_t type = lab_get32(file + at);
		uint32_t size = lab_get32(file + at + 4);

		if (size < HEAD + TAIL || size > len - at)
			return "a block is cut off";
		if (type == BLOCK_ENHANCED_PACKET &&
		    !keep_packet(r, file + at + HEAD, size - HEAD - TAIL))
			return "no memory";
		at += size;
	}
	return r->capture->count ? NULL : "nothing in it fits the key";
}

bool lab_capture_read(struct lab_capture *c, const char *path, const char *key,
		      char *error, size_t error_cap)
{
	struct reading r = { .capture = c };
	size_t len = 0;

	*c = (struct lab_capture){ 0 };
	if (!lab_key_parse(key, r.key)) {
		snprintf(error, error_cap, "the capture's key is no key");
		return false;
	}
	uint8_t *file = unpack(path, &len);
	const char *wrong = file ? read_blocks(&r, file, len)
				 : "cannot be unpacked by gzip";

	free(file);
	if (!wrong)
		return true;
	snprintf(error, error_cap, "%s: %s", path, wrong);
	lab_capture_free(c);
	return false;
}

void lab_capture_free(struct lab_capture *c)
{
	free(c->records);
	free(c->bytes);
	*c = (struct lab_capture){ 0 };
}
