#include "kd_net.h"

#include "kd_cursor.h"

enum {
	/* KD-WIRE 2.1: magic, version, channel */
	HEADER_SIZE = 6,
	VERSION_AT = 4,
	CHANNEL_AT = 5,
	/* KD-WIRE 2.2: sequence number, direction, pad length */
	METADATA_SIZE = 8,
	FROM_HOST = 0x80,
	PAD_MASK = 0x0f,
	/* KD-WIRE 2.4: the first half of the HMAC; it serves as the IV too */
	TAG_SIZE = KD_CRYPTO_BLOCK_SIZE,
	/* KD-WIRE 2.5 */
	MESSAGE_MARK = 1,
	MESSAGE_POKE = 1,
	MESSAGE_RESPONSE = 2,
	RESPONSE_ZEROS = 256,
};

static const uint8_t magic[4] = { 'M', 'D', 'B', 'G' };

bool kd_net_is_datagram(const uint8_t *bytes, size_t len)
{
	return len >= KD_NET_DATAGRAM_MIN && len <= KD_NET_DATAGRAM_MAX &&
	       (len - HEADER_SIZE) % KD_CRYPTO_BLOCK_SIZE == 0 &&
	       !memcmp(bytes, magic, sizeof(magic));
}

uint8_t kd_net_channel(const uint8_t *datagram)
{
	return datagram[CHANNEL_AT];
}

/* The clear text is authentic: take it apart. */
static bool decode_plain(const uint8_t *header, const uint8_t *text, size_t len,
			 struct kd_net_plain *ret)
{
	struct kd_reader in = kd_reader_over(text, len);
	uint64_t metadata = kd_read_be64(&in);
	size_t pad = metadata & PAD_MASK;
	size_t left = kd_reader_left(&in);

	if (pad > left)
		return false;
	*ret = (struct kd_net_plain){
		.version = header[VERSION_AT],
		.channel = header[CHANNEL_AT],
		.seq = metadata >> 8,
		.from_host = metadata & FROM_HOST,
		.body = kd_read_bytes(&in, left - pad),
		.len = left - pad,
	};
	return true;
}

enum kd_status kd_net_open(struct kd_crypto *crypto,
			   const uint8_t aes[KD_NET_KEY_SIZE],
			   const uint8_t hmac[KD_NET_KEY_SIZE],
			   const uint8_t *datagram, size_t len,
			   uint8_t scratch[KD_NET_DATAGRAM_MAX],
			   struct kd_net_plain *ret)
{
	uint8_t tag[KD_CRYPTO_SHA256_SIZE];
	const uint8_t *their_tag;
	size_t text_len;
	enum kd_status st;

	if (!kd_net_is_datagram(datagram, len))
		return KD_E_FORMAT;
	text_len = len - HEADER_SIZE - TAG_SIZE;
	their_tag = datagram + len - TAG_SIZE;
	memcpy(scratch, datagram + HEADER_SIZE, text_len);
	st = kd_crypto_aes_cbc(crypto, false, aes, their_tag, scratch,
			       text_len);
	if (st == KD_OK)
		st = kd_crypto_hmac(crypto, hmac, datagram, HEADER_SIZE,
				    scratch, text_len, tag);
	if (st == KD_OK && (!kd_crypto_equal(tag, their_tag, TAG_SIZE) ||
			    !decode_plain(datagram, scratch, text_len, ret)))
		st = KD_E_AUTH;
	if (st != KD_OK)
		kd_crypto_wipe(scratch, text_len);
	return st;
}

enum kd_status kd_net_seal(struct kd_crypto *crypto,
			   const uint8_t aes[KD_NET_KEY_SIZE],
			   const uint8_t hmac[KD_NET_KEY_SIZE],
			   const struct kd_net_plain *plain, uint8_t *out,
			   size_t cap, size_t *ret_len)
{
	size_t pad, text_len;
	uint64_t metadata;
	uint8_t tag[KD_CRYPTO_SHA256_SIZE];
	struct kd_writer w;
	enum kd_status st;

	if (plain->seq > KD_NET_SEQ_MAX)
		return KD_E_ARG;
	if (plain->len > KD_NET_BODY_MAX)
		return KD_E_SPACE;
	/* what is missing to whole blocks; METADATA_SIZE is half of one */
	pad = (KD_CRYPTO_BLOCK_SIZE -
	       (METADATA_SIZE + plain->len) % KD_CRYPTO_BLOCK_SIZE) %
	      KD_CRYPTO_BLOCK_SIZE;
	text_len = METADATA_SIZE + plain->len + pad;
	metadata = plain->seq << 8 | (plain->from_host ? FROM_HOST : 0) | pad;
	if (HEADER_SIZE + text_len + TAG_SIZE > cap)
		return KD_E_SPACE;

	w = kd_writer_over(out, cap);
	kd_write_bytes(&w, magic, sizeof(magic));
	kd_write_u8(&w, plain->version);
	kd_write_u8(&w, plain->channel);
	kd_write_be64(&w, metadata);
	kd_write_bytes(&w, plain->body, plain->len);
	kd_write_zeros(&w, pad);
	st = kd_crypto_hmac(crypto, hmac, out, HEADER_SIZE, out + HEADER_SIZE,
			    text_len, tag);
	if (st == KD_OK)
		st = kd_crypto_aes_cbc(crypto, true, aes, tag,
				       out + HEADER_SIZE, text_len);
	if (st != KD_OK) {
		kd_crypto_wipe(out, w.pos);
		return st;
	}
	kd_write_bytes(&w, tag, TAG_SIZE);
	*ret_len = w.pos;
	return KD_OK;
}

/* 16 bytes of address and a big-endian port */
static void read_endpoint(struct kd_reader *in, struct kd_endpoint *ret)
{
	const uint8_t *address = kd_read_bytes(in, sizeof(ret->address));

	*ret = (struct kd_endpoint){ .port = kd_read_be16(in) };
	if (address)
		memcpy(ret->address, address, sizeof(ret->address));
}

bool kd_net_poke_decode(struct kd_net_poke *p, const uint8_t *body, size_t len)
{
	struct kd_reader in = kd_reader_over(body, len);
	uint8_t mark = kd_read_u8(&in), kind = kd_read_u8(&in);
	const uint8_t *client_key = kd_read_bytes(&in, KD_NET_NONCE_SIZE);

	if (!client_key || mark != MESSAGE_MARK || kind != MESSAGE_POKE)
		return false;
	memcpy(p->client_key, client_key, KD_NET_NONCE_SIZE);
	read_endpoint(&in, &p->target);
	read_endpoint(&in, &p->host);
	read_endpoint(&in, &p->session);
	return !in.bad;
}

void kd_net_response_encode(const uint8_t client_key[KD_NET_NONCE_SIZE],
			    const uint8_t host_key[KD_NET_NONCE_SIZE],
			    uint8_t out[KD_NET_RESPONSE_SIZE])
{
	struct kd_writer w = kd_writer_over(out, KD_NET_RESPONSE_SIZE);

	kd_write_u8(&w, MESSAGE_MARK);
	kd_write_u8(&w, MESSAGE_RESPONSE);
	kd_write_bytes(&w, client_key, KD_NET_NONCE_SIZE);
	kd_write_bytes(&w, host_key, KD_NET_NONCE_SIZE);
	kd_write_zeros(&w, RESPONSE_ZEROS);
}

bool kd_net_is_response(const uint8_t *body, size_t len)
{
	return len == KD_NET_RESPONSE_SIZE && body[0] == MESSAGE_MARK &&
	       body[1] == MESSAGE_RESPONSE;
}

enum kd_status kd_net_data_key(struct kd_crypto *crypto,
			       const struct kd_net_key *key,
			       const uint8_t response[KD_NET_RESPONSE_SIZE],
			       uint8_t ret[KD_NET_KEY_SIZE])
{
	uint8_t both[KD_NET_KEY_SIZE + KD_NET_RESPONSE_SIZE];
	enum kd_status st;

	memcpy(both, key->control, KD_NET_KEY_SIZE);
	memcpy(both + KD_NET_KEY_SIZE, response, KD_NET_RESPONSE_SIZE);
	st = kd_crypto_sha256(crypto, both, sizeof(both), ret);
	kd_crypto_wipe(both, sizeof(both));
	return st;
}
