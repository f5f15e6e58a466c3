#include "net_target.h"

#include "kd_cursor.h"

bool net_target_init(struct net_target *t)
{
	struct kd_detail detail;

	*t = (struct net_target){ 0 };
	return kd_net_key_parse("1.2.3.4", &detail, &t->key) == KD_OK &&
	       kd_crypto_create(NULL, &t->crypto) == KD_OK;
}

void net_target_deinit(struct net_target *t)
{
	kd_crypto_destroy(t->crypto);
}

void net_target_seal(struct net_target *t, enum kd_net_channel channel,
		     const uint8_t aes[KD_NET_KEY_SIZE], uint64_t seq,
		     const uint8_t *body, size_t len)
{
	const struct kd_net_plain plain = { .version = NET_TARGET_VERSION,
					    .channel = (uint8_t)channel,
					    .seq = seq,
					    .body = body,
					    .len = len };

	if (kd_net_seal(t->crypto, aes, t->key.hmac, &plain, t->wire,
			sizeof(t->wire), &t->wire_len) != KD_OK)
		t->wire_len = 0;
}

void net_target_data(struct net_target *t, size_t key, uint64_t seq,
		     const uint8_t *body, size_t len)
{
	net_target_seal(t, KD_NET_DATA, t->data_keys[key], seq, body, len);
}

static void put_endpoint(struct kd_writer *out, const struct kd_endpoint *e)
{
	kd_write_bytes(out, e->address, sizeof(e->address));
	kd_write_be16(out, e->port);
}

void net_target_poke(struct net_target *t, uint8_t nonce,
		     const struct kd_endpoint *self,
		     const struct kd_endpoint *host,
		     const struct kd_endpoint *session)
{
	uint8_t body[KD_NET_POKE_SIZE] = { 1, 1, nonce };
	struct kd_writer out = kd_writer_over(body, sizeof(body));

	kd_write_room(&out, 2 + KD_NET_NONCE_SIZE);
	put_endpoint(&out, self);
	put_endpoint(&out, host);
	put_endpoint(&out, session);
	t->poke_seq += 3;
	net_target_seal(t, KD_NET_CONTROL, t->key.control, t->poke_seq, body,
			sizeof(body));
}

enum net_target_got net_target_feed(struct net_target *t, const uint8_t *bytes,
				    size_t len, struct kd_net_plain *ret)
{
	uint8_t scratch[KD_NET_DATAGRAM_MAX], derived[KD_NET_KEY_SIZE];

	if (kd_net_open(t->crypto, t->key.control, t->key.hmac, bytes, len,
			scratch, ret) != KD_OK ||
	    !ret->from_host)
		return NET_TARGET_GOT_NOTHING;
	memcpy(t->control, bytes, len);
	t->control_len = len;
	ret->body = NULL;
	if (!ret->len)
		return NET_TARGET_GOT_CONTACT;
	if (!kd_net_is_response(scratch + 8, ret->len) ||
	    kd_net_data_key(t->crypto, &t->key, scratch + 8, derived) != KD_OK)
		return NET_TARGET_GOT_NOTHING;
	for (size_t i = 0; i < t->responses; i++) {
		if (!memcmp(derived, t->data_keys[i], sizeof(derived)))
			return NET_TARGET_GOT_REPEATED;
	}
	if (t->responses == NET_TARGET_RESPONSES) {
		memmove(t->data_keys, t->data_keys + 1,
			sizeof(t->data_keys) - sizeof(t->data_keys[0]));
		t->responses--;
	}
	memcpy(t->data_keys[t->responses++], derived, sizeof(derived));
	return NET_TARGET_GOT_RESPONSE;
}
